"""Decisions as Python functions, with the same results as the interpreter.

Facts that are known, plain and possible together are decided by a function made for the decision, when it is first
asked for. Everything else (unknown facts, partial values, contradictions, numbers of uncommon kinds) gets None here
and takes the exact way.
"""

from __future__ import annotations

from hiprun.backends.compiled.compiled_pack import Compiled, Decide
from hiprun.backends.compiled.short_circuit_function import Given

__all__ = ["Compiled", "Decide", "Given"]
