"""What all pages for a person are made from: the pack, the templates, the clock, and the diary there is."""

from __future__ import annotations

import contextlib
import datetime
import functools
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.diary import Rows
from hiprun.errors import FactError, Problem
from hiprun.interfaces.page import diary_text
from hiprun.interfaces.page.diary_file import DiaryFile
from hiprun.interfaces.page.diary_text import DiaryFormat
from hiprun.interfaces.page.form_state import DIARY, STAGES, FormState
from hiprun.interfaces.page.situation import answers_alone, problem_text
from hiprun.interfaces.page.urgency import first_level
from hiprun.interfaces.web import PageReply, PageRequest, Templates
from hiprun.pack import Pack


@attrs.frozen
class DiaryReading:
    """A diary that was read: its entries if they can be used, or else what is wrong with them."""

    rows: Rows | None = None
    problems: tuple[str, ...] = ()


@attrs.frozen
class FirstView:
    """What has to be read before everything else, why, and how urgent it is."""

    words: str
    because: tuple[str, ...]
    level: int


@attrs.frozen
class Context:
    """Made once for a pack; keeps nothing about anyone. `now` is the clock, `zone` where days begin."""

    pack: Pack
    templates: Templates
    now: Callable[[], datetime.datetime]
    zone: datetime.tzinfo | None = None
    file: DiaryFile | None = None

    def state(self, request: PageRequest) -> FormState:
        """Return what travels with a request."""
        return FormState.of(request.fields, self.pack.facts.keys())

    def moment(self, rows: Rows) -> datetime.datetime:
        """Return the time as of which a diary is read."""
        now = self.now()
        return now.astimezone(self.zone) if rows.zoned or self.zone is not None else now

    def diary(self, state: FormState) -> DiaryReading:
        """Return the diary of the file, or else that in the form."""
        if self.pack.model.diary is None:
            return DiaryReading()
        try:
            rows = self._rows(state)
            if rows is None:
                return DiaryReading()
            self.diary_facts(rows, {})
        except FactError as error:
            return DiaryReading(None, tuple(map(self._placed, error.problems)))
        return DiaryReading(rows)

    def _rows(self, state: FormState) -> Rows | None:
        if self.file is not None:
            rows = self.file.rows()
            return rows if rows.rows else None
        text, form = self.diary_text(state)
        return diary_text.read(text, form) if text else None

    def diary_text(self, state: FormState) -> tuple[str, DiaryFormat]:
        """Return the text of the diary and its format."""
        if self.file is not None:
            return self.file.text(), self.file.form
        text = state.text(DIARY)
        return text, diary_text.format_of(text)

    def changed(self, state: FormState, edit: Callable[[str, DiaryFormat], str], *, checked: bool = True) -> FormState:
        """Return the state with the diary as `edit` leaves it, written to the file if there is one.

        Raises `FactError`, and changes nothing, if it can no longer be read or, when `checked`, used.
        """
        with self.file.lock if self.file else contextlib.nullcontext():
            before, form = self.diary_text(state)
            after = edit(before, form)
            rows = diary_text.read(after, form)
            if checked:
                self.diary_facts(rows, {})
            if self.file is None:
                return state.having(DIARY, after if rows.rows else "")
            self.file.write(after)
            return state

    def with_offset(self, when: str) -> str:
        """Return a time with the offset that clocks have where the page is served."""
        try:
            time = datetime.datetime.fromisoformat(when)
        except ValueError:
            return when  # reported where entries are checked
        return (time.astimezone() if self.zone is None else time.replace(tzinfo=self.zone)).isoformat(
            timespec="minutes"
        )

    def diary_facts(self, rows: Rows, also: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts that a diary and further answers give now; raises `FactError`."""
        return self.pack.facts_from(rows, self.moment(rows), also, zone=self.zone)

    def facts(self, rows: Rows | None) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        """Return what makes facts of answers, with the diary if there is one."""
        return answers_alone(self.pack) if rows is None else functools.partial(self.diary_facts, rows)

    def first(self, facts: Mapping[str, Any]) -> FirstView | None:
        """Return what has to be read before everything else; None if there is nothing."""
        first = self.pack.first_words(facts)
        return None if first is None else FirstView(first.words, first.because, first_level(self.pack.decisions, first))

    def reply(self, template: str, state: FormState, *, status: int = 200, **values: Any) -> PageReply:
        """Return a page in the frame that all have: with what travels, and where one can go on to."""
        page = self.templates.render(
            template,
            pack=self.pack,
            state=self._travelling(state),
            starts=self.starts(),
            plans=[(name, stages.title or name) for name, stages in self.pack.model.stages.items()],
            planned=state.text(STAGES) if state.text(STAGES) in self.pack.model.stages else "",
            provenance=self.pack.provenance,
            has_diary=self.pack.model.diary is not None,
            file=self.file,
            **values,
        )
        return PageReply(page, status)

    def no_such_page(self) -> PageReply:
        """Return the page that says that there is none."""
        message = self.templates.words.text("web.no_such_page")
        return PageReply(self.templates.render("message.html", message=message), 404)

    def _travelling(self, state: FormState) -> FormState:
        return state if self.file is None else state.without(DIARY)

    def starts(self) -> list[tuple[str, str]]:
        """Return the decisions that one starts from, with what they are about."""
        names = self.pack.model.starts or self.pack.model.offered_to_person
        return [(name, self.title(name)) for name in names]

    def title(self, decision: str) -> str:
        """Return what a decision is about, in words."""
        return self.pack.decisions[decision].title or decision.replace("_", " ")

    def _placed(self, problem: Problem) -> str:
        said = problem_text(problem)
        return self.templates.words.text("page.in_line", text=said, line=problem.place.line) if problem.place else said
