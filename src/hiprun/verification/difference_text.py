"""A difference between two versions as text for people, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hiprun.model.value_notation import notation
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference
from hiprun.verification.report_text import FAULT, wrapped
from hiprun.verification.run_bounds import STOPPED

_STATUS = {
    "equivalent": "the same for every patient, proved",
    "added": "new",
    "removed": "gone",
    "incomparable": "cannot be compared",
    "unproved": "not proved to be the same within the budget",
}
_SHOWN_FACTS = 8


_MOST_SHOWN = 3
"""How many changes of one decision are shown, unless all are asked for."""

_MOST_LINES = 20
"""How many changed lines of one file are shown, unless all are asked for."""


def difference_text(
    difference: Difference,
    texts: Mapping[str, Sequence[str]] | None = None,
    *,
    everything: bool = False,
    cases: Iterable[str] = (),
) -> str:
    """Return a difference for people; `texts` has the changed lines by file, to be shown beside what they change.

    `cases` are paragraphs about what comes of the cases.

    Decisions that were changed themselves come first. Those that only follow others are told in one line each, and of
    many changes only some are shown, unless it is to be `everything`.
    """
    left = dict(texts or {})
    blocks = ["\n".join(["from " + difference.old, "to   " + difference.new])]
    if difference.notes:
        blocks.append("\n".join(line for note in difference.notes for line in wrapped(note)))
    blocks.append("\n".join(_summary(difference.decisions)))
    shown = [each for each in difference.decisions if (each.status == "changed" and not each.follows) or each.texts]
    if everything:
        shown += [each for each in difference.decisions if each.follows and each not in shown]
    for each in shown:
        blocks.append("\n".join([*_decision(each, everything), *_lines(each.files, left, everything)]))
    blocks += cases
    blocks += ["\n".join(wrapped(f"{FAULT} {fault}")) for fault in difference.faults]
    blocks.append(_verdict(difference))
    return "\n\n".join(blocks)


def _summary(decisions: Sequence[DecisionDifference]) -> Iterator[str]:
    """Yield a line for each decision: those changed themselves, those that follow, and by status all others."""
    changed = [each for each in decisions if each.status == "changed" or each.texts]
    for each in sorted(changed, key=lambda each: bool(each.follows)):
        after = f", following {', '.join(each.follows)}" if each.follows else ""
        yield from wrapped(f"{each.decision or 'possible patients'}: {_counts(each)}{after}")
    for status, words in _STATUS.items():
        names = [each.decision or "possible patients" for each in decisions if each.status == status and not each.texts]
        if names:
            yield from wrapped(f"{', '.join(names)}: {words}")


def _counts(each: DecisionDifference) -> str:
    return f"{_meaning(each)}{'; in other words' if each.texts else ''}"


def _meaning(each: DecisionDifference) -> str:
    if each.status != "changed":
        return _STATUS[each.status]
    directions = [change.direction for change in each.changes]
    counts = ", ".join(f"{directions.count(name)} {name}" for name in dict.fromkeys(directions))
    more = "" if each.complete else ", perhaps more"
    return f"changed ({counts or 'other outputs'}{more})"


def _decision(each: DecisionDifference, everything: bool) -> Iterator[str]:
    yield f"{each.decision or 'possible patients'}"
    for note in each.notes:
        yield from wrapped(note, "  ")
    most = len(each.changes) if everything else _MOST_SHOWN
    for change in each.changes[:most]:
        yield from _change(change)
    if len(each.changes) > most:
        yield f"  … and {len(each.changes) - most} more; --all shows them."
    for text in each.texts:
        yield from wrapped(f"text only: {text.part} of {text.subject}", "  ")
        yield from wrapped(f"before: {text.before or 'nothing'}", "    ")
        yield from wrapped(f"now:    {text.after or 'nothing'}", "    ")
    if not each.complete:
        yield from wrapped("There are more changes, or the budget was too small to find all of them.", "  ")


def _change(change: AnswerChange) -> Iterator[str]:
    yield from wrapped(f"{change.direction}: {change.what}", "  ")
    shown = list(change.matters or change.facts)
    facts = ", ".join(f"{name} {notation(change.facts[name])}" for name in shown[:_SHOWN_FACTS])
    yield from wrapped(f"for example, with {facts}{', …' if len(shown) > _SHOWN_FACTS else ''}", "    ")
    yield from wrapped(f"before: {change.before}", "      ")
    yield from wrapped(f"now:    {change.after}", "      ")
    for what, rules in (("before by", change.rules_before), ("now by", change.rules_after)):
        for rule in rules:
            yield from wrapped(f"{what} {rule}", "    ")
    noticed = (
        f"noticed by {', '.join(change.cases)}" if change.cases else "not noticed by any case; here is one that would:"
    )
    yield from wrapped(noticed, "    ")
    if not change.cases and change.case:
        yield from (f"    {line}" for line in change.case.split("\n"))


def _lines(files: Iterable[str], left: dict[str, Sequence[str]], everything: bool) -> Iterator[str]:
    """Yield the changed lines of files that were not shown yet."""
    for file in files:
        lines = left.pop(file, ())
        most = len(lines) if everything else _MOST_LINES
        yield from (f"  {line}" for line in lines[:most])
        if len(lines) > most:
            yield f"  … and {len(lines) - most} more lines; --all shows them."


def _verdict(difference: Difference) -> str:
    if difference.faults:
        return "Nothing can be concluded."
    if difference.stopped:
        return "\n".join(wrapped(STOPPED[difference.stopped]))
    if difference.equivalent:
        words = ", in part in other words" if any(each.texts for each in difference.decisions) else ""
        return f"Every patient gets the same answers as before{words}."
    if difference.may_be_calmer:
        return "Somebody may get a calmer answer than before."
    return "Nobody gets a calmer answer than before."
