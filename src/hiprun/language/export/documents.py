"""A model → the documents of each kind by file name, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from hiprun.catalogue.catalogue import ENGLISH
from hiprun.language.export.conditions import Data
from hiprun.language.export.declarations import (
    constraint_data,
    derived_fact_data,
    fact_data,
    parameter_data,
    property_data,
    record_source_data,
    source_data,
    unit_data,
    without_empty,
)
from hiprun.language.export.diary import diary_data
from hiprun.language.export.stages import protocol_data
from hiprun.model import Decision, Example, Model, Translation
from hiprun.model.places import Place


class _Placed(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def place(self) -> Place: ...


Entry = TypeVar("Entry", bound=_Placed)


def header(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document with the name, version and title of the pack."""
    yield (
        "pack.yaml",
        without_empty(
            pack=model.name,
            language=model.language,
            version=model.version,
            title=model.title,
            notice=model.notice,
            written_in="" if model.text_language == ENGLISH else model.text_language,
            first=model.first,
            starts=list(model.starts),
        ),
    )


def units(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of units, if there are any."""
    if model.units:
        yield "units.yaml", {"units": {name: unit_data(entry) for name, entry in model.units.items()}}


def facts(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of facts."""
    yield "facts.yaml", without_empty(facts={name: fact_data(entry) for name, entry in model.facts.items()})


def texts(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield a document for each language in which there are texts."""
    for language, table in model.translations.items():
        yield f"texts_{language}.yaml", translation_data(language, table)


def translation_data(language: str, table: Mapping[str, Translation]) -> Data:
    """Return the document of the texts in a language."""
    entries = {path: without_empty(from_=entry.original, to=entry.text) for path, entry in table.items()}
    return {"texts": language, "of": entries}


def groups(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of groups of choices, if there are any."""
    if model.groups:
        yield "groups.yaml", {"groups": {name: list(choices) for name, choices in model.groups.items()}}


def parameters(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of parameters."""
    yield (
        "parameters.yaml",
        without_empty(parameters={name: parameter_data(entry) for name, entry in model.parameters.items()}),
    )


def derived(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of derived facts."""
    in_file_order = in_order_of_files(model.derived.values())
    yield "derived.yaml", without_empty(derived={entry.name: derived_fact_data(entry) for entry in in_file_order})


def constraints(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of constraints."""
    entries = (*model.constraints, *model.parameter_constraints)
    yield "constraints.yaml", without_empty(constraints=[constraint_data(entry) for entry in entries])


def guidance(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of the guidance, if there is any."""
    if model.statements:
        statements = {id_: entry.text for id_, entry in model.statements.items()}
        yield "guidance.yaml", {"guidance": model.title, "statements": statements}


def properties(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of properties, if there are any."""
    if model.properties:
        yield (
            "properties.yaml",
            {"properties": model.title, "always": [property_data(entry) for entry in model.properties]},
        )


def diary(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document of the diary, if there is one."""
    if model.diary:
        yield "diary.yaml", diary_data(model, model.diary)


def cases(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the named patients, and the cases in as many files as they came in."""
    if model.patients:
        patients = {name: dict(facts) for name, facts in model.patients.items()}
        yield "patients.yaml", {"cases": model.title, "patients": patients}
    groups = [(file, list(examples)) for file, examples in groupby(model.examples, key=lambda entry: entry.place.file)]
    names = file_names("cases", [file for file, _ in groups], [f"cases_{index}" for index, _ in enumerate(groups, 1)])
    for name, (_, examples) in zip(names, groups, strict=True):
        yield name, {"cases": model.title, "examples": [_example_data(model, example) for example in examples]}


def stages(model: Model, decision: Decision) -> Data | None:
    """Return the document of a protocol for the decision with its name, None for its other decisions."""
    protocol = model.stages.get(decision.name)
    return protocol_data(model, protocol) if protocol else None


def in_order_of_files(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries that a model has in another order in the order of their files."""
    return sorted(entries, key=lambda entry: entry.place)


def file_names(folder: str, files: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return file names in `folder` that keep the order of `files` or, if these are not known, that of `names`."""
    if all(files):
        paths = [PurePosixPath(*PurePosixPath(file).parts[1:]) for file in files]
        all_in_folder = all(path.parts[0] == folder for path in paths)
        return [f"{folder}/{path.relative_to(folder) if all_in_folder else path}" for path in paths]
    numbered = list(names) != sorted(names)
    return [f"{folder}/{f'{number:03}-' if numbered else ''}{name}.yaml" for number, name in enumerate(names, 1)]


def _example_data(model: Model, example: Example) -> Data:
    expect: Any = example.expect if example.expect == "refused" else dict(example.expect)
    return without_empty(
        id=example.id,
        title=example.title,
        **_shortest_facts(model, example.facts),
        expect=expect,
        source=source_data(example.sources),
        interpretation=example.interpretation,
    )


def _shortest_facts(model: Model, facts: Mapping[str, object]) -> Data:
    """Return facts in the shortest form: all of them, or the difference from a named patient."""
    candidates: list[Data] = [{"facts": dict(facts)}]
    for name, patient_facts in model.patients.items():
        differing = {
            fact: value for fact, value in facts.items() if fact not in patient_facts or patient_facts[fact] != value
        }
        candidates.append(
            {"patient": name, "facts": differing, "unknown": [fact for fact in patient_facts if fact not in facts]}
        )
    return min(candidates, key=lambda way: len(way["facts"]) + len(way.get("unknown", ())) + ("patient" in way))


def record(model: Model) -> Iterator[tuple[str, Data]]:
    """Yield the document that says where facts are found in a patient's record, if there is one."""
    if model.record:
        sources = {source.fact: record_source_data(source) for source in model.record.sources}
        yield (
            "record.yaml",
            without_empty(record=model.record.title, answer_hours=model.record.answer_hours or None, facts=sources),
        )
