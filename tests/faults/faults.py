"""Small faults in the engine that its tests have to notice.

Each `old` stands exactly once in its file; with `new` in its place the engine is wrong, and `why` says about what.
"""

from __future__ import annotations

import attrs


@attrs.frozen
class Fault:
    """A fault in one file of `src/hiprun`."""

    file: str
    why: str
    old: str
    new: str


FAULTS = (
    # bounds of what is prepared and kept
    Fault(
        "inference/grounding/output_formulas.py",
        "The total of sub-scores is what is left when each is put in.",
        "difference.put(first, as_linear(value)), signs",
        "difference.put(first, as_linear(0)), signs",
    ),
    Fault(
        "inference/running_totals.py",
        "The least total of whole numbers is reached from their least values.",
        "return abs(factor) * (value - numbers[0] if factor > 0 else numbers[-1] - value)",
        "return abs(factor) * (value - numbers[0])",
    ),
    Fault(
        "backends/compiled/remembered.py",
        "What is forgotten no longer counts.",
        "self.items -= old_size",
        "self.items -= 0",
    ),
    Fault(
        "language/precompiled.py",
        "A form with another byte is not believed.",
        '.encode("ascii") != expected_digest',
        '.encode("ascii") == b""',
    ),
    Fault(
        "verification/solver.py",
        "What is beyond the bound of a run is not asked any more.",
        "if budget.used_up:",
        "if budget.question < 0:",
    ),
    # units, amounts and texts
    Fault(
        "language/resolve/linear_formulas.py",
        "Scales that begin at different points are not added.",
        "if ratio is None or (any(zeros) and not with_zero):",
        "if ratio is None:",
    ),
    Fault(
        "model/units.py",
        "The zero of a scale is handed on to the scales defined by it.",
        "tidy(entry.zero + Fraction(self.zero(behind)) / entry.is_.factor)",
        "tidy(entry.zero)",
    ),
    Fault(
        "model/amounts.py",
        "A number is not shown as the limit that it is below.",
        "rounded == limit for limit in limits",
        "False for limit in limits",
    ),
    Fault(
        "model/amounts.py",
        "Only one is in the singular.",
        "domain.unit_words[0 if amount == 1 else 1]",
        "domain.unit_words[0 if amount <= 1 else 1]",
    ),
    Fault(
        "inference/outcome_texts.py",
        "Texts are about the patient of the outcome.",
        "self.of(outcome.facts).conclusion(outcome.conclusion)",
        "self.of({}).conclusion(outcome.conclusion)",
    ),
    Fault(
        "inference/reader_texts.py",
        "A brace in a pack for version 1 is a brace.",
        "return text if self.model.language == 1 else filled(text, self._words)",
        "return filled(text, self._words)",
    ),
    Fault(
        "inference/collected_items.py",
        "Items are ranked by ordered outputs alone.",
        "if not output.domain.worse:\n            continue",
        "if False:\n            continue",
    ),
    # the table of tests
    Fault(
        "inference/operators.py",
        "A limit includes its value.",
        '"at_least", _NOT_BELOW',
        '"at_least", {1}',
    ),
    Fault(
        "inference/operators.py",
        "Above does not include its value.",
        '_comparison("above", {1}',
        '_comparison("above", _NOT_BELOW',
    ),
    Fault(
        "inference/operators.py",
        "Both ends of between are in.",
        "Compare(_NOT_ABOVE, high)",
        "Compare(frozenset({-1}), high)",
    ),
    Fault(
        "inference/operators.py",
        "none_of rules out each of them.",
        "Every(tuple(Compare(_UNEQUAL, value) for value in values))",
        "Some(tuple(Compare(_UNEQUAL, value) for value in values))",
    ),
    Fault(
        "inference/operators.py",
        "includes_any needs one of them only.",
        "lambda names: Some(tuple(map(Has, names)))",
        "lambda names: Every(tuple(map(Has, names)))",
    ),
    Fault(
        "inference/operators.py",
        "Not being one set is the opposite of being it.",
        "return Never(_equal(operand, choices)) if",
        "return _equal(operand, choices) if",
    ),
    Fault(
        "inference/operators.py",
        "Unknown and false is false.",
        "        if truth is False:\n            return False\n        if truth is None:\n            result = None",
        "        if truth is None:\n            return None\n        result = result and truth",
    ),
    Fault(
        "inference/operators.py",
        "Unknown or false is unknown.",
        "            return True\n        if truth is None:\n            result = None",
        "            return True\n        if truth is None:\n            result = False",
    ),
    Fault(
        "inference/operators.py",
        "The opposite of unknown is unknown.",
        "return None if truth is None else not truth",
        "return not truth",
    ),
    # sets of numbers
    Fault(
        "inference/interval_sets.py",
        "Stretches that touch are one.",
        "if merged and start <= merged[-1][1]:",
        "if merged and start < merged[-1][1]:",
    ),
    Fault(
        "inference/interval_sets.py",
        "A stretch inside another does not shorten it.",
        "merged[-1] = (merged[-1][0], max(end, merged[-1][1]))",
        "merged[-1] = (merged[-1][0], end)",
    ),
    Fault(
        "inference/interval_sets.py",
        "What two have in common begins at the later start.",
        "(max(start, other_start), min(end, other_end))",
        "(min(start, other_start), min(end, other_end))",
    ),
    Fault(
        "inference/interval_sets.py",
        "Behind a whole number comes the next one.",
        "return (math.floor(value) + 1, 0) if side else (math.ceil(value), 0)",
        "return (math.floor(value), 0) if side else (math.ceil(value), 0)",
    ),
    Fault(
        "inference/interval_sets.py",
        "The highest value of a range is in it.",
        "end: Cut = TOP if high is None else (high, 1)",
        "end: Cut = TOP if high is None else (high, 0)",
    ),
    Fault(
        "inference/partial_values.py",
        "Several things said of a fact hold together.",
        "region = intersection(region, region_of(sense, domain))",
        "region = region_of(sense, domain)",
    ),
    # the circuit
    Fault(
        "inference/circuit.py",
        "The opposite of a literal is all else of its domain.",
        "return self.literal(variable, self._without(self.full[variable], members))",
        "return self.literal(variable, members)",
    ),
    Fault(
        "inference/circuit.py",
        "What certainly holds counts.",
        "offset = offset + weight",
        "offset = offset - weight",
    ),
    Fault(
        "inference/circuit.py",
        "A node that stands twice in a sum weighs twice.",
        "weights[node] = weights.get(node, 0) + weight",
        "weights[node] = weight",
    ),
    Fault(
        "inference/circuit.py",
        "The opposite of a total is a total outside.",
        "return self.total(offset, terms, complement(wanted))",
        "return self.total(offset, terms, wanted)",
    ),
    Fault(
        "inference/circuit.py",
        "A value inside a literal makes it true.",
        "return TRUE if self._meet(parts[1], cell) else FALSE",
        "return TRUE if self._meet(parts[1], cell) != parts[1] else FALSE",
    ),
    # sums of facts
    Fault(
        "inference/linear_constraints.py",
        "Minus turns the sign of what it takes away.",
        "return first + second.times(-1)",
        "return first + second",
    ),
    Fault(
        "inference/linear_constraints.py",
        "A negative factor turns a stretch around.",
        "start, end = _mirrored(end), _mirrored(start)",
        "start, end = _mirrored(start), _mirrored(end)",
    ),
    Fault(
        "inference/linear_constraints.py",
        "An open end leaves its number out.",
        "found.append((dict(terms), high, high_side == 0))",
        "found.append((dict(terms), high, False))",
    ),
    Fault(
        "inference/linear_constraints.py",
        "What is put in keeps its factor.",
        "return rest + value.times(factor)",
        "return rest + value",
    ),
    # hit policies
    Fault(
        "inference/hit_policy.py",
        "Under worst the worse value wins.",
        "return max(first, second)",
        "return min(first, second)",
    ),
    Fault(
        "inference/hit_policies.py",
        "Two rules that match are a conflict under unique, also where they say the same.",
        "                if gathered is not None:\n                    return Ending.CONFLICT, ()",
        "                if gathered is not None and gathered != payload:\n"
        "                    return Ending.CONFLICT, ()",
    ),
    Fault(
        "inference/hit_policy.py",
        "Lower values are worse where the pack says so.",
        "return -number if domain.worse in _REVERSED else number",
        "return number",
    ),
    Fault(
        "inference/hit_policy.py",
        "Whatever could still raise the answer is kept.",
        "return new is not None and (old is None or new > old)",
        "return new is not None and old is None",
    ),
    Fault(
        "inference/hit_policy.py",
        "Behind a rule that certainly applies none can come first.",
        "            kept.append((node, payload))\n            break",
        "            kept.append((node, payload))\n            continue",
    ),
    Fault(
        "inference/hit_policies.py",
        "The smallest number wins under min.",
        "return -strength",
        "return strength",
    ),
    # from rules to one circuit
    Fault(
        "inference/hit_policies.py",
        "A later rule of first applies where none before it did.",
        "found.append(circuit.every([*blocks, *map(circuit.negate, block[:index]), node]))",
        "found.append(circuit.every([*blocks, node]))",
    ),
    Fault(
        "inference/grounding/decisions.py",
        "A rule whose formula has no value does not apply.",
        "[self.conditions.condition(rule.condition), *(self.conditions.has_value(value) for _, value in rule.then)]",
        "[self.conditions.condition(rule.condition)]",
    ),
    Fault(
        "inference/grounding/decisions.py",
        "Exactly at the upper limit is within.",
        'sign = frozenset({1 if rule.bound == "at_most" else -1})',
        'sign = frozenset({0, 1} if rule.bound == "at_most" else {-1})',
    ),
    Fault(
        "inference/grounding/__init__.py",
        "A constraint is something that never holds.",
        "return conditions.circuit.negate(conditions.condition(constraint.never))",
        "return conditions.condition(constraint.never)",
    ),
    Fault(
        "inference/grounding/conditions.py",
        "Dividing by a negative factor turns the signs.",
        "        if factor < 0:\n            signs = frozenset(-sign for sign in signs)\n",
        "        if factor < 0:\n            signs = frozenset(signs)\n",
    ),
    # one patient
    Fault(
        "inference/partial_assignment.py",
        "A value on a cut lies behind it.",
        "return bisect.bisect_left(variable.cuts, (number, 1)) - 1",
        "return bisect.bisect_left(variable.cuts, (number, 0)) - 1",
    ),
    Fault(
        "inference/partial_assignment.py",
        "What constraints leave counts for what is possible.",
        "allowed = circuit.every([*permitted, *said])",
        "allowed = circuit.every(said)",
    ),
    Fault(
        "inference/partial_evaluation.py",
        "An open rule is no rule that fails.",
        "candidates.append((number if truth is None else int(truth), payload))",
        "candidates.append((int(bool(truth)), payload))",
    ),
    Fault(
        "inference/decision_diagram.py",
        "A patient who cannot be leads nowhere.",
        "        if allowed == FALSE:\n            return None\n",
        "        if allowed == FALSE:\n            allowed = TRUE\n",
    ),
    Fault(
        "inference/decision_diagram.py",
        "A conflict is an ending of its own.",
        "return State(Ending.CONFLICT, (), FALSE, allowed, ())",
        "return State(gathered, (), FALSE, allowed, ())",
    ),
    Fault(
        "inference/single_answer.py",
        "Two possible answers are not a decided one.",
        "    return len(results) == 1 and (",
        "    return len(results) <= 2 and (",
    ),
    Fault(
        "inference/collected_items.py",
        "An item that may come is neither certain nor excluded.",
        'False: "excluded", None: "possible"}',
        'False: "excluded", None: "excluded"}',
    ),
    Fault(
        "inference/tightest_bounds.py",
        "The tightest upper limit is the lowest one.",
        'sign = 1 if side == "at_least" else -1',
        "sign = 1",
    ),
    Fault(
        "inference/infer.py",
        "Facts that break a constraint are refused.",
        "    if broken:\n",
        "    if len(broken) > 1:\n",
    ),
    # the prover
    Fault(
        "verification/solver.py",
        "What could not be settled is not proved.",
        '        return SolverAnswer("unknown")\n',
        '        return SolverAnswer("no")\n',
    ),
    Fault(
        "verification/solver.py",
        "What nobody can be is nobody.",
        "        if any(term is False for term in assumptions):",
        "        if all(term is False for term in assumptions):",
    ),
    # nobody is left out in silence
    Fault(
        "inference/grounding/conditions.py",
        "Having no value is the opposite of having one.",
        "return valued if held else circuit.negate(valued)",
        "return valued",
    ),
    Fault(
        "verification/condition_encoding.py",
        "One name stands for one term.",
        '{label} ({len(self._names)})")',
        '{label}")',
    ),
    Fault(
        "verification/completeness_and_consistency.py",
        "Rules without `otherwise` claim to cover everyone.",
        "return decision.otherwise is None and not decision.complete and not unconditional",
        "return decision.otherwise is None and not unconditional",
    ),
    Fault(
        "verification/missing_outputs.py",
        "A rule that asks for a value speaks only where it applies.",
        "*(opposite(nodes[index]) for index in spoken),",
        "*(False for index in spoken),",
    ),
    Fault(
        "verification/missing_outputs.py",
        "A number without an order must be the same.",
        "compare(first.term, _UNEQUAL, second.term)",
        "compare(first.term, frozenset({1}), second.term)",
    ),
    Fault(
        "verification/bands.py",
        "Bands of those who ask for no more are together.",
        "here = [each for each in bands if each.rest <= rest]",
        "here = [each for each in bands if each.rest == rest]",
    ),
    Fault(
        "verification/bands.py",
        "A gap of one step of its limits is narrow.",
        "Fraction(end[0]) - Fraction(start[0]) <= step",
        "Fraction(end[0]) - Fraction(start[0]) < step",
    ),
    Fault(
        "verification/band_gaps.py",
        "Only the widest gap may be what is normal.",
        "widest = max(left, key=lambda gap: gap.stretch.width)",
        "widest = min(left, key=lambda gap: gap.stretch.width)",
    ),
    Fault(
        "verification/dead_parts.py",
        "In an `any` the others must fail for a part to decide.",
        "return [opposite(other) for other in others]",
        "return []",
    ),
    Fault(
        "verification/uncovered.py",
        "A box holds nobody whom a rule covers.",
        "sides = fewer if self._is_uncovered(fewer) else sides",
        "sides = fewer",
    ),
    Fault(
        "verification/condition_logics.py",
        "The opposite of what always holds never holds.",
        "        return not term\n",
        "        return term\n",
    ),
    Fault(
        "verification/condition_logics.py",
        "Row by row what is open is not ruled out.",
        "return Pair(both((known, term)), both((known, opposite(term))))",
        "return Pair(both((known, term)), opposite(term))",
    ),
    Fault(
        "verification/number_encoding.py",
        "Comparing the other way round turns the signs.",
        "left, right, signs = right, left, frozenset(-sign for sign in signs)",
        "left, right, signs = right, left, signs",
    ),
    Fault(
        "verification/number_encoding.py",
        "At least is not above.",
        "return left >= right",
        "return left > right",
    ),
    Fault(
        "verification/patient_encoding.py",
        "The highest value of a range is a value.",
        "yield number <= lifted(high, number)",
        "yield number < lifted(high, number)",
    ),
    Fault(
        "verification/patient_encoding.py",
        "A choice has one of its values.",
        "                yield either(values)\n",
        "                yield True\n",
    ),
    Fault(
        "verification/hit_policy_encoding.py",
        "Under worst the strongest value is looked at first.",
        "key=lambda entry: entry[0], reverse=True)",
        "key=lambda entry: entry[0])",
    ),
    Fault(
        "verification/solver_context.py",
        "Whom a constraint rules out is nobody.",
        "found.append(opposite(terms.condition(constraint.never)))",
        "found.append(True)",
    ),
    Fault(
        "verification/completeness_and_consistency.py",
        "Somebody without an answer refutes that all have one.",
        '{"yes": "refuted", "no": "proved", "unknown": "unproved"}',
        '{"yes": "proved", "no": "proved", "unknown": "unproved"}',
    ),
    Fault(
        "verification/hit_policy_encoding.py",
        "A rule that others cover never matters.",
        "{other: opposite(nodes[other]) for other in others}",
        "{}",
    ),
    Fault(
        "verification/monotonicity.py",
        "The patient who is worse off is the one compared.",
        "worse.is_worse(fact, domain, scene.person),",
        "scene.person.is_worse(fact, domain, worse),",
    ),
    Fault(
        "verification/limit_consistency.py",
        "Limits cross where the lower one is higher.",
        "compare(lowest, frozenset({1}), highest)",
        "compare(lowest, frozenset({-1}), highest)",
    ),
    Fault(
        "verification/settings.py",
        "Parameters in conditions are whatever their range allows.",
        "return attrs.evolve(condition, operands=tuple(map(self.value, condition.operands)))",
        "return condition",
    ),
    Fault(
        "verification/settings.py",
        "Parameters in what rules give are whatever their range allows.",
        "return attrs.evolve(rule, condition=self.condition(rule.condition), then=self.values(rule.then))",
        "return attrs.evolve(rule, condition=self.condition(rule.condition))",
    ),
    Fault(
        "verification/settings.py",
        "Constraints over parameters leave settings out.",
        "constraints=tuple(map(opening.constraint, (*model.constraints, *model.parameter_constraints))),",
        "constraints=tuple(map(opening.constraint, model.constraints)),",
    ),
    Fault(
        "verification/witness_simplification.py",
        "The setting in the rule files comes first.",
        "ends = (scene.model.parameters[name].value, domain.lowest, domain.highest)",
        "ends = (domain.lowest, domain.highest)",
    ),
    Fault(
        "verification/every_setting.py",
        "Whoever exists in one setting need not in another.",
        'if found.verdict != "yes" or not scene.settings:',
        "if True:",
    ),
    Fault(
        "verification/every_setting.py",
        "A patient whom a setting rules out does not do there.",
        "suits = both([*wanted(terms), *self.scene.possible_by_setting(terms)])",
        "suits = both(wanted(terms))",
    ),
    Fault(
        "verification/every_setting.py",
        "Where no patient does, the setting is not proved.",
        'return Existence("unknown", found)\n        left',
        'return Existence("yes", found)\n        left',
    ),
    Fault(
        "verification/open_claims.py",
        "What is proved setting by setting stays open.",
        "return attrs.evolve(claim, holds_at=(*claim.holds_at, setting))",
        'return attrs.evolve(claim, status="proved", holds_at=(*claim.holds_at, setting))',
    ),
    Fault(
        "verification/condition_encoding.py",
        "A setting is known of every patient.",
        "return True if fact in self.subject.settings else self.person.known(fact)",
        "return self.person.known(fact)",
    ),
    Fault(
        "verification/number_encoding.py",
        "Whole numbers divide to fractions.",
        "return _real(left) / _real(right)",
        "return left / right",
    ),
    Fault(
        "verification/hit_policy_encoding.py",
        "Which rule wins hangs on the setting.",
        "if any(map(z3.is_expr, strengths.values())):",
        "if False:",
    ),
    Fault(
        "verification/properties.py",
        "A promise nobody can claim is empty.",
        'return "vacuous" if meant == "no" else',
        'return "vacuous" if meant == "never" else',
    ),
    # where columns, diaries and calendars come in and go out
    Fault(
        "backends/dataframe/column_checks.py",
        "A moment counts by the clock of its column.",
        "return found.dt.replace_time_zone(None).cast(nw.Date)",
        'return found.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(nw.Date)',
    ),
    Fault(
        "backends/dataframe/mixed_columns.py",
        "A time of the day is not taken for its day.",
        "return value.date() if at_midnight else None",
        "return value.date()",
    ),
    Fault(
        "backends/dataframe/mixed_columns.py",
        "True is not the number 1.",
        "if isinstance(value, bool) or not isinstance(value, int | float | Decimal):",
        "if not isinstance(value, int | float | Decimal):",
    ),
    Fault(
        "backends/dataframe/column_conversion.py",
        "2 is neither 1 nor 0.",
        "other = (nw.col(column) != 0) & (nw.col(column) != 1)",
        "other = nw.col(column) < 0",
    ),
    Fault(
        "backends/dataframe/column_names.py",
        "A column of the caller's own is kept.",
        "if column is None or (overwrite and column == name):",
        "if column is None or column == name:",
    ),
    Fault(
        "backends/dataframe/column_names.py",
        "A name with another number is not nearly the same.",
        "if name is not None and _digits(name) == _digits(column):",
        "if name is not None:",
    ),
    Fault(
        "diary/timestamps.py",
        "An offset does not say where days end.",
        "if zone is not None or isinstance(at.tzinfo, datetime.timezone):",
        "if zone is not None:",
    ),
    Fault(
        "diary/timestamps.py",
        "A moment is looked at by the clock of the given zone.",
        "return at if at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)",
        "return at.replace(tzinfo=None)",
    ),
    Fault(
        "plan/calendar_entries.py",
        "What is still planned is not cancelled.",
        "if entry.key not in kept_keys:",
        "if entry.key in kept_keys:",
    ),
    Fault(
        "plan/calendar_entries.py",
        "What was dropped by an earlier plan stays dropped.",
        "{**self.planned, **{entry.key: entry for entry in entries}}",
        "{entry.key: entry for entry in entries}",
    ),
    Fault(
        "plan/calendar_export.py",
        "Entries are one person's own.",
        "json.dumps([owner, key])",
        "json.dumps([key])",
    ),
    Fault(
        "plan/plan.py",
        "A newer plan of the same day wins.",
        "planned.toordinal() * _REVISIONS + min(history.revision, _REVISIONS - 1)",
        "planned.toordinal() * _REVISIONS",
    ),
    Fault(
        "interfaces/cli/plan.py",
        "No file is written where there is no plan.",
        "_write(result, svg, ics, owner) if result.days else False",
        "_write(result, svg, None, owner)",
    ),
)
