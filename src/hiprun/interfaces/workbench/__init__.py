"""The workbench: a local page on which somebody who does not program reads, tries and changes a pack.

What a change does is shown before it is saved; every save can be undone and, in git, is a commit.
"""

from __future__ import annotations

from hiprun.interfaces.workbench.application import make_context, workbench_application
from hiprun.interfaces.workbench.git_commits import Repository
from hiprun.interfaces.workbench.pack_files import PackFolder
from hiprun.interfaces.workbench.session import Session

__all__ = ["PackFolder", "Repository", "Session", "make_context", "workbench_application"]
