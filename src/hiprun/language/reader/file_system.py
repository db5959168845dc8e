"""A folder or zip file of rules → the names and bytes of its rule files, with bounds on everything that is read."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path, PurePath
from typing import IO, TypeAlias

import attrs

from hiprun.errors import Problem
from hiprun.language.syntax import MOST_BYTES
from hiprun.model.places import Place

MOST_FILES = 500
MOST_ENTRIES = 10_000
MOST_FOLDERS_DEEP = 20
MOST_BYTES_TOGETHER = 2_500_000

Location: TypeAlias = str | os.PathLike[str] | Traversable
"""Where rules lie: a folder, a zip file, or a folder inside an installed package."""

_ENDINGS = (".yaml", ".yml")
_DISGUISED = tuple(f"{ending}.txt" for ending in _ENDINGS)
_ANNOUNCED_ELSEWHERE = 0xFFFF
"""What a zip file in the form for large ones says in place of the number of its entries."""

_PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@attrs.frozen
class RuleFile:
    """A rule file as it lies on disk, not yet read as text."""

    name: str
    content: bytes = attrs.field(repr=False)


@attrs.define
class _ReadFiles:
    files: list[RuleFile] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)
    entries: int = 0
    size: int = 0

    def add(self, name: str, open_file: IO[bytes]) -> None:
        with open_file as stream:
            content = stream.read(MOST_BYTES + 1)
        self.size += len(content)
        if len(self.files) >= MOST_FILES or self.size > MOST_BYTES_TOGETHER:
            raise _TooMuchError
        self.files.append(RuleFile(name, content))

    def refuse(self, code: str, message: str, help: str, name: str = "") -> None:
        self.problems.append(Problem(code, message, Place(name) if name else None, help))


class _TooMuchError(Exception):
    """There is more in this place than rules could be."""


def read_files(location: Location | None) -> tuple[list[RuleFile], list[Problem]]:
    """Return the rule files at `location`, by name, and what could not be read. None: the rules hiprun comes with."""
    found = _ReadFiles()
    try:
        _read(_own_rules() if location is None else location, found)
    except _TooMuchError:
        found.refuse(
            "too-many-files",
            f"There are more than {MOST_FILES} rule files, or far too many other files.",
            "Give the folder that holds the rules and nothing else.",
        )
    except OSError as error:
        found.refuse(
            "unreadable", f"`{location}` cannot be read: {_reason(error)}.", "Check that it exists and may be read."
        )
    if not found.files and not found.problems:
        found.refuse(
            "no-rule-files",
            f"There are no rule files in `{location}`.",
            "Rule files end in `.yaml`; the names of their folders do not begin with a dot.",
        )
    return sorted(found.files, key=lambda file: file.name), found.problems


def _own_rules() -> Traversable:
    packaged = resources("hiprun").joinpath("rules")
    # In a working copy the rules stand beside the source, where people edit them; a wheel carries them inside.
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[4] / "rules"


def _read(location: Location, found: _ReadFiles) -> None:
    if isinstance(location, str | os.PathLike):
        location = Path(location)
        if location.is_dir():
            _walk(location, location.name or location.resolve().name, found, ())
        elif not location.is_file():
            found.refuse("no-folder", f"There is no folder `{location}`.", "Check the path.")
        elif location.suffix.lower() == ".zip":
            _unzip(location, found)
        else:
            help = f"Give the folder it lies in: `{location.parent}`."
            found.refuse("not-a-folder", f"`{location}` is a file; rules are read from a folder or a zip file.", help)
    elif location.is_dir():
        _walk(location, location.name, found, ())
    else:
        found.refuse("no-folder", f"There is no folder `{location}`.", "Check the path.")


def _walk(folder: Traversable, name: str, found: _ReadFiles, above: tuple[str, ...]) -> None:
    real = os.path.realpath(folder) if isinstance(folder, os.PathLike) else name
    if real in above or len(above) > MOST_FOLDERS_DEEP:
        found.refuse(
            "folder-loop", "This folder leads back to one it lies in, or lies too deep.", "Delete the link.", name
        )
        return
    entries = list(islice(folder.iterdir(), MOST_ENTRIES - found.entries + 1))
    found.entries += len(entries)
    if found.entries > MOST_ENTRIES:
        raise _TooMuchError
    for entry in sorted(entries, key=lambda entry: entry.name):
        inside = f"{name}/{entry.name}"
        try:
            if entry.name.startswith("."):
                continue
            is_folder = entry.is_dir()
            if is_folder and not inside.lower().endswith(_ENDINGS):
                _walk(entry, inside, found, (*above, real))
            elif _is_rule_file(inside, found):
                if is_folder or _is_no_file(entry):
                    # to open a pipe is to wait for whoever writes into it
                    message = "This has the name of a rule file and is a folder, a pipe, a socket or a device."
                    found.refuse("no-file", message, "Rename or delete it.", inside)
                else:
                    found.add(inside, entry.open("rb"))
        except OSError as error:
            found.refuse("unreadable", f"This cannot be read: {_reason(error)}.", "Check that it may be read.", inside)


def _is_no_file(entry: Traversable) -> bool:
    """Whether something is there that is no ordinary file; what is not there fails when it is opened."""
    return isinstance(entry, Path) and entry.exists() and not entry.is_file()


def _unzip(path: Path, found: _ReadFiles) -> None:
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES_TOGETHER + 1)
    if len(content) > MOST_BYTES_TOGETHER:
        raise _TooMuchError
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_ENTRIES:
                raise _TooMuchError
            if _entries_announced(content) not in (len(archive.infolist()), _ANNOUNCED_ELSEWHERE):
                raise zipfile.BadZipFile
            for info in filter(_is_plain, archive.infolist()):
                archive.open(info).close()  # a name that is damaged differs from the one that stands before the content
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            for info, inside in zip(members, _without_shared_folder(info.filename for info in members), strict=True):
                name = f"{path.name}/{inside}"
                if not _is_rule_file(name, found):
                    continue
                if not _is_plain(info):
                    help = "Make an ordinary zip file, without a password."
                    found.refuse("unreadable", "This is encrypted, or packed in an unusual way.", help, name)
                else:
                    found.add(name, archive.open(info))
    except _TooMuchError:
        raise
    except Exception:  # damage shows in many ways: wrong offsets, lengths, names, versions, data
        found.refuse("bad-zip", f"`{path}` is damaged, or no zip file.", "Make the zip file again.")


def _entries_announced(content: bytes) -> int:
    """Return how many entries a zip file says at its end that it has."""
    end = content.rindex(b"PK\x05\x06")
    return int.from_bytes(content[end + 10 : end + 12], "little")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    return not info.flag_bits & 1 and info.compress_type in _PLAIN_METHODS


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePath(name).parts)


def _without_shared_folder(names: Iterable[str]) -> Iterator[str]:
    """Yield the names without the one folder that all of them lie in, as when a folder was packed as a whole."""
    every = list(names)
    first = {name.partition("/")[0] for name in every if "/" in name}
    shared = f"{first.pop()}/" if len(first) == 1 and all("/" in name for name in every) else ""
    yield from (name.removeprefix(shared) for name in every)


def _is_rule_file(name: str, found: _ReadFiles) -> bool:
    lower = name.lower()
    if lower.endswith(_DISGUISED):
        found.refuse(
            "file-ending", "This file ends in `.txt`, so it is not read.", "Rename it to end in `.yaml`.", name
        )
    return lower.endswith(_ENDINGS)


def _reason(error: OSError) -> str:
    return (error.strerror or "the system gives no reason").lower()
