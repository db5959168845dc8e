"""One generator of small packs with every construct of the language, for property tests and for oracles.

It makes every choice through `Choices`: Hypothesis takes them so that a failing pack shrinks, and `random.Random` takes
them where thousands of packs are needed quickly.
"""

from __future__ import annotations

from hiprun.testing.pack_generation.choices import Choices, RandomChoices
from hiprun.testing.pack_generation.draft import PackOptions
from hiprun.testing.pack_generation.packs import GeneratedPack, generate

__all__ = ["Choices", "GeneratedPack", "PackOptions", "RandomChoices", "generate"]
