"""What travels in the form from page to page, since nothing about anyone is stored: answers, reports, the diary."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from typing import Any

import attrs

from hiprun.interfaces.web import Fields

NOT_KNOWN = "?"
"""The answer to a question whose answer the person does not know."""

TEST = ".test"
"""Behind the name of a number: whether it is exact, or only `at_least` or `at_most`."""

DIARY, START, STAGES = ".diary", ".start", ".stages"
_TRAVEL = (DIARY, START, STAGES)
_MOST_REPORTS = 30


@attrs.frozen
class FormState:
    """The fields that travel, by name, in the order in which they were given.

    A fact has its answers under its name, `?` if it is not known. What was reported later, for a plan, is under the
    day and the name: `2026-03-11/name`.
    """

    fields: Fields

    @staticmethod
    def of(fields: Fields, facts: Collection[str]) -> FormState:
        """Return the state in what a browser has sent; anything that does not belong to it is left out."""
        kept = {
            name: [value for value in values if value.strip()]
            for name, values in fields.items()
            if name in _TRAVEL or _fact_of(name) in facts
        }
        return FormState({name: values for name, values in kept.items() if values})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the names and values of hidden fields."""
        return ((name, value) for name, values in self.fields.items() for value in values)

    def text(self, name: str) -> str:
        """Return the first value of a field."""
        return next(iter(self.fields.get(name, ())), "")

    def names(self, prefix: str = "") -> list[str]:
        """Return the facts that were answered, known or not, in their order."""
        found = [name for name in self.fields if name not in _TRAVEL and not name.endswith(TEST)]
        return [_fact_of(name) for name in found if name.partition(_fact_of(name))[0] == prefix]

    def is_not_known(self, fact: str, prefix: str = "") -> bool:
        """Return whether the person said not to know a fact."""
        return NOT_KNOWN in self.fields.get(prefix + fact, ())

    def answers(self, prefix: str = "") -> dict[str, Any]:
        """Return the answers, to be passed to `Pack.read_answers`."""
        found: dict[str, Any] = {}
        for fact in self.names(prefix):
            if not self.is_not_known(fact, prefix):
                values, test = list(self.fields[prefix + fact]), self.text(prefix + fact + TEST)
                found[fact] = {test: values[0]} if test else values
        return found

    def reports(self) -> list[str]:
        """Return the days on which something was reported, the first first, each as the prefix of its fields."""
        days = {name.partition("/")[0] for name in self.fields if "/" in name}
        return [f"{day}/" for day in sorted(days)[:_MOST_REPORTS]]

    def day(self, name: str) -> datetime.date | None:
        """Return the day in a field, None if there is none."""
        return read_day(self.text(name))

    def without(self, name: str) -> FormState:
        """Return the state without a field and its test."""
        return FormState({key: values for key, values in self.fields.items() if key not in (name, name + TEST)})

    def having(self, name: str, value: str) -> FormState:
        """Return the state with another value for a field; without it if that is empty."""
        rest = self.without(name)
        return FormState({**rest.fields, name: [value]}) if value else rest


def read_day(text: str) -> datetime.date | None:
    """Return the day that a text names, None if it names none.

    >>> read_day("2026-03-01"), read_day("soon")
    (datetime.date(2026, 3, 1), None)
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _fact_of(name: str) -> str:
    day, separator, fact = name.partition("/")
    if separator and read_day(day) is None:
        return ""
    return (fact if separator else name).removesuffix(TEST)
