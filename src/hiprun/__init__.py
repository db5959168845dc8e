"""Guidance written down as rule files, evaluated exactly and explained.

>>> import hiprun
>>> pack = hiprun.load()
>>> pack.evaluate({}).keys() == pack.decisions.keys()
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from hiprun.version import VERSION as __version__

if TYPE_CHECKING:
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
    from hiprun.result import Answer, Assessment, Criterion, Item, Limit, Outcome

__all__ = [
    "Answer",
    "Assessment",
    "Criterion",
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
    "load",
]

_ERRORS = (
    "FactError HiprunError MissingExtraError ParameterError Problem RuleError UndecidedError UnknownNameError".split()
)
_HOMES = {
    **dict.fromkeys(_ERRORS, "hiprun.errors"),
    **dict.fromkeys("Answer Assessment Criterion Item Limit Outcome".split(), "hiprun.result"),
    "Explanation": "hiprun.explanation",
    "Pack": "hiprun.pack",
    "load": "hiprun.loading",
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
