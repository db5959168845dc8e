"""A file of stages → the protocol of the model, and the decisions that it amounts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hiprun.errors import did_you_mean
from hiprun.language.resolve import message_wording, stage_decisions
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.guidance import sources
from hiprun.language.resolve.literals import constant, is_number
from hiprun.language.resolve.names import Names
from hiprun.language.resolve.stage_decisions import Standing
from hiprun.model import Decision, Domain
from hiprun.model.stages import Amount, FactProjection, Measure, Milestone, ProjectionKind, Stage, Stages

_WORDS: tuple[ProjectionKind, ...] = (
    "passes",
    "days_since",
    "in_stage",
    "session",
    "week",
    "last_week",
    "any_last_week",
    "then",
)
_OF_MEASURES = frozenset({"session", "week", "last_week", "any_last_week"})


def stages(node: Node, names: Names) -> tuple[Stages, dict[str, Decision]]:
    """Return the protocol at `node`, a whole document, and its decisions by name."""
    standing = {name: stage_decisions.standing(child, names) for name, child in node["in_order"].entries()}
    decisions = stage_decisions.decisions(node, names, standing)
    measures = {name: _measure(name, child) for name, child in node["measures"].entries()}
    activities = dict(node["activities"].value)
    courses = tuple(_courses(node, measures, names))
    keeps = tuple(_keeps(node, names))
    here = node.get("between")
    if here:
        stage_decisions.known(here, activities, "activity")
    first = next(iter(node["in_order"].entries()))[1]
    if "session" not in first.value:
        first.report(
            "first-stage",
            "The first stage does not say what its sessions are.",
            "Add `session:` with an amount; only later stages can grow on their own.",
            key=True,
        )
    made = Stages(
        node.text("stages"),
        node.text("title"),
        measures,
        activities,
        str(here.value) if here else list(activities)[-1],
        tuple(
            _stage(name, child, standing[name], measures, courses, keeps, names, len(node.value.get("keeps", [])))
            for name, child in node["in_order"].entries()
        ),
        courses,
        keeps,
        node.text("because"),
        sources(node, names),
        node.text("interpretation"),
        place=node["stages"].place,
    )
    return made, decisions


def _measure(name: str, node: Node) -> Measure:
    step = node.value["step"]
    if step <= 0:
        node["step"].report("out-of-range", "Amounts are multiples of `step`, so it lies above 0.", "Write 1, or 0.5.")
    return Measure(name, node.text("title"), node.text("unit"), step)


def _keeps(node: Node, names: Names) -> Iterator[str]:
    given = node.get("keeps")
    limits = [name for name, signature in names.decisions.items() if signature.policy.gives == "limits"]
    for item in given.items() if given else ():
        if item.value in limits:
            yield item.value
        elif not names.may_stand_elsewhere(("limits",)):
            item.report("unknown-decision", f"No limits are called `{item.value}`.", did_you_mean(item.value, limits))


def _stage(  # noqa: PLR0913 - what the file says besides this stage
    name: str,
    node: Node,
    standing: Standing,
    measures: Mapping[str, Measure],
    courses: tuple[FactProjection, ...],
    keeps: tuple[str, ...],
    names: Names,
    asked: int,
) -> Stage:
    return Stage(
        name,
        node.text("title"),
        standing.facts,
        str(node.value["activity"]),
        tuple(_grows(node, measures, courses, keeps, names, asked)),
        tuple(_amounts(node.get("most"), measures, names)),
        tuple(_milestones(node, measures, names)),
        place=node.key_place,
    )


def _grows(
    node: Node,
    measures: Mapping[str, Measure],
    courses: tuple[FactProjection, ...],
    keeps: tuple[str, ...],
    names: Names,
    asked: int,
) -> Iterator[str]:
    given = node.get("grows")
    limited = {quantity for name in keeps for quantity in names.decisions[name].outputs}
    # Of limits that are misspelt, or that could not be read, nothing more is said; nor of facts that could not.
    declared = not names.may_stand_elsewhere(("facts",))
    complete = declared and len(keeps) == asked and not names.may_stand_elsewhere(("limits",))
    for item in given.items() if given else ():
        if not stage_decisions.known(item, measures, "measure"):
            continue
        own = [course for course in courses if course.of == (item.value,)]
        if limited.isdisjoint(course.fact for course in own if course.kind == "week") and complete:
            item.report(
                "grows-without-limit",
                f"Nothing limits how far `{item.value}` may grow.",
                f"Say under `over_time` which number has `week: [{item.value}]`, and keep limits on it with `keeps`.",
            )
        elif declared and all(course.kind != "last_week" for course in own):
            item.report(
                "grows-without-limit",
                f"Nothing says from where `{item.value}` grows.",
                f"Say under `over_time` which number has `last_week: [{item.value}]`.",
            )
        yield item.value


def _milestones(node: Node, measures: Mapping[str, Measure], names: Names) -> Iterator[Milestone]:
    given = node.get("milestones")
    for item in given.items() if given else ():
        facts = item.get("facts")
        yield Milestone(
            item.text("title"),
            tuple(_amounts(item.get("reach"), measures, names)),
            stage_decisions.facts(facts, names) if facts else (),
        )


def _amounts(node: Node | None, measures: Mapping[str, Measure], names: Names) -> Iterator[tuple[str, Amount]]:
    """Yield the measures at `node`, a mapping, each with a number or the name of a parameter."""
    for name, child in node.entries() if node else ():
        if not stage_decisions.known(child, measures, "measure", name=name):
            continue
        if is_number(child.value) or child.value in names.parameters:
            yield name, child.value
        elif not names.may_stand_elsewhere(("parameters",)):
            child.report(
                "needs-number",
                f"A number or a parameter is needed here, not {message_wording.value(child.value)}.",
                did_you_mean(child.value, names.parameters),
            )


def _courses(node: Node, measures: Mapping[str, Measure], names: Names) -> Iterator[FactProjection]:
    given = node.get("over_time")
    activities = node["activities"].value
    for name, child in given.entries() if given else ():
        domain = stage_decisions.fact_domain(child, name, names)
        words = [word for word in _WORDS if word in child.value]
        if len(words) != 1 or not _complete(child):
            child.report(
                "course-unclear",
                f"It is not clear how `{name}` changes.",
                "Name one way to change, for instance `passes: weeks`, or `then:` with `after` or with `after_days`.",
                key=True,
            )
        elif domain:
            found = _course(name, words[0], child, domain, measures, activities, names)
            if found:
                yield found


def _complete(node: Node) -> bool:
    """Whether `after` and `after_days` stand with `then`, one of them and nowhere else."""
    return ("then" in node.value) == (("after" in node.value) + ("after_days" in node.value))


def _course(  # noqa: PLR0913 - what the file says besides this course
    name: str,
    word: ProjectionKind,
    node: Node,
    domain: Domain,
    measures: Mapping[str, Measure],
    activities: Mapping[str, str],
    names: Names,
) -> FactProjection | None:
    given = node[word]
    if word == "then":
        value = constant(given, domain, name)
        after = node.get("after")
        of = (str(after.value),) if after and stage_decisions.known(after, activities, "activity") else ()
        days = node.value.get("after_days", 0)
        return None if value is None else FactProjection(name, word, of, value, days, place=node.key_place)
    if not domain.is_numeric:
        given.report(
            "needs-number",
            f"Only numbers change like this, and `{name}` is {message_wording.TYPES[domain.type]}.",
            "Use `then`, with `after` or `after_days`.",
            key=True,
        )
        return None
    if word in _OF_MEASURES:
        for item in given.items():
            found = stage_decisions.known(item, measures, "measure")
            if found and word != "any_last_week" and domain.unit not in ("", measures[item.value].unit):
                item.report(
                    "unit-mismatch",
                    f"`{name}` is counted in {domain.unit}, but `{item.value}` in {measures[item.value].unit}.",
                    "Name a measure with the same unit.",
                )
        return FactProjection(name, word, tuple(given.value), place=node.key_place)
    if word == "days_since":
        stage_decisions.known(given, activities, "activity")
    return FactProjection(name, word, (given.value,), place=node.key_place)
