"""`hiprun statements`: from a statement of the guidance to the rules that cite it, and back."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hiprun.inference.outcome_text import prose, wrapped
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, pack_at
from hiprun.model.citations import Citation, citations
from hiprun.pack import Pack


@click.command()
@click.option("--rules", metavar="PATH", help="A folder of rule files; default: the rules that come with hiprun.")
@click.option("--by-rule", is_flag=True, help="List the rules, each with its statements.")
@click.option(
    "--interpretations",
    is_flag=True,
    help="List only the interpretations: how the source was read where it is vague or says nothing.",
)
@json_option
def statements(rules: str | None, by_rule: bool, interpretations: bool, as_json: bool) -> None:
    """List the statements of the guidance and the rules citing them."""
    pack = pack_at(rules)
    cited = list(citations(pack.model))
    if interpretations:
        cited = [citation for citation in cited if citation.interpretation]
    if as_json:
        texts = {id_: statement.text for id_, statement in pack.statements.items()}
        console.print_json({"statements": texts, "citations": [citation.to_dict() for citation in cited]})
        return
    if interpretations:
        blocks = _interpretations(cited)
    else:
        blocks = _by_rule(pack, cited) if by_rule else _by_statement(pack, cited)
    for block in blocks:
        console.print_block(block)


def _by_statement(pack: Pack, cited: list[Citation]) -> Iterator[list[str]]:
    for id_, statement in pack.statements.items():
        carriers = [f"    {citation.name} ({citation.place})" for citation in cited if id_ in citation.sources]
        yield [id_, *prose(statement.text, "  "), *(carriers or ["    cited by nothing"])]


def _by_rule(pack: Pack, cited: list[Citation]) -> Iterator[list[str]]:
    for citation in cited:
        sources = [line for id_ in citation.sources for line in wrapped(f"{id_}: {pack.statements[id_].text}", "    ")]
        yield [f"{citation.name} ({citation.place})", *sources]


def _interpretations(cited: list[Citation]) -> Iterator[list[str]]:
    for citation in cited:
        yield [f"{citation.name} ({citation.place})", *prose(citation.interpretation, "    ")]
