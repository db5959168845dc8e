"""The user's cache of checked forms: one file for each state of each pack, which another process may use or replace.

What is in it is believed only if nobody else could have written it: a digest shows damage, not intent. So the folder
and the file must belong to the user who runs this, and nobody else may be able to write to them. Anything else is left
alone, and the rules are read from their files. Nothing that goes wrong here is an error.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable

from hiprun.language.rule_files import MOST_FORM_BYTES

VARIABLE = "HIPRUN_CACHE"
"""The environment variable with the folder of the cache; `off` means that there is none."""

MOST_FORMS = 50
MOST_BYTES_OF_FORMS = 200_000_000

_PREFIX = "hiprun-"
"""Begins the names of all files that are kept here, and of no others that may be in the same folder."""

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def cached_form(key: str) -> bytes | None:
    """Return the form that was kept under `key`, a digest; None if there is none that can be trusted."""
    folder = cache_folder()
    try:
        if folder is None or not _belongs_to_user(os.lstat(folder), stat.S_ISDIR):
            return None
        with open(_path(folder, key), "rb", opener=_open_without_following) as file:
            if not _belongs_to_user(os.fstat(file.fileno()), stat.S_ISREG):
                return None
            content = file.read(MOST_FORM_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= MOST_FORM_BYTES else None


def keep_form(key: str, form: bytes) -> None:
    """Keep a form under `key`, as a whole or not at all, and delete the oldest if there are too many."""
    folder = cache_folder()
    if folder is None or len(form) > MOST_FORM_BYTES:
        return
    import tempfile  # only a first start needs it

    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not _belongs_to_user(os.lstat(folder), stat.S_ISDIR):
            return
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(form)
            os.replace(name, _path(folder, key))
        except OSError:
            os.unlink(name)
            raise
        _delete_oldest(folder)


def cache_folder() -> str | None:
    """Return the folder of the cache, which need not exist; None if there is to be no cache."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return chosen
    home = os.path.expanduser("~")
    return os.path.join(_user_folder(sys.platform, home), "hiprun") if os.path.isabs(home) else None


def _user_folder(platform: str, home: str) -> str:
    """Return the folder in which programs of the user keep what they can make again."""
    match platform:
        case "win32":
            return os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        case "darwin":
            return os.path.join(home, "Library", "Caches")
        case _:
            folder = os.environ.get("XDG_CACHE_HOME", "")
            return folder if os.path.isabs(folder) else os.path.join(home, ".cache")


def _path(folder: str, key: str) -> str:
    return os.path.join(folder, f"{_PREFIX}{key}.json")


def _belongs_to_user(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Whether this is of the right kind, and only the user who runs this can have written it.

    Windows has neither owners nor modes of this sort; there, the folder is inside the user's own profile.
    """
    user = getattr(os, "geteuid", lambda: status.st_uid)()
    shared = bool(status.st_mode & _WRITABLE_BY_OTHERS) and hasattr(os, "geteuid")
    return kind(status.st_mode) and status.st_uid == user and not shared


def _open_without_following(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _delete_oldest(folder: str) -> None:
    with os.scandir(folder) as entries:
        paths = [entry.path for entry in entries if entry.name.startswith(_PREFIX)]
    size = 0
    for count, (status, path) in enumerate(sorted(((os.lstat(path), path) for path in paths), key=_newest_first), 1):
        size += status.st_size
        if count > MOST_FORMS or size > MOST_BYTES_OF_FORMS:
            os.unlink(path)


def _newest_first(entry: tuple[os.stat_result, str]) -> int:
    return -entry[0].st_mtime_ns
