"""Sentences that hiprun makes in English, said in another language where there is a form for them.

A form is a pair: the English sentence and the same in the other language. Both leave the same things open:
`{name}` between backticks is anything; `{number}` elsewhere is a number or a day; `{names:names}` are names in
backticks; `{reason:words}` is anything at all, such as words of a pack; and `{what:kind}` is a phrase that has forms
of its own. A sentence either fits a form as a whole or is not translated: no sentence comes out half in each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

import attrs

Form: TypeAlias = tuple[str, str]
"""A sentence in English and in another language."""

_OPEN = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NUMBER = r"-?\d(?:[\d.,-]*\d)?"
_NAME = r"[^`\n]*?"
_NAMES = r"`[^`\n]*`(?:(?:, | and | or | → )`[^`\n]*`)*(?: …)?"
_BETWEEN_NAMES = re.compile(r"(?<=`) (and|or) (?=`)")
_LONGEST = 2_000
"""Characters; longer sentences are not translated."""


@attrs.frozen
class SentenceForms:
    """The forms of one language: sentences, and by kind the phrases within them; `joining` says "and" and "or"."""

    sentences: tuple[Form, ...]
    phrases: Mapping[str, tuple[Form, ...]] = attrs.field(factory=dict, hash=False)
    joining: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    def said(self, sentence: str) -> str | None:
        """Return a sentence in the other language; None if it fits no form."""
        return self._in_form(sentence, self._compiled[""]) if len(sentence) <= _LONGEST else None

    @cached_property
    def _compiled(self) -> Mapping[str, tuple[tuple[re.Pattern[str], str, Mapping[str, str]], ...]]:
        return {kind: tuple(map(_compiled, forms)) for kind, forms in [("", self.sentences), *self.phrases.items()]}

    def _in_form(self, sentence: str, forms: Iterable[tuple[re.Pattern[str], str, Mapping[str, str]]]) -> str | None:
        for pattern, other, kinds in forms:
            found = pattern.fullmatch(sentence)
            if found is None:
                continue
            parts = {name: self._part(part, kinds[name]) for name, part in found.groupdict().items()}
            if None not in parts.values():
                return _OPEN.sub(lambda match, parts=parts: str(parts[match[1]]), other)  # type: ignore[misc]
        return None

    def _part(self, part: str, kind: str) -> str | None:
        if kind == "names":
            return _BETWEEN_NAMES.sub(lambda match: f" {self.joining[match[1]]} ", part)
        return self._in_form(part, self._compiled[kind]) if kind in self.phrases else part


def _compiled(form: Form) -> tuple[re.Pattern[str], str, Mapping[str, str]]:
    """Return the pattern of an English sentence, the other one, and the kind of what they leave open, by name."""
    english, other = form
    pattern, at = "", 0
    kinds: dict[str, str] = {}
    for match in _OPEN.finditer(english):
        name, kind = match[1], match[2] or ""
        pattern += re.escape(english[at : match.start()])
        at = match.end()
        if name in kinds:
            pattern += f"(?P={name})"
            continue
        kinds[name] = kind
        in_backticks = english.count("`", 0, match.start()) % 2 == 1
        pattern += f"(?P<{name}>{_pattern_of(kind, in_backticks=in_backticks)})"
    return re.compile(pattern + re.escape(english[at:]), re.DOTALL), other, kinds


def _pattern_of(kind: str, *, in_backticks: bool) -> str:
    if kind == "names":
        return _NAMES
    if kind:
        return ".+?"
    return _NAME if in_backticks else _NUMBER
