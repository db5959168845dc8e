"""Versions of a pack named on the command line: a folder or zip file, or a git revision of a folder."""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from hiprun.interfaces.git_program import GitError, run_git
from hiprun.language.rule_files import RuleFile, read_files
from hiprun.loading import load
from hiprun.pack import Pack


def pack_versions(old: str, new: str, rules: str | None) -> tuple[tuple[Pack, Pack], Mapping[str, list[str]]]:
    """Return two versions of a pack and the lines in which their files differ, by file."""
    folder = rules or next((name for name in (new, old) if Path(name).is_dir()), ".")
    with tempfile.TemporaryDirectory() as scratch:
        paths = [_path_of_version(name, folder, Path(scratch, side)) for side, name in (("old", old), ("new", new))]
        packs = load(paths[0]), load(paths[1])
        return packs, _changed_lines(*(read_files(place)[0] for place in paths))


def _path_of_version(name: str, folder: str, scratch: Path) -> Path:
    if Path(name).exists():
        return Path(name)
    scratch.mkdir()
    archive = scratch / f"{re.sub('[^A-Za-z0-9._~^-]', '_', name)}.zip"  # its name appears in the places of problems
    if name.startswith("-"):
        raise click.UsageError(f"`{name}` is neither a folder nor a revision.")
    try:
        run_git(folder, ["archive", "--format=zip", f"--output={archive}", name])
    except GitError as error:
        raise click.UsageError(f"`{name}` is neither a folder nor a revision of `{folder}`: {error.reason}") from error
    return archive


def _changed_lines(old: list[RuleFile], new: list[RuleFile]) -> dict[str, list[str]]:
    before, after = ({_without_root(file.name): file for file in files} for files in (old, new))
    changed: dict[str, list[str]] = {}
    for name in sorted({*before, *after}):
        first, second = (_lines(files.get(name)) for files in (before, after))
        lines = list(difflib.unified_diff(first, second, name, name, n=1, lineterm=""))
        if lines:
            changed[name] = lines
    return changed


def _without_root(name: str) -> str:
    return name.partition("/")[2]


def _lines(file: RuleFile | None) -> list[str]:
    return file.content.decode("utf-8", "replace").splitlines() if file else []
