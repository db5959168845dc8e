"""What a pack says, as frozen values with every name resolved. Positions do not take part in equality."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from hiprun.model.decisions import (
    VERDICT,
    VERDICTS,
    Audience,
    BoundSide,
    Decision,
    DecisionKind,
    Gap,
    Output,
    Rule,
    Verdict,
)
from hiprun.model.declarations import Constraint, Derived, Fact, Parameter, Statement
from hiprun.model.diary import DailyQuestion, Diary, DiaryMeasure, EntryType, Silence, Window
from hiprun.model.digest_marks import NO_RESULT
from hiprun.model.expressions import (
    ALWAYS,
    NUMERIC,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Domain,
    Formula,
    HasValue,
    Literal_,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
    Type,
    as_formula,
    formula_parameters,
    formula_refs,
    is_formula,
    parameters,
    presences,
    refs,
    tests,
)
from hiprun.model.pack_model import Model, Translation, reach

if TYPE_CHECKING:
    from hiprun.model.cases import Example, NamedPatient
    from hiprun.model.properties import Property

__all__ = [
    "ALWAYS",
    "NO_RESULT",
    "NUMERIC",
    "VERDICT",
    "VERDICTS",
    "All",
    "AnyOf",
    "Arithmetic",
    "Audience",
    "BoundSide",
    "Call",
    "Condition",
    "Constant",
    "Constraint",
    "Count",
    "DailyQuestion",
    "Decision",
    "DecisionKind",
    "Derived",
    "Diary",
    "DiaryMeasure",
    "Domain",
    "EntryType",
    "Example",
    "Fact",
    "Formula",
    "Gap",
    "HasValue",
    "Literal_",
    "Model",
    "NamedPatient",
    "Not",
    "Number",
    "Output",
    "Parameter",
    "ParameterRef",
    "Property",
    "Ref",
    "Rule",
    "Silence",
    "Statement",
    "Test",
    "Translation",
    "Type",
    "Verdict",
    "Window",
    "as_formula",
    "formula_parameters",
    "formula_refs",
    "is_formula",
    "parameters",
    "presences",
    "reach",
    "refs",
    "tests",
]

_HOMES_OF_CLAIMS = {
    "Example": "hiprun.model.cases",
    "NamedPatient": "hiprun.model.cases",
    "Property": "hiprun.model.properties",
}
"""What only tests and proofs use, and a program that decides need not import."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES_OF_CLAIMS:
        raise AttributeError(f"module 'hiprun.model' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES_OF_CLAIMS[name]), name)
