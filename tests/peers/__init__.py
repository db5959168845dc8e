"""Programs of others that the tests compare hiprun with: a browser, and packages of node.

`npm ci --prefix tests/peers` installs the packages that `package.json` names. A test whose peer cannot be had is
skipped and says so; where `HIPRUN_PEERS=required` is set, as in `.ci/run`, it fails instead.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parent


def absent(what: str) -> NoReturn:
    """Skip the test that needs `what`, or fail it where every peer has to be there."""
    if os.environ.get("HIPRUN_PEERS") == "required":
        pytest.fail(f"{what} is not on this machine, and HIPRUN_PEERS=required asks for it")
    pytest.skip(f"{what} is not on this machine")


def program(*names: str) -> str:
    """Return the path of the first program in `names` that this machine has."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or absent(names[0])


def chromium() -> str:
    """Return the path of Chromium."""
    return program("chromium", "chromium-browser", "google-chrome")


def node_package(name: str) -> Path:
    """Return the folder of a package of node."""
    folder = FOLDER / "node_modules" / name
    return folder if folder.exists() else absent(f"the node package {name} (`npm ci --prefix tests/peers`)")
