"""Guidance written down as rule files, evaluated exactly and explained.

>>> import hiprun
>>> pack = hiprun.load()
>>> pack.evaluate({}).keys() == pack.decisions.keys()
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from hiprun import version

if TYPE_CHECKING:
    from hiprun.conclusion import Answer, Criterion, Item, Limit, Provenance
    from hiprun.diary import DiaryFacts, Rows
    from hiprun.errors import (
        FactError,
        HiprunError,
        MissingExtraError,
        ParameterError,
        Problem,
        RuleError,
        UndecidedError,
        UnknownNameError,
    )
    from hiprun.explanation import ConditionStep, ConstraintStep, Explanation, NamedValue, RuleStep
    from hiprun.interview import Interview, Question, Step
    from hiprun.loading import load
    from hiprun.model import Decision, Domain, Fact, Model, Output, Parameter, Rule, Statement
    from hiprun.pack import Pack
    from hiprun.plan import Day, DayChange, Milestone, Plan, Reason, StageStep, Supposed, Week
    from hiprun.prove.changes import AnswerChange, DecisionDifference, Difference, TextDifference
    from hiprun.prove.claims import Claim, RuleName, Verification, Witness
    from hiprun.prove.difference import diff
    from hiprun.prove.verify import verify
    from hiprun.reader import read_diary
    from hiprun.result import Assessment, Outcome
    from hiprun.ways import FactChange, Way

__all__ = [
    "Answer",
    "AnswerChange",
    "Assessment",
    "Claim",
    "ConditionStep",
    "ConstraintStep",
    "Criterion",
    "Day",
    "DayChange",
    "Decision",
    "DecisionDifference",
    "DiaryFacts",
    "Difference",
    "Domain",
    "Explanation",
    "Fact",
    "FactChange",
    "FactError",
    "HiprunError",
    "Interview",
    "Item",
    "Limit",
    "Milestone",
    "MissingExtraError",
    "Model",
    "NamedValue",
    "Outcome",
    "Output",
    "Pack",
    "Parameter",
    "ParameterError",
    "Plan",
    "Problem",
    "Provenance",
    "Question",
    "Reason",
    "Rows",
    "Rule",
    "RuleError",
    "RuleName",
    "RuleStep",
    "StageStep",
    "Statement",
    "Step",
    "Supposed",
    "TextDifference",
    "UndecidedError",
    "UnknownNameError",
    "Verification",
    "Way",
    "Week",
    "Witness",
    "__version__",
    "diff",
    "load",
    "read_diary",
    "verify",
]

__version__ = version.VERSION

_HOMES = {
    "Answer": "hiprun.conclusion",
    "AnswerChange": "hiprun.prove.changes",
    "Assessment": "hiprun.result",
    "Claim": "hiprun.prove.claims",
    "ConditionStep": "hiprun.explanation",
    "ConstraintStep": "hiprun.explanation",
    "Criterion": "hiprun.conclusion",
    "Day": "hiprun.plan",
    "DayChange": "hiprun.plan",
    "Decision": "hiprun.model",
    "DecisionDifference": "hiprun.prove.changes",
    "DiaryFacts": "hiprun.diary",
    "Difference": "hiprun.prove.changes",
    "Domain": "hiprun.model",
    "Explanation": "hiprun.explanation",
    "Fact": "hiprun.model",
    "FactChange": "hiprun.ways",
    "FactError": "hiprun.errors",
    "HiprunError": "hiprun.errors",
    "Interview": "hiprun.interview",
    "Item": "hiprun.conclusion",
    "Limit": "hiprun.conclusion",
    "Milestone": "hiprun.plan",
    "MissingExtraError": "hiprun.errors",
    "Model": "hiprun.model",
    "NamedValue": "hiprun.explanation",
    "Outcome": "hiprun.result",
    "Output": "hiprun.model",
    "Pack": "hiprun.pack",
    "Parameter": "hiprun.model",
    "ParameterError": "hiprun.errors",
    "Plan": "hiprun.plan",
    "Problem": "hiprun.errors",
    "Provenance": "hiprun.conclusion",
    "Question": "hiprun.interview",
    "Reason": "hiprun.plan",
    "Rows": "hiprun.diary",
    "Rule": "hiprun.model",
    "RuleError": "hiprun.errors",
    "RuleName": "hiprun.prove.claims",
    "RuleStep": "hiprun.explanation",
    "StageStep": "hiprun.plan",
    "Statement": "hiprun.model",
    "Step": "hiprun.interview",
    "Supposed": "hiprun.plan",
    "TextDifference": "hiprun.prove.changes",
    "UndecidedError": "hiprun.errors",
    "UnknownNameError": "hiprun.errors",
    "Verification": "hiprun.prove.claims",
    "Way": "hiprun.ways",
    "Week": "hiprun.plan",
    "Witness": "hiprun.prove.claims",
    "diff": "hiprun.prove.difference",
    "load": "hiprun.loading",
    "read_diary": "hiprun.reader",
    "verify": "hiprun.prove.verify",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import hiprun` itself costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hiprun' has no attribute '{name}'")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
