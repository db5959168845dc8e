"""Decisions as DMN decision tables, for programs and people that work with these."""

from hiprun.interfaces.dmn.document import dmn_document

__all__ = ["dmn_document"]
