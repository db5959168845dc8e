"""hiprun's own words for people, by key and language. What a pack says is in the pack.

>>> catalogue("en").text("advice.possible", text="Rest")
'Perhaps: Rest'
"""

from __future__ import annotations

from hiprun.catalogue.catalogue import LANGUAGES, Catalogue, catalogue

__all__ = ["LANGUAGES", "Catalogue", "catalogue"]
