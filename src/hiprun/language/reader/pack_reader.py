"""Rule files → documents → the model of a pack; or every mistake in all of them at once."""

from __future__ import annotations

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.inference.grounding.preparation import unprepared
from hiprun.language.file_kinds import KINDS
from hiprun.language.reader.error_recovery import respelt, without_mistakes
from hiprun.language.reader.file_system import Location, RuleFile, read_files
from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check, check_and_guess
from hiprun.language.syntax import Document, decode, guess_kind, parse
from hiprun.model import Model
from hiprun.model.places import NOWHERE

MOST_PROBLEMS = 200


@attrs.frozen
class Reading:
    """What could be read of a pack: documents of the right shape, and what is wrong with the rest.

    `broken` names the kinds of files that are wrong, or wrong in part; `?` where not even the kind is known.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    broken: frozenset[str]


def read_model(path: Location | None = None) -> Model:
    """Return the model of the pack in the folder or zip file `path`, or of the one that comes with hiprun.

    Raises `RuleError` with every mistake in every file.
    """
    reading = read_documents(path)
    problems = list(reading.problems)
    model = None
    if reading.documents:
        model, found = resolve(reading.documents, reading.broken)
        problems += found
    if not problems and model is not None:
        problems = unprepared(model)
    if problems or model is None:
        raise RuleError(sorted(problems, key=lambda problem: problem.place or NOWHERE))
    return model


def read_documents(path: Location | None = None) -> Reading:
    """Return the rule files in `path` as documents, each checked by the schema of its kind."""
    files, problems = read_files(path)
    broken = {"?"} if problems else set()
    documents = []
    for file in files:
        document, found, kind = _read(file)
        problems += found
        if document:
            documents.append(document)
        if found and kind:
            broken.add(kind)
        if len(problems) > MOST_PROBLEMS:
            message = f"Reading stops here: there are more than {MOST_PROBLEMS} mistakes so far."
            problems.append(
                Problem("too-many-problems", message, help="Correct these first; any others are shown then.")
            )
            return Reading((), tuple(problems), frozenset({"?"}))
    return Reading(tuple(documents), tuple(problems), frozenset(broken))


def _read(file: RuleFile) -> tuple[Document | None, list[Problem], str]:
    source, problems = decode(file.content, file.name)
    if source is None:
        return None, problems, "?"
    document, problems = parse(source)
    if document is None:
        kind = guess_kind(source)
        return None, problems, kind if kind in KINDS else "?"
    kind = document.kind if document.kind in KINDS else "?"
    shape, meant = check_and_guess(document)
    found = _unsaid(shape, problems)
    # a misspelt name must not hide what else is wrong: the rest is looked at as if it were spelt as it was meant
    left = [*problems, *found]
    if found and meant:
        document = respelt(document, meant)
        left = [*problems, *_unsaid(check(document), problems)]
    return without_mistakes(document, left), [*problems, *found], kind if left else ""


def _unsaid(found: list[Problem], problems: list[Problem]) -> list[Problem]:
    said = {problem.place for problem in problems}
    return [problem for problem in found if problem.place not in said]
