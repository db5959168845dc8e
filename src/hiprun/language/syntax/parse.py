"""The text of one file → its document, by way of the events of the YAML parser."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import yaml

from hiprun.errors import Problem
from hiprun.language.syntax import syntax_errors
from hiprun.language.syntax.builder import MOST_PROBLEMS, QUESTION_MARK, Tree, UnreadableError
from hiprun.language.syntax.document import Document
from hiprun.language.syntax.encoding import MOST_BYTES, normalise, too_large
from hiprun.language.syntax.invisible_characters import clean
from hiprun.model.places import Place, SourceText

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quickest parser there is. Only its events are used; nothing it could construct is ever asked for."""

_FIRST_NAME = re.compile(r"^[\"']?([A-Za-z_][\w-]*)[\"']? *:", re.MULTILINE)


def guess_kind(source: SourceText) -> str:
    """Return what a file that cannot be read seems to hold: its first name; `?` when there is none."""
    match = _FIRST_NAME.search(source.text.removeprefix("\ufeff"))
    return match[1] if match else "?"


def parse(
    source: SourceText, *, loader: Any = LOADER, texts: Collection[str] = ()
) -> tuple[Document | None, list[Problem]]:
    """Return the document that a text holds and every mistake found on the way; None when it cannot be made sense of.

    What stands under one of the names in `texts` is text, also without quotes and whatever it looks like.

    >>> document, problems = parse(SourceText("facts.yaml", "facts: {warm: {type: boolean}}"))
    >>> document.data, document.place(("facts", "warm", "type")).column
    ({'facts': {'warm': {'type': 'boolean'}}}, 22)
    """
    if len(source.text) > MOST_BYTES:
        return None, [too_large(source.file)]
    source = normalise(source)
    text, problems = clean(source, MOST_PROBLEMS)
    if text is None:
        return None, _in_order(problems)
    # Without a last line break, the two parsers disagree on where the last line ends.
    text = (text if text.endswith("\n") else f"{text}\n").replace("?", QUESTION_MARK)
    tree = _read(Tree(source, text, problems, texts), loader)
    found = [problem.code for problem in tree.problems[len(problems) :]]
    if (found or tree.root is None) and found != ["too-many-values"]:
        # The parser in C is for files without mistakes. About mistakes the two say different things, and so one speaks.
        tree = _read(Tree(source, text, problems, texts), yaml.SafeLoader)
    document = None if tree.root is None else Document(source, tree.root, tree.places, tree.keys)
    return document, _in_order(tree.problems)


def _line(problem: Problem) -> int:
    return problem.place.line if problem.place else 0


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.place or Place(""))


def _read(tree: Tree, loader: Any) -> Tree:
    """Return the tree with everything in it that could be read, and what was wrong."""
    events = loader(tree.text)
    try:
        while events.check_event():
            tree.take(events.get_event())
        tree.check_not_empty()
    except UnreadableError:
        tree.root = None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        tree.root = None
        if loader is yaml.SafeLoader:
            problem = syntax_errors.explain(tree.source, _marked(error, events), tree.last)
            # What is wrong with this line has been said already, if anything has, and more plainly.
            if all(_line(problem) != _line(earlier) for earlier in tree.problems):
                tree.problems.append(problem)
    finally:
        events.dispose()
    return tree


def _marked(error: Exception, events: Any) -> yaml.MarkedYAMLError:
    if isinstance(error, yaml.MarkedYAMLError):
        return error
    # An escape such as \UFFFFFFFF, which the parser finds out about only when it makes the character.
    return yaml.MarkedYAMLError(problem="escape", problem_mark=events.get_mark())
