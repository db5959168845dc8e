"""Which rule a change of the rules has made fire for a patient, or no longer fire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome
from hiprun.model import Example, Model, reach
from hiprun.pack import Pack
from hiprun.verification.claims import RuleName


@attrs.frozen
class ChangedRule:
    """A rule that fires now and did not before a change, or the other way round, or fires and says something else."""

    rule: RuleName
    change: Literal["fires", "no longer fires", "says something else"]

    @property
    def sentence(self) -> str:
        """The change as a clause."""
        now = "" if self.change == "no longer fires" else " now"
        return f"`{self.rule.decision}.{self.rule.id}` ({self.rule.place}){now} {self.change}"

    def to_dict(self) -> dict[str, str]:
        """Return the rule and what has changed as plain data for JSON."""
        return {**self.rule.to_dict(), "change": self.change}


def changed_rule(before: Pack, after: Pack, example: Example, decisions: Iterable[str]) -> ChangedRule | None:
    """Return the rule behind other answers of `decisions` to a patient: the first one, in the order of deciding.

    None if the patient gets the same answers as before by the same rules, or could not be asked about before.
    """
    wanted = set(decisions)
    concerned = _used_by(after.model, wanted)
    names = [name for name in after.model.decisions if name in concerned and name in before.decisions]
    facts = {name: value for name, value in example.facts.items() if name in before.facts}
    try:
        was, now = before.evaluate(facts, names), after.evaluate(example.facts, names)
    except FactError:
        return None
    for name in names:
        rule = _first_difference(was[name], now[name], before.model, after.model)
        if rule:
            return rule
    return None


def _first_difference(was: Outcome, now: Outcome, before: Model, after: Model) -> ChangedRule | None:
    name = now.decision
    new = [rule for rule in now.fired if rule not in was.fired]
    gone = [rule for rule in was.fired if rule not in now.fired]
    if new:
        return ChangedRule(_rule(after, name, new[0]), "fires")
    if gone:
        return ChangedRule(_rule(before, name, gone[0]), "no longer fires")
    rules, earlier = ({rule.id: rule.then for rule in model.decisions[name].rules} for model in (after, before))
    for rule in now.fired:
        if rules[rule] != earlier[rule]:
            return ChangedRule(_rule(after, name, rule), "says something else")
    return None


def _rule(model: Model, decision: str, rule: str) -> RuleName:
    places = {each.id: each.place for each in model.decisions[decision].rules}
    return RuleName(decision, rule, places[rule])


def _used_by(model: Model, decisions: Iterable[str]) -> set[str]:
    """Return decisions and all those that they use."""
    found = set(decisions)
    waiting = list(found)
    while waiting:
        refs = reach(model, model.decisions[waiting.pop()].refs())
        used = {ref.decision for ref in refs if ref.kind == "output"} - found
        found |= used
        waiting += used
    return found
