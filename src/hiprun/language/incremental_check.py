"""The texts of rule files → what is in each and what is wrong with it, and together the model of the pack.

Nothing is read from disk here: whoever has the texts, a command or an editor, passes them with the results of the last
time, and pays only for the files that have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from hiprun.errors import Problem
from hiprun.inference.grounding import Program
from hiprun.inference.grounding.preparation_limits import prepare
from hiprun.language.compiled_schemas import accepts
from hiprun.language.file_kinds import KINDS
from hiprun.language.resolve.reuse import KeptResults, Reuse
from hiprun.language.resolver import resolve
from hiprun.language.syntax import Document, decode, guess_kind, parse
from hiprun.model import Model
from hiprun.model.places import NOWHERE, SourceText

MOST_PROBLEMS = 200


@attrs.frozen(eq=False)
class FileResult:
    """What can be said about one file without the others.

    `text` is what was checked, as text or as bytes. `document` is the part without mistakes, None if there is none that
    makes sense. `broken` is the kind of a file with mistakes, `?` if even that is unknown; empty if there are none.
    """

    text: str | bytes
    document: Document | None
    problems: tuple[Problem, ...]
    broken: str


@attrs.frozen
class PackDocuments:
    """The documents of a pack that have the right shape, and the problems with the rest.

    `broken` names the kinds of files that have mistakes; `?` stands for files of unknown kind.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    broken: frozenset[str]


def check_files(
    texts: Mapping[str, str | bytes], earlier: Mapping[str, FileResult] | None = None
) -> dict[str, FileResult]:
    """Return the result for each file, by its name, in the order of `texts`.

    `earlier` holds results of another call; those of files with the same name and text are used again. After
    `MOST_PROBLEMS` problems, the remaining files are left out.

    >>> first = check_files({"a.yaml": "facts: {}", "b.yaml": "colour: red"})
    >>> {name: [problem.code for problem in result.problems] for name, result in first.items()}
    {'a.yaml': ['empty'], 'b.yaml': ['unknown-kind']}
    >>> second = check_files({"a.yaml": "facts: {}", "b.yaml": "pack: red"}, first)
    >>> second["a.yaml"] is first["a.yaml"], second["b.yaml"] is first["b.yaml"]
    (True, False)
    """
    known = earlier or {}
    results: dict[str, FileResult] = {}
    count = 0
    for name, text in texts.items():
        result = known.get(name)
        if result is None or result.text != text:
            result = _check_file(name, text)
        results[name] = result
        count += len(result.problems)
        if count > MOST_PROBLEMS:
            break
    return results


def pack_documents(results: Mapping[str, FileResult], problems: Iterable[Problem] = ()) -> PackDocuments:
    """Return the documents of all files together; `problems` are those of reading the files from disk."""
    found = [*problems]
    broken = {"?"} if found else set()
    for result in results.values():
        found += result.problems
        if result.broken:
            broken.add(result.broken)
    if len(found) > MOST_PROBLEMS:
        message = f"Reading stops here: there are more than {MOST_PROBLEMS} mistakes so far."
        help = "Correct these first; any others will be shown after that."
        return PackDocuments((), (*found, Problem("too-many-problems", message, help=help)), frozenset({"?"}))
    documents = tuple(result.document for result in results.values() if result.document)
    return PackDocuments(documents, tuple(found), frozenset(broken))


@attrs.frozen
class PackResult:
    """The model of a pack and the programs of its decisions that had to be prepared, or every problem, by place."""

    model: Model | None
    programs: Mapping[str, Program]
    problems: tuple[Problem, ...]
    kept: KeptResults = attrs.field(factory=KeptResults, eq=False, repr=False)
    """What to pass the next time, so that only what depends on an edit is resolved again."""


def pack_result(documents: PackDocuments, earlier: KeptResults | None = None) -> PackResult:
    """Return the model of the pack, or None and every problem of all its files.

    `earlier` is what was kept of another call, which changes nothing but how long this takes.
    """
    reuse = None if earlier is None else Reuse(earlier)
    problems = list(documents.problems)
    model = None
    programs: dict[str, Program] = {}
    if documents.documents:
        model, resolve_problems = resolve(documents.documents, documents.broken, reuse)
        problems += resolve_problems
    if not problems and model is not None:
        programs, problems = prepare(model)
    by_place = tuple(sorted(problems, key=lambda problem: problem.place or NOWHERE))
    return PackResult(None if problems else model, programs, by_place, reuse.kept if reuse else KeptResults())


def _check_file(name: str, text: str | bytes) -> FileResult:
    source, problems = (SourceText(name, text), []) if isinstance(text, str) else decode(text, name)
    if source is None:
        return FileResult(text, None, tuple(problems), "?")
    document, problems = parse(source)
    if document is None:
        kind = guess_kind(source)
        return FileResult(text, None, tuple(problems), kind if kind in KINDS else "?")
    if not problems and document.kind in KINDS and accepts(document.kind, document.data):
        return FileResult(text, document, (), "")
    # only files with mistakes need what says which: importing it takes longer than reading a whole pack
    from hiprun.language.error_recovery import with_names_corrected, without_mistakes
    from hiprun.language.schema_validation import check, check_and_guess

    kind = document.kind if document.kind in KINDS else "?"
    shape_problems, corrections = check_and_guess(document)
    new_problems = _not_yet_reported(shape_problems, problems)
    # a misspelt name must not hide other mistakes, so the document is checked again with the name corrected
    remaining_problems = [*problems, *new_problems]
    if new_problems and corrections:
        document = with_names_corrected(document, corrections)
        remaining_problems = [*problems, *_not_yet_reported(check(document), problems)]
    return FileResult(
        text,
        without_mistakes(document, remaining_problems),
        (*problems, *new_problems),
        kind if remaining_problems else "",
    )


def _not_yet_reported(found: list[Problem], problems: list[Problem]) -> list[Problem]:
    reported_places = {problem.place for problem in problems}
    return [problem for problem in found if problem.place not in reported_places]
