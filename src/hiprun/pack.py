"""A loaded pack: what a program holds on to, and asks.

Whatever does more than decide is imported when first asked for: that takes longer than to load rules and to decide.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from hiprun.backends.compiled import Compiled, Decide, Given
from hiprun.errors import ParameterError, Problem, UnknownNameError, did_you_mean
from hiprun.inference.assessment import Assessment
from hiprun.inference.conclusion import Conclusion, Provenance
from hiprun.inference.facts import Facts, check_facts, shown
from hiprun.inference.grounding import Program, Translations, ground, ground_constraints
from hiprun.inference.infer import BUDGET, check_possible, infer
from hiprun.inference.outcome import Outcome, outcome_of, told
from hiprun.inference.outcome_pack_link import Drawn, Shared, remember
from hiprun.inference.outcome_texts import OutcomeTexts
from hiprun.inference.pack_contents import PackContents
from hiprun.model import Model, Number
from hiprun.version import VERSION

if TYPE_CHECKING:
    import datetime

    from hiprun.backends.dataframe import Frames, OnError
    from hiprun.diary import DiaryFacts
    from hiprun.inference.counterfactuals import Ways
    from hiprun.inference.explanation import Explanation
    from hiprun.inference.explanation_parts import ExplanationParts
    from hiprun.inference.first_words import FirstWords
    from hiprun.inference.interview import Interview
    from hiprun.inference.text_answers import Reading
    from hiprun.model.stages import Stages
    from hiprun.plan import Plan, Planner


DataFrame = TypeVar("DataFrame")
"""A dataframe of any of the supported libraries."""


class Pack(PackContents):
    """Rules that were loaded and checked as a whole. Never changes; many threads can use one pack at once.

    Made by `hiprun.load`. What is worked out from the rules is kept for the next question; nothing about a patient is
    kept. `model` is everything the pack says, as values.
    """

    def __init__(
        self,
        model: Model,
        defaults: Mapping[str, Number] | None = None,
        programs: Mapping[str, Program] | None = None,
        nothing_known: Mapping[str, Conclusion] | None = None,
    ) -> None:
        """Hold a model; `defaults` are the values of its parameters before some were set.

        `programs` are those that have been made of the model's decisions already, by name; `nothing_known` is what
        some of these conclude while nothing is known.
        """
        self.model = model
        self._defaults = {name: parameter.value for name, parameter in model.parameters.items()} | dict(defaults or {})
        self._programs: dict[str, Program] = dict(programs or {})
        self._translations = Translations()
        self._compiled = Compiled(model, self._program, nothing_known or {})
        self._deciders: dict[str, Decide] = {}
        self._partly_deciders: dict[str, Decide] = {}
        self._planners: dict[str, Planner] = {}
        self._frames: Frames | None = None
        self._explanation_parts: ExplanationParts | None = None
        self._origin = Drawn(self, BUDGET)
        self._texts = OutcomeTexts(model, lambda decision, facts: self._outcome(decision, facts, BUDGET))
        remember(self)

    def __repr__(self) -> str:
        return f"<Pack {self.name} {self.version}>"

    def __getstate__(self) -> tuple[Model, Mapping[str, Number]]:
        return self.model, self._defaults

    def __setstate__(self, state: tuple[Model, Mapping[str, Number]]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    @functools.cached_property
    def provenance(self) -> Provenance:
        """Which rules gave the results: version, settings and engine."""
        return Provenance(self.name, self.version, self.digest, VERSION, self.settings)

    def decide(self, decision: str, facts: Mapping[str, Any], budget: int = BUDGET) -> Outcome:
        """Return the outcome of one decision.

        `facts` maps names to values; a fact that is left out, or None, is unknown. A value may be known in part, as
        tests: `{"at_least": 4}`, `{"one_of": [...]}`. `budget` bounds the search for what unknown facts leave open.
        Raises `FactError` with every problem of the facts, `UnknownNameError` for a decision the pack does not have.
        """
        if budget == BUDGET:
            decide = self._deciders.get(decision)
            if decide is not None:
                outcome = decide(facts)
                if outcome is not None:
                    return outcome
        return self._decide_otherwise(decision, facts, budget)

    def evaluate(
        self, facts: Mapping[str, Any], decisions: Iterable[str] | None = None, *, budget: int = BUDGET
    ) -> Assessment:
        """Return the outcomes of all decisions, or of those named; see `decide`."""
        if decisions is None:
            return Assessment(self._outcomes(facts, list(self.model.decisions), budget, together=True))
        return Assessment(self._outcomes(facts, self._known_decisions(decisions), budget))

    def read(self, answers: Mapping[str, Any]) -> Reading:
        """Return the facts that answers say, given as people give them: as text, in words, or as lists of texts.

        Answers are the fields of a form, a query string or a chat, by the names of facts: "yes", "3.5", "3.5 km", the
        name or the words of a choice, several of them for a set, or "none of these". An empty answer and "don't know"
        are unknown. The `problems` of the reading say what could not be read; its `facts` are all others.
        """
        from hiprun.inference.text_answers import read_answers

        return read_answers(self._shown.facts, answers, self._checked)

    def first_words(self, facts: Mapping[str, Any]) -> FirstWords | None:
        """Return the words of the decision that the pack names as `first`, if its answer is above its calmest."""
        from hiprun.inference.first_words import first_words

        first = self.model.first
        return first_words(self.model, self.decide(first, facts)) if first else None

    def interpret(
        self, facts: Mapping[str, Any], decisions: Iterable[str] | None = None, *, budget: int = BUDGET
    ) -> Assessment:
        """Return what `evaluate` returns, using only the interpreter, against which everything else is tested."""
        names = self._known_decisions(self.model.decisions if decisions is None else decisions)
        return Assessment(self._texts.outcomes(self._interpreted(facts, names, budget)))

    def compile(self, decision: str) -> Callable[[dict[str, Any]], Given]:
        """Return one decision as a bare function from facts to the answer, for hot loops.

        The function returns the same `Answer` as `decide(...).possible[0]`; for `collect`, a tuple of the answers that
        are certain. It returns None if there is more to say than one answer: a fact it needs is missing or is not a
        plain boolean, int, float, text, date or list of choices in its range; facts contradict each other; no rule
        matches or rules conflict. `decide` then says what is wrong. The function looks only at the facts that it needs.
        """
        self._known_decision(decision)
        written = self._compiled.answer(decision)
        return (lambda facts: None) if written is None else self._texts.answerer(decision, written.call)

    def code(self, decision: str) -> str:
        """Return the Python function that decides, as text, and what the names in it mean."""
        self._known_decision(decision)
        written = self._compiled.decide_function(decision, self._origin)
        return "# This decision is too large to be a function." if written is None else "\n".join(written.lines())

    def interview(self, decision: str) -> Interview:
        """Return the interview for one decision: `interview.step(facts)` gives the next question or the end."""
        from hiprun.inference.interview import Interview

        self._known_decision(decision)
        return Interview(self.model, decision, functools.partial(self.decide, decision), self._texts.fill)

    def evaluate_frame(
        self,
        frame: DataFrame,
        decisions: str | Iterable[str] | None = None,
        *,
        columns: Mapping[str, str] | None = None,
        on_error: OnError | None = None,
        numeric_booleans: bool = False,
        overwrite: bool = False,
    ) -> DataFrame:
        """Return a dataframe of patients, one in each row, with new columns for all decisions, or for those named.

        `frame` is one of Polars, pandas, PyArrow, DuckDB or PySpark, and so is the result; lazy ones stay lazy. Columns
        have the names of facts, or the names that `columns` gives (fact → column); nulls and missing columns are
        unknown facts. Bad values raise one `FactError` that counts their rows (`on_error="raise"`, the default in
        memory), or give their rows the status `refused` (`"column"`, the default for lazy frames, which are then not
        evaluated).
        `numeric_booleans` treats 1 and 0 as true and false. Columns of your own are never replaced, which raises
        `FactError`, unless you pass `overwrite`. A column whose name is almost that of a fact gives a `ColumnWarning`.
        """
        if isinstance(decisions, str):
            decisions = [decisions]
        names = tuple(dict.fromkeys(self._known_decisions(self.model.decisions if decisions is None else decisions)))
        from hiprun.backends.dataframe import FrameOptions, Frames, evaluate_frame
        from hiprun.inference.reader_texts import with_texts_for_columns

        if self._frames is None:
            model = with_texts_for_columns(self._shown)
            behind = self if model is self._shown else Pack(model)
            self._frames = Frames(model, behind._program, behind.decide)
        options = FrameOptions(columns, on_error, numeric_booleans=numeric_booleans, overwrite=overwrite)
        evaluated: DataFrame = evaluate_frame(self._frames, frame, names, options)
        return evaluated

    def ways_to(
        self, decision: str, wanted: Mapping[str, Any], facts: Mapping[str, Any], *, most: int = 5, budget: int = BUDGET
    ) -> Ways:
        """Return the smallest sets of changes that lead a decision to the `wanted` outputs, the fewest changes first.

        `wanted` maps outputs to a value, or to tests such as `{"at_most": ...}`. Only changeable facts are changed;
        a fact that is not known counts as a change to what it would have to be. No way that is returned contains
        another; an empty one means that the answer is already as wanted. `exact` of what is returned says whether it
        is certain that none is missing.
        """
        from hiprun.inference.counterfactuals import ways

        self._known_decision(decision)
        checked = self._checked(facts)
        decide = functools.partial(self.decide, decision)
        return ways(self.model, self._program(decision), checked, wanted, decide, most=most, budget=budget)

    def facts_from(
        self, diary: Any, at: Any, also: Mapping[str, Any] | None = None, *, zone: datetime.tzinfo | None = None
    ) -> DiaryFacts:
        """Return the facts that follow from a diary, as seen `at` a moment, a `datetime` or text such as an ISO time.

        `diary` is a list of entries, each a mapping with `when`, `what` and fields; a dataframe of such rows; or what
        `hiprun.read_diary` returns. `also` gives further known facts, which must not contradict the diary.
        `zone` says where days begin. It is needed if the times of the diary have offsets such as +01:00, unless `at`
        has a time zone and not only an offset.
        Raises `FactError` with every mistake in the entries, or if the facts that follow cannot occur together.
        """
        from hiprun.diary import facts_from

        found = facts_from(self._shown, diary, at, also or {}, zone)
        self._checked(found)
        return found

    def plan(
        self,
        stages: str,
        facts: Mapping[str, Any],
        *,
        start: datetime.date | str,
        weeks: int = 12,
        stage: str | None = None,
    ) -> Plan:
        """Return a dated plan that follows a protocol of the pack, from `start` on (a date or ISO text).

        `stage` is the stage to begin with, if not the one that the facts give. If a fact that matters is missing, the
        plan has no days, and its `needs` says what to ask. Raises `FactError` and `UnknownNameError`.
        """
        from hiprun.plan import make_plan, make_planner

        known = self._known_stages(stages)
        made = self._planners.get(stages)
        if made is None:
            made = self._planners[stages] = make_planner(self.model, known, self.decide, self._checked)
        return make_plan(made, facts, start, weeks, stage)

    def facts_for_plan(
        self,
        stages: str,
        diary: Any,
        day: datetime.date,
        also: Mapping[str, Any] | None = None,
        *,
        after: Plan | None = None,
        zone: datetime.tzinfo | None = None,
    ) -> dict[str, Any]:
        """Return the facts that follow from a diary for a plan from `day` on, to be passed to `plan`.

        They are the facts of the evening of that day; facts about the week before cover that whole week. With
        `after`, a plan, they are what is new since, to be passed to its `replan`. `zone` is needed if the times of the
        diary have offsets; see `facts_from` for the rest.
        """
        from hiprun.plan import facts_for_plan

        return facts_for_plan(self.facts_from, self._known_stages(stages), diary, day, also or {}, after, zone)

    def with_parameters(self, **values: Any) -> Pack:
        """Return this pack with other values for some parameters.

        Raises `ParameterError` with every problem: a value outside its range, another value for a parameter that has no
        range and is fixed, or values that break a constraint over parameters.
        """
        from hiprun.inference.grounding.preparation_limits import prepare
        from hiprun.inference.parameter_constraints import with_settings

        model = with_settings(self.model, values)
        programs, problems = prepare(model)
        if problems:
            raise ParameterError(problems)
        return Pack(model, self._defaults, programs)

    def in_language(self, language: str) -> Pack:
        """Return this pack with its texts in another language, such as `de`, as far as they are translated.

        What it decides, and its digest, stay the same. Raises `UnknownNameError` if it has no texts in that language.
        """
        from hiprun.inference.languages import in_language

        return Pack(in_language(self.model, language), self._defaults)

    def _program(self, decision: str) -> Program:
        found = self._programs.get(decision)
        if found is None:
            model = self.model
            found = (
                ground(model, model.decisions[decision], self._translations) if decision else ground_constraints(model)
            )
            self._programs[decision] = found
        return found

    def _known_stages(self, stages: str) -> Stages:
        known = self._shown.stages.get(stages) if isinstance(stages, str) else None
        if known is None:
            message = f"{shown(stages)} is not the name of a file of stages in this pack."
            help_ = did_you_mean(str(stages), self.model.stages)
            raise UnknownNameError([Problem("unknown-stages", message, help=help_)])
        return known

    def _known_decision(self, decision: str) -> None:
        if decision not in self.model.decisions:
            help_ = did_you_mean(str(decision), self.model.decisions)
            message = f"`{decision}` is not a decision of this pack."
            raise UnknownNameError([Problem("unknown-decision", message, help=help_)])

    def _known_decisions(self, decisions: Iterable[str]) -> list[str]:
        names = list(decisions)
        for name in names:
            self._known_decision(name)
        return names

    def _decide_otherwise(self, decision: str, facts: Mapping[str, Any], budget: int) -> Outcome:
        """Return what `decide` returns where a decision is new, or not all that it asks for is plainly given."""
        partly_known = self._partly_deciders.get(decision)
        if partly_known is None:
            self._known_decision(decision)
            known, partly_known = (
                self._texts.decider(decision, decide) for decide in self._compiled.deciders(decision, self._origin)
            )
            self._deciders[decision] = known
            self._partly_deciders[decision] = partly_known
            return self.decide(decision, facts, budget)
        outcome = partly_known(facts) if budget == BUDGET else None
        return self._outcomes(facts, [decision], budget)[decision] if outcome is None else outcome

    def _outcomes(
        self, facts: Mapping[str, Any], names: Iterable[str], budget: int, *, together: bool = False
    ) -> dict[str, Outcome]:
        taken = self._compiled.taken(facts) if budget == BUDGET else None
        checked = None if taken is not None and self._compiled.possible(taken) else self._checked(facts)
        found: dict[str, Outcome] = {}
        shared = Shared(taken or {})
        concluded = self._compiled.conclude_all(taken) if together and taken else {}
        for name in names:
            conclusion = concluded.get(name)
            if conclusion is None and taken is not None:
                conclusion = self._compiled.conclude(name, taken)
            if conclusion is not None:
                found[name] = outcome_of(conclusion, shared, self._origin)
                continue
            checked = checked or self._checked(facts)
            found[name] = self._remembered_outcome(name, checked, budget)
        found = self._texts.outcomes(found)
        if type(facts) is not dict:
            from hiprun.diary import DiaryFacts

            if isinstance(facts, DiaryFacts):
                return {name: told(outcome, facts.tell) for name, outcome in found.items()}
        return found

    def _checked(self, facts: Mapping[str, Any]) -> Facts:
        checked = check_facts(self.model, facts)
        if self.model.constraints:
            check_possible(self.model, self._program(""), checked)
        return checked

    def _outcome(self, decision: str, facts: Facts, budget: int) -> Outcome:
        conclusion = infer(self.model, self._program(decision), facts, budget=budget)
        return outcome_of(conclusion, facts, Drawn(self, budget))

    def _interpreted(self, facts: Mapping[str, Any], decisions: Iterable[str], budget: int) -> dict[str, Outcome]:
        checked = self._checked(facts)
        return {name: self._outcome(name, checked, budget) for name in decisions}

    def _remembered_outcome(self, decision: str, facts: Facts, budget: int) -> Outcome:
        if budget != BUDGET:
            return self._outcome(decision, facts, budget)
        return outcome_of(self._compiled.partly(decision).infer(facts), facts, self._origin)

    def _explain(self, decision: str, facts: Facts, budget: int) -> Explanation:
        from hiprun.inference.explanation_builder import explain
        from hiprun.inference.explanation_parts import ExplanationParts

        if self._explanation_parts is None:
            self._explanation_parts = ExplanationParts(self.model)
        outcome = functools.cache(lambda name: self._remembered_outcome(name, facts, budget))
        return explain(self._explanation_parts, self._program, outcome, decision, facts, budget)


def grounded(pack: Pack, decision: str) -> Program:
    """Return the grounded form of a decision of a pack, made once; the empty name means the constraints alone."""
    return pack._program(decision)


def interpreted(
    pack: Pack, facts: Mapping[str, Any], decisions: Iterable[str], *, budget: int = BUDGET
) -> dict[str, Outcome]:
    """Return what the interpreter says of these decisions of a pack, with texts as they are written."""
    names = list(decisions)
    written = list(filter(pack._texts.concern, names))
    found = dict(pack.interpret(facts, [name for name in names if name not in written], budget=budget))
    return found | pack._interpreted(facts, written, budget) if written else found


def texts_of(pack: Pack) -> OutcomeTexts:
    """Return what fills in the texts of a pack's outcomes."""
    return pack._texts
