"""Git, run on a folder that may be someone else's: nothing in that folder can make it run another program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

import attrs

_PATIENCE = 60
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "diff.ignoreSubmodules": "all",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
_PROGRAMS = r"^(filter\..*\.(clean|smudge|process)|gpg\..*|gc\.recentobjectshook|hook\..*|tar\..*)$"
"""Settings that name programs, or decide which ones run."""

_OWN_SCOPES = frozenset({b"local", b"worktree"})
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}


@attrs.frozen
class GitError(Exception):
    """Git did not do what it was asked for; `reason` is its last line."""

    reason: str


def run_git(folder: str | os.PathLike[str], arguments: Sequence[str], given: bytes = b"") -> bytes:
    """Return what git prints when it is run in `folder`, with `given` as its input; raises `GitError`.

    Neither hooks nor the filters, signing programs and the like that the repository itself names are run: a folder may
    have come with its `.git` from anyone. Filters and signing programs of the user's own settings are.
    """
    settings = {**_SETTINGS, **dict.fromkeys(_programs_named_by_repository(folder), "")}
    return _run(folder, settings, arguments, given)


def _programs_named_by_repository(folder: str | os.PathLike[str]) -> list[str]:
    try:
        output = _run(folder, _SETTINGS, ["config", "--null", "--show-scope", "--includes", "--get-regexp", _PROGRAMS])
    except _NothingPrintedError:
        return []  # there is no such setting
    scopes, settings = (output.split(b"\0")[number::2] for number in (0, 1))
    names = [
        setting.partition(b"\n")[0].decode("utf-8", "surrogateescape")
        for scope, setting in zip(scopes, settings, strict=False)
        if scope in _OWN_SCOPES
    ]
    if any("=" in name for name in names):
        raise GitError("the repository has a setting with `=` in its name, which may run a program")
    return names


class _NothingPrintedError(GitError):
    """Git ended without success and without a word."""


def _run(
    folder: str | os.PathLike[str], settings: dict[str, str], arguments: Sequence[str], given: bytes = b""
) -> bytes:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = ["git", "-C", os.fspath(folder), "--no-pager", *options, *arguments]
    environment = {**os.environ, **_ENVIRONMENT}
    try:
        result = subprocess.run(
            command, input=given, capture_output=True, timeout=_PATIENCE, check=False, env=environment
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise GitError(str(error)) from error
    if result.returncode:
        lines = result.stderr.decode("utf-8", "replace").strip().splitlines()
        if not lines:
            raise _NothingPrintedError(f"git ended with {result.returncode}")
        raise GitError(lines[-1])
    return result.stdout
