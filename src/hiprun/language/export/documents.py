"""A model → the documents of each kind by file name, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from hiprun.language.export.conditions import Data
from hiprun.language.export.declarations import always, constraint, fact, filled, parameter, sources
from hiprun.language.export.declarations import derived as derived_fact
from hiprun.language.export.diary import diary as diary_document
from hiprun.language.export.stages import stages as stages_document
from hiprun.model import Decision, Example, Model
from hiprun.model.places import Place
from hiprun.version import LANGUAGE


class _Placed(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def place(self) -> Place: ...


Entry = TypeVar("Entry", bound=_Placed)


def header(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document that says what pack it is."""
    yield (
        "pack.yaml",
        filled(pack=model.name, language=LANGUAGE, version=model.version, title=model.title, notice=model.notice),
    )


def facts(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of facts."""
    yield "facts.yaml", filled(facts={name: fact(entry) for name, entry in model.facts.items()})


def parameters(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of parameters."""
    yield "parameters.yaml", filled(parameters={name: parameter(entry) for name, entry in model.parameters.items()})


def derived(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of derived facts."""
    ordered = as_written(model.derived.values())
    yield "derived.yaml", filled(derived={entry.name: derived_fact(entry) for entry in ordered})


def constraints(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of constraints."""
    entries = (*model.constraints, *model.parameter_constraints)
    yield "constraints.yaml", filled(constraints=[constraint(entry) for entry in entries])


def guidance(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of the guidance, if there is any."""
    if model.statements:
        statements = {id_: entry.text for id_, entry in model.statements.items()}
        yield "guidance.yaml", {"guidance": model.title, "statements": statements}


def properties(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of properties, if there are any."""
    if model.properties:
        yield "properties.yaml", {"properties": model.title, "always": [always(entry) for entry in model.properties]}


def diary(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of the diary, if there is one."""
    if model.diary:
        yield "diary.yaml", diary_document(model, model.diary)


def cases(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the named patients, and the cases in as many files as they came in."""
    if model.patients:
        patients = {name: dict(facts) for name, facts in model.patients.items()}
        yield "patients.yaml", {"cases": model.title, "patients": patients}
    groups = [(file, list(examples)) for file, examples in groupby(model.examples, key=lambda entry: entry.place.file)]
    names = in_folder("cases", [file for file, _ in groups], [f"cases_{index}" for index, _ in enumerate(groups, 1)])
    for name, (_, examples) in zip(names, groups, strict=True):
        yield name, {"cases": model.title, "examples": [_example(model, example) for example in examples]}


def stages(model: Model, given: Decision) -> Data | None:
    """Return the document of stages for the first of the decisions that they amount to, None for the others."""
    protocol = model.stages.get(given.name)
    return stages_document(model, protocol) if protocol else None


def as_written(entries: Iterable[Entry]) -> list[Entry]:
    """Return what a model keeps in an order of its own as it stood in the files, from which that order follows."""
    return sorted(entries, key=lambda entry: entry.place)


def in_folder(folder: str, files: Sequence[str], names: Sequence[str]) -> list[str]:
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
