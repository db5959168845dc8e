"""The diary: its entries, a line more, changed, or one fewer, and the file that belongs to the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from hiprun.diary import timestamps
from hiprun.diary.row_reader import Row
from hiprun.errors import FactError
from hiprun.interfaces.page import diary_text
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.dates import time_words
from hiprun.interfaces.page.diary_text import DiaryFormat
from hiprun.interfaces.page.form_state import DIARY, FormState
from hiprun.interfaces.page.situation import problem_text
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.web.questions import QuestionView, nothing_of, question
from hiprun.model import Domain, EntryType

LINE, WAS, UPLOAD = ".line", ".was", ".upload"
ENTRY = ".entry."
"""Before the names of the fields of a new entry."""

_MOST_SHOWN = 40
_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%dT%H:%M"


@attrs.frozen
class EntryView:
    """One entry in words: its line in the diary, when it was, what it was, and what it says."""

    line: int
    kind: str
    when: str
    title: str
    texts: Sequence[str]


def diary(context: Context, request: PageRequest) -> PageReply:
    """Return the page of the diary."""
    return _diary_page(context, context.state(request))


def entry(context: Context, request: PageRequest) -> PageReply:
    """Return the form of an entry, new or to be changed, or, once it is filled in, the diary that has it."""
    declared = context.pack.model.diary
    kind = declared.entries.get(request.path["kind"]) if declared else None
    if kind is None:
        return context.no_such_page()
    state = context.state(request)
    typed = {name: request.fields.get(ENTRY + name, ()) for name in ("when", *kind.fields)}
    given = {name: texts for name, values in typed.items() if (texts := [text for text in values if text.strip()])}
    was = request.field(WAS)
    if not given:
        return _opened(context, state, kind, request.field(LINE))
    before = _row_at(context, state, was)

    def edit(text: str, form: DiaryFormat) -> str:
        return diary_text.with_entry(text, form, kind, _values(context, state, kind, given, before), was=was)

    try:
        changed = context.changed(state, edit)
    except LookupError:
        return _diary_page(context, state, mistake="page.diary.gone")
    except FactError as error:
        problems = [problem_text(problem) for problem in error.problems]
        return _entry_page(context, state, kind, given, problems, was=was)
    return _diary_page(context, changed, news="page.diary.changed" if was else "page.diary.added")


def _opened(context: Context, state: FormState, kind: EntryType, line: str) -> PageReply:
    """Return the form of a new entry or, if a line of the diary is named, with what is in that."""
    if not line:
        return _entry_page(context, state, kind, {}, ())
    text, form = context.diary_text(state)
    rows = context.diary(state).rows
    for row in rows.rows if rows else ():
        if str(row.line) == line and row.values["what"] == kind.name and (was := diary_text.line_of(text, form, row)):
            return _entry_page(context, state, kind, _typed(kind, row), (), was=was)
    return _diary_page(context, state, mistake="page.diary.gone")


def remove(context: Context, request: PageRequest) -> PageReply:
    """Return the diary without one of its lines."""
    state, line = context.state(request), request.field(LINE)
    number = int(line) if line.isascii() and line.isdecimal() and len(line) < 9 else 0
    changed = context.changed(state, lambda text, form: diary_text.without_line(text, number), checked=False)
    return _diary_page(context, changed, news="page.diary.removed")


def upload(context: Context, request: PageRequest) -> PageReply:
    """Return the page of the diary that was uploaded."""
    state = context.state(request)
    text = request.files.get(UPLOAD, b"").decode("utf-8-sig", "replace")
    return _diary_page(context, state if context.file or not text.strip() else state.having(DIARY, text))


def download(context: Context, request: PageRequest) -> PageReply:
    """Return the diary as a file to keep."""
    text, form = context.diary_text(context.state(request))
    return PageReply(text, media_type=diary_text.MEDIA_TYPES[form], download=diary_text.FILE_NAMES[form])


def _diary_page(context: Context, state: FormState, *, news: str = "", mistake: str = "") -> PageReply:
    declared = context.pack.model.diary
    if declared is None:
        return context.no_such_page()
    read = context.diary(state)
    rows = read.rows.rows if read.rows else ()
    newest = sorted(rows, key=lambda row: str(row.values.get("when")), reverse=True)
    return context.reply(
        "diary.html",
        state,
        status=422 if mistake else 200,
        title=declared.title,
        kinds=[(kind.name, kind.title or kind.name) for kind in declared.entries.values()],
        entries=[_entry_view(context, declared.entries[row.values["what"]], row) for row in newest[:_MOST_SHOWN]],
        more=len(newest[_MOST_SHOWN:]),
        problems=(*read.problems, *([context.templates.words.text(mistake)] if mistake else ())),
        news=news,
        first=context.first(context.diary_facts(read.rows, {})) if read.rows else None,
    )


def _entry_page(
    context: Context,
    state: FormState,
    kind: EntryType,
    given: Mapping[str, Sequence[str]],
    problems: Sequence[str],
    *,
    was: str = "",
) -> PageReply:
    now = context.now()
    when = next(iter(given.get("when", ())), f"{now:{_DAY if kind.when == 'day' else _MINUTE}}")
    return context.reply(
        "entry.html",
        state,
        status=422 if problems else 200,
        kind=kind.name,
        title=kind.title or kind.name,
        is_day=kind.when == "day",
        when=when,
        questions=[_field_question(context, kind, name, given.get(name, ())) for name in kind.fields],
        problems=problems,
        was=was,
    )


def _field_question(context: Context, kind: EntryType, name: str, typed: Sequence[str]) -> QuestionView:
    ask = kind.texts.get(name) or name.replace("_", " ")
    return question(ENTRY + name, ask, kind.fields[name], context.templates.words, typed)


def _values(
    context: Context, state: FormState, kind: EntryType, given: Mapping[str, Sequence[str]], before: Row | None
) -> Mapping[str, Sequence[str]]:
    """Return what to write down, with the time as the diary has its times, or as the entry had it `before`."""
    when = next(iter(given.get("when", ())), "")
    rows = context.diary(state).rows
    if before is not None and when == _when(kind, before):
        when = str(before.values["when"])
    elif rows is not None and rows.zoned and kind.when == "time":
        when = context.with_offset(when)
    return {"when": [when], "what": [kind.name], **{name: texts for name, texts in given.items() if name != "when"}}


def _row_at(context: Context, state: FormState, line: str) -> Row | None:
    """Return the entry on a line; None if there is none."""
    lines, rows = diary_text.lines_of(context.diary_text(state)[0]), context.diary(state).rows
    if rows is None or line not in lines:
        return None
    number = lines.index(line) + 1
    return next((row for row in rows.rows if row.line == number), None)


def _when(kind: EntryType, row: Row) -> str:
    """Return when an entry was, as its field in the form shows it."""
    when = timestamps.read(row.values["when"])
    return f"{when:{_DAY if kind.when == 'day' else _MINUTE}}"


def _typed(kind: EntryType, row: Row) -> Mapping[str, Sequence[str]]:
    """Return what would have to be typed for an entry to be what it is."""
    given = {name: value for name, value in row.values.items() if name in kind.fields and value is not None}
    return {"when": [_when(kind, row)], **{name: _texts(kind.fields[name], value) for name, value in given.items()}}


def _texts(domain: Domain, value: object) -> Sequence[str]:
    if domain.type == "set":
        return [part for part in _parts(value) if part in domain.choices] or [nothing_of(domain)]
    return [str(value).lower() if domain.type == "boolean" else str(value)]


def _parts(value: object) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(";")
    return [text for part in parts if (text := str(part).strip())]


def _entry_view(context: Context, kind: EntryType, row: Row) -> EntryView:
    when = time_words(timestamps.read(row.values["when"]), context.templates.words)
    texts = [
        f"{kind.texts.get(name) or name.replace('_', ' ')}: {_text(context, kind.fields[name], value)}"
        for name, value in row.values.items()
        if name in kind.fields and value is not None
    ]
    return EntryView(row.line, kind.name, when, kind.title or kind.name, texts)


def _text(context: Context, domain: Domain, value: object) -> str:
    """Return a value as it was written down, with the words of its choices and its unit."""
    words = context.templates.words
    if domain.type == "boolean":
        return words.text("page.yes" if str(value).strip().lower() == "true" else "page.no")
    if domain.choices:
        known = [part for part in _parts(value) if part in domain.choices]
        return ", ".join(domain.choices[name] or name.replace("_", " ") for name in known) or words.text("page.nothing")
    return f"{value} {domain.unit}".strip()
