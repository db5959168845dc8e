"""The rule book: a pack as pages that can be read, searched, printed and signed.

`book_of` makes the book of a pack, as a value; `chapters` turns it into HTML for other pages, `site` into the files of
a static site, and `printable` into one page.
"""

from __future__ import annotations

from hiprun.interfaces.book.builder import book_of
from hiprun.interfaces.book.contents import Book
from hiprun.interfaces.book.proofs import with_proofs
from hiprun.interfaces.book.site import CHAPTERS, Address, Chapter, chapters, printable, site

__all__ = ["CHAPTERS", "Address", "Book", "Chapter", "book_of", "chapters", "printable", "site", "with_proofs"]
