"""Drawing from strategies: the simplest thing that is as wanted, or many things as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

SEARCH = settings(
    max_examples=2000,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
HEADER = "{pack: small, language: 1, version: 1.0.0, title: Small}"
DECISION = "{decision: far, outputs: {far: {type: boolean}}, rules: [{id: one, then: {far: true}}]}"


def found(strategy: st.SearchStrategy[Any], wanted: Callable[[Any], Any]) -> Any:
    """Return the simplest thing drawn that is as wanted."""
    return find(strategy, wanted, settings=SEARCH)


def collected(strategy: st.SearchStrategy[Any], amount: int = 200) -> list[Any]:
    """Return many things drawn, as they come."""
    drawn: list[Any] = []

    @settings(SEARCH, max_examples=amount, phases=[Phase.generate])
    @given(strategy)
    def collect(thing: Any) -> None:
        drawn.append(thing)

    collect()
    return drawn
