"""Decisions as DMN decision tables, and DMN decision tables as rule files."""

from hiprun.interfaces.dmn.document import dmn_document
from hiprun.interfaces.dmn.reading import read_document
from hiprun.interfaces.dmn.rule_files import RuleFiles, rule_files

__all__ = ["RuleFiles", "dmn_document", "read_document", "rule_files"]
