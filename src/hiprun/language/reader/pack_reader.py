"""A folder or zip file of rules → the model of a pack, or every mistake in all files at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hiprun.errors import Problem, RuleError
from hiprun.inference.grounding import Program
from hiprun.language.incremental_check import PackDocuments, check_files, pack_documents, pack_result
from hiprun.language.rule_files import Location, RuleFile, read_files
from hiprun.model import Model


def read_model(path: Location | None = None) -> Model:
    """Return the model of the pack in the folder or zip file `path`, or of the one that comes with hiprun.

    Raises `RuleError` with every mistake in every file.
    """
    return model_of_files(*read_files(path))


def read_documents(path: Location | None = None) -> PackDocuments:
    """Return the rule files at `path` as documents, each checked against the schema of its kind."""
    return _documents(*read_files(path))


def model_of_files(files: Sequence[RuleFile], problems: Iterable[Problem] = ()) -> Model:
    """Return the model of rule files, or raise `RuleError`; `problems` are those of reading the files."""
    return prepared_model(files, problems)[0]


def prepared_model(files: Sequence[RuleFile], problems: Iterable[Problem] = ()) -> tuple[Model, Mapping[str, Program]]:
    """Return the model of rule files, and the programs that were made to see whether it can be prepared."""
    result = pack_result(_documents(files, problems))
    if result.model is None:
        raise RuleError(result.problems)
    return result.model, result.programs


def _documents(files: Sequence[RuleFile], problems: Iterable[Problem]) -> PackDocuments:
    return pack_documents(check_files({file.name: file.content for file in files}), problems)
