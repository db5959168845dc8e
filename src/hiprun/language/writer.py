"""A model → its rule files, laid out as a person would write them.

The files load to an equal model. Comments, and titles of files that a model does not keep, are lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import assert_never

from hiprun.language.export.conditions import Data
from hiprun.language.export.documents import file_names, in_order_of_files
from hiprun.language.export.yaml_layout import yaml
from hiprun.language.file_kinds import KINDS, DecisionPart, ModelPart
from hiprun.model import Model
from hiprun.model.value_conversion import decimal, plain


def files(model: Model) -> dict[str, str]:
    """Return the text of every rule file of a pack, by file name.

    A parameter that was set to a number without decimal notation, such as a third, is rounded to 40 digits.

    >>> print(files(Model("colours", "1.0.0", "Which colour to paint it"))["pack.yaml"], end="")
    pack: colours
    language: 1
    version: 1.0.0
    title: Which colour to paint it
    """
    return {name: yaml(data) for name, data in documents(model).items()}


def as_json(model: Model) -> str:
    """Return all rule files of a pack as one JSON text: their content by file name, numbers as the nearest ones."""
    return json.dumps(documents(model), indent=2, ensure_ascii=False, default=lambda number: plain(decimal(number)))


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Write rule files into `folder`, which is created if it does not exist."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def documents(model: Model) -> dict[str, Data]:
    """Return every document of a pack by its file name; numbers are exact."""
    return {name: data for name, data in _documents(model) if data}


def _documents(model: Model) -> Iterator[tuple[str, Data]]:
    decisions_done = False
    for kind in KINDS.values():
        match kind.content:
            case ModelPart():
                yield from kind.content.export(model)
            case DecisionPart():
                # the files of all such kinds come together, in one order
                yield from () if decisions_done else _decisions(model)
                decisions_done = True
            case _:
                assert_never(kind.content)


def _decisions(model: Model) -> Iterator[tuple[str, Data]]:
    deciding = [kind.content for kind in KINDS.values() if isinstance(kind.content, DecisionPart)]
    by_kind = {exported: content for content in deciding for exported in content.makes}
    exported = [
        (entry, by_kind[entry.kind].export(model, entry)) for entry in in_order_of_files(model.decisions.values())
    ]
    documents = [(entry, data) for entry, data in exported if data is not None]
    names = file_names(
        "decisions", [entry.place.file for entry, _ in documents], [entry.name for entry, _ in documents]
    )
    yield from zip(names, (data for _, data in documents), strict=True)
