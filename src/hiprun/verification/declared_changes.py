"""What differs between two versions in words that need no proof: facts, parameters, outputs."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.model import Decision, Model
from hiprun.model.values import text


def notes(old: Model, new: Model) -> Iterator[str]:
    """Yield what is new, gone or set otherwise."""
    for name in dict.fromkeys([*old.facts, *new.facts]):
        if name not in new.facts:
            yield f"The fact `{name}` is gone."
        elif name not in old.facts:
            yield f"The fact `{name}` is new."
        elif old.facts[name].domain != new.facts[name].domain:
            yield f"The fact `{name}` has other values or another order; patients are compared whom both versions take."
    for name in dict.fromkeys([*old.parameters, *new.parameters]):
        if name not in new.parameters:
            yield f"The parameter `{name}` is gone."
        elif name not in old.parameters:
            yield f"The parameter `{name}` is new."
        elif old.parameters[name].value != new.parameters[name].value:
            before, after = (text(model.parameters[name].value) for model in (old, new))
            yield f"The parameter `{name}` was {before} and is {after}."


def output_notes(old: Decision, new: Decision) -> Iterator[str]:
    """Yield what a decision gives now that it did not give before, and the other way round."""
    before, after = ([output.name for output in decision.outputs] for decision in (old, new))
    for name in before:
        if name not in after:
            yield f"It does not give `{name}` any more."
    for name in after:
        if name not in before:
            yield f"It gives `{name}` now."
