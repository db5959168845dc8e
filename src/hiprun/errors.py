"""What can go wrong, as data: one root, a stable code, message, place and help as separate fields."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterable

import attrs

from hiprun.model.places import Place


@attrs.frozen
class Problem:
    """One mistake in rule files or facts.

    `code` is stable and listed in the documentation. `message` says what is wrong, `help` what to do instead;
    both are sentences for someone who does not program. `line` is the text of the line `place` points at,
    `subject` the fact that a mistake in facts is about.
    """

    code: str
    message: str
    place: Place | None = None
    help: str = ""
    line: str = attrs.field(default="", repr=False)
    subject: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        advice = f" {self.help}" if self.help else ""
        return f"{where}{self.message}{advice} [{self.code}]"


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
    """The facts given cannot be taken: unknown names, wrong values, or values that cannot occur together."""


class ParameterError(HiprunError):
    """A value given for a parameter does not exist in the pack or lies outside its range."""


class UndecidedError(HiprunError, LookupError):
    """An output was asked for that has no single value, because facts are missing or no rule matched."""


class UnknownNameError(HiprunError, LookupError):
    """A decision, output or rule was asked for that the pack does not have."""


class MissingExtraError(HiprunError, ImportError):
    """A part of hiprun needs an optional package that is not installed."""


class ColumnWarning(UserWarning):
    """A column of a dataframe holds no fact, but is called nearly like one."""


_MOST_COMPARED = 300
_MOST_CHARACTERS = 200


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, or None.

    >>> nearest("temprature", ["colour", "temperature"])
    'temperature'
    """
    candidates = sorted(known)
    folded = {candidate.casefold().replace("-", "_"): candidate for candidate in candidates}
    key = name[:_MOST_CHARACTERS].casefold().replace("-", "_").replace(" ", "_")
    if key in folded:
        return folded[key]
    # Comparing is slow; of thousands of names only the likeliest are looked at.
    likely = heapq.nsmallest(
        _MOST_COMPARED, folded, key=lambda known: (known[:2] != key[:2], abs(len(known) - len(key)))
    )
    found = difflib.get_close_matches(key, likely, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a help sentence that names the nearest known name, or lists what there is."""
    candidates = sorted(known)
    guess = nearest(name, candidates)
    if guess is not None:
        return f"Did you mean `{guess}`?"
    if not candidates:
        return ""
    listed = ", ".join(f"`{candidate}`" for candidate in candidates[:8])
    return f"Known are {listed}{' …' if len(candidates) > 8 else ''}."
