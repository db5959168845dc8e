"""A report as text for people, at most 80 columns wide: what was proved, and what was found, each with a patient."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hiprun.model import Model, Parameter
from hiprun.model.amounts import amount_text
from hiprun.model.value_conversion import public
from hiprun.model.value_notation import notation
from hiprun.verification.claims import KINDS, Claim, Verification, Witness
from hiprun.verification.run_bounds import STOPPED

WIDTH = 80
_OPEN = "The budget was too small to prove or refute this, so it does not count as proved. Try a larger budget."
FAULT = "This is a fault in hiprun itself, not in the rules; please report it. Do not rely on any of this report."


def report_text(model: Model, report: Verification) -> str:
    """Return a report for people."""
    blocks = ["\n".join(_summary(report))]
    blocks += ["\n".join(finding_lines(model, claim)) for claim in report.findings()]
    blocks += ["\n".join(wrapped(f"{FAULT} {fault}")) for fault in report.faults]
    blocks.append(_verdict(report))
    return "\n\n".join(blocks)


def _summary(report: Verification) -> Iterator[str]:
    names = [name for name in report.seconds if name]
    width = max(map(len, ["the whole pack", *names]))
    for name in [*names, ""]:
        here = [claim for claim in report.claims if claim.decision == name]
        yield f"{name or 'the whole pack':<{width}}  {_counts(here)}  {report.seconds.get(name, 0):5.1f} s"


def _counts(claims: Sequence[Claim]) -> str:
    proved = sum(claim.holds for claim in claims)
    opened = sum(claim.status == "unproved" for claim in claims)
    refuted = len(claims) - proved - opened
    return f"{proved:5} proved {refuted:4} refuted {opened:4} open"


def _verdict(report: Verification) -> str:
    found = sum(1 for _ in report.findings())
    everyone = "every patient and every setting" if report.parameters else "every patient"
    if report.faults:
        return "Nothing can be concluded."
    if report.stopped:
        proved = f"Proved so far: {len(report.claims) - found} of {len(report.claims)} claims about {everyone}."
        return "\n".join(wrapped(f"{STOPPED[report.stopped]} {proved}"))
    if not found:
        return f"{len(report.claims)} claims about {everyone}: all proved."
    return f"{found} of {len(report.claims)} claims about {everyone} were not proved."


def finding_lines(model: Model, claim: Claim) -> Iterator[str]:
    """Yield what was found, for whom, and what to do about it."""
    where = f"{claim.place}: " if claim.place.file else ""
    message = claim.message if claim.status != "unproved" or claim.message else f"{claim.subject}: {_OPEN}"
    yield from wrapped(f"{where}{message}")
    yield from wrapped(f"{claim.status}: {KINDS[claim.kind]}", "  ")
    if claim.setting:
        yield from wrapped(f"in the setting {_setting(model, claim.setting)}", "  ")
    if claim.holds_at:
        each = "; ".join(_setting(model, setting) for setting in claim.holds_at)
        yield from wrapped(f"proved individually for these settings, but not for those between them: {each}", "  ")
    for rule in claim.rules:
        yield from wrapped(f"rule: {rule}", "  ")
    if claim.help and (claim.status != "unproved" or claim.message):
        yield from wrapped(claim.help, "  ")
    if claim.witnesses:
        yield ""
        yield from witness_lines(model, claim.witnesses)
        yield ""
        yield from wrapped("As cases; check the expected answers:", "  ")
        for witness in claim.witnesses:
            yield from (f"  {line}" for line in witness.case.split("\n"))


def _setting(model: Model, setting: Mapping[str, Any]) -> str:
    """Return what is set otherwise than in the rule files, and what stands there."""
    return ", ".join(_set(model.parameters[name], value) for name, value in setting.items()) or "in the rule files"


def _set(parameter: Parameter, value: Any) -> str:
    in_files = notation(public(parameter.domain, parameter.value))
    return f"{parameter.name} {amount_text(value, parameter.domain, exactly=True)} (in the files {in_files})"


def witness_lines(model: Model, witnesses: Sequence[Witness]) -> Iterator[str]:
    """Yield a table of the patients, the facts that matter first, and what comes out for each."""
    first = witnesses[0]
    matters = list(dict.fromkeys(name for witness in witnesses for name in witness.matters))
    rows = [[name, *(_value(model, witness, name) for witness in witnesses)] for name in matters]
    heads = ["the patient"] if len(witnesses) == 1 else ["one patient", "the other"]
    yield from _table([["", *heads], *rows])
    rest = [f"{name} {_value(model, first, name)}" for name in first.concerned if name not in matters]
    if rest:
        yield from wrapped(f"all else as usual: {', '.join(rest)}", "    ")
    for head, witness in zip(heads, witnesses, strict=True):
        for decision, answer in witness.answers.items():
            yield from wrapped(f"{head}, {decision}: {answer}", "    ")


def _value(model: Model, witness: Witness, name: str) -> str:
    return amount_text(witness.facts[name], model.facts[name].domain, exactly=True)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "    " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def wrapped(text: str, indent: str = "") -> Iterable[str]:
    """Return the lines of a text that is as wide as a terminal at most."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
