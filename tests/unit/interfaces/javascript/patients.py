"""Random patients of a pack, with facts missing, and what a JavaScript module says of them."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import quickjs

from hiprun.model import Domain
from hiprun.pack import Pack

_RUN = "\nglobalThis.run = (name, facts) => { try { return JSON.stringify(decide(name, JSON.parse(facts))); }"
_CATCH = " catch (error) { return JSON.stringify({ refused: error.problems || String(error) }); } };"


def runner(module: str) -> Callable[[str, Mapping[str, Any]], Any]:
    """Return a way to ask a module, loaded into QuickJS, for the outcome of a decision."""
    context = quickjs.Context()
    context.module(module + _RUN + _CATCH)
    run = context.get("run")
    return lambda decision, facts: json.loads(run(decision, json.dumps(facts)))


def patient(rng: random.Random, pack: Pack) -> dict[str, Any]:
    """Return facts as JSON has them: of some patients all, of others some or none."""
    share = rng.choice([0, 0.3, 0.6, 1, 1, 1])
    return {name: value(rng, fact.domain) for name, fact in pack.facts.items() if rng.random() < share}


def value(rng: random.Random, domain: Domain) -> Any:
    """Return a value of a fact as JSON has it, often one of the ends of its range."""
    lowest, highest = (end if end is not None else rest for end, rest in ((domain.lowest, -5), (domain.highest, 40)))
    match domain.type:
        case "boolean":
            return rng.random() < 0.3
        case "choice":
            return rng.choice(list(domain.choices))
        case "set":
            return sorted(name for name in domain.choices if rng.random() < 0.3)
        case "string":
            return rng.choice(["elm", "oak", "😀", "ﬀ"])
        case "date":
            return datetime.date.fromordinal(rng.randint(738_000, 740_000)).isoformat()
        case _:
            number = rng.choice([int(lowest), int(highest), rng.randint(int(lowest), int(highest))])
            tenths = rng.randint(0, 9) / 10 if domain.type == "number" else 0
            return min(number + tenths, float(highest)) if tenths else number


def expected(outcome: Any) -> dict[str, Any]:
    """Return an outcome of Python as a module gives it."""
    found = json.loads(json.dumps(outcome.to_dict()))
    del found["facts"]
    found.pop("because", None)
    return dict(found)
