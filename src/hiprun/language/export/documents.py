"""A model → the documents of its pack by file name, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from hiprun.language.export.conditions import Data
from hiprun.language.export.decisions import decision
from hiprun.language.export.declarations import always, constraint, derived, fact, filled, parameter, sources
from hiprun.language.export.diary import diary
from hiprun.language.export.stages import stages
from hiprun.model import Decision, Example, Model
from hiprun.model.places import Place
from hiprun.model.stages import Stages

LANGUAGE = 1


class _Placed(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def place(self) -> Place: ...


Entry = TypeVar("Entry", bound=_Placed)


def documents(model: Model) -> dict[str, Data]:
    """Return every document of a pack by its file name; numbers are exact."""
    return {name: data for name, data in _documents(model) if data}


def _documents(model: Model) -> Iterator[tuple[str, Data]]:
    yield (
        "pack.yaml",
        filled(pack=model.name, language=LANGUAGE, version=model.version, title=model.title, notice=model.notice),
    )
    yield "facts.yaml", filled(facts={name: fact(entry) for name, entry in model.facts.items()})
    yield "parameters.yaml", filled(parameters={name: parameter(entry) for name, entry in model.parameters.items()})
    ordered = _as_written(model.derived.values())
    yield "derived.yaml", filled(derived={entry.name: derived(entry) for entry in ordered})
    yield "constraints.yaml", filled(constraints=[constraint(entry) for entry in model.constraints])
    yield from _decisions(model)
    if model.statements:
        statements = {id_: entry.text for id_, entry in model.statements.items()}
        yield "guidance.yaml", {"guidance": model.title, "statements": statements}
    if model.properties:
        yield "properties.yaml", {"properties": model.title, "always": [always(entry) for entry in model.properties]}
    if model.diary:
        yield "diary.yaml", diary(model, model.diary)
    yield from _cases(model)


def _as_written(entries: Iterable[Entry]) -> list[Entry]:
    """Return what a model keeps in an order of its own as it stood in the files, from which that order follows."""
    return sorted(entries, key=lambda entry: entry.place)


def _decisions(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the decisions; stages, which are three decisions each, once."""
    ordered: list[Decision | Stages] = [
        model.stages.get(entry.name, entry)
        for entry in _as_written(model.decisions.values())
        if entry.kind != "stages" or entry.name in model.stages
    ]
    names = _names("decisions", [entry.place.file for entry in ordered], [entry.name for entry in ordered])
    for name, entry in zip(names, ordered, strict=True):
        made = stages(model, entry) if isinstance(entry, Stages) else decision(model, entry)
        yield name, made


def _cases(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the named patients, and the cases in as many files as they came in."""
    if model.patients:
        patients = {name: dict(facts) for name, facts in model.patients.items()}
        yield "patients.yaml", {"cases": model.title, "patients": patients}
    groups = [(file, list(examples)) for file, examples in groupby(model.examples, key=lambda entry: entry.place.file)]
    names = _names("cases", [file for file, _ in groups], [f"cases_{index}" for index, _ in enumerate(groups, 1)])
    for name, (_, examples) in zip(names, groups, strict=True):
        yield name, {"cases": model.title, "examples": [_example(model, example) for example in examples]}


def _names(folder: str, files: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return file names in `folder` that keep the order of `files`, and where these are not known that of `names`."""
    if all(files):
        paths = [PurePosixPath(*PurePosixPath(file).parts[1:]) for file in files]
        inside = all(path.parts[0] == folder for path in paths)
        return [f"{folder}/{path.relative_to(folder) if inside else path}" for path in paths]
    numbered = list(names) != sorted(names)
    return [f"{folder}/{f'{number:03}-' if numbered else ''}{name}.yaml" for number, name in enumerate(names, 1)]


def _example(model: Model, given: Example) -> Data:
    expect: Any = given.expect if given.expect == "refused" else dict(given.expect)
    return filled(
        id=given.id,
        title=given.title,
        **_shortest(model, given.facts),
        expect=expect,
        source=sources(given.sources),
    )


def _shortest(model: Model, facts: Mapping[str, object]) -> Data:
    """Return facts in the fewest words: on their own, or as the difference from a named patient."""
    ways: list[Data] = [{"facts": dict(facts)}]
    for name, known in model.patients.items():
        changed = {fact: value for fact, value in facts.items() if fact not in known or known[fact] != value}
        ways.append({"patient": name, "facts": changed, "unknown": [fact for fact in known if fact not in facts]})
    return min(ways, key=lambda way: len(way["facts"]) + len(way.get("unknown", ())) + ("patient" in way))
