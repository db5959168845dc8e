"""Which engine this is, so that what one engine has checked is not believed by another."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from hiprun.version import VERSION

ENGINE_FILE = "engine.sha256"
"""Its name in a wheel, which contains the digest, so that no start has to work it out."""

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("model", "inference", "diary", "language")
"""What turns rule files into a model, and what that model consists of."""


def source_digest(package: Path) -> str:
    """Return the SHA-256 of the source files and schemas that read rules, in the folder `package`."""
    hasher = hashlib.sha256()
    for path in _sources(package):
        content = path.read_bytes()
        hasher.update(f"{path.relative_to(package).as_posix()}\n{len(content)}\n".encode())
        hasher.update(content)
    return hasher.hexdigest()


def _sources(package: Path) -> Iterator[Path]:
    yield package / "errors.py"
    for room in _ROOMS:
        yield from sorted(path for ending in ("py", "json") for path in (package / room).rglob(f"*.{ending}"))


@functools.cache
def engine() -> str:
    """Return the version of this engine and a digest of its source.

    In a working copy, the source can change while the version does not.
    """
    try:
        digest = (_PACKAGE / ENGINE_FILE).read_text(encoding="ascii").strip()
    except OSError:
        digest = source_digest(_PACKAGE)
    return f"{VERSION} {digest}"
