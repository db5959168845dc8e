"""Problems and other sentences that hiprun makes in English, in the language of the workbench.

What has no form in that language is shown in English, as a whole, and the page says that it is.
"""

from __future__ import annotations

import attrs
from markupsafe import Markup

from hiprun.catalogue import Catalogue
from hiprun.errors import Problem
from hiprun.interfaces.workbench.marked_text import marked

_ENGLISH = Markup('<span lang="en">{}</span>')


@attrs.frozen
class ProblemWords:
    """A problem in words: its kind, what is wrong and what to do; `english` is what can only be said in English."""

    title: str
    message: Markup
    help: Markup
    english: Markup


def problem_words(problem: Problem, words: Catalogue) -> ProblemWords:
    """Return a problem in the language of the workbench, as far as it can be said in that."""
    message, help = (words.sentence(said) if said else "" for said in (problem.message, problem.help))
    if message is None:
        message, help = "", ""
        left = f"{problem.message} {problem.help}".strip()
    else:
        left = problem.help if help is None else ""
    english = _ENGLISH.format(marked(left)) if left else Markup("")
    return ProblemWords(words.problem_title(problem.code), marked(message), marked(help or ""), english)


def plain_words(problem: Problem, words: Catalogue) -> str:
    """Return a problem in one line of plain text, to be shown at a field."""
    message, help = (words.sentence(said) if said else "" for said in (problem.message, problem.help))
    if message is None or help is None:
        return words.text("workbench.only_english.text", text=f"{problem.message} {problem.help}".strip())
    return f"{message} {help}".strip()


def sentence_words(sentence: str, words: Catalogue) -> Markup:
    """Return a sentence as HTML, in the language of the workbench if it has a form in that."""
    said = words.sentence(sentence) if sentence else ""
    return _ENGLISH.format(marked(sentence)) if said is None else marked(said)
