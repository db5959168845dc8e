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
    from hiprun.diary import DiaryFacts
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
    from hiprun.inference.conclusion import Answer, Criterion, Item, Limit
    from hiprun.inference.explanation import Explanation
    from hiprun.inference.outcome import Assessment, Outcome
    from hiprun.language.reader import read_diary
    from hiprun.loading import load
    from hiprun.pack import Pack
    from hiprun.verification.difference import diff
    from hiprun.verification.verify import verify

__all__ = [
    "Answer",
    "Assessment",
    "Criterion",
    "DiaryFacts",
    "Explanation",
    "FactError",
    "HiprunError",
    "Item",
    "Limit",
    "MissingExtraError",
    "Outcome",
    "Pack",
    "ParameterError",
    "Problem",
    "RuleError",
    "UndecidedError",
    "UnknownNameError",
    "__version__",
    "diff",
    "load",
    "read_diary",
    "verify",
]

__version__ = version.VERSION

_HOMES = {
    "Answer": "hiprun.inference.conclusion",
    "Assessment": "hiprun.inference.outcome",
    "Criterion": "hiprun.inference.conclusion",
    "DiaryFacts": "hiprun.diary",
    "Explanation": "hiprun.inference.explanation",
    "FactError": "hiprun.errors",
    "HiprunError": "hiprun.errors",
    "Item": "hiprun.inference.conclusion",
    "Limit": "hiprun.inference.conclusion",
    "MissingExtraError": "hiprun.errors",
    "Outcome": "hiprun.inference.outcome",
    "Pack": "hiprun.pack",
    "ParameterError": "hiprun.errors",
    "Problem": "hiprun.errors",
    "RuleError": "hiprun.errors",
    "UndecidedError": "hiprun.errors",
    "UnknownNameError": "hiprun.errors",
    "diff": "hiprun.verification.difference",
    "load": "hiprun.loading",
    "read_diary": "hiprun.language.reader",
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
