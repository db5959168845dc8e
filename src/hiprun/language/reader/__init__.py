"""The only reader of disk: folders and zip files of rules, files of facts, and diaries."""

from __future__ import annotations

from hiprun.reader.diaries import read_diary
from hiprun.reader.given import read_facts, read_value
from hiprun.reader.rules import Reading, read_documents, read_model

__all__ = ["Reading", "read_diary", "read_documents", "read_facts", "read_model", "read_value"]
