"""The only reader of disk: folders and zip files of rules, and files of facts."""

from __future__ import annotations

from hiprun.reader.given import read_facts, read_value
from hiprun.reader.rules import Reading, read_documents, read_model

__all__ = ["Reading", "read_documents", "read_facts", "read_model", "read_value"]
