"""Small faults in the engine that its tests have to notice.

Each `old` occurs exactly once in its symbol, however it is laid out there; with `new` in its place the engine breaks
the promise in `why`.
"""

from __future__ import annotations

import attrs


@attrs.frozen
class Fault:
    """A fault in one symbol of `src/hiprun`: a module and a name in it, such as `inference.circuit:Circuit.negate`."""

    symbol: str
    why: str
    old: str
    new: str


FAULTS = (
    # bounds of what is prepared and kept
    Fault(
        "inference.grounding.output_formulas:OutputFormulas._of_outputs",
        "The total of sub-scores is what is left when each is put in.",
        "difference.put(first, as_linear(value)), signs",
        "difference.put(first, as_linear(0)), signs",
    ),
    Fault(
        "inference.running_totals:_from_least",
        "The least total of whole numbers is reached from their least values.",
        "return abs(factor) * (value - numbers[0] if factor > 0 else numbers[-1] - value)",
        "return abs(factor) * (value - numbers[0])",
    ),
    Fault(
        "backends.compiled.conclusion_cache:Remembered._forget",
        "What is forgotten no longer counts.",
        "self.items -= oldest.size",
        "self.items -= 0",
    ),
    Fault(
        "backends.compiled.conclusion_cache:Remembered.join",
        "What leads to something forgotten is forgotten with it.",
        "if group.entries and key not in table:",
        "if key not in table:",
    ),
    Fault(
        "backends.compiled.cache_keys:edge",
        "A limit that does not include its number lies behind it.",
        "math.nextafter(value, math.inf) if side",
        "float(value) if side",
    ),
    Fault(
        "inference.situation_keys:Alike._open",
        "Patients are alike only if the same parts of rules are open.",
        "            structure.append(node)\n",
        "",
    ),
    Fault(
        "inference.prepared_diagrams:_Narrowing.split",
        "Cells that a patient cannot lie in lead nowhere.",
        "left = cells & allowed",
        "left = cells",
    ),
    Fault(
        "inference.prepared_diagrams:PreparedDiagrams.is_open",
        "A rule whose parts repeat each other may hold for everyone.",
        "return self._read_once[node] and not support[node] & beside",
        "return not support[node] & beside",
    ),
    Fault(
        "backends.compiled.chunked_conclusions:_Answered.part",
        "Each rule adds its own.",
        "self.payload[index]) for index in held])",
        "self.payload[held[0]]) for index in held])",
    ),
    Fault(
        "language.checked_form:precompiled_model",
        "A form with another byte is not believed.",
        '.encode("ascii") != expected_digest',
        '.encode("ascii") == b""',
    ),
    Fault(
        "language.checked_form:precompiled_model",
        "A form of other rules is not used.",
        'header["files"] != files_digest(files)',
        'header["files"] == ""',
    ),
    Fault(
        "language.checked_form:precompiled_model",
        "A form of another engine is not used.",
        'header["engine"] != engine()',
        'header["engine"] == ""',
    ),
    Fault(
        "language.checked_form:_Decoder._constructor",
        "A form creates nothing but values of the model.",
        "if not module.startswith(_MODEL_ROOM):",
        'if not module.startswith("hiprun"):',
    ),
    Fault(
        "language.checked_form_cache:_WRITABLE_BY_OTHERS",
        "What others can write is not believed.",
        "_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH",
        "_WRITABLE_BY_OTHERS = 0",
    ),
    Fault(
        "language.checked_form_cache:_belongs_to_user",
        "What belongs to someone else is not believed.",
        "status.st_uid == user",
        "user == user",
    ),
    Fault(
        "language.checked_form_files:read_checking_form",
        "A form that says something else than its rules is found.",
        "if form != precompiled_form(model, files):",
        "if not form:",
    ),
    Fault(
        "language.engine_digest:_ROOMS",
        "Other source that reads rules is another engine.",
        '_ROOMS = ("model", "inference", "diary", "language")',
        '_ROOMS = ("inference", "diary")',
    ),
    Fault(
        "language.incremental_check:check_files",
        "A file that has changed is checked again.",
        "if result is None or result.text != text:",
        "if result is None:",
    ),
    Fault(
        "language.compiled_schemas:_properties",
        "A name that a schema does not know is not accepted at first sight.",
        'other = _compile(node.get("additionalProperties", True), base)',
        "other = _compile(True, base)",
    ),
    Fault(
        "loading:load",
        "What was prepared to see whether a pack fits is not prepared again.",
        "Pack(model, programs=programs)",
        "Pack(model)",
    ),
    Fault(
        "verification.solver:checked",
        "What is beyond the bound of a run is not asked any more.",
        "if budget.used_up:",
        "if budget.question < 0:",
    ),
    # units, amounts and texts
    Fault(
        "language.resolve.linear_formulas:_converted",
        "Scales that begin at different points are not added.",
        "if ratio is None or (any(zeros) and not with_zero):",
        "if ratio is None:",
    ),
    Fault(
        "model.units:Units.zero",
        "The zero of a scale is handed on to the scales defined by it.",
        "tidy(entry.zero + Fraction(self.zero(behind)) / entry.is_.factor)",
        "tidy(entry.zero)",
    ),
    Fault(
        "model.amounts:rounded_text",
        "A number is not shown as the limit that it is below.",
        "rounded == limit for limit in limits",
        "False for limit in limits",
    ),
    Fault(
        "model.amounts:unit_text",
        "Only one is in the singular.",
        "domain.unit_words[0 if amount == 1 else 1]",
        "domain.unit_words[0 if amount <= 1 else 1]",
    ),
    Fault(
        "inference.outcome_texts:OutcomeTexts.outcome",
        "Texts are about the patient of the outcome.",
        "self.of(outcome.facts).conclusion(outcome.conclusion)",
        "self.of({}).conclusion(outcome.conclusion)",
    ),
    Fault(
        "inference.reader_texts:ReaderTexts.fill",
        "A brace in a pack for version 1 is a brace.",
        "return text if self.model.language == 1 else filled(text, self._words)",
        "return filled(text, self._words)",
    ),
    Fault(
        "inference.collected_items:_severity",
        "Items are ranked by ordered outputs alone.",
        "if not output.domain.worse:\n            continue",
        "if False:\n            continue",
    ),
    Fault(
        "inference.counterfactuals.search:Search._values",
        "A way may take a number that no limit and no short decimal gives.",
        "() if whole_numbers else self._inside(name, choice)",
        "()",
    ),
    Fault(
        "interfaces.cli.plan:_later_facts",
        "Every day that was replanned from counts.",
        "for day in sorted(days)}",
        "for day in sorted(days)[-1:]}",
    ),
    # the table of tests
    Fault(
        "inference.operators:OPERATORS",
        "A limit includes its value.",
        '"at_least", _NOT_BELOW',
        '"at_least", {1}',
    ),
    Fault(
        "inference.operators:OPERATORS",
        "Above does not include its value.",
        '_comparison("above", {1}',
        '_comparison("above", _NOT_BELOW',
    ),
    Fault(
        "inference.operators:_within",
        "Both ends of between are in.",
        "Compare(_NOT_ABOVE, high)",
        "Compare(frozenset({-1}), high)",
    ),
    Fault(
        "inference.operators:OPERATORS",
        "none_of rules out each of them.",
        "Every(tuple(Compare(_UNEQUAL, value) for value in values))",
        "Some(tuple(Compare(_UNEQUAL, value) for value in values))",
    ),
    Fault(
        "inference.operators:OPERATORS",
        "includes_any needs one of them only.",
        "lambda names: Some(tuple(map(Has, names)))",
        "lambda names: Every(tuple(map(Has, names)))",
    ),
    Fault(
        "inference.operators:_unequal",
        "Not being one set is the opposite of being it.",
        "return Never(_equal(operand, choices)) if",
        "return _equal(operand, choices) if",
    ),
    Fault(
        "inference.operators:every",
        "Unknown and false is false.",
        "        if truth is False:\n            return False\n        if truth is None:\n            result = None",
        "        if truth is None:\n            return None\n        result = result and truth",
    ),
    Fault(
        "inference.operators:some",
        "Unknown or false is unknown.",
        "            return True\n        if truth is None:\n            result = None",
        "            return True\n        if truth is None:\n            result = False",
    ),
    Fault(
        "inference.operators:negate",
        "The opposite of unknown is unknown.",
        "return None if truth is None else not truth",
        "return not truth",
    ),
    # sets of numbers
    Fault(
        "inference.interval_sets:union",
        "Stretches that touch are one.",
        "if merged and start <= merged[-1][1]:",
        "if merged and start < merged[-1][1]:",
    ),
    Fault(
        "inference.interval_sets:union",
        "A stretch inside another does not shorten it.",
        "merged[-1] = (merged[-1][0], max(end, merged[-1][1]))",
        "merged[-1] = (merged[-1][0], end)",
    ),
    Fault(
        "inference.interval_sets:intersection",
        "What two have in common begins at the later start.",
        "(max(start, other_start), min(end, other_end))",
        "(min(start, other_start), min(end, other_end))",
    ),
    Fault(
        "inference.interval_sets:_whole_cut",
        "Behind a whole number comes the next one.",
        "return (math.floor(value) + 1, 0) if side else (math.ceil(value), 0)",
        "return (math.floor(value), 0) if side else (math.ceil(value), 0)",
    ),
    Fault(
        "inference.interval_sets:of_domain",
        "The highest value of a range is in it.",
        "end: Cut = TOP if high is None else (high, 1)",
        "end: Cut = TOP if high is None else (high, 0)",
    ),
    Fault(
        "inference.partial_values:_of_region",
        "Several things said of a fact hold together.",
        "region = intersection(region, region_of(sense, domain))",
        "region = region_of(sense, domain)",
    ),
    # the circuit
    Fault(
        "inference.circuit:Circuit.negate",
        "The opposite of a literal is all else of its domain.",
        "return self.literal(variable, self._without(self.full[variable], members))",
        "return self.literal(variable, members)",
    ),
    Fault(
        "inference.circuit:Circuit.total",
        "What certainly holds counts.",
        "offset = offset + weight",
        "offset = offset - weight",
    ),
    Fault(
        "inference.circuit:Circuit.total",
        "A node that stands twice in a sum weighs twice.",
        "weights[node] = weights.get(node, 0) + weight",
        "weights[node] = weight",
    ),
    Fault(
        "inference.circuit:Circuit.negate",
        "The opposite of a total is a total outside.",
        "return self.total(offset, terms, complement(wanted))",
        "return self.total(offset, terms, wanted)",
    ),
    Fault(
        "inference.circuit:Circuit._worked_out",
        "A value inside a literal makes it true.",
        "return TRUE if self._meet(parts[1], cell) else FALSE",
        "return TRUE if self._meet(parts[1], cell) != parts[1] else FALSE",
    ),
    # sums of facts
    Fault(
        "inference.linear_forms:linear",
        "Minus turns the sign of what it takes away.",
        "return first + second.times(-1)",
        "return first + second",
    ),
    Fault(
        "inference.linear_constraints:bounds",
        "A negative factor turns a stretch around.",
        "start, end = _mirrored(end), _mirrored(start)",
        "start, end = _mirrored(start), _mirrored(end)",
    ),
    Fault(
        "inference.linear_constraints:within",
        "An open end leaves its number out.",
        "found.append((dict(terms), high, high_side == 0))",
        "found.append((dict(terms), high, False))",
    ),
    Fault(
        "inference.linear_forms:Linear.put",
        "What is put in keeps its factor.",
        "found = found + value.times(factor)",
        "found = found + value",
    ),
    # hit policies
    Fault(
        "inference.hit_policy:_larger",
        "Under worst the worse value wins.",
        "return max(first, second)",
        "return min(first, second)",
    ),
    Fault(
        "inference.hit_policies:Unique.advance",
        "Two rules that match are a conflict under unique, also where they say the same.",
        "                if gathered is not None:\n                    return Ending.CONFLICT, ()",
        "                if gathered is not None and gathered != payload:\n"
        "                    return Ending.CONFLICT, ()",
    ),
    Fault(
        "inference.hit_policy:rank",
        "Lower values are worse where the pack says so.",
        "return -number if domain.worse in _REVERSED else number",
        "return number",
    ),
    Fault(
        "inference.hit_policy:_exceeds",
        "Whatever could still raise the answer is kept.",
        "return new is not None and (old is None or new > old)",
        "return new is not None and old is None",
    ),
    Fault(
        "inference.hit_policy:take_first",
        "Behind a rule that certainly applies none can come first.",
        "            kept.append((node, payload))\n            break",
        "            kept.append((node, payload))\n            continue",
    ),
    Fault(
        "inference.hit_policies:Min.value",
        "The smallest number wins under min.",
        "return -strength",
        "return strength",
    ),
    # from rules to one circuit
    Fault(
        "inference.hit_policies:InTurn.picked",
        "A later rule of first applies where none before it did.",
        "found.append(circuit.every([*blocks, *map(circuit.negate, block[:index]), node]))",
        "found.append(circuit.every([*blocks, node]))",
    ),
    Fault(
        "inference.grounding.decisions:Decisions._rule",
        "A rule whose formula has no value does not apply.",
        "[self.conditions.condition(rule.condition), *(self.conditions.has_value(value) for _, value in rule.then)]",
        "[self.conditions.condition(rule.condition)]",
    ),
    Fault(
        "inference.grounding.decisions:Decisions.verdict",
        "Exactly at the upper limit is within.",
        'sign = frozenset({1 if rule.bound == "at_most" else -1})',
        'sign = frozenset({0, 1} if rule.bound == "at_most" else {-1})',
    ),
    Fault(
        "inference.grounding:_kept",
        "A constraint is something that never holds.",
        "return conditions.circuit.negate(conditions.condition(constraint.never))",
        "return conditions.condition(constraint.never)",
    ),
    Fault(
        "inference.grounding.conditions:Conditions.compare",
        "Dividing by a negative factor turns the signs.",
        "        if factor < 0:\n            signs = frozenset(-sign for sign in signs)\n",
        "        if factor < 0:\n            signs = frozenset(signs)\n",
    ),
    # one patient
    Fault(
        "inference.cells:cell_of",
        "A value on a cut lies behind it.",
        "bisect.bisect_left(variable.cuts, (number, 1)) - 1",
        "bisect.bisect_left(variable.cuts, (number, 0)) - 1",
    ),
    Fault(
        "inference.partial_assignment:residual",
        "What constraints leave counts for what is possible.",
        "allowed = circuit.every([*permitted, *said])",
        "allowed = circuit.every(said)",
    ),
    Fault(
        "inference.partial_evaluation:Patient.settled",
        "An open rule is no rule that fails.",
        "candidates.append((number if truth is None else int(truth), payload))",
        "candidates.append((int(bool(truth)), payload))",
    ),
    Fault(
        "inference.decision_diagram:_Search.settled",
        "A patient who cannot be leads nowhere.",
        "        if allowed == FALSE:\n            return None\n",
        "        if allowed == FALSE:\n            allowed = TRUE\n",
    ),
    Fault(
        "inference.decision_diagram:_Search.settled",
        "A conflict is an ending of its own.",
        "return State(Ending.CONFLICT, (), FALSE, allowed, ())",
        "return State(gathered, (), FALSE, allowed, ())",
    ),
    Fault(
        "inference.single_answer:_is_settled",
        "Two possible answers are not a decided one.",
        "    return len(results) == 1 and (",
        "    return len(results) <= 2 and (",
    ),
    Fault(
        "inference.collected_items:_CERTAINTY",
        "An item that may come is neither certain nor excluded.",
        'False: "excluded", None: "possible"}',
        'False: "excluded", None: "excluded"}',
    ),
    Fault(
        "inference.tightest_bounds:_side",
        "The tightest upper limit is the lowest one.",
        'sign = 1 if side == "at_least" else -1',
        "sign = 1",
    ),
    Fault(
        "inference.infer:check_possible",
        "Facts that break a constraint are refused.",
        "    if broken:\n",
        "    if len(broken) > 1:\n",
    ),
    # the prover
    Fault(
        "verification.solver:Engine.ask",
        "What could not be settled is not proved.",
        "if found == z3.unsat:",
        "if found != z3.sat:",
    ),
    Fault(
        "verification.solver:Engine.ask",
        "What nobody can be is nobody.",
        "        if any(term is False for term in assumptions):",
        "        if all(term is False for term in assumptions):",
    ),
    # nobody is left out in silence
    Fault(
        "inference.grounding.conditions:Conditions._condition",
        "Having no value is the opposite of having one.",
        "return valued if held else circuit.negate(valued)",
        "return valued",
    ),
    Fault(
        "verification.condition_encoding:Conditions.define",
        "One name stands for one term.",
        'boolean(f"{self._mark}{label} ({len(self._names)})")',
        'boolean(f"{self._mark}{label}")',
    ),
    Fault(
        "verification.completeness_and_consistency:_declares_no_match",
        "Rules without `otherwise` claim to cover everyone.",
        "return decision.otherwise is None and not decision.complete and not unconditional",
        "return decision.otherwise is None and not unconditional",
    ),
    Fault(
        "verification.missing_output_safety:_claim",
        "A rule that asks for a value speaks only where it applies.",
        "*(opposite(nodes[index]) for index in spoken),",
        "*(False for index in spoken),",
    ),
    Fault(
        "verification.missing_output_safety:_other",
        "A number without an order must be the same.",
        "compare(first.term, _UNEQUAL, second.term)",
        "compare(first.term, frozenset({1}), second.term)",
    ),
    Fault(
        "verification.bands:groups",
        "Bands of those who ask for no more are together.",
        "here = [each for each in bands if each.rest <= rest]",
        "here = [each for each in bands if each.rest == rest]",
    ),
    Fault(
        "verification.bands:stretches",
        "A gap of one step of its limits is narrow.",
        "Fraction(end[0]) - Fraction(start[0]) <= step",
        "Fraction(end[0]) - Fraction(start[0]) < step",
    ),
    Fault(
        "verification.band_gaps:_Bands._faults",
        "Only the widest gap may be what is normal.",
        "widest = max(left, key=lambda gap: gap.stretch.width)",
        "widest = min(left, key=lambda gap: gap.stretch.width)",
    ),
    Fault(
        "verification.band_gaps:_Bands._together",
        "Bounds on the other side of a quantity fill no gap.",
        "if (rule.bound, rule.then[0][0]) == bound",
        "if rule.then[0][0] == bound[1]",
    ),
    Fault(
        "verification.band_gaps:_Bands._for_some_patient",
        "Limits that are facts leave out no second gap either.",
        "return gaps[1], gaps[0]",
        "return None",
    ),
    Fault(
        "verification.syntactic_difference:_said",
        "A decision whose parameters were changed does not merely follow others.",
        "return [decision, derived, facts, values]",
        "return [decision, derived, facts]",
    ),
    Fault(
        "testing.mutation.mutants:_decision_mutants",
        "A decision that is no longer used takes its conflicts along.",
        "elif not changed and _used_decisions(model, rule.refs()):",
        "elif not changed and not rule.refs():",
    ),
    Fault(
        "testing.mutation.draft_deduplication:without_repeated_drafts",
        "A draft that does not concern a mutant does not notice it.",
        "if mutated.notices(draft.example):",
        "if draft.example:",
    ),
    Fault(
        "testing.case_generation.witness_search:WitnessSearch._follow",
        "A branch that contradicts itself holds nobody.",
        "if any(truths[root] is False for root in self._roots):",
        "if all(truths[root] is False for root in self._roots):",
    ),
    Fault(
        "testing.case_generation.witness_search:WitnessSearch._fits",
        "Facts exist that fit the sums.",
        "if context is None:\n                    return False",
        "if context is None:\n                    return True",
    ),
    Fault(
        "verification.dead_parts:_Parts._hangs",
        "In an `any` the others must fail for a part to decide.",
        "return [opposite(other) for other in others]",
        "return []",
    ),
    Fault(
        "verification.uncovered:_Search._needed",
        "A box holds nobody whom a rule covers.",
        "sides = fewer if self._is_uncovered(fewer) else sides",
        "sides = fewer",
    ),
    Fault(
        "verification.condition_logics:opposite",
        "The opposite of what always holds never holds.",
        "        return not term\n",
        "        return term\n",
    ),
    Fault(
        "verification.condition_logics:RowByRow.atom",
        "Row by row what is open is not ruled out.",
        "return Pair(both((known, term)), both((known, opposite(term))))",
        "return Pair(both((known, term)), opposite(term))",
    ),
    Fault(
        "verification.number_encoding:compare",
        "Comparing the other way round turns the signs.",
        "left, right, signs = right, left, frozenset(-sign for sign in signs)",
        "left, right, signs = right, left, signs",
    ),
    Fault(
        "verification.number_encoding:compare",
        "At least is not above.",
        "return left >= right",
        "return left > right",
    ),
    Fault(
        "verification.patient_encoding:Person.within",
        "The highest value of a range is a value.",
        "yield number <= lifted(high, number)",
        "yield number < lifted(high, number)",
    ),
    Fault(
        "verification.patient_encoding:Person.within",
        "A choice has one of its values.",
        "                yield either(values)\n",
        "                yield True\n",
    ),
    Fault(
        "verification.hit_policy_encoding:Extreme._reached",
        "Under worst the strongest value is looked at first.",
        "key=lambda entry: entry[0], reverse=True)",
        "key=lambda entry: entry[0])",
    ),
    Fault(
        "verification.solver_context:Scene.allowed",
        "Whom a constraint rules out is nobody.",
        "found.append(opposite(terms.condition(constraint.never)))",
        "found.append(True)",
    ),
    Fault(
        "verification.completeness_and_consistency:ABSENT",
        "Somebody without an answer refutes that all have one.",
        '{"yes": "refuted", "no": "proved", "unknown": "unproved"}',
        '{"yes": "proved", "no": "proved", "unknown": "unproved"}',
    ),
    Fault(
        "verification.hit_policy_encoding:_alone",
        "A rule that others cover never matters.",
        "{other: opposite(nodes[other]) for other in others}",
        "{}",
    ),
    Fault(
        "verification.monotonicity:_for_fact",
        "The patient who is worse off is the one compared.",
        "worse.is_worse(fact, domain, scene.person)",
        "scene.person.is_worse(fact, domain, worse)",
    ),
    Fault(
        "verification.limit_consistency:_agree",
        "Limits cross where the lower one is higher.",
        "compare(lowest, frozenset({1}), highest)",
        "compare(lowest, frozenset({-1}), highest)",
    ),
    Fault(
        "verification.parameter_settings:_Opening.condition",
        "Parameters in conditions are whatever their range allows.",
        "return attrs.evolve(condition, operands=tuple(map(self.value, condition.operands)))",
        "return condition",
    ),
    Fault(
        "verification.parameter_settings:_Opening.rule",
        "Parameters in what rules give are whatever their range allows.",
        "return attrs.evolve(rule, condition=self.condition(rule.condition), then=self.values(rule.then))",
        "return attrs.evolve(rule, condition=self.condition(rule.condition))",
    ),
    Fault(
        "verification.parameter_settings:opened",
        "Constraints over parameters leave settings out.",
        "constraints=tuple(map(opening.constraint, (*model.constraints, *model.parameter_constraints))),",
        "constraints=tuple(map(opening.constraint, model.constraints)),",
    ),
    Fault(
        "verification.witness_simplification:_slot",
        "The setting in the rule files comes first.",
        "ends = (scene.model.parameters[name].value, domain.lowest, domain.highest)",
        "ends = (domain.lowest, domain.highest)",
    ),
    Fault(
        "verification.existence_claims:Existences.exists",
        "Someone who exists in one setting need not exist in another.",
        'if found.verdict != "yes" or not scene.settings:',
        "if True:",
    ),
    Fault(
        "verification.existence_claims:Existences._setting_left",
        "A patient whom a setting rules out does not do there.",
        "suits = both([*wanted(terms), *self.scene.possible_by_setting(terms)])",
        "suits = both(wanted(terms))",
    ),
    Fault(
        "verification.existence_claims:Existences._all_at_once",
        "Where no patient does, the setting is not proved.",
        'if verdict == z3.unknown:\n    return Existence("unknown", found)',
        'if verdict == z3.unknown:\n    return Existence("yes", found)',
    ),
    Fault(
        "verification.proofs_per_setting:_told",
        "What is proved setting by setting stays open.",
        "return attrs.evolve(claim, holds_at=(*claim.holds_at, setting))",
        'return attrs.evolve(claim, status="proved", holds_at=(*claim.holds_at, setting))',
    ),
    Fault(
        "verification.condition_encoding:Conditions.known",
        "A setting is known of every patient.",
        "return True if fact in self.subject.settings else self.person.known(fact)",
        "return self.person.known(fact)",
    ),
    Fault(
        "verification.number_encoding:_quotient",
        "Whole numbers divide to fractions.",
        "return _real(left) / _real(right)",
        "return left / right",
    ),
    Fault(
        "verification.hit_policy_encoding:Extreme.cases",
        "Which rule wins hangs on the setting.",
        "if any(map(z3.is_expr, strengths.values())):",
        "if False:",
    ),
    Fault(
        "verification.properties:_status",
        "A promise nobody can claim is empty.",
        'return "vacuous" if meant == "no" else',
        'return "vacuous" if meant == "never" else',
    ),
    # where columns, diaries and calendars come in and go out
    Fault(
        "backends.dataframe.arrow_values:days",
        "A moment counts by the clock of its column.",
        "array = pc.local_timestamp(array)",
        "array = pc.cast(array, pa.timestamp(unit))",
    ),
    Fault(
        "backends.dataframe.linear_sums:Sums._in_millionths",
        "A number that is not whole in millionths leaves open on which side of a close limit a sum lies.",
        "rounded = rows.plane(found / MILLION != numbers)",
        "rounded = rows.plane(found != found)",
    ),
    Fault(
        "backends.dataframe.distinct_rows:_columns",
        "Rows with other numbers in a sum that is open are not alike.",
        "yield np.where(facts.rows.flags(value.known), value.numbers.numbers, np.nan)",
        "yield np.where(facts.rows.flags(value.known), 0.0, np.nan)",
    ),
    Fault(
        "backends.dataframe.evaluate:Evaluation._made",
        "A text is no date, in few rows as in many.",
        "any(entry.reading in _OTHERWISE for entry",
        'any(entry.reading == "members" for entry',
    ),
    Fault(
        "backends.dataframe.refused_rows:Tally._sample",
        "Rows are numbered over all batches.",
        'place = f"row {self.total + row:,}"',
        'place = f"row {row:,}"',
    ),
    Fault(
        "backends.dataframe.mixed_columns:_day",
        "A time of the day is not taken for its day.",
        "return value.date() if at_midnight else None",
        "return value.date()",
    ),
    Fault(
        "backends.dataframe.mixed_columns:_number",
        "True is not the number 1.",
        "if isinstance(value, bool) or not isinstance(value, int | float | Decimal):",
        "if not isinstance(value, int | float | Decimal):",
    ),
    Fault(
        "backends.dataframe.fact_values:_truth",
        "2 is neither 1 nor 0.",
        "rows.plane(found == 0)",
        "rows.plane(found >= 0)",
    ),
    Fault(
        "backends.dataframe.column_names:check_new",
        "A column of the caller's own is kept.",
        "if column is None or (overwrite and column == name):",
        "if column is None or column == name:",
    ),
    Fault(
        "backends.dataframe.column_names:near_misses",
        "A name with another number is not nearly the same.",
        "if name is not None and _digits(name) == _digits(column):",
        "if name is not None:",
    ),
    Fault(
        "diary.timestamps:zone_of_days",
        "An offset does not say where days end.",
        "if zone is not None or isinstance(at.tzinfo, datetime.timezone):",
        "if zone is not None:",
    ),
    Fault(
        "diary.timestamps:as_written",
        "A moment is looked at by the clock of the given zone.",
        "return at if at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)",
        "return at.replace(tzinfo=None)",
    ),
    # what comes first
    Fault(
        "inference.first_words:first_words",
        "What may be calm for all that is known is not said first.",
        "ranked[0] == output.calmest",
        "ranked[-1] == output.calmest",
    ),
    Fault(
        "inference.first_words:first_words",
        "The most urgent words are those at the worse end.",
        "ranked.reverse()",
        "ranked.sort()",
    ),
    Fault(
        "plan.planner:_PlanBuilder._apply_report",
        "What comes first in a plan is what the latest report calls for.",
        "self.first = self._first_words(day)",
        "self.first = self.first or self._first_words(day)",
    ),
    Fault(
        "plan.csv_export:csv_text",
        "What comes first is noted up to the next session.",
        "if is_later and day.is_session:",
        "if is_later and not day.is_session:",
    ),
    Fault(
        "model.pack_model:Model.offered",
        "People are not offered what only serves other decisions.",
        'if decision.audience != "internal"',
        'if decision.audience != "professional"',
    ),
    Fault(
        "plan.planner:_PlanBuilder._take_step",
        "A step back never brings more than staying would.",
        "state.ceilings.update({name: amount for name, amount in most.items() if amount is not None})",
        "state.ceilings.update({})",
    ),
    Fault(
        "plan.week_schedule:WeekPlanner._session_amounts",
        "A session that was lost is not made up for.",
        "share, remainder = divmod(steps, sessions)",
        "share, remainder = divmod(steps, max(1, remaining))",
    ),
    Fault(
        "plan.week_schedule:WeekPlanner.weekly_most",
        "After a week without any, a step back is bounded by the last week with some.",
        "if latest:",
        "if latest is None:",
    ),
    Fault(
        "plan.projection:PlanState.begin_week",
        "Growth starts from the last whole week.",
        "if not self.after_broken_week:",
        "if not sessions_possible < 0:",
    ),
    Fault(
        "plan.projection:PlanState.value",
        "Before there was a whole week, growth starts from what was reported.",
        "known_since >= self.base_since",
        "known_since >= self.week_start",
    ),
    Fault(
        "plan.projection:PlanState._may_pass",
        "Only numbers up to the highest that passes are assumed to pass.",
        "return number is not None and number <= self.amount(projection.up_to)",
        "return number is not None",
    ),
    Fault(
        "diary.temporal_measures:_counts_as_back",
        "A value is back once it is noted on several days.",
        'len(days) >= book.option(recorded, "least_days"):',
        "days:",
    ),
    Fault(
        "plan.calendar_entries:cancelled_entries",
        "What is still planned is not cancelled.",
        "if entry.key not in kept_keys:",
        "if entry.key in kept_keys:",
    ),
    Fault(
        "plan.calendar_entries:CalendarHistory.after",
        "What was dropped by an earlier plan stays dropped.",
        "{**self.planned, **{entry.key: entry for entry in entries}}",
        "{entry.key: entry for entry in entries}",
    ),
    Fault(
        "plan.calendar_export:_uid",
        "Entries are one person's own.",
        "json.dumps([owner, key])",
        "json.dumps([key])",
    ),
    Fault(
        "plan.plan:Plan.to_calendar",
        "A newer plan of the same day wins.",
        "planned.toordinal() * _REVISIONS + min(history.revision, _REVISIONS - 1)",
        "planned.toordinal() * _REVISIONS",
    ),
    Fault(
        "interfaces.web.templating:Templates.__init__",
        "Every text on a page is escaped.",
        "autoescape=True",
        "autoescape=False",
    ),
    Fault(
        "interfaces.web.application:_Guard._is_allowed",
        "A form on another site changes nothing.",
        'site in (None, "same-origin", "none") and',
        "",
    ),
    Fault(
        "interfaces.page.interview_pages:_first_question",
        "What must not wait is settled first.",
        "if first is None or first.certain or first.decision == decision:",
        "if first is None or not first.certain or first.decision == decision:",
    ),
    Fault(
        "interfaces.page.situation:situation",
        "What cannot be together is told at the last answer.",
        "list(given)[-1]",
        "list(given)[0]",
    ),
    Fault(
        "interfaces.page.diary_text:with_entry",
        "A diary keeps its columns.",
        '[[cells.get(name, "") for name in columns]]',
        "[list(cells.values())]",
    ),
    Fault(
        "interfaces.cli.plan:plan",
        "No file is written where there is no plan.",
        "_write(result, svg, ics, owner) if result.days else False",
        "_write(result, svg, None, owner)",
    ),
)
