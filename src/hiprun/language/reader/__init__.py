"""The only place that reads from disk: folders and zip files of rules, files of facts, and diaries."""

from __future__ import annotations

from hiprun.language.reader.diary_files import read_diary
from hiprun.language.reader.fact_files import read_facts, read_value
from hiprun.language.reader.pack_reader import model_of_files, read_documents, read_model

__all__ = ["model_of_files", "read_diary", "read_documents", "read_facts", "read_model", "read_value"]
