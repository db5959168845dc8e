"""Rule files → documents → the model of a pack, or every mistake in all of them at once."""

from __future__ import annotations

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.inference.grounding.preparation import unprepared
from hiprun.language.file_kinds import KINDS
from hiprun.language.reader.error_recovery import with_names_corrected, without_mistakes
from hiprun.language.reader.file_system import Location, RuleFile, read_files
from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check, check_and_guess
from hiprun.language.syntax import Document, decode, guess_kind, parse
from hiprun.model import Model
from hiprun.model.places import NOWHERE

MOST_PROBLEMS = 200


@attrs.frozen
class PackDocuments:
    """The documents of a pack that have the right shape, and the problems with the rest.

    `broken` names the kinds of files that have mistakes; `?` stands for files of unknown kind.
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
        model, resolve_problems = resolve(reading.documents, reading.broken)
        problems += resolve_problems
    if not problems and model is not None:
        problems = unprepared(model)
    if problems or model is None:
        raise RuleError(sorted(problems, key=lambda problem: problem.place or NOWHERE))
    return model


def read_documents(path: Location | None = None) -> PackDocuments:
    """Return the rule files at `path` as documents, each checked against the schema of its kind."""
    files, problems = read_files(path)
    broken = {"?"} if problems else set()
    documents = []
    for file in files:
        document, file_problems, kind = _read_file(file)
        problems += file_problems
        if document:
            documents.append(document)
        if file_problems and kind:
            broken.add(kind)
        if len(problems) > MOST_PROBLEMS:
            message = f"Reading stops here: there are more than {MOST_PROBLEMS} mistakes so far."
            problems.append(
                Problem("too-many-problems", message, help="Correct these first; any others will be shown after that.")
            )
            return PackDocuments((), tuple(problems), frozenset({"?"}))
    return PackDocuments(tuple(documents), tuple(problems), frozenset(broken))


def _read_file(file: RuleFile) -> tuple[Document | None, list[Problem], str]:
    source, problems = decode(file.content, file.name)
    if source is None:
        return None, problems, "?"
    document, problems = parse(source)
    if document is None:
        kind = guess_kind(source)
        return None, problems, kind if kind in KINDS else "?"
    kind = document.kind if document.kind in KINDS else "?"
    shape_problems, corrections = check_and_guess(document)
    new_problems = _not_yet_reported(shape_problems, problems)
    # a misspelt name must not hide other mistakes, so the document is checked again with the name corrected
    remaining_problems = [*problems, *new_problems]
    if new_problems and corrections:
        document = with_names_corrected(document, corrections)
        remaining_problems = [*problems, *_not_yet_reported(check(document), problems)]
    return (
        without_mistakes(document, remaining_problems),
        [*problems, *new_problems],
        kind if remaining_problems else "",
    )


def _not_yet_reported(found: list[Problem], problems: list[Problem]) -> list[Problem]:
    reported_places = {problem.place for problem in problems}
    return [problem for problem in found if problem.place not in reported_places]
