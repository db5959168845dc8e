"""Versions of a pack in git: a commit of exactly the files that were saved, and earlier commits to look at.

Git is not told anything that could be taken for an option, and leaves alone whatever was staged or changed by others.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from hiprun.interfaces.git_program import GitError, run_git
from hiprun.language.bounds import MOST_BYTES
from hiprun.language.rule_files import MOST_BYTES_TOGETHER, MOST_FILES

_MOST_COMMITS = 50
_SEPARATOR = "\x1f"
_HEX = frozenset("0123456789abcdef")


@attrs.frozen
class Commit:
    """One commit that touched the pack: who made it, when (ISO time), and the first line of its message."""

    id: str
    author: str
    when: str
    title: str

    @property
    def short(self) -> str:
        """The first characters of its id."""
        return self.id[:10]


@attrs.frozen
class Repository:
    """The part of a git work tree that a pack is in. All names are those of files inside the folder of the pack."""

    folder: Path

    @staticmethod
    def around(folder: Path) -> Repository | None:
        """Return the repository that a folder is in the work tree of; None if there is none, or no git."""
        repository = Repository(folder)
        try:
            inside = repository._run(["rev-parse", "--is-inside-work-tree"]).decode().strip() == "true"
        except GitError:
            return None
        return repository if inside else None

    def changed(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return which files differ from the last commit, staged or not."""
        if not files:
            return ()
        output = self._run(
            ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", *_literal(files)]
        )
        prefix = self._run(["rev-parse", "--show-prefix"]).decode().rstrip("\n")
        entries = [entry[3:].decode("utf-8", "surrogateescape") for entry in output.split(b"\0") if entry]
        return tuple(entry.removeprefix(prefix) for entry in entries)

    def commit(self, files: Sequence[str], message: str) -> str:
        """Commit these files as they are on disk, and nothing else; return the id of the commit."""
        new = [file for file in self._unknown(files) if (self.folder / file).exists()]
        if new:
            self._run(["add", "--intent-to-add", "--", *_literal(new)])
        try:
            self._run(["commit", "--quiet", "--only", "--file=-", "--", *_literal(files)], message.encode())
        except GitError:
            if new:
                self._run(["rm", "--quiet", "--cached", "--force", "--", *_literal(new)])
            raise
        return self._run(["rev-parse", "HEAD"]).decode().strip()

    def _unknown(self, files: Sequence[str]) -> list[str]:
        output = self._run(["ls-files", "-z", "--", *_literal(files)])
        known = {name.decode("utf-8", "surrogateescape") for name in output.split(b"\0")}
        return [file for file in files if file not in known]

    def commits(self) -> tuple[Commit, ...]:
        """Return the latest commits that touched the pack, the newest first; none before the first one."""
        form = _SEPARATOR.join(("%H", "%an", "%aI", "%s"))
        try:
            output = self._run(["log", f"--max-count={_MOST_COMMITS}", "-z", f"--format={form}", "--", "."])
        except GitError:
            return ()
        lines = output.decode("utf-8", "replace").split("\0")
        return tuple(Commit(*line.split(_SEPARATOR, 3)) for line in lines if line)

    def parent(self, commit: str) -> str | None:
        """Return the commit before another one; None for the first."""
        try:
            return self._run(["rev-parse", "--verify", "--quiet", f"{_checked(commit)}^"]).decode().strip()
        except GitError:
            return None

    def contents(self, commit: str) -> dict[str, bytes]:
        """Return the rule files of the pack as they were in a commit, within the bounds of a pack."""
        archive = self._run(["archive", "--format=tar", _checked(commit), "--", "."])
        contents: dict[str, bytes] = {}
        size = 0
        with tarfile.open(fileobj=io.BytesIO(archive)) as members:
            for member in members:
                parts = member.name.split("/")
                if not member.isfile() or any(part.startswith(".") for part in parts):
                    continue
                if not member.name.lower().endswith((".yaml", ".yml")) or member.size > MOST_BYTES:
                    continue
                size += member.size
                if len(contents) >= MOST_FILES or size > MOST_BYTES_TOGETHER:
                    break
                stream = members.extractfile(member)
                contents[f"{self.folder.name}/{member.name}"] = stream.read() if stream else b""
        return contents

    def _run(self, arguments: Sequence[str], given: bytes = b"") -> bytes:
        return run_git(self.folder, arguments, given)


def _literal(files: Iterable[str]) -> list[str]:
    """Return names of files as git takes them, whatever characters are in them."""
    return [f":(literal){file}" for file in files]


def _checked(commit: str) -> str:
    if not commit or set(commit) - _HEX:
        raise GitError(f"`{commit[:40]}` is not a commit")
    return commit
