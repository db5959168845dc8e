"""The packs whose files an editor has open: for each the workspace of its texts, saved and unsaved."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
from pygls import uris

from hiprun.interfaces.language_server.positions import Positions, split_lines
from hiprun.language.rule_files import read_rule_file
from hiprun.verification.claims import Claim
from hiprun.workspace import Workspace, open_workspace

_ENDINGS = (".yaml", ".yml")
_PACK_FILE = re.compile(rb"^[\"']?pack[\"']? *:", re.MULTILINE)
_MOST_FOLDERS_UP = 20
_MOST_FILES_LOOKED_AT = 200
_BEGINNING = 2_000


@attrs.define(eq=False)
class OpenPack:
    """A pack: its folder, its workspace as of now, and what was shown of it.

    `findings` are those of the last proof, for as long as the texts are those that were proved; `shown` are the
    addresses of the files that have diagnostics.
    """

    folder: Path
    workspace: Workspace
    findings: tuple[Claim, ...] = ()
    shown: frozenset[str] = frozenset()

    @property
    def nested(self) -> frozenset[str]:
        """The folders inside the pack that have a pack file of their own, by the names that files begin with."""
        texts = self.workspace.texts.items()
        return frozenset(name.rpartition("/")[0] for name, text in texts if name.count("/") > 1 and _is_pack_file(text))

    def is_nested(self, file: str) -> bool:
        """Return whether a file belongs to a pack inside this one."""
        return any(file.startswith(f"{folder}/") for folder in self.nested)

    def uri(self, file: str) -> str:
        """Return the address of a file of the pack by its name, such as `rules/triage.yaml`."""
        path = self.folder / file.partition("/")[2] if "/" in file else self.folder
        return uris.from_fs_path(str(path)) or ""

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file; none if it is no text."""
        return split_lines(self.workspace.text(file))


@attrs.frozen
class OpenFile:
    """A file of a pack, by its name in the pack, and how its characters are counted."""

    pack: OpenPack
    name: str
    positions: Positions

    @property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.pack.lines(self.name)


@attrs.define(eq=False)
class OpenPacks:
    """All packs that have a file open in the editor, and the unsaved texts, by their addresses."""

    positions: Positions
    packs: dict[Path, OpenPack] = attrs.field(factory=dict)
    unsaved: dict[str, str] = attrs.field(factory=dict)

    def file(self, uri: str) -> OpenFile | None:
        """Return the file at an address, in the innermost pack around it; None if it is in none, or is no rule file."""
        path = _path(uri)
        if path is None or not path.name.lower().endswith(_ENDINGS):
            return None
        around = max((known for known in self.packs if known in path.parents), key=_depth, default=None)
        folder = self._folder(path) if around is None else _innermost(self.packs[around], path)
        if folder is None or any(part.startswith(".") for part in path.relative_to(folder).parts):
            return None
        pack = self.packs.get(folder)
        if pack is None:
            pack = self.packs[folder] = OpenPack(folder, open_workspace(folder, self._unsaved_in(folder)))
        return OpenFile(pack, _name(folder, path), self.positions)

    def change(self, uri: str, text: str) -> OpenPack | None:
        """Take over the text of an open file; return its pack."""
        self.unsaved[uri] = text
        file, path = self.file(uri), _path(uri)
        if file is None or path is None:
            return None
        self._set(path, text)
        return file.pack

    def close(self, uri: str) -> OpenPack | None:
        """Forget an unsaved text, since the file on the disk counts again; return its pack."""
        self.unsaved.pop(uri, None)
        return self.reread(uri)

    def reread(self, uri: str) -> OpenPack | None:
        """Read a file that has changed on the disk again; one that is open counts as it is in the editor."""
        file, path = self.file(uri), _path(uri)
        if file is None or path is None or uri in self.unsaved:
            return None
        self._set(path, read_rule_file(path))
        return file.pack

    def all(self) -> Iterable[OpenPack]:
        """Return all packs that have a file open."""
        return tuple(self.packs.values())  # another thread may open one in the meantime

    def _set(self, path: Path, text: str | bytes | None) -> None:
        """Take over a text of a file in all packs around it."""
        for pack in self.all():
            name = _name(pack.folder, path) if pack.folder in path.parents else ""
            if name and pack.workspace.texts.get(name) != text:
                pack.workspace = pack.workspace.with_texts({name: text})
                pack.findings = ()

    def _unsaved_in(self, folder: Path) -> dict[str, str]:
        paths = ((_path(uri), text) for uri, text in self.unsaved.items())
        return {_name(folder, path): text for path, text in paths if path is not None and folder in path.parents}

    def _folder(self, path: Path) -> Path | None:
        """Return the nearest folder above a file that has a pack file; None if there is none."""
        for folder in list(path.parents)[:_MOST_FOLDERS_UP]:
            unsaved = (text.encode() for name, text in self._unsaved_in(folder).items() if name.count("/") == 1)
            if any(map(_is_pack_file, (*unsaved, *_beginnings(folder)))):
                return folder
        return None


def _depth(folder: Path) -> int:
    return len(folder.parts)


def _innermost(pack: OpenPack, path: Path) -> Path:
    """Return the folder of the innermost pack around a file that is in a pack."""
    nested = (pack.folder / folder.partition("/")[2] for folder in pack.nested)
    return max((folder for folder in nested if folder in path.parents), key=_depth, default=pack.folder)


def _is_pack_file(text: str | bytes) -> bool:
    beginning = text[:_BEGINNING]
    return bool(_PACK_FILE.search(beginning.encode() if isinstance(beginning, str) else beginning))


def _path(uri: str) -> Path | None:
    path = uris.to_fs_path(uri)
    return Path(os.path.normpath(path)) if path else None


def _name(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _beginnings(folder: Path) -> Iterator[bytes]:
    """Yield how each rule file directly in a folder begins."""
    with contextlib.suppress(OSError):  # the folder, or one of its files, cannot be read
        files = sorted(path for path in folder.iterdir() if path.name.lower().endswith(_ENDINGS) and path.is_file())
        for path in files[:_MOST_FILES_LOOKED_AT]:
            with path.open("rb") as stream:
                yield stream.read(_BEGINNING)
