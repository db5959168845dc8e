"""What an outcome says to the person it is about, as values: text, data and HTML, without a name of the rules."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, assert_never

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.model.value_objects import ValueObject

AdvicePart: TypeAlias = Literal["first", "do", "why", "also", "ask", "open", "notice"]
ADVICE_PARTS: tuple[AdvicePart, ...] = ("first", "do", "why", "also", "ask", "open", "notice")
"""The parts of the text of advice, in their order."""

_Listed: TypeAlias = Literal["why", "also", "ask", "open"]
_LISTED: tuple[_Listed, ...] = ("why", "also", "ask", "open")
_WIDTH = 80
_MOST_QUESTIONS = 4
"""Questions that the text lists after the next one."""


@attrs.frozen
class AdviceReason(ValueObject):
    """One reason: what is so, in the words of the facts, and what that means, in the words of the rule."""

    facts: tuple[str, ...] = ()
    because: str = ""

    @property
    def text(self) -> str:
        """The reason in one line of sentences."""
        return " ".join(filter(None, (sentence("; ".join(self.facts)), self.because)))

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as plain data for JSON."""
        return {"facts": list(self.facts), "because": self.because}


@attrs.frozen
class AdvisedItem(ValueObject):
    """One more thing that is advised, with its amounts, such as `2 sets`. `certain`: False if it may not apply."""

    text: str
    amounts: tuple[str, ...] = ()
    because: str = ""
    certain: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the item as plain data for JSON."""
        return {"text": self.text, "amounts": list(self.amounts), "because": self.because, "certain": self.certain}


@attrs.frozen
class Advice(ValueObject):
    """What an outcome says to the person it is about. `str()` gives plain text at most 80 columns wide.

    `first` has the words of the decision that comes before all others in the pack, while it says something, and
    `first_because` why. `do` says what to do, in the words of the answer to `title`; `certain` is False if facts that
    are missing can still change it. `remark` is what the pack says about all answers to `title`. `why` has the reasons
    that matter most, and `more_reasons` how many are left out. `also` lists what is advised besides, `ask` is the
    question to answer next, and `open` has the other questions that are open, the most decisive first. `language` is
    that of hiprun's own words.
    """

    title: str
    do: tuple[str, ...] = ()
    certain: bool = True
    first: str = ""
    first_because: tuple[str, ...] = ()
    remark: str = ""
    why: tuple[AdviceReason, ...] = ()
    more_reasons: int = 0
    also: tuple[AdvisedItem, ...] = ()
    ask: str = ""
    open: tuple[str, ...] = ()
    notice: str = ""
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Return the advice as plain data, as the published schema `advice.schema.json` describes it."""
        return {
            "title": self.title,
            "first": self.first,
            "first_because": list(self.first_because),
            "do": list(self.do),
            "certain": self.certain,
            "remark": self.remark,
            "why": [reason.to_dict() for reason in self.why],
            "more_reasons": self.more_reasons,
            "also": [item.to_dict() for item in self.also],
            "ask": self.ask,
            "open": list(self.open),
            "notice": self.notice,
            "language": self.language,
        }

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, parts: Collection[AdvicePart] = ADVICE_PARTS) -> Iterator[str]:
        """Yield the text of some `parts` line by line, with an empty line between them."""
        blocks = [self._block(part) for part in ADVICE_PARTS if part in parts]
        for number, block in enumerate(filter(None, blocks)):
            if number:
                yield ""
            yield from block

    def _block(self, part: AdvicePart) -> list[str]:
        match part:
            case "first":
                return self._first_lines() if self.first else []
            case "do":
                lines = [*self.do, *filter(None, [self.remark])]
                return [*_wrapped(self.title), *(wrapped for line in lines for wrapped in _wrapped(line, "  "))]
            case "notice":
                return _wrapped(self.notice)
            case "why" | "also" | "ask" | "open":
                heading, entries = self._listed(part)
                lines = [line for entry in entries for line in _wrapped(f"- {entry}", "  ", "    ")]
                return [heading, *lines] if lines else []
            case _:
                assert_never(part)

    def _first_lines(self) -> list[str]:
        return [*_wrapped(self.first), *(line for reason in self.first_because for line in _wrapped(reason, "  "))]

    def to_html(self, *, heading: int = 2) -> str:
        """Return the advice as HTML without styles of its own, every text escaped; `heading` is the level of `title`.

        Each part has a class, such as `advice-why`, so that a page can style it.
        """
        below = f"h{heading + 1}"
        lines = [f'<article class="advice" lang="{_escaped(self.language)}">']
        if self.first:
            lines += ['<div class="advice-first" role="note">', f"<p><strong>{_escaped(self.first)}</strong></p>"]
            lines += [*_paragraphs(self.first_because), "</div>"]
        lines.append(f"<h{heading}>{_escaped(self.title)}</h{heading}>")
        lines += [f'<p class="advice-do">{_escaped(line)}</p>' for line in self.do]
        if self.remark:
            lines.append(f'<p class="advice-remark">{_escaped(self.remark)}</p>')
        for part in _LISTED:
            title, entries = self._listed(part, all_questions=True)
            if entries:
                lines += [f'<section class="advice-{part}">', f"<{below}>{_escaped(title)}</{below}>", "<ul>"]
                lines += [f"<li>{_escaped(entry)}</li>" for entry in entries]
                lines += ["</ul>", "</section>"]
        if self.notice:
            lines.append(f'<p class="advice-notice">{_escaped(self.notice)}</p>')
        return "\n".join([*lines, "</article>"])

    def _listed(self, part: _Listed, *, all_questions: bool = False) -> tuple[str, list[str]]:
        """Return the heading and the entries of a part that is a list."""
        words = catalogue(self.language)
        heading = words.text(f"advice.{part}")
        match part:
            case "why":
                more = [words.counted("advice.more_reasons", self.more_reasons)] if self.more_reasons else []
                return heading, [*(reason.text for reason in self.why), *more]
            case "also":
                return heading, [_item_text(item, words) for item in self.also]
            case "ask":
                return heading, [self.ask] if self.ask else []
            case "open":
                listed = len(self.open) if all_questions else _MOST_QUESTIONS
                left = len(self.open) - listed
                more = [words.counted("advice.more_questions", left)] if left > 0 else []
                return heading, [*self.open[:listed], *more]
            case _:
                assert_never(part)


def _item_text(item: AdvisedItem, words: Catalogue) -> str:
    text = item.text
    if item.amounts:
        text = words.text("advice.item", text=text.rstrip("."), amounts=", ".join(item.amounts))
    if not item.certain:
        text = words.text("advice.possible", text=text)
    return " ".join(filter(None, (sentence(text) if item.because else text, item.because)))


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital letter at its beginning, and an end."""
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"


def _escaped(text: str) -> str:
    import html  # the command line and programs that read JSON do without

    return html.escape(text)


def _paragraphs(texts: Iterable[str]) -> Sequence[str]:
    return [f"<p>{_escaped(text)}</p>" for text in texts]


def _wrapped(text: str, indent: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )
