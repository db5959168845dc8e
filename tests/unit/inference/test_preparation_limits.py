"""What a decision takes to prepare is bounded, and what does not fit is refused when the pack is loaded."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import hiprun
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import MOST_PARTS, Translations, ground, preparation_limits
from hiprun.inference.hit_policy import take_first
from hiprun.inference.infer import BUDGET
from hiprun.inference.needs import Needs
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import as_truth

PACK = "pack: t\nlanguage: 1\nversion: 1.0.0\ntitle: T\n"
OTHERWISE_LOW = "otherwise: {level: low}\n"
LEVEL = "outputs: {level: {type: choice, choices: [low, high], worse: later}}\nhit: first\nrules:\n"


def written(folder: Path, **documents: str) -> Path:
    """Write the rule files of a pack and return their folder."""
    for name, text in {"pack": PACK, **documents}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def facts(count: int) -> str:
    """Return so many facts, from 0 to 100."""
    return "facts:\n" + "".join(f"  organ_{i}: {{ask: V?, type: number, range: [0, 100]}}\n" for i in range(count))


def risk(condition: str) -> str:
    """Return a decision with one rule."""
    return f"decision: risk\n{LEVEL}  - {{id: high, when: {condition}, then: {{level: high}}}}\n{OTHERWISE_LOW}"


def when_warm(count: int, then: str) -> str:
    """Return so many rules, each of one fact that is at least 5."""
    return "".join(
        f"  - {{id: r-{i}, when: {{organ_{i}: {{at_least: 5}}}}, then: {{{then.format(i=i, power=2**i)}}}}}\n"
        for i in range(count)
    )


def sub_score(index: int, factor: int = 1, *, otherwise: str = "{points: 0}") -> str:
    """Return a score from 0 to 4, times `factor`, of one fact."""
    rules = "".join(
        f"  - {{id: l-{j}, when: {{organ_{index}: {{at_least: {20 * j}}}}}, then: {{points: {j * factor}}}}}\n"
        for j in range(4, 0, -1)
    )
    outputs = "outputs: {points: {type: integer, worse: higher}}\nhit: first\n"
    return f"decision: score_{index}\n{outputs}rules:\n{rules}otherwise: {otherwise}\n"


def total(count: int) -> str:
    """Return a formula that adds up so many sub-scores."""
    return " + ".join(f"score_{i}.points" for i in range(count))


def of_total(folder: Path, count: int, *, base: int = 1, test: str = "{at_least: 17}") -> Path:
    """Write a decision on a total of sub-scores, each `base` times as large as the one before."""
    scores = {f"score_{i}": sub_score(i, base**i) for i in range(count)}
    return written(
        folder,
        facts=facts(count),
        total=f"derived:\n  total: {{title: Total, formula: {total(count)}}}\n",
        risk=risk(f"{{total: {test}}}"),
        **scores,
    )


def test_a_total_of_sub_scores_grows_with_its_totals_and_not_with_its_combinations(tmp_path: Path) -> None:
    """Twenty sub-scores of five values have 81 totals, and 5 ** 20 combinations that nobody looks at."""
    pack = hiprun.load(of_total(tmp_path, 20))
    assert ground(pack.model, pack.decisions["risk"]).circuit.joined < 20 * 81 * 5 * 3
    assert pack.decide("risk", {f"organ_{i}": 50 for i in range(20)})["level"] == "high"
    assert pack.decide("risk", {f"organ_{i}": 20 for i in range(16)}).possible[0] == {"level": "low"}
    unknown = pack.decide("risk", {}, budget=100_000)
    assert ({answer["level"] for answer in unknown.possible}, unknown.exact) == ({"low", "high"}, True)
    assert len(unknown.needs) == 20


def test_the_total_is_that_of_every_combination(tmp_path: Path) -> None:
    """For each combination of values, the tests of a total hold as adding up says; without a value none does."""
    tests = ("{at_least: 7}", "{is: 5}", "{is_not: 5}", "{below: 3}", "{between: [4, 6]}", "{above: organ_3}")
    rules = "".join(f"  - {{id: r-{i}, when: {{total: {test}}}, then: {{t: T{i}}}}}\n" for i, test in enumerate(tests))
    written(
        tmp_path,
        facts=facts(4),
        zero=sub_score(0),
        one=sub_score(1, -1),
        two=sub_score(2, 2, otherwise="no_match"),
        score="decision: score_3\noutputs: {points: {type: integer}}\nhit: sum\nrules:\n"
        "  - {id: a, when: {organ_3: {at_least: 3}}, then: {points: 3}}\n"
        "  - {id: b, when: {organ_0: {at_least: 40}}, then: {points: -1}}\n",
        total=f"derived:\n  total: {{title: Total, formula: {total(4)}}}\n",
        list=f"decision: list\noutputs: {{t: {{type: string}}}}\nhit: collect\nrules:\n{rules}",
        same=f"decision: same\noutputs: {{points: {{type: number}}}}\nhit: first\nrules:\n"
        f"  - {{id: it, then: {{points: {total(4)}}}}}\n",
    )
    pack = hiprun.load(tmp_path)
    for values in itertools.product((0, 20, 45, 80), (0, 45, 80), (0, 20, 80), (0, 2, 3, 5)):
        known = {f"organ_{i}": value for i, value in enumerate(values)}
        points = [min(values[0] // 20, 4), -min(values[1] // 20, 4), 2 * min(values[2] // 20, 4)]
        number = sum(points) + 3 * (values[3] >= 3) - (values[0] >= 40)
        holds = [number >= 7, number == 5, number != 5, number < 3, 4 <= number <= 6, number > values[3]]
        wanted = [f"T{i}" for i, held in enumerate(holds) if held and points[2]]
        outcome = pack.interpret(known)
        assert [item.outputs["t"] for item in outcome["list"].items if item.certainty == "certain"] == wanted
        if points[2]:
            assert outcome["same"]["points"] == number
        else:
            assert outcome["same"].status == "no_match"
        assert pack.decide("list", known).items == outcome["list"].items
        assert pack.decide("same", known).possible == outcome["same"].possible


def test_scores_that_are_added_up_become_one_count(tmp_path: Path) -> None:
    """A sum of scores, each of many rules, is one count of all their rules, however many totals each has."""
    rules = "".join(
        f"  - {{id: r-{i}, when: {{organ_{i}: {{at_least: 5}}}}, then: {{points: {3**i}}}}}\n" for i in range(12)
    )
    score = f"outputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{rules}"
    written(
        tmp_path,
        facts=facts(12),
        one=f"decision: score_0\n{score}",
        two=f"decision: score_1\n{score}",
        total="derived:\n  total: {title: Total, formula: score_0.points - 2 * score_1.points}\n",
        risk=risk("{total: {at_least: 3}}"),
    )
    pack = hiprun.load(tmp_path)
    assert ground(pack.model, pack.decisions["risk"]).circuit.joined < 1000
    assert pack.decide("risk", {f"organ_{i}": 9 for i in range(12)})["level"] == "low"


@pytest.mark.slow
@pytest.mark.parametrize("test", ["{at_least: 99999}", "{is: 81380208}"])
def test_a_total_with_too_many_values_is_refused_when_loaded(tmp_path: Path, test: str) -> None:
    """Sub-scores whose totals are all different cannot be folded: the decision is named, and what to do."""
    with pytest.raises(hiprun.RuleError) as raised:
        hiprun.load(of_total(tmp_path, 12, base=5, test=test))
    [problem] = raised.value.problems
    assert (problem.code, problem.place and problem.place.file) == (
        "too-large-to-prepare",
        f"{tmp_path.name}/risk.yaml",
    )
    assert problem.message == (
        f"`risk`, with everything it uses, needs more than {MOST_PARTS:,} parts of conditions and cannot be prepared."
    )
    assert "fewer or rounder values" in problem.help


def test_formulas_that_have_to_agree_are_refused_when_there_are_too_many(tmp_path: Path) -> None:
    """Under `any` each formula is compared with each other: dozens fit, a hundred are refused when loaded."""

    def some(count: int) -> str:
        rules = "".join(
            f"  - {{id: r-{i}, when: {{organ_{i}: {{at_least: 5}}}}, then: {{x: organ_{i} * 2}}}}\n"
            for i in range(count)
        )
        return f"decision: agreed\noutputs: {{x: {{type: number}}}}\nhit: any\nrules:\n{rules}otherwise: no_match\n"

    pack = hiprun.load(written(tmp_path, facts=facts(20), agreed=some(20)))
    assert pack.decide("agreed", {f"organ_{i}": 7 for i in range(20)})["x"] == 14
    assert pack.decide("agreed", {f"organ_{i}": 7 + (i == 3) for i in range(20)}).status == "conflict"
    with pytest.raises(hiprun.RuleError) as raised:
        hiprun.load(written(tmp_path, facts=facts(100), agreed=some(100)))
    assert [problem.code for problem in raised.value.problems] == ["too-large-to-prepare"]


def test_a_setting_that_makes_totals_too_many_is_refused(tmp_path: Path) -> None:
    """Parameters can pull the totals of a score apart: `with_parameters` refuses that, before anyone decides."""
    rules = when_warm(12, "points: step * {power}")
    written(
        tmp_path,
        facts=facts(13),
        parameters="parameters:\n  step: {value: 0, type: integer, range: [0, 9]}\n",
        score=f"decision: score\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{rules}",
        risk=risk("{score.points: {above: organ_12}}"),
    )
    pack = hiprun.load(tmp_path)
    assert pack.decide("risk", {f"organ_{i}": 0 for i in range(13)})["level"] == "low"
    with pytest.raises(hiprun.ParameterError) as raised:
        pack.with_parameters(step=1)
    assert [problem.code for problem in raised.value.problems] == ["too-many-totals"]


def test_all_decisions_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions that each fit may be too much together: the pack is refused as a whole."""
    monkeypatch.setattr(preparation_limits, "MOST_PARTS_TOGETHER", 1000)
    with pytest.raises(hiprun.RuleError) as raised:
        hiprun.load(of_total(tmp_path, 6))
    [problem] = raised.value.problems
    assert (problem.code, problem.place) == ("too-large-together", None)
    assert "at most 1,000 can be prepared" in problem.message


@pytest.mark.slow
def test_a_table_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """Two thousand rows that each look at all choices of a long list are more than can be prepared."""
    choices = ", ".join(f"c{i}" for i in range(300))
    pairs = [f"c{i % 300}, c{(i + 1 + i // 300) % 300}" for i in range(2000)]
    rules = "".join(
        f"  - {{id: r-{i}, when: {{signs: {{is: [{pair}]}}}}, then: {{level: high}}}}\n" for i, pair in enumerate(pairs)
    )
    written(
        tmp_path,
        facts=f"facts:\n  signs: {{ask: Which?, type: set, choices: [{choices}]}}\n",
        risk=f"decision: risk\n{LEVEL}{rules}{OTHERWISE_LOW}",
    )
    with pytest.raises(hiprun.RuleError, match="too-large-to-prepare"):
        hiprun.load(tmp_path)


def test_what_cannot_be_prepared_is_refused_also_where_nothing_was_loaded(tmp_path: Path) -> None:
    """A model that was put together by a program is refused by the decision that is too large."""
    model = hiprun.load(of_total(tmp_path, 4, base=5)).model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hiprun.inference.grounding.MOST_PARTS", 100)
        with pytest.raises(hiprun.RuleError, match="too-large-to-prepare"):
            ground(model, model.decisions["risk"])


def test_a_decision_that_fits_alone_fits_after_others_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that are taken over from decisions prepared before may count several times; then it is prepared alone."""
    chain = {
        f"d_{i}": f"decision: d_{i}\n{LEVEL}"
        f"  - {{id: a, when: {{any: [{{d_{i - 1}.level: high}}, {{organ_{i}: 5}}], organ_0: 7}}, "
        "then: {level: high}}\n"
        f"{OTHERWISE_LOW}"
        for i in range(1, 6)
    }
    first = f"decision: d_0\n{LEVEL}  - {{id: a, when: {{organ_0: 5}}, then: {{level: high}}}}\n{OTHERWISE_LOW}"
    model = hiprun.load(written(tmp_path, facts=facts(6), d_0=first, **chain)).model
    translations = Translations()
    for decision in model.decisions.values():
        alone = ground(model, decision)
        monkeypatch.setattr("hiprun.inference.grounding.MOST_PARTS", alone.circuit.joined)
        assert ground(model, decision, translations).circuit.joined <= alone.circuit.joined
        monkeypatch.undo()


def test_looking_for_facts_that_matter_is_bounded(tmp_path: Path) -> None:
    """Where sums tie facts together, a fact is taken to matter when finding out would take more steps than allowed."""
    tests = [f"total_{i}: {{at_least: {30 * i + 20}}}" for i in range(3)]
    rules = "".join(f"  - {{id: r-{i}, when: {{{test}}}, then: {{level: high}}}}\n" for i, test in enumerate(tests))
    totals = "".join(f"  total_{i}: {{formula: organ_0 + {i + 2} * organ_{i + 1}}}\n" for i in range(3))
    written(
        tmp_path, facts=facts(5), totals=f"derived:\n{totals}", risk=f"decision: risk\n{LEVEL}{rules}{OTHERWISE_LOW}"
    )
    model = hiprun.load(tmp_path).model
    program = ground(model, model.decisions["risk"])
    for steps, exact in ((0, False), (BUDGET, True)):
        patient = Patient(model, situation(model, program, Facts({})), BUDGET)
        diagram = patient.explore(take_first, as_truth, [(patient.open_node(program.rules[0]), (True,))])
        needs = Needs(diagram, patient.residual.ties, patient.residual.facts, steps)
        assert needs.score("organ_0") is not None
        assert needs.exact is exact
