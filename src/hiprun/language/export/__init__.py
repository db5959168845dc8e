"""A model → the rule files that say it, laid out as a person would write them.

What is written loads to an equal model. Comments, and the titles of files that a model does not keep, are lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hiprun.language.export.documents import documents
from hiprun.language.export.yaml_layout import yaml
from hiprun.model import Model
from hiprun.model.values import decimal, plain

__all__ = ["as_json", "documents", "files", "write"]


def files(model: Model) -> dict[str, str]:
    """Return the text of every rule file of a pack, by its name in the folder.

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
    """Write rule files into `folder`, which is made where there is none."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
