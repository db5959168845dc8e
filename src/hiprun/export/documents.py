"""A model → the documents of its pack by file name, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from hiprun.export.conditions import Data
from hiprun.export.decisions import decision
from hiprun.export.declarations import always, constraint, derived, fact, filled, parameter, sources
from hiprun.model import Example, Model
from hiprun.source import Place

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
    yield from _cases(model)


def _as_written(entries: Iterable[Entry]) -> list[Entry]:
    """Return what a model keeps in an order of its own as it stood in the files, from which that order follows."""
    return sorted(entries, key=lambda entry: entry.place)


def _decisions(model: Model) -> Iterator[tuple[str, Data]]:
    ordered = _as_written(model.decisions.values())
    names = [f"{entry.name}.yaml" for entry in ordered]
    if names != sorted(names):
        width = len(str(len(names)))
        names = [f"{number:0{width}}-{name}" for number, name in enumerate(names, 1)]
    for name, entry in zip(names, ordered, strict=True):
        yield f"decisions/{name}", decision(model, entry)


def _cases(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the named patients, and the cases in as many files as they came in."""
    if model.patients:
        patients = {name: dict(facts) for name, facts in model.patients.items()}
        yield "patients.yaml", {"cases": model.title, "patients": patients}
    for file, examples in groupby(model.examples, key=lambda example: example.place.file):
        path = PurePosixPath(*PurePosixPath(file).parts[1:] or ("cases.yaml",))
        name = path.relative_to("cases") if path.is_relative_to("cases") and path.name != "cases" else path
        yield f"cases/{name}", {"cases": model.title, "examples": [_example(model, example) for example in examples]}


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
