"""Values of facts and outputs as they are said to the person."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, assert_never

import attrs

from hiprun.catalogue import Catalogue
from hiprun.inference.reader_texts import ReaderTexts, readable
from hiprun.model import Domain
from hiprun.model.amounts import amount_text
from hiprun.model.templates import SAYS_NOTHING, SAYS_VALUE, Form, Placeholder, filled
from hiprun.model.value_objects import ValueObject

_ENDS = ("at_least", "at_most", "above", "below")
_LISTING = ("one_of", "includes", "includes_all", "includes_any")
"""Tests that say which choices a value may be, or has."""


@attrs.frozen
class Speech(ValueObject):
    """Says values in the words of the pack, and of hiprun's own where the pack has none."""

    texts: ReaderTexts

    @property
    def words(self) -> Catalogue:
        """hiprun's own words, in the language of the texts."""
        return self.texts.words

    def fact(self, name: str, value: Any) -> str:
        """Return what is so if a fact has a value: what the pack says of it, or else its question and the answer."""
        fact = self.texts.model.facts[name]
        return (
            self.said(fact.say, fact.domain, value) or f"{self.texts.fill(fact.ask)} {self.value(fact.domain, value)}"
        )

    def said(self, say: Mapping[str, str], domain: Domain, value: Any, shown_as: str = "") -> str:
        """Return what `say` has for a value, which may be known in part; empty if it has nothing for it.

        `shown_as` is how the value is written in it, if not as usual.
        """
        if domain.type == "set" and isinstance(value, Set) and value and value <= say.keys():
            return "; ".join(self.texts.fill(say[name]) for name in domain.choices if name in value)
        text = say.get(_key(say, domain, value), "")

        def shown(placeholder: Placeholder) -> str:
            if placeholder.name != SAYS_VALUE:
                return self.texts.placeholder_words(placeholder)
            return shown_as or self.value(domain, value, placeholder.form)

        return filled(text, shown)

    def value(self, domain: Domain, value: Any, form: Form = "amount") -> str:
        """Return a value in words, which may be known in part."""
        if isinstance(value, Mapping):
            return self._bounds(domain, value)
        match domain.type:
            case "boolean":
                return self.words.text("text.yes" if value else "text.no")
            case "set":
                chosen = [self.choice(domain, name) for name in domain.choices if name in value]
                return ", ".join(chosen) or self.words.text("text.none")
            case "choice":
                return self.choice(domain, value)
            case "string":
                return self.texts.fill_again(value)
            case "integer" | "number" | "date":
                return self.texts.value_words(value, domain, form)
            case _:
                assert_never(domain.type)

    def choice(self, domain: Domain, name: str) -> str:
        """Return the text of a choice, or its name as readable words."""
        return self.texts.fill(domain.choices[name]) or readable(name)

    def _bounds(self, domain: Domain, tests: Mapping[str, Any]) -> str:
        for test in _LISTING:
            if test in tests:
                listed = tests[test] if isinstance(tests[test], tuple) else (tests[test],)
                return ", ".join(
                    self.choice(domain, one) if domain.choices else self.value(domain, one) for one in listed
                )
        ends = {side: bound for side, bound in tests.items() if side in _ENDS and domain.is_numeric}
        return amount_text(ends, domain, self.words) if ends else self.words.text("advice.not_known")


def _key(say: Mapping[str, str], domain: Domain, value: Any) -> str:
    """Return under which key `say` has the text for a value."""
    if isinstance(value, Mapping):
        return SAYS_VALUE
    match domain.type:
        case "boolean":
            return "true" if value else "false"
        case "choice":
            return str(value) if value in say else SAYS_VALUE
        case "set" | "integer" | "number":
            return SAYS_NOTHING if not value and SAYS_NOTHING in say else SAYS_VALUE
        case "string" | "date":
            return SAYS_VALUE
        case _:
            assert_never(domain.type)
