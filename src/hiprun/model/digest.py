"""A digest of what a model says; layout, comments and the order of files do not affect it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from hiprun.model.digest_marks import LATER, NO_RESULT
from hiprun.model.pack_model import Model


def digest(model: Model) -> str:
    """Return the SHA-256 of everything in `model` that can affect a result, which cases and properties cannot.

    A translation means the same as what it translates.
    """
    text = json.dumps(_canonical(model.as_written), ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = [
            field.name
            for field in attrs.fields(type(value))
            if field.eq
            and not field.metadata.get(NO_RESULT)
            and not (field.metadata.get(LATER) and getattr(value, field.name) in (field.default, {}))
        ]
        return [type(value).__name__, *(_canonical(getattr(value, name)) for name in fields)]
    if isinstance(value, Fraction):
        return ["fraction", str(value)]
    if isinstance(value, frozenset):
        return ["set", sorted(value)]
    if isinstance(value, Mapping):
        # the order of choices and outputs has a meaning, so it is kept
        return [[key, _canonical(entry)] for key, entry in value.items()]
    if isinstance(value, tuple):
        return [_canonical(entry) for entry in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return ["number", str(value)]
    return value
