"""What has to change in a pack for the latest version of the rule language."""

from __future__ import annotations

import attrs

from hiprun.errors import Problem
from hiprun.language.reader.pack_reader import read_documents, read_model
from hiprun.language.resolve.cursor import Findings, Node
from hiprun.language.resolve.placeholders import new_placeholders
from hiprun.language.resolver import resolve
from hiprun.language.rule_files import Location
from hiprun.language.syntax import Document
from hiprun.model.places import NOWHERE
from hiprun.version import LANGUAGE


def upgrade_problems(path: Location | None = None) -> list[Problem]:
    """Return what has to change in the pack at `path`, besides the line that says its version; empty if nothing has to.

    Raises `RuleError` with the mistakes that the pack has in its own version.
    """
    if read_model(path).language == LANGUAGE:
        return []
    documents = read_documents(path).documents
    findings = Findings()
    for document in documents:
        for text in new_placeholders(Node(document, findings, document.data)):
            text.report(
                "new-placeholder",
                "A brace in a text begins or ends a placeholder in version 2 of the language.",
                "To keep it as it is, double it: `{{` or `}}`.",
            )
    _, problems = resolve([_in_latest_version(document) for document in documents])
    # a brace that would be a mistake is among them, so it is not shown again
    others = [problem for problem in problems if problem.code != "bad-placeholder"]
    return sorted([*findings.problems, *others], key=lambda problem: problem.place or NOWHERE)


def _in_latest_version(document: Document) -> Document:
    return attrs.evolve(document, data={**document.data, "language": LANGUAGE}) if document.kind == "pack" else document
