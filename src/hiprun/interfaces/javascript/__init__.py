"""A pack as one JavaScript module, with its types, and as a private page, for programs that cannot run Python.

A module is a fixed program and data: nothing that a rule file says becomes code.
"""

from hiprun.interfaces.javascript.module import javascript_module, typescript_types

__all__ = ["javascript_module", "typescript_types"]
