"""The texts of a pack while they are being changed, for editors and other programs in which people write rules.

>>> from hiprun.workspace import open_workspace
>>> workspace = open_workspace()
>>> workspace.problems
()
"""

from hiprun.workspace.completions import Completion
from hiprun.workspace.correction_edits import Fix
from hiprun.workspace.descriptions import Description
from hiprun.workspace.renaming import Renaming
from hiprun.workspace.symbols import Declaration, Occurrence, Symbol
from hiprun.workspace.text_edits import TextEdit, apply_edits
from hiprun.workspace.workspace import Workspace, open_workspace, workspace_of

__all__ = [
    "Completion",
    "Declaration",
    "Description",
    "Fix",
    "Occurrence",
    "Renaming",
    "Symbol",
    "TextEdit",
    "Workspace",
    "apply_edits",
    "open_workspace",
    "workspace_of",
]
