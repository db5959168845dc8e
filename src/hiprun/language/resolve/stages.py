"""A file of stages → the protocol of the model, and its decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording, stage_decisions
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.literals import constant, is_number
from hiprun.language.resolve.names import Names
from hiprun.language.resolve.stage_decisions import StageMembership
from hiprun.model import Decision, Domain
from hiprun.model.corrections import Delete, Help
from hiprun.model.stages import PROJECTS_FROM, Amount, FactProjection, Measure, Milestone, ProjectionKind, Stage, Stages


def protocol(node: Node, names: Names) -> tuple[Stages, dict[str, Decision]]:
    """Return the protocol in a document, and its decisions by name."""
    memberships = {name: stage_decisions.stage_membership(child, names) for name, child in node["in_order"].entries()}
    decisions = stage_decisions.protocol_decisions(node, names, memberships)
    measures = {name: _measure(name, child) for name, child in node["measures"].entries()}
    activities = dict(node["activities"].value)
    projections = tuple(_projections(node, measures, names))
    keeps = tuple(_kept_limits(node, names))
    between = node.get("between")
    if between:
        stage_decisions.check_name(between, activities, "activity")
    first_stage = next(iter(node["in_order"].entries()))[1]
    if "session" not in first_stage.value:
        first_stage.report(
            "first-stage",
            "The first stage does not say what its sessions are.",
            "Add `session:` with an amount; only later stages can grow on their own.",
            key=True,
        )
    protocol = Stages(
        node.text("stages"),
        node.text("title"),
        measures,
        activities,
        str(between.value) if between else list(activities)[-1],
        tuple(
            _stage(
                name, child, memberships[name], measures, projections, keeps, names, len(node.value.get("keeps", []))
            )
            for name, child in node["in_order"].entries()
        ),
        projections,
        keeps,
        node.text("because"),
        sources(node, names),
        node.text("interpretation"),
        place=node["stages"].place,
    )
    return protocol, decisions


def _measure(name: str, node: Node) -> Measure:
    step = node.value["step"]
    if step <= 0:
        node["step"].report(
            "out-of-range", "Amounts are multiples of `step`, so it must be above 0.", "Write 1, or 0.5."
        )
    return Measure(name, node.text("title"), node.text("unit"), step, node.units.words(node.text("unit")))


def _kept_limits(node: Node, names: Names) -> Iterator[str]:
    keeps = node.get("keeps")
    limits = [name for name, signature in names.decisions.items() if signature.policy.gives == "limits"]
    for item in keeps.items() if keeps else ():
        if item.value in limits:
            yield item.value
        elif not names.may_be_in_broken_file(("limits",)):
            item.report(
                "unknown-decision", f"There are no limits called `{item.value}`.", suggestion(item.value, limits)
            )


def _stage(  # noqa: PLR0913 - the other parts of the file
    name: str,
    node: Node,
    membership: StageMembership,
    measures: Mapping[str, Measure],
    projections: tuple[FactProjection, ...],
    keeps: tuple[str, ...],
    names: Names,
    keeps_count: int,
) -> Stage:
    return Stage(
        name,
        node.text("title"),
        membership.facts,
        str(node.value["activity"]),
        tuple(_growing_measures(node, measures, projections, keeps, names, keeps_count)),
        tuple(_amounts(node.get("most"), measures, names)),
        tuple(_filling_amounts(node, measures, names)),
        node.text("how"),
        tuple(_milestones(node, measures, names)),
        place=node.key_place,
    )


def _growing_measures(
    node: Node,
    measures: Mapping[str, Measure],
    projections: tuple[FactProjection, ...],
    keeps: tuple[str, ...],
    names: Names,
    keeps_count: int,
) -> Iterator[str]:
    grows = node.get("grows")
    limited = {quantity for name in keeps for quantity in names.decisions[name].outputs}
    # Nothing more is reported about limits that are misspelt, or about limits and facts that could not be read.
    declared = not names.may_be_in_broken_file(("facts",))
    complete = declared and len(keeps) == keeps_count and not names.may_be_in_broken_file(("limits",))
    for item in grows.items() if grows else ():
        if not stage_decisions.check_name(item, measures, "measure"):
            continue
        measure_projections = [projection for projection in projections if projection.of == (item.value,)]
        if (
            limited.isdisjoint(projection.fact for projection in measure_projections if projection.kind == "week")
            and complete
        ):
            item.report(
                "grows-without-limit",
                f"Nothing limits how far `{item.value}` may grow.",
                f"Say under `over_time` which number has `week: [{item.value}]`, and keep limits on it with `keeps`.",
            )
        elif declared and all(projection.kind != "last_week" for projection in measure_projections):
            item.report(
                "grows-without-limit",
                f"`{item.value}` has no amount to grow from.",
                f"Say under `over_time` which number has `last_week: [{item.value}]`.",
            )
        yield item.value


def _filling_amounts(node: Node, measures: Mapping[str, Measure], names: Names) -> Iterator[tuple[str, Amount]]:
    """Yield the measures that fill a session, each with the length of that session."""
    fills = node.get("fills")
    for name, length in _amounts(fills, measures, names):
        if fills and name in node.value.get("grows", []):
            fills[name].report(
                "grows-and-fills",
                f"`{name}` cannot both grow and fill what is left of a session.",
                Help("Delete one of the two.", Delete()),
                key=True,
            )
        yield name, length


def _milestones(node: Node, measures: Mapping[str, Measure], names: Names) -> Iterator[Milestone]:
    milestones = node.get("milestones")
    for item in milestones.items() if milestones else ():
        facts = item.get("facts")
        yield Milestone(
            item.text("title"),
            tuple(_amounts(item.get("reach"), measures, names)),
            stage_decisions.fact_values(facts, names) if facts else (),
        )


def _amounts(node: Node | None, measures: Mapping[str, Measure], names: Names) -> Iterator[tuple[str, Amount]]:
    """Yield the measures at `node`, a mapping, each with a number or the name of a parameter."""
    for name, child in node.entries() if node else ():
        if not stage_decisions.check_name(child, measures, "measure", name=name):
            continue
        amount = _amount(child, names)
        if amount is not None:
            _check_unit(child, name, measures[name].unit, names)
            yield name, amount


def _check_unit(node: Node, name: str, unit: str, names: Names) -> None:
    """Report a parameter in a unit that cannot be converted into that of what `name` measures."""
    parameter = names.parameters.get(str(node.value))
    if node.language == 1 or parameter is None or not parameter.unit or not unit:
        return
    own, other = node.units.parse(parameter.unit), node.units.parse(unit)
    if own is not None and other is not None and node.units.ratio(own, other) is None:
        node.report(
            "unit-mismatch",
            f"`{parameter.name}` is in {parameter.unit}, but `{name}` in {unit}.",
            "Name a parameter in the same unit, or say under `units:` how to convert one into the other.",
        )


def _amount(node: Node, names: Names) -> Amount | None:
    """Return the number at `node`, or the name of a parameter; None after a mistake."""
    if is_number(node.value) or node.value in names.parameters:
        amount: Amount = node.value
        return amount
    if not names.may_be_in_broken_file(("parameters",)):
        node.report(
            "needs-number",
            f"A number or a parameter is needed here, not {message_wording.value_words(node.value)}.",
            suggestion(node.value, names.parameters),
        )
    return None


def _projections(node: Node, measures: Mapping[str, Measure], names: Names) -> Iterator[FactProjection]:
    over_time = node.get("over_time")
    activities = node["activities"].value
    for name, child in over_time.entries() if over_time else ():
        domain = stage_decisions.fact_domain(child, name, names)
        kinds = [kind for kind in PROJECTS_FROM if kind in child.value]
        if len(kinds) != 1 or not _has_valid_then(child):
            child.report(
                "course-unclear",
                f"It is not clear how `{name}` changes.",
                "Name one way to change, for example `passes: weeks`, or `then:` with `after` or `after_days`.",
                key=True,
            )
        elif domain:
            projection = _projection(name, kinds[0], child, domain, measures, activities, names)
            if projection:
                yield projection


def _has_valid_then(node: Node) -> bool:
    """Whether there is exactly one of `after` and `after_days` with `then`, and none without, as for `up_to`."""
    return ("then" in node.value) == (("after" in node.value) + ("after_days" in node.value)) and (
        "then" in node.value or "up_to" not in node.value
    )


def _up_to(node: Node, name: str, domain: Domain, names: Names) -> Amount | None:
    """Return the highest number that is assumed to pass by itself; None where every value is."""
    child = node.get("up_to")
    if child is None:
        return None
    if not domain.is_numeric:
        child.report(
            "needs-number",
            f"`up_to` is for numbers, and `{name}` is {message_wording.TYPE_WORDS[domain.type]}.",
            Help("Delete it.", Delete()),
            key=True,
        )
        return None
    _check_unit(child, name, domain.unit, names)
    return _amount(child, names)


def _projection(  # noqa: PLR0913 - the other parts of the file
    name: str,
    kind: ProjectionKind,
    node: Node,
    domain: Domain,
    measures: Mapping[str, Measure],
    activities: Mapping[str, str],
    names: Names,
) -> FactProjection | None:
    kind_node = node[kind]
    if kind == "then":
        value = constant(kind_node, domain, name)
        after = node.get("after")
        of = (str(after.value),) if after and stage_decisions.check_name(after, activities, "activity") else ()
        days = node.value.get("after_days", 0)
        up_to = _up_to(node, name, domain, names)
        return None if value is None else FactProjection(name, kind, of, value, days, up_to, place=node.key_place)
    if not domain.is_numeric:
        kind_node.report(
            "needs-number",
            f"Only numbers change like this, and `{name}` is {message_wording.TYPE_WORDS[domain.type]}.",
            "Use `then`, with `after` or `after_days`.",
            key=True,
        )
        return None
    if PROJECTS_FROM[kind] == "measures":
        for item in kind_node.items():
            is_measure = stage_decisions.check_name(item, measures, "measure")
            if is_measure and kind != "any_last_week" and domain.unit not in ("", measures[item.value].unit):
                item.report(
                    "unit-mismatch",
                    f"`{name}` is measured in {domain.unit}, but `{item.value}` in {measures[item.value].unit}.",
                    "Name a measure with the same unit.",
                )
        return FactProjection(name, kind, tuple(kind_node.value), place=node.key_place)
    if PROJECTS_FROM[kind] == "activity":
        stage_decisions.check_name(kind_node, activities, "activity")
    return FactProjection(name, kind, (kind_node.value,), place=node.key_place)
