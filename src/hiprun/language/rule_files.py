"""A folder or zip file of rules → the names and bytes of its rule files, within bounds.

Every start reads through here, so what only zip files and unusual installations need is imported when they occur.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, TypeAlias

import attrs

from hiprun.errors import Problem
from hiprun.language.bounds import MOST_BYTES
from hiprun.model.places import Place
from hiprun.model.value_objects import Entity, ValueObject

if TYPE_CHECKING:
    import zipfile
    from importlib.resources.abc import Traversable

MOST_FILES = 500
MOST_ENTRIES = 10_000
MOST_FOLDERS_DEEP = 20
MOST_BYTES_TOGETHER = 2_500_000
MOST_FORM_BYTES = 50_000_000
"""The size of a checked form; the largest packs that can be read come to less."""

EDITOR_SCHEMAS = ".schema"
"""The folder in that of a pack with the JSON Schemas for editors."""

CHECKED_FORM = ".checked.json"
"""The name of a pack's checked form, in its folder or zip file."""

Location: TypeAlias = "str | os.PathLike[str] | Traversable"
"""The location of rules: a folder, a zip file, or a folder inside an installed package."""

_ENDINGS = (".yaml", ".yml")
_TXT_ENDINGS = tuple(f"{ending}.txt" for ending in _ENDINGS)
_DECLARED_IN_ZIP64 = 0xFFFF
"""What a zip file in the ZIP64 format has in place of the number of its entries."""

_COMPRESSION_METHODS = frozenset({0, 8})
"""Stored and deflated: the methods whose output can be bounded."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_RULES_OF_HIPRUN = (os.path.join(_PACKAGE, "rules"), os.path.join(_PACKAGE, "..", "..", "rules"))
"""In a wheel, the rules are inside the package; in a working copy, next to the source."""


@attrs.frozen
class RuleFile(ValueObject):
    """The content of a rule file, not yet decoded."""

    name: str
    content: bytes = attrs.field(repr=False)

    @property
    def name_in_pack(self) -> str:
        """Its name without that of the pack's folder or zip file."""
        return self.name.partition("/")[2]


def files_digest(files: Iterable[RuleFile]) -> str:
    """Return the SHA-256 of the names and the bytes of all rule files of a pack, wherever the pack is."""
    hasher = hashlib.sha256()
    for file in files:
        hasher.update(f"{file.name_in_pack}\n{len(file.content)}\n".encode("utf-8", "surrogatepass"))
        hasher.update(file.content)
    return hasher.hexdigest()


@attrs.define(eq=False)
class _ReadFiles(Entity):
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

    def report(self, code: str, message: str, help: str, name: str = "") -> None:
        self.problems.append(Problem(code, message, Place(name) if name else None, help))


class _TooMuchError(Exception):
    """There is more at this location than rules could be."""


def read_files(location: Location | None) -> tuple[list[RuleFile], list[Problem]]:
    """Return the rule files at `location`, sorted by name, and the problems. None: the rules that come with hiprun."""
    result = _ReadFiles()
    try:
        _read(_packaged_rules() if location is None else location, result)
    except _TooMuchError:
        result.report(
            "too-many-files",
            f"There are more than {MOST_FILES} rule files, or far too many other files.",
            "Give a folder that contains only the rules.",
        )
    except OSError as error:
        result.report(
            "unreadable",
            f"`{location}` cannot be read: {_reason(error)}.",
            "Check that it exists and that you are allowed to read it.",
        )
    if not result.files and not result.problems:
        result.report(
            "no-rule-files",
            f"There are no rule files in `{location}`.",
            "Rule files end in `.yaml`; the names of their folders do not begin with a dot.",
        )
    return sorted(result.files, key=lambda file: file.name), result.problems


def read_rule_file(path: str | os.PathLike[str]) -> bytes | None:
    """Return what is in one file, no more than a rule file may have and one byte; None if it is no ordinary file."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError:
        return None


def read_checked_form(location: Location | None) -> bytes | None:
    """Return the checked form that belongs to the rules at `location`, unchecked; None if there is none."""
    place = _packaged_rules() if location is None else location
    if isinstance(place, str | os.PathLike):
        place = os.fspath(place)
        if _is_archive(place) and os.path.isfile(place):
            return _form_in_archive(place)
    try:
        form = os.path.join(place, CHECKED_FORM) if isinstance(place, str) else place.joinpath(CHECKED_FORM)
        if not _is_file(form):
            return None
        with _open(form) as stream:
            return _within_bounds(stream)
    except OSError:
        return None


def read_editor_schemas(location: Location | None) -> dict[str, bytes]:
    """Return the JSON Schemas for editors in the folder of a pack, by the names of their files; none if it has none."""
    place = _packaged_rules() if location is None else location
    if not isinstance(place, str | os.PathLike):
        return {}
    schemas: dict[str, bytes] = {}
    with contextlib.suppress(OSError):
        folder = os.path.join(place, EDITOR_SCHEMAS)
        for name, entry in sorted(_entries(folder, MOST_FILES).items()):
            if name.endswith(".schema.json") and _is_file(entry):
                with _open(entry) as stream:
                    schemas[name] = stream.read(MOST_FORM_BYTES)
    return schemas


def _within_bounds(stream: IO[bytes]) -> bytes | None:
    content = stream.read(MOST_FORM_BYTES + 1)
    return content if len(content) <= MOST_FORM_BYTES else None


def _packaged_rules() -> str | Traversable:
    for folder in _RULES_OF_HIPRUN:
        if os.path.isdir(folder):
            return os.path.abspath(folder)
    from importlib.resources import files as resources  # for a package inside a zip file

    return resources("hiprun").joinpath("rules")


def _read(location: Location, result: _ReadFiles) -> None:
    if isinstance(location, str | os.PathLike):
        path = os.path.normpath(location)
        if os.path.isdir(location):
            name = os.path.basename(path)
            _walk(path, os.path.basename(os.path.realpath(path)) if name in (".", "..") else name, result, ())
        elif not os.path.isfile(location):
            result.report("no-folder", f"There is no folder `{path}`.", "Check the path.")
        elif _is_archive(path):
            _unzip(path, result)
        else:
            help = f"Give the folder that contains it: `{os.path.dirname(path) or '.'}`."
            result.report("not-a-folder", f"`{path}` is a file; rules are read from a folder or a zip file.", help)
    elif location.is_dir():
        _walk(location, location.name, result, ())
    else:
        result.report("no-folder", f"There is no folder `{location}`.", "Check the path.")


def _walk(folder: str | Traversable, name: str, result: _ReadFiles, parents: tuple[str, ...]) -> None:
    real = os.path.realpath(folder) if isinstance(folder, str) else name
    if real in parents or len(parents) > MOST_FOLDERS_DEEP:
        result.report(
            "folder-loop",
            "This folder leads back to a folder that contains it, or is nested too deeply.",
            "Delete the link.",
            name,
        )
        return
    entries = _entries(folder, MOST_ENTRIES - result.entries + 1)
    result.entries += len(entries)
    if result.entries > MOST_ENTRIES:
        raise _TooMuchError
    for entry_name, entry in sorted(entries.items()):
        path = f"{name}/{entry_name}"
        try:
            if entry_name.startswith("."):
                continue
            is_folder = os.path.isdir(entry) if isinstance(entry, str) else entry.is_dir()
            if is_folder and not path.lower().endswith(_ENDINGS):
                _walk(entry, path, result, (*parents, real))
            elif _is_rule_file(path, result):
                if is_folder or _is_special_file(entry):
                    # opening a pipe would wait until something is written to it
                    message = "This has the name of a rule file but is a folder, a pipe, a socket or a device."
                    result.report("no-file", message, "Rename or delete it.", path)
                else:
                    result.add(path, _open(entry))
        except OSError as error:
            message = f"This cannot be read: {_reason(error)}."
            result.report("unreadable", message, "Check that you are allowed to read it.", path)


def _entries(folder: str | Traversable, most: int) -> dict[str, str | Traversable]:
    if not isinstance(folder, str):
        return {entry.name: entry for entry in islice(folder.iterdir(), most)}
    with os.scandir(folder) as entries:
        return {entry.name: entry.path for entry in islice(entries, most)}


def _is_file(entry: str | Traversable) -> bool:
    return os.path.isfile(entry) if isinstance(entry, str) else entry.is_file()


def _open(entry: str | Traversable) -> IO[bytes]:
    return open(entry, "rb") if isinstance(entry, str) else entry.open("rb")


def _is_special_file(entry: str | Traversable) -> bool:
    """Whether something other than an ordinary file is there; a missing file fails when it is opened."""
    return isinstance(entry, str) and os.path.exists(entry) and not os.path.isfile(entry)


def _is_archive(path: str) -> bool:
    return path.lower().endswith(".zip")


def _unzip(path: str, result: _ReadFiles) -> None:
    import io
    import zipfile

    with open(path, "rb") as stream:
        content = stream.read(_most_bytes_of_archive() + 1)
    if len(content) > _most_bytes_of_archive():
        raise _TooMuchError
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_ENTRIES:
                raise _TooMuchError
            if _declared_entries(content) not in (len(archive.infolist()), _DECLARED_IN_ZIP64):
                raise zipfile.BadZipFile
            for info in filter(_is_readable_member, archive.infolist()):
                archive.open(
                    info
                ).close()  # this fails if the name is damaged, since it is stored a second time before the content
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            for info, member in zip(members, _without_shared_folder(info.filename for info in members), strict=True):
                name = f"{os.path.basename(path)}/{member}"
                if not _is_rule_file(name, result):
                    continue
                if not _is_readable_member(info):
                    help = "Create an ordinary zip file, without a password."
                    result.report("unreadable", "This is encrypted, or compressed in an unusual way.", help, name)
                else:
                    result.add(name, archive.open(info))
    except _TooMuchError:
        raise
    except Exception:  # damage causes many kinds of errors: wrong offsets, lengths, names, versions, data
        result.report("bad-zip", f"`{path}` is damaged, or not a zip file.", "Create the zip file again.")


def _most_bytes_of_archive() -> int:
    return MOST_BYTES_TOGETHER + MOST_FORM_BYTES


def _form_in_archive(path: str) -> bytes | None:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                parts = info.filename.split("/")
                if len(parts) <= 2 and parts[-1] == CHECKED_FORM and _is_readable_member(info):
                    with archive.open(info) as stream:
                        return _within_bounds(stream)
    except Exception:  # as in `_unzip`; what reads the rules says what is wrong with the file
        pass
    return None


def _declared_entries(content: bytes) -> int:
    """Return the number of entries that the end record of a zip file declares."""
    end = content.rindex(b"PK\x05\x06")
    return int.from_bytes(content[end + 10 : end + 12], "little")


def _is_readable_member(info: zipfile.ZipInfo) -> bool:
    return not info.flag_bits & 1 and info.compress_type in _COMPRESSION_METHODS


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _without_shared_folder(names: Iterable[str]) -> Iterator[str]:
    """Yield the names without the one folder that contains them all, as if a whole folder was packed."""
    all_names = list(names)
    top_folders = {name.partition("/")[0] for name in all_names if "/" in name}
    shared = f"{top_folders.pop()}/" if len(top_folders) == 1 and all("/" in name for name in all_names) else ""
    yield from (name.removeprefix(shared) for name in all_names)


def _is_rule_file(name: str, result: _ReadFiles) -> bool:
    lower = name.lower()
    if lower.endswith(_TXT_ENDINGS):
        result.report(
            "file-ending",
            "The name of this file ends in `.txt`, so it is not read.",
            "Rename it to end in `.yaml`.",
            name,
        )
    return lower.endswith(_ENDINGS)


def _reason(error: OSError) -> str:
    return (error.strerror or "the system gives no reason").lower()
