"""Parameters that are bound to each other: what may be set together, and where a constraint over them goes."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun
from hiprun.errors import ParameterError
from hiprun.language.editor_schema import editor_schema
from hiprun.language.writer import files, write
from hiprun.model.citations import citations
from hiprun.testing.mutation.mutants import mutants

from .. import small_packs

LEVELS = """\
parameters:
  calm_level: {value: 10, range: [0, 30], unit: °C}
  stop_level: {value: 11, range: [10, 90], unit: °C}
  hours: {value: 48, unit: h}
"""
BOUND = """\
guidance: Heat
statements: {heat.order: Calm ends before stop begins.}
"""
CONSTRAINTS = """\
constraints:
  - id: calm-below-stop
    never: {calm_level: {at_least: stop_level}}
    because: Calm ends first.
    source: heat.order
  - {id: not-far-apart, never: {stop_level: {above: 2 * calm_level + 50}}}
  - {id: dry-is-warm, never: {dry: true, warmth: {below: calm_level}}}
"""
CARE = """\
decision: care
outputs: {level: {type: choice, choices: [calm, bad], worse: later}}
source: heat.order
rules:
  - {id: hot, when: {warmth: {above: stop_level}, rings: {below: hours}}, then: {level: bad}}
otherwise: {level: calm}
"""


@pytest.fixture
def pack(tmp_path: Path) -> hiprun.Pack:
    """Return a pack with two constraints over parameters and one over facts."""
    care = CARE.replace("rings: {below: hours}", "rings: {at_most: hours - 40}")
    return small_packs.load(tmp_path / "garden", parameters=LEVELS, guidance=BOUND, constraints=CONSTRAINTS, care=care)


def refused(pack: hiprun.Pack, **values: float) -> list[str]:
    """Return what is wrong with these values of parameters."""
    with pytest.raises(ParameterError) as raised:
        pack.with_parameters(**values)
    return [str(problem) for problem in raised.value.problems]


def test_values_that_break_a_constraint_are_refused(pack: hiprun.Pack) -> None:
    """What is set together has to keep every constraint over parameters; the reason and the values are told."""
    assert refused(pack, calm_level=12) == [
        "These values cannot be set together: `calm_level` 12 °C, `stop_level` 11 °C. Calm ends first. "
        "Choose values that meet the constraint `calm-below-stop`. [impossible-setting]"
    ]
    assert refused(pack, stop_level=90) == [
        "These values cannot be set together: `stop_level` 90 °C, `calm_level` 10 °C. "
        "Choose values that meet the constraint `not-far-apart`. [impossible-setting]"
    ]
    both = pack.with_parameters(calm_level=12, stop_level=13)
    assert both.parameters["calm_level"].value == 12


def test_a_parameter_without_a_range_cannot_be_set(pack: hiprun.Pack) -> None:
    """A parameter without a range is what the rules say; its own value changes nothing."""
    assert refused(pack, hours=47) == [
        "`hours` is 48 h and cannot be set. Give it a `range` in the rules; proofs then cover every value in it. "
        "[fixed-parameter]"
    ]
    assert pack.with_parameters(hours=48).digest == pack.digest


def test_patients_do_not_meet_constraints_over_parameters(pack: hiprun.Pack) -> None:
    """What is decided hangs on the constraints over facts alone, but the digest on both."""
    assert [constraint.id for constraint in pack.model.constraints] == ["dry-is-warm"]
    with pytest.raises(hiprun.FactError):
        pack.decide("care", {"dry": True, "warmth": 5})
    assert pack.decide("care", {"dry": True, "warmth": 50, "rings": 1})["level"] == "bad"
    assert any(citation.name == "calm-below-stop" for citation in citations(pack.model))


def test_the_digest_tells_constraints_over_parameters(pack: hiprun.Pack, tmp_path: Path) -> None:
    """A pack that binds its parameters otherwise is another pack."""
    other = CONSTRAINTS.replace("+ 50", "+ 51")
    care = CARE.replace("rings: {below: hours}", "rings: {at_most: hours - 40}")
    changed = small_packs.load(tmp_path / "other", parameters=LEVELS, guidance=BOUND, constraints=other, care=care)
    assert changed.digest != pack.digest


def test_constraints_over_parameters_are_written(pack: hiprun.Pack, tmp_path: Path) -> None:
    """Written as rule files and read again, a pack has the same constraints."""
    write(files(pack.model), tmp_path / "again")
    again = hiprun.load(tmp_path / "again")
    assert again.digest == pack.digest
    assert again.model.parameter_constraints == pack.model.parameter_constraints


def test_an_editor_knows_parameters_in_constraints(pack: hiprun.Pack) -> None:
    """In constraints a parameter can be asked about, in rules it cannot."""
    asked = editor_schema(pack.model, "constraints")["$defs"]["condition"]["properties"]
    assert {"calm_level", "stop_level", "warmth"} <= set(asked)
    assert asked["calm_level"]["description"] == "(0 to 30) [°C]"
    assert "calm_level" not in editor_schema(pack.model, "decision")["$defs"]["condition"]["properties"]


def test_no_fault_is_put_into_rules_that_would_not_load(pack: hiprun.Pack) -> None:
    """A parameter is never moved to where a constraint over parameters is broken."""
    moved = {mutant.after for mutant in mutants(pack.model) if mutant.subject == "calm_level"}
    assert moved == {"9"}
