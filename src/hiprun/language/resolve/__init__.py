"""Documents → model: every name resolved, every meaning checked, all mistakes at once."""

from hiprun.language.resolve.pack import build

__all__ = ["build"]
