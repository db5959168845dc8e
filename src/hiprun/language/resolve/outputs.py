"""The outputs of a decision and the values that rules give to them, as its hit policy demands."""

from __future__ import annotations

import attrs

from hiprun.errors import suggestion
from hiprun.inference.hit_policies import HIT_POLICIES, UNIQUE, HitPolicy
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.domains import domain
from hiprun.language.resolve.function_calls import WantedFormula
from hiprun.language.resolve.linear_formulas import fitted, names_date, report_fraction, resolved_formula
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.names import RESERVED_OUTPUTS, Names, Signature, check_not_reserved
from hiprun.language.resolve.placeholders import check_text
from hiprun.language.resolve.say import say
from hiprun.model import Formula, Literal_, Output, Rule, formula_refs
from hiprun.model.corrections import Add, Delete, Help


@attrs.frozen
class RuleWithNode:
    """A rule with its node, and the node of its id if it has one. `unconditional`: nothing is asked for it."""

    node: Node
    rule: Rule
    id: Node | None
    unconditional: bool

    @property
    def always(self) -> bool:
        """Whether it is sure to match: without a value for what it is worked out from, it does not."""
        used = [ref.kind for _, value in self.rule.then for ref in formula_refs(value)]
        return self.unconditional and all(kind == "fact" for kind in used)


RuleOutputs = tuple[tuple[str, Formula | Literal_], ...]

_HIGHER_OR_LOWER = Help("Add `worse: higher` or `worse: lower`.", Add("worse", "higher"), Add("worse", "lower"))
_RANKED_BY = {
    "boolean": Help("Add `worse: true` or `worse: false`.", Add("worse", True), Add("worse", False)),
    "integer": _HIGHER_OR_LOWER,
    "number": _HIGHER_OR_LOWER,
    "date": _HIGHER_OR_LOWER,
    "choice": Help("List its choices, calmest first, and add `worse: later`.", Add("worse", "later")),
}


def signature(node: Node) -> Signature:
    """Return the outputs and the policy that the decision at `node` declares."""
    outputs = {name: _output(name, child) for name, child in node["outputs"].entries()}
    declared = Signature(HIT_POLICIES[node.value.get("hit", UNIQUE.name)], outputs)
    _check_policy(node, declared)
    return declared


def _output(name: str, node: Node) -> Output | None:
    check_not_reserved(node, name, key=True, more_reserved=RESERVED_OUTPUTS)
    values = domain(node, name)
    if values is None:
        return None
    optional = node.value.get("optional", False)
    return Output(name, values, node.text("title"), optional, say=say(node, name, values))


def _check_policy(node: Node, declared: Signature) -> None:
    policy, hit = declared.policy, declared.policy.name
    lists = policy.gives == "items"
    worst_first = node.value.get("order") == "worst"
    if "order" in node.value and not lists:
        node["order"].report(
            "does-not-fit-policy",
            f"`order` is for `hit: collect`, not for `hit: {hit}`.",
            Help("Delete `order`.", Delete()),
            key=True,
        )
    for name, output in declared.outputs.items():
        if output is None:
            continue
        output_node = node["outputs"][name]
        if output.optional and not lists:
            output_node["optional"].report(
                "does-not-fit-policy",
                f"Only `hit: collect` has optional outputs, not `hit: {hit}`.",
                Help("Delete it.", Delete()),
                key=True,
            )
        if policy.ranks and not output.domain.worse:
            output_node.report(
                "unordered-output",
                f"`hit: {hit}` ranks outputs, but nothing says which value of `{name}` is worse.",
                _RANKED_BY.get(output.domain.type, Help("It has no order of its own; use a choice, or another `hit`.")),
                key=True,
            )
        if policy.takes == "numbers" and not output.domain.is_numeric:
            output_node.report(
                "needs-number",
                f"`hit: {hit}` works on numbers, but `{name}` is {message_wording.TYPE_WORDS[output.domain.type]}.",
                "Give the output the type `number` or `integer`, or choose another `hit`.",
                key=True,
            )
    if lists and worst_first and not any(output is None or output.domain.worse for output in declared.outputs.values()):
        node["order"].report(
            "unordered-output",
            "`order: worst` ranks items by their ordered outputs, but this decision has none.",
            Help("Add `worse` to an output, or delete `order`.", Delete()),
            key=True,
        )
    kinds = [output.domain.type if output else "integer" for output in declared.outputs.values()]
    if policy.takes == "nothing" and kinds != ["integer"]:
        node["outputs"].report(
            "count-output",
            f"`hit: {hit}` says how many rules match, in one output that is a whole number.",
            "Declare exactly one output of the type `integer`.",
            key=True,
        )


def rule_outputs(node: Node, declared: Signature, names: Names, *, partly: bool = False) -> RuleOutputs:
    """Return the outputs given at `node`, a mapping. With `partly`, some may be left out, but not all."""
    outputs: list[tuple[str, Formula | Literal_]] = []
    for name, child in node.entries():
        if name not in declared.outputs:
            child.report(
                "unknown-output",
                f"This decision has no output called `{name}`.",
                suggestion(name, declared.outputs),
                key=True,
            )
            continue
        value = output_value(child, declared.outputs[name], declared.policy, names)
        if value is not None:
            outputs.append((name, value))
    if node.value.keys() <= declared.outputs.keys():
        check_complete(node, set(node.value), declared, "Add `{}: …`.", partly=partly)
    return tuple(outputs)


def check_complete(node: Node, present: set[str], declared: Signature, help_template: str, *, partly: bool) -> None:
    """Report required outputs that are missing at `node`; in `help_template`, `{}` stands for the name of one."""
    missing = [
        name for name, output in declared.outputs.items() if name not in present and output and not output.optional
    ]
    if (missing and not partly) or present.isdisjoint(declared.outputs):
        names = missing or list(declared.outputs)
        message = f"No value is given for {message_wording.name_list(names)}."
        node.report("missing-output", message, help_template.format(names[0]), key=True)


def output_value(node: Node, output: Output | None, policy: HitPolicy, names: Names) -> Formula | Literal_ | None:
    """Return the value at `node` for `output`; None after a mistake."""
    if output is None:
        return None
    domain = output.domain
    if domain.type == "string":
        check_text(node, names, about_patient=True)
    is_formula_of_date = domain.type == "date" and names_date(node.value, names)
    if not domain.is_numeric and not is_formula_of_date:
        return constant(node, domain, output.name)
    wanted = WantedFormula("date" if is_formula_of_date else "number", within=domain)
    formula = resolved_formula(node, names, output.name, wanted)
    if formula is None:
        return None
    if formula.depends_on_patient and not policy.takes_formulas:
        node.report(
            "formula-not-allowed",
            f"Under `hit: {policy.name}`, a value must not depend on the patient.",
            "Write a number, or a formula of numbers and parameters only.",
        )
    elif domain.type == "integer" and not formula.is_whole:
        report_fraction(node, output.name)
    else:
        return fitted(node, formula, domain, output.name, names).formula
    return formula.formula


def otherwise_outputs(node: Node, declared: Signature, names: Names, *, covered: bool) -> RuleOutputs | None:
    """Return the outputs of the decision at `node` for when no rule matches. `covered`: one always does."""
    otherwise_node = node.get("otherwise")
    if otherwise_node is None:
        return None
    if declared.policy.always_answers:
        otherwise_node.report(
            "otherwise-not-allowed",
            f"Under `hit: {declared.policy.name}`, the answer is {declared.policy.without_match} when no rule matches.",
            Help("Delete `otherwise`.", Delete()),
            key=True,
        )
        return None
    if covered:
        otherwise_node.report(
            "otherwise-not-allowed",
            "A rule without a condition always matches, so this is never reached.",
            Help("Delete `otherwise`, or give that rule a condition.", Delete()),
            key=True,
        )
    return None if otherwise_node.value == "no_match" else rule_outputs(otherwise_node, declared, names)
