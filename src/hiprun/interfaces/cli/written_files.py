"""Files that commands write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click


def write_files(texts: Mapping[Path, str | bytes]) -> None:
    """Write files with exactly these contents, and the folders they are in; UsageError where that is not possible."""
    for path, content in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        except OSError as error:
            raise click.UsageError(f"{path} cannot be written: {error.strerror}.") from error
