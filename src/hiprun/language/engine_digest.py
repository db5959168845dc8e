"""Which engine this is, so that what one engine has checked is not believed by another."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator

from hiprun.version import VERSION

ENGINE_FILE = "engine.sha256"
"""Its name in a wheel, which contains the digest, so that no start has to work it out."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ROOMS = ("model", "inference", "diary", "language")
"""What turns rule files into a model, and what that model consists of."""


def source_digest(package: str) -> str:
    """Return the SHA-256 of the source files and schemas that read rules, in the folder `package`."""
    hasher = hashlib.sha256()
    for name in _sources(package):
        with open(os.path.join(package, name), "rb") as file:
            content = file.read()
        hasher.update(f"{name.replace(os.sep, '/')}\n{len(content)}\n".encode())
        hasher.update(content)
    return hasher.hexdigest()


def _sources(package: str) -> Iterator[str]:
    yield "errors.py"
    for room in _ROOMS:
        for folder, _, files in sorted(os.walk(os.path.join(package, room))):
            inside = os.path.relpath(folder, package)
            yield from (os.path.join(inside, name) for name in sorted(files) if name.endswith((".py", ".json")))


@functools.cache
def engine() -> str:
    """Return the version of this engine and a digest of its source.

    In a working copy, the source can change while the version does not.
    """
    try:
        with open(os.path.join(_PACKAGE, ENGINE_FILE), encoding="utf-8") as file:
            digest = file.read().strip()
    except OSError:
        digest = source_digest(_PACKAGE)
    return f"{VERSION} {digest}"
