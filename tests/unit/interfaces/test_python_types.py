"""The types of a pack, as the module that `hiprun types` prints has them."""

from __future__ import annotations

import ast
from pathlib import Path

from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.python_types import python_types

from .. import small_packs

_EVERY_OUTPUT = """\
decision: report
outputs:
  sure: {type: boolean}
  times: {type: integer}
  share: {type: number}
  kind: {type: choice, choices: [facts, pack]}
  places: {type: set, choices: [here, there]}
  note: {type: string}
  day: {type: date}
hit: first
rules:
  - id: it
    then: {sure: true, times: 1, share: 0.5, kind: pack, places: [here], note: fine, day: 2026-01-01}
"""
_NAMES = "facts:\n  pack: {ask: Which?, type: choice, choices: [one, two]}\n  p_ack: {ask: Is it?, type: boolean}\n"


def test_outputs_have_the_types_of_their_values(tmp_path: Path) -> None:
    """Each type of output has the type of what an outcome gives for it."""
    text = python_types(small_packs.load(tmp_path, report=_EVERY_OUTPUT))
    for name, kind in {
        "sure": "bool",
        "times": "int",
        "share": "int | Decimal",
        "kind": "ReportKind",
        "places": "frozenset[ReportPlaces]",
        "note": "str",
        "day": "datetime.date",
    }.items():
        assert f'def __getitem__(self, output: Literal["{name}"]) -> {kind}: ...' in text
    assert 'ReportKind = Literal["facts", "pack"]' in text
    assert '"planted": Union[Date, Mapping[' in text
    assert '"owner": Union[str, Mapping[' in text


def test_lists_and_limits_have_types_of_their_own(greenhouse: hiprun.Pack) -> None:
    """What a decision gives as a list is a tuple, and what it limits is a limit."""
    text = python_types(greenhouse)
    assert 'def __getitem__(self, output: Literal["task"]) -> tuple[ChoresTask, ...]: ...' in text
    assert 'def __getitem__(self, output: Literal["water_today"]) -> hiprun.Limit: ...' in text


def test_names_do_not_clash(tmp_path: Path) -> None:
    """A fact that is called like a type of the module gets another name."""
    documents = {"facts": _NAMES, "care": small_packs.rule("{p_ack: true}")}
    text = python_types(small_packs.load(tmp_path, **documents))
    assert 'Pack_ = Literal["one", "two"]' in text
    assert '"pack": Union[Pack_, Mapping[' in text
    compile(text, "types", "exec")


def test_names_that_are_words_of_python(tmp_path: Path) -> None:
    """Facts and decisions may be called as Python calls something else; the module can be read all the same."""
    facts = "".join(
        f"  {name}: {{ask: Which?, type: choice, choices: [one, two]}}\n" for name in ("none", "true_", "class")
    )
    rules = (
        "decision: import\noutputs: {it: {type: boolean}}\nrules: [{id: one, when: {none: one}, then: {it: true}}]\n"
    )
    text = python_types(
        small_packs.load(tmp_path, facts=f"facts:\n{facts}", rules=f"{rules}otherwise: {{it: false}}\n")
    )
    assert {"None_", "True_", "Class"} <= {
        node.targets[0].id
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def test_the_command_prints_the_module(tmp_path: Path) -> None:
    """`hiprun types` prints what can be saved beside a program as it is."""
    pack = small_packs.load(tmp_path, report=_EVERY_OUTPUT)
    printed = CliRunner().invoke(application, ["types", str(tmp_path)])
    assert (printed.exit_code, printed.output) == (0, python_types(pack))
