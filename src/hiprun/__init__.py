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
    from hiprun.conclusion import Answer, Criterion, Item, Limit
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
    from hiprun.explanation import Explanation
    from hiprun.loading import load
    from hiprun.pack import Pack
    from hiprun.prove.difference import diff
    from hiprun.prove.verify import verify
    from hiprun.reader import read_diary
    from hiprun.result import Assessment, Outcome

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
    "Answer": "hiprun.conclusion",
    "Assessment": "hiprun.result",
    "Criterion": "hiprun.conclusion",
    "DiaryFacts": "hiprun.diary",
    "Explanation": "hiprun.explanation",
    "FactError": "hiprun.errors",
    "HiprunError": "hiprun.errors",
    "Item": "hiprun.conclusion",
    "Limit": "hiprun.conclusion",
    "MissingExtraError": "hiprun.errors",
    "Outcome": "hiprun.result",
    "Pack": "hiprun.pack",
    "ParameterError": "hiprun.errors",
    "Problem": "hiprun.errors",
    "RuleError": "hiprun.errors",
    "UndecidedError": "hiprun.errors",
    "UnknownNameError": "hiprun.errors",
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
