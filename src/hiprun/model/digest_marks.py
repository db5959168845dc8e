"""Marks on the fields of a model that say how the digest treats them."""

NO_RESULT = "no result"
"""Marks the fields of a model that no result depends on; the digest leaves them out."""

LATER = "later"
"""Marks the fields of a model that came later; the digest leaves them out while they have their default."""
