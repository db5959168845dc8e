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
    from hiprun.diary import DiaryFacts, Rows
    from hiprun.errors import (
        ColumnWarning,
        FactError,
        HiprunError,
        MissingExtraError,
        ParameterError,
        Problem,
        RuleError,
        UndecidedError,
        UnknownNameError,
    )
    from hiprun.inference.advice import Advice, AdviceReason, AdvisedItem
    from hiprun.inference.assessment import Assessment
    from hiprun.inference.conclusion import Answer, Criterion, Item, Limit, Provenance
    from hiprun.inference.counterfactuals import FactChange, Way, Ways
    from hiprun.inference.explanation import ConditionStep, ConstraintStep, Explanation, NamedValue, RuleStep
    from hiprun.inference.first_words import FirstWords
    from hiprun.inference.interview import Interview, Question, Step
    from hiprun.inference.outcome import Outcome
    from hiprun.inference.text_answers import Reading
    from hiprun.interfaces.records.decision_log import DecisionLog
    from hiprun.interfaces.records.watcher import PackWatcher, Update
    from hiprun.language.reader.diary_files import read_diary
    from hiprun.loading import load
    from hiprun.model import Decision, Domain, Fact, Model, Output, Parameter, Rule, Statement
    from hiprun.pack import Pack
    from hiprun.plan import Day, DayChange, Milestone, Opening, Plan, Reason, StageStep, Supposed, Week
    from hiprun.verification.claims import Claim, RuleName, Verification, Witness
    from hiprun.verification.difference import diff
    from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference, TextDifference
    from hiprun.verification.verify import verify

__all__ = [
    "Advice",
    "AdviceReason",
    "AdvisedItem",
    "Answer",
    "AnswerChange",
    "Assessment",
    "Claim",
    "ColumnWarning",
    "ConditionStep",
    "ConstraintStep",
    "Criterion",
    "Day",
    "DayChange",
    "Decision",
    "DecisionDifference",
    "DecisionLog",
    "DiaryFacts",
    "Difference",
    "Domain",
    "Explanation",
    "Fact",
    "FactChange",
    "FactError",
    "FirstWords",
    "HiprunError",
    "Interview",
    "Item",
    "Limit",
    "Milestone",
    "MissingExtraError",
    "Model",
    "NamedValue",
    "Opening",
    "Outcome",
    "Output",
    "Pack",
    "PackWatcher",
    "Parameter",
    "ParameterError",
    "Plan",
    "Problem",
    "Provenance",
    "Question",
    "Reading",
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
    "Update",
    "Verification",
    "Way",
    "Ways",
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
    "Advice": "hiprun.inference.advice",
    "AdviceReason": "hiprun.inference.advice",
    "AdvisedItem": "hiprun.inference.advice",
    "Answer": "hiprun.inference.conclusion",
    "AnswerChange": "hiprun.verification.difference_result",
    "Assessment": "hiprun.inference.assessment",
    "Claim": "hiprun.verification.claims",
    "ColumnWarning": "hiprun.errors",
    "ConditionStep": "hiprun.inference.explanation",
    "ConstraintStep": "hiprun.inference.explanation",
    "Criterion": "hiprun.inference.conclusion",
    "Day": "hiprun.plan",
    "DayChange": "hiprun.plan",
    "Decision": "hiprun.model",
    "DecisionDifference": "hiprun.verification.difference_result",
    "DecisionLog": "hiprun.interfaces.records.decision_log",
    "DiaryFacts": "hiprun.diary",
    "Difference": "hiprun.verification.difference_result",
    "Domain": "hiprun.model",
    "Explanation": "hiprun.inference.explanation",
    "Fact": "hiprun.model",
    "FactChange": "hiprun.inference.counterfactuals",
    "FactError": "hiprun.errors",
    "FirstWords": "hiprun.inference.first_words",
    "HiprunError": "hiprun.errors",
    "Interview": "hiprun.inference.interview",
    "Item": "hiprun.inference.conclusion",
    "Limit": "hiprun.inference.conclusion",
    "Milestone": "hiprun.plan",
    "MissingExtraError": "hiprun.errors",
    "Model": "hiprun.model",
    "NamedValue": "hiprun.inference.explanation",
    "Opening": "hiprun.plan",
    "Outcome": "hiprun.inference.outcome",
    "Output": "hiprun.model",
    "Pack": "hiprun.pack",
    "PackWatcher": "hiprun.interfaces.records.watcher",
    "Parameter": "hiprun.model",
    "ParameterError": "hiprun.errors",
    "Plan": "hiprun.plan",
    "Problem": "hiprun.errors",
    "Provenance": "hiprun.inference.conclusion",
    "Question": "hiprun.inference.interview",
    "Reading": "hiprun.inference.text_answers",
    "Reason": "hiprun.plan",
    "Rows": "hiprun.diary",
    "Rule": "hiprun.model",
    "RuleError": "hiprun.errors",
    "RuleName": "hiprun.verification.claims",
    "RuleStep": "hiprun.inference.explanation",
    "StageStep": "hiprun.plan",
    "Statement": "hiprun.model",
    "Step": "hiprun.inference.interview",
    "Supposed": "hiprun.plan",
    "TextDifference": "hiprun.verification.difference_result",
    "UndecidedError": "hiprun.errors",
    "UnknownNameError": "hiprun.errors",
    "Update": "hiprun.interfaces.records.watcher",
    "Verification": "hiprun.verification.claims",
    "Way": "hiprun.inference.counterfactuals",
    "Ways": "hiprun.inference.counterfactuals",
    "Week": "hiprun.plan",
    "Witness": "hiprun.verification.claims",
    "diff": "hiprun.verification.difference",
    "load": "hiprun.loading",
    "read_diary": "hiprun.language.reader.diary_files",
    "verify": "hiprun.verification.verify",
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
