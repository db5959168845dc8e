"""The diary: its entries, a line more or one fewer, and the file that belongs to the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from hiprun.diary import timestamps
from hiprun.diary.row_reader import Row
from hiprun.errors import FactError
from hiprun.interfaces.page import diary_text
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.dates import time_words
from hiprun.interfaces.page.form_state import DIARY, FormState
from hiprun.interfaces.page.questions import QuestionView, question
from hiprun.interfaces.page.situation import problem_text
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.model import Domain, EntryType

LINE, UPLOAD = ".line", ".upload"
ENTRY = ".entry."
"""Before the names of the fields of a new entry."""

_MOST_SHOWN = 40


@attrs.frozen
class EntryView:
    """One entry in words: its line in the diary, when it was, what it was, and what it says."""

    line: int
    when: str
    title: str
    texts: Sequence[str]


def diary(context: Context, request: PageRequest) -> PageReply:
    """Return the page of the diary."""
    return _diary_page(context, context.state(request))


def entry(context: Context, request: PageRequest) -> PageReply:
    """Return the form of a new entry, or, once it is filled in, the diary that has it."""
    declared = context.pack.model.diary
    kind = declared.entries.get(request.path["kind"]) if declared else None
    if kind is None:
        return context.no_such_page()
    state = context.state(request)
    typed = {name: request.fields.get(ENTRY + name, ()) for name in ("when", *kind.fields)}
    given = {name: texts for name, values in typed.items() if (texts := [text for text in values if text.strip()])}
    if not given:
        return _entry_page(context, state, kind, {}, ())
    try:
        changed = context.changed(
            state, lambda text, form: diary_text.with_entry(text, form, kind, _values(context, state, kind, given))
        )
    except FactError as error:
        return _entry_page(context, state, kind, given, [problem_text(problem) for problem in error.problems])
    return _diary_page(context, changed, news="page.diary.added")


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


def _diary_page(context: Context, state: FormState, *, news: str = "") -> PageReply:
    declared = context.pack.model.diary
    if declared is None:
        return context.no_such_page()
    read = context.diary(state)
    rows = read.rows.rows if read.rows else ()
    newest = sorted(rows, key=lambda row: str(row.values.get("when")), reverse=True)
    return context.reply(
        "diary.html",
        state,
        title=declared.title,
        kinds=[(kind.name, kind.title or kind.name) for kind in declared.entries.values()],
        entries=[_entry_view(context, declared.entries[row.values["what"]], row) for row in newest[:_MOST_SHOWN]],
        more=len(newest[_MOST_SHOWN:]),
        problems=read.problems,
        news=news,
        first=context.first(context.diary_facts(read.rows, {})) if read.rows else None,
    )


def _entry_page(
    context: Context, state: FormState, kind: EntryType, given: Mapping[str, Sequence[str]], problems: Sequence[str]
) -> PageReply:
    now = context.now()
    is_day = kind.when == "day"
    return context.reply(
        "entry.html",
        state,
        status=422 if problems else 200,
        kind=kind.name,
        title=kind.title or kind.name,
        is_day=is_day,
        when=next(iter(given.get("when", ())), now.date().isoformat() if is_day else f"{now:%Y-%m-%dT%H:%M}"),
        questions=[_field_question(context, kind, name, given.get(name, ())) for name in kind.fields],
        problems=problems,
    )


def _field_question(context: Context, kind: EntryType, name: str, typed: Sequence[str]) -> QuestionView:
    ask = kind.texts.get(name) or name.replace("_", " ")
    return question(ENTRY + name, ask, kind.fields[name], context.templates.words, typed)


def _values(
    context: Context, state: FormState, kind: EntryType, given: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """Return what to write down, with the time as the diary has its times."""
    when = next(iter(given.get("when", ())), "")
    rows = context.diary(state).rows
    if rows is not None and rows.zoned and kind.when == "time":
        when = context.with_offset(when)
    return {"when": [when], "what": [kind.name], **{name: texts for name, texts in given.items() if name != "when"}}


def _entry_view(context: Context, kind: EntryType, row: Row) -> EntryView:
    when = time_words(timestamps.read(row.values["when"]), context.templates.words)
    texts = [
        f"{kind.texts.get(name) or name.replace('_', ' ')}: {_text(context, kind.fields[name], value)}"
        for name, value in row.values.items()
        if name in kind.fields and value is not None
    ]
    return EntryView(row.line, when, kind.title or kind.name, texts)


def _text(context: Context, domain: Domain, value: object) -> str:
    """Return a value as it was written down, with the words of its choices and its unit."""
    words = context.templates.words
    parts = [str(part).strip() for part in value] if isinstance(value, list) else str(value).split(";")
    if domain.type == "boolean":
        return words.text("page.yes" if str(value).strip().lower() == "true" else "page.no")
    if domain.choices:
        known = [part.strip() for part in parts if part.strip() in domain.choices]
        return ", ".join(domain.choices[name] or name.replace("_", " ") for name in known) or words.text("page.nothing")
    return f"{value} {domain.unit}".strip()
