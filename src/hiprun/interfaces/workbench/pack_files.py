"""The files of a pack on disk: read as a whole, and written only inside its folder, if nobody else has changed them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.language.rule_files import read_files
from hiprun.model.places import Place

_ENDINGS = (".yaml", ".yml")

Contents = Mapping[str, bytes | None]
"""What is in files, by the names that places have; None where there is no file."""


@attrs.frozen
class Elsewhere:
    """What somebody else has done to the files of a pack since they were read: names of files."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.changed or self.added or self.gone)


class FilesError(HiprunError):
    """Files of a pack cannot be written, or must not be."""


@attrs.frozen
class PackFolder:
    """The folder of a pack. The names of its files begin with its own name, as those in `Place.file` do."""

    root: Path

    @staticmethod
    def at(path: str | os.PathLike[str]) -> PackFolder:
        """Return the folder at a path; raises `FilesError` if there is none."""
        root = Path(path).resolve()
        if not root.is_dir():
            help = "Give the folder that contains the rule files; a zip file has to be unpacked first."
            raise FilesError([Problem("no-folder", f"`{path}` is not a folder.", help=help)])
        return PackFolder(root)

    def read(self) -> tuple[dict[str, bytes], list[Problem]]:
        """Return what is in all rule files, and the problems of reading them."""
        files, problems = read_files(self.root)
        return {file.name: file.content for file in files}, problems

    def elsewhere(self, known: Mapping[str, str | bytes]) -> Elsewhere:
        """Return in what the files differ from those that are known."""
        there, _ = self.read()
        before = {name: text.encode() if isinstance(text, str) else text for name, text in known.items()}
        return Elsewhere(
            tuple(name for name in before if name in there and there[name] != before[name]),
            tuple(name for name in there if name not in before),
            tuple(name for name in before if name not in there),
        )

    def path(self, name: str) -> Path:
        """Return where a file is; raises `FilesError` unless it is a rule file inside the folder, and no link."""
        first, *parts = name.split("/")
        plain = all(part and not part.startswith(".") and not set(part) & set('\\:\0<>"|?*') for part in parts)
        if first != self.root.name or not parts or not plain or not name.lower().endswith(_ENDINGS):
            raise _refused(name, "It is not the name of a rule file inside the folder of the pack.")
        path = self.root
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise _refused(name, "It is a link, or in a folder that is one, and may lead out of the pack.")
        if path.exists() and not path.is_file():
            raise _refused(name, "It is not an ordinary file.")
        return path

    def write(self, contents: Contents, expected: Contents) -> None:
        """Write files, or delete them; all of them or none.

        Raises `FilesError` if one of them is not inside the folder, or does not have what is `expected` there.
        """
        paths = {name: self.path(name) for name in contents}
        for name, path in paths.items():
            try:
                content = _content(path)
            except OSError as error:
                message = f"{name} cannot be read any more: {_reason(error)}. Nothing was saved."
                raise FilesError([Problem("unwritable", message, Place(name))]) from error
            if content != expected[name]:
                message = f"{name} has been changed by somebody else since it was read."
                help = "Read the files again; your unsaved changes are kept where they still fit."
                raise FilesError([Problem("changed-elsewhere", message, Place(name), help)])
        written: list[str] = []
        try:
            for name, content in contents.items():
                written.append(name)
                _write(paths[name], content)
        except OSError as error:
            for name in written:
                with contextlib.suppress(OSError):
                    _write(paths[name], expected[name])
            message = f"{written[-1]} could not be written: {_reason(error)}. Nothing was saved."
            raise FilesError([Problem("unwritable", message, Place(written[-1]))]) from error


def _reason(error: OSError) -> str:
    return (error.strerror or "the system gives no reason").lower()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes | None) -> None:
    """Replace a file in one step, so that it never has half of its content."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".hiprun-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(scratch, mode)
        os.replace(scratch, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(scratch)
        raise


def _refused(name: str, reason: str) -> FilesError:
    return FilesError([Problem("not-in-pack", f"`{name}` cannot be written. {reason}")])
