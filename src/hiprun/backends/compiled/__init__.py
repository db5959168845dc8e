"""Decisions as Python functions, with the same results as the interpreter.

Facts that are known, plain and possible together are decided by a function made for the decision, when it is first
asked for. Everything else (unknown facts, partial values, contradictions, numbers of uncommon kinds) gets None here
and takes the exact way.
"""

from __future__ import annotations

from hiprun.backends.compiled.answer_function import Given
from hiprun.backends.compiled.function_cache import Compiled, Decide

__all__ = ["Compiled", "Decide", "Given"]
