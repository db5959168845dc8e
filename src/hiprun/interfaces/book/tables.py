"""The rules of a decision as a table, one column for each thing that is asked."""

from __future__ import annotations

from hiprun.inference.phrases import Piece, Pieces
from hiprun.inference.rule_words import RuleWords
from hiprun.interfaces.book.contents import TableEntry
from hiprun.model import All, Condition, Decision, Ref, Rule, Test

_MOST_COLUMNS = 8


def table_of(words: RuleWords, decision: Decision) -> TableEntry | None:
    """Return a decision as a table; None if it has too many columns, or a rule asks for more than one cell each."""
    asked = [_asked(rule) for rule in decision.rules]
    subjects = list(dict.fromkeys(subject for row in asked if row is not None for subject in row))
    if any(row is None for row in asked) or len(subjects) + len(decision.outputs) > _MOST_COLUMNS:
        return None
    rows = []
    for rule, row in zip(decision.rules, asked, strict=True):
        assert row is not None
        cells = [_cell(words, subject, row.get(subject, ())) for subject in subjects]
        results = {name: words.result_value(decision, name, value) for name, value in rule.then}
        cells += [results.get(output.name, ()) for output in decision.outputs]
        rows.append((rule.id, tuple(cells)))
    return TableEntry(
        tuple(map(words.head, subjects)),
        tuple(words.output_label(decision, output) for output in decision.outputs),
        tuple(rows),
    )


def _asked(rule: Rule) -> dict[Ref, list[Condition]] | None:
    """Return what a rule asks, by what it asks of; None if that is more than tests that all have to hold."""
    asked: dict[Ref, list[Condition]] = {}
    waiting: list[Condition] = [rule.condition]
    while waiting:
        match waiting.pop(0):
            case All(parts):
                waiting = [*parts, *waiting]
            case Test(subject) as test:
                asked.setdefault(subject, []).append(test)
            case _:
                return None
    return asked


def _cell(words: RuleWords, subject: Ref, tests: list[Condition] | tuple[()]) -> Pieces:
    return words.answer(subject, words.sense(tests)) if tests else (Piece("–"),)
