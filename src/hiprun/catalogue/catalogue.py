"""The words of one language, looked up by key; a language is read when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:  # most programs say nothing but what is looked up by key
    from hiprun.catalogue.sentences import SentenceForms

ENGLISH = "en"


def _english() -> Mapping[str, str]:
    from hiprun.catalogue.english import MESSAGES

    return MESSAGES


def _german() -> Mapping[str, str]:
    from hiprun.catalogue.german import MESSAGES

    return MESSAGES


def _german_sentences() -> SentenceForms:
    from hiprun.catalogue.german_sentences import SENTENCES

    return SENTENCES


def _german_titles() -> Mapping[str, str]:
    from hiprun.catalogue.german_titles import TITLES

    return TITLES


_LANGUAGES: Mapping[str, Callable[[], Mapping[str, str]]] = {ENGLISH: _english, "de": _german}

_SENTENCES: Mapping[str, Callable[[], SentenceForms]] = {"de": _german_sentences}
_TITLES: Mapping[str, Callable[[], Mapping[str, str]]] = {"de": _german_titles}

LANGUAGES = tuple(_LANGUAGES)
"""The languages that hiprun itself speaks."""


@attrs.frozen
class Catalogue:
    """hiprun's own words in one language. Keys are dotted: where the words are used, and for what."""

    language: str
    messages: Mapping[str, str] = attrs.field(hash=False, repr=False)

    def text(self, key: str, **values: object) -> str:
        """Return the words for a key, with `values` in place of their placeholders.

        Raises KeyError for a key or a placeholder that does not exist, which is a mistake in hiprun.
        """
        return self.messages[key].format_map(values) if values else self.messages[key]

    def counted(self, key: str, number: int, **values: object) -> str:
        """Return the words for a number of things: those of `key.one` or of `key.other`."""
        return self.text(f"{key}.{'one' if number == 1 else 'other'}", number=number, **values)

    def sentence(self, english: str) -> str | None:
        """Return a sentence that hiprun has made in English, such as the message of a problem; None if it has no form.

        A sentence is translated as a whole or not at all.
        """
        if self.language not in _SENTENCES:
            return english
        return _SENTENCES[self.language]().said(english)

    def problem_title(self, code: str) -> str:
        """Return the kind of a problem in a few words, by its code; empty in English, where its message says it."""
        return _TITLES[self.language]().get(code, "") if self.language in _TITLES else ""


@functools.cache
def catalogue(language: str = ENGLISH) -> Catalogue:
    """Return hiprun's words in a language, such as `de` or `de-AT`; in English where it does not speak it."""
    primary = language.lower().partition("-")[0]
    known = primary if primary in _LANGUAGES else ENGLISH
    return Catalogue(known, _LANGUAGES[known]())
