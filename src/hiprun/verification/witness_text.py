"""Patients and answers in the words of the rule files."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Set
from fractions import Fraction
from typing import Any

from hiprun.inference.conclusion import Limit
from hiprun.inference.outcome import Outcome
from hiprun.model import Domain, Literal_
from hiprun.model.value_conversion import public
from hiprun.model.value_notation import notation

_WORD = re.compile(r"[a-z][a-z0-9_-]*\Z")
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDTH = 100


def given(domain: Domain, value: Literal_) -> Any:
    """Return a value as a caller would give it, exact also where decimals never end."""
    return value if isinstance(value, Fraction) else public(domain, value)


def in_file(value: Any) -> str:
    """Return a value as it stands in a YAML file.

    >>> in_file({"colour": "red", "note": "on"})
    '{colour: red, note: "on"}'
    """
    match value:
        case str():
            return value if _WORD.match(value) and value not in _TAKEN else json.dumps(value, ensure_ascii=False)
        case Mapping():
            return f"{{{', '.join(f'{name}: {in_file(part)}' for name, part in value.items())}}}"
        case Set():
            return in_file(sorted(value))
        case list() | tuple():
            return f"[{', '.join(map(in_file, value))}]"
        case _:
            return notation(value)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names in one phrase.

    >>> listed(["red", "green", "blue"])
    '`red`, `green` and `blue`'
    """
    quoted = [f"`{name}`" for name in names]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def expectation(outcome: Outcome) -> dict[str, Any]:
    """Return what came out, as a case file expects it."""
    if outcome.limits:
        return {limit.quantity: {"verdict": limit.verdict} for limit in outcome.limits if limit.verdict}
    if outcome.status != "decided":
        return {"status": outcome.status}
    if outcome.possible:
        return dict(outcome.possible[0])
    return {"certain": list(outcome.fired)}


def answer_text(outcome: Outcome) -> str:
    """Return what came out in one line."""
    said = expectation(outcome)
    match said:
        case {"status": "no_match"}:
            return "no rule matches"
        case {"status": "conflict"}:
            return "the rules contradict each other"
        case {"certain": found}:
            return ", ".join(found) or "nothing"
    if outcome.limits:
        return "; ".join(map(_limit, outcome.limits))
    return ", ".join(f"{name} {notation(value)}" for name, value in said.items())


def _limit(limit: Limit) -> str:
    sides = {"at least": limit.at_least, "at most": limit.at_most}
    bounds = " and ".join(f"{side} {notation(value)}" for side, value in sides.items() if value is not None)
    return f"{limit.quantity} {bounds or 'without a limit'}: {limit.verdict or 'no value'}"


def case_text(
    title: str,
    facts: Mapping[str, Any],
    expect: Mapping[str, Mapping[str, Any]],
    setting: Mapping[str, Any] | None = None,
) -> str:
    """Return a patient and what should come out as an entry of a case file; a setting is what `--set` is to say.

    >>> print(case_text("a-day", {"colour": "red"}, {"alarm": {"level": "calm"}}))
      - id: a-day
        facts: {colour: red}
        expect:
          alarm: {level: calm}
    """
    lines = [f"  # --set {name}={notation(value)}" for name, value in (setting or {}).items()]
    lines += [f"  - id: {title}", *_block("facts", facts)]
    lines.append("    expect:")
    for decision, said in expect.items():
        lines.append(f"      {decision}: {in_file(said)}")
    return "\n".join(lines)


def _block(name: str, facts: Mapping[str, Any]) -> list[str]:
    pairs = [f"{fact}: {in_file(value)}" for fact, value in facts.items()]
    whole = f"    {name}: {{{', '.join(pairs)}}}"
    if len(whole) <= _WIDTH:
        return [whole]
    text = ", ".join(pair.replace(" ", "\0") for pair in pairs)
    inner = textwrap.wrap(text, _WIDTH, initial_indent="      ", subsequent_indent="      ", break_long_words=False)
    return [f"    {name}: {{", *(line.replace("\0", " ") for line in inner), "    }"]
