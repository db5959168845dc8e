"""What can go wrong, as data: one root, a stable code, message, place and help as separate fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from hiprun.model.places import Place, places_text
from hiprun.model.value_objects import ValueObject

if TYPE_CHECKING:  # only whoever makes mistakes needs their corrections
    from hiprun.model.corrections import AnyHelp, Correction, Help


@attrs.frozen
class Problem(ValueObject):
    """One mistake in rule files or facts.

    `code` is stable and listed in the documentation. `message` says what is wrong, `help` what to do instead;
    both are sentences for someone who does not program. `line` is the text of the line `place` points at,
    `subject` the name that a mistake is about: a fact, or one that nothing declares. `also` are other places of the
    same mistake. `corrections` are those parts of `help` that a program can do, as data.
    """

    code: str
    message: str
    place: Place | None = None
    help: str = ""
    line: str = attrs.field(default="", repr=False)
    subject: str = ""
    also: tuple[Place, ...] = ()
    corrections: tuple[Correction, ...] = attrs.field(default=(), repr=False)

    @classmethod
    def with_help(cls, code: str, message: str, place: Place | None, help: AnyHelp, line: str = "") -> Problem:
        """Return a problem with the words of some help, and with its edits."""
        from hiprun.model.corrections import as_help

        advice = as_help(help)
        return cls(code, message, place, advice.words, line, corrections=advice.corrections)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        advice = "".join(f" {said}" for said in (self.help, self.elsewhere()) if said)
        return f"{where}{self.message}{advice} [{self.code}]"

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as plain data for JSON; file, line and column are None where it has no place."""
        place = self.place
        return {
            "code": self.code,
            "message": self.message,
            "help": self.help,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "width": place.width if place else None,
            "also": [{"file": other.file, "line": other.line, "column": other.column} for other in self.also],
        }

    def elsewhere(self) -> str:
        """Return the other places of the mistake as a sentence; empty when there are none."""
        return f"Also in {places_text(self.also)}." if self.also else ""


class HiprunError(Exception):
    """Root of every error that hiprun raises on purpose. `problems` holds at least one `Problem`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class RuleError(HiprunError):
    """The rule files of a pack are wrong; nothing was loaded. Every mistake found is in `problems`."""


class FactError(HiprunError):
    """The facts are rejected: unknown names, wrong values, or values that cannot occur together."""


class ParameterError(HiprunError):
    """A value given for a parameter does not exist in the pack or is out of range."""


class UndecidedError(HiprunError, LookupError):
    """An output was read that has no single value, because facts are missing or no rule matched."""


class UnknownNameError(HiprunError, LookupError):
    """A decision, output or rule was asked for that the pack does not have."""


class MissingExtraError(HiprunError, ImportError):
    """A part of hiprun needs an optional package that is not installed."""


class ColumnWarning(UserWarning):
    """A column of a dataframe holds no fact, but is called nearly like one."""


_MOST_COMPARED = 300
_MOST_CHARACTERS = 200
_ALIKE = 0.45
"""From here on two names look somewhat alike; `nearest` asks for more."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, or None.

    >>> nearest("temprature", ["colour", "temperature"])
    'temperature'
    """
    candidates = list(known)
    folded = {_folded(candidate): candidate for candidate in candidates}
    key = _folded(name)
    if key in folded:
        return folded[key]
    import difflib  # only mistakes need it

    found = difflib.get_close_matches(key, _worth_comparing(key, folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _folded(name: str) -> str:
    return name[:_MOST_CHARACTERS].casefold().replace("-", "_").replace(" ", "_")


def _worth_comparing(key: str, known: Iterable[str]) -> list[str]:
    """Return the likeliest of what may be thousands of names, since comparing is slow."""
    import heapq  # only mistakes need it

    return heapq.nsmallest(
        _MOST_COMPARED, known, key=lambda name: (name[:2].casefold() != key[:2], abs(len(name) - len(key)))
    )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a help sentence that names the nearest known name, or lists what there is, the likeliest first.

    >>> did_you_mean("pane", ["wet", "colour", "pain_now"])
    'Available: `pain_now`, `wet`, `colour`.'
    """
    return suggestion(name, known).words


def suggestion(name: str, known: Iterable[str], *, before: str = "", after: str = "") -> Help:
    """Return the help of `did_you_mean` with the edits that write a known name in place of `name`.

    `before` and `after` are what is written around it, where that is underlined as well.
    """
    from hiprun.model.corrections import MOST_LISTED, Help, Write

    candidates = list(dict.fromkeys(known))
    guess = nearest(name, candidates)
    likely = [guess] if guess is not None else _likeliest_first(name, candidates)[:MOST_LISTED]
    if before or after:
        instead_of = f"{before}{name}{after}"
        corrections = [Write(f"{before}{word}{after}", instead_of, f"Write `{word}`") for word in likely]
    else:
        corrections = [Write(word) for word in likely]
    if guess is not None:
        return Help(f"Did you mean `{guess}`?", *corrections)
    listed = ", ".join(f"`{candidate}`" for candidate in likely)
    more = " …" if len(candidates) > MOST_LISTED else ""
    return Help(f"Available: {listed}{more}." if listed else "", *corrections)


def _likeliest_first(name: str, candidates: list[str]) -> list[str]:
    """Return names with those that look like `name` first, all else in the order given: that of the files."""
    import difflib

    key = _folded(name)
    alike = {
        candidate: ratio
        for candidate in _worth_comparing(key, candidates)
        if (ratio := difflib.SequenceMatcher(None, _folded(candidate), key).ratio()) >= _ALIKE
    }
    return sorted(candidates, key=lambda candidate: -alike.get(candidate, 0))
