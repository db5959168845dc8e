"""The tutorial of the workbench is done in a real browser, step by step, on the rules that come with hiprun."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from hiprun.interfaces.workbench import PackFolder, Session, make_context, workbench_application

from .peers import browser as peers

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "workbench.md"
_STEP = re.compile(
    r"[Oo]pen \*\*(?P<open>[^*]+)\*\*"
    r"|[Ww]rite `(?P<text>[^`]+)` into \*(?P<field>[^*]+)\*"
    r"|[Pp]ress \*\*(?P<press>[^*]+)\*\*"
    r'|You see: "(?P<see>[^"]+)"'
)
_MARKS = "<!-- steps -->", "<!-- end of steps -->"


def do(page: Any, step: re.Match[str]) -> None:
    """Do what a step says, or check that the page shows what it says."""
    if step["open"]:
        page.get_by_role("link", name=step["open"], exact=True).click()
    elif step["field"]:
        page.get_by_label(step["field"]).first.fill(step["text"])
    elif step["press"]:
        page.get_by_role("button", name=step["press"], exact=True).click()
    else:
        page.get_by_text(step["see"]).first.wait_for()


@pytest.mark.slow
def test_the_tutorial_of_the_workbench(browser: Any, tmp_path: Path) -> None:
    """Everything that the page tells its reader to do can be done, and shows what it says."""
    told = PAGE.read_text(encoding="utf-8").partition(_MARKS[0])[2].partition(_MARKS[1])[0]
    steps = list(_STEP.finditer(told))
    assert len(steps) > 12
    shutil.copytree(ROOT / "rules", tmp_path / "my-rules")
    context = make_context(Session(PackFolder.at(tmp_path / "my-rules")))
    with peers.served(workbench_application(context, "key")) as address, peers.opened(browser, peers.DESKTOP) as page:
        page.set_default_timeout(60_000)
        page.goto(f"{address}/?key=key")
        for step in steps:
            do(page, step)
    context.effects.stop()
    for path in (ROOT / "rules").rglob("*.yaml"):
        assert path.read_bytes() == (tmp_path / "my-rules" / path.relative_to(ROOT / "rules")).read_bytes()
