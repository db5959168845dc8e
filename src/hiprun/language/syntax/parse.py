"""The text of one file → its document, built from the events of the YAML parser."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import yaml

from hiprun.errors import Problem
from hiprun.language.bounds import MOST_BYTES
from hiprun.language.syntax import syntax_errors
from hiprun.language.syntax.builder import MOST_PROBLEMS, QUESTION_MARK, TreeBuilder, UnreadableError
from hiprun.language.syntax.document import Document
from hiprun.language.syntax.encoding import normalise, too_large
from hiprun.language.syntax.invisible_characters import clean
from hiprun.model.places import Place, SourceText

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fastest parser available. Only its events are used; it never constructs any objects."""

_FIRST_NAME = re.compile(r"^[\"']?([A-Za-z_][\w-]*)[\"']? *:", re.MULTILINE)


def guess_kind(source: SourceText) -> str:
    """Return the likely kind of a file that cannot be read: its first name; `?` if there is none."""
    match = _FIRST_NAME.search(source.text.removeprefix("\ufeff"))
    return match[1] if match else "?"


def parse(
    source: SourceText, *, loader: Any = LOADER, texts: Collection[str] = ()
) -> tuple[Document | None, list[Problem]]:
    """Return the document of a text, or None if it cannot be read, and every mistake that was found.

    Values under the names in `texts` are texts, whatever they look like, even without quotes.

    >>> document, problems = parse(SourceText("facts.yaml", "facts: {warm: {type: boolean}}"))
    >>> document.data, document.place(("facts", "warm", "type")).column
    ({'facts': {'warm': {'type': 'boolean'}}}, 22)
    """
    if len(source.text) > MOST_BYTES:
        return None, [too_large(source.file)]
    source = normalise(source)
    text, problems = clean(source, MOST_PROBLEMS)
    if text is None:
        return None, _by_place(problems)
    # Without a final line break, the two parsers disagree on where the last line ends.
    text = (text if text.endswith("\n") else f"{text}\n").replace("?", QUESTION_MARK)
    tree = _build(TreeBuilder(source, text, problems, texts), loader)
    codes = [problem.code for problem in tree.problems[len(problems) :]]
    if (codes or tree.root is None) and codes != ["too-many-values"]:
        # The parser in C is for files without mistakes. They describe mistakes differently, so only one reports them.
        tree = _build(TreeBuilder(source, text, problems, texts), yaml.SafeLoader)
    document = None if tree.root is None else Document(source, tree.root, tree.places, tree.keys)
    return document, _by_place(tree.problems)


def _line(problem: Problem) -> int:
    return problem.place.line if problem.place else 0


def _by_place(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.place or Place(""))


def _build(tree: TreeBuilder, loader: Any) -> TreeBuilder:
    """Return the tree with everything that could be read, and the problems."""
    events = loader(tree.text)
    try:
        while (event := events.get_event()) is not None:
            tree.handle(event)
        tree.check_not_empty()
    except UnreadableError:
        tree.root = None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        tree.root = None
        if loader is yaml.SafeLoader:
            problem = syntax_errors.explain(tree.source, _with_position(error, events), tree.last_scalar)
            # A problem that was already reported for this line is clearer than this one.
            if all(_line(problem) != _line(earlier) for earlier in tree.problems):
                tree.problems.append(problem)
    finally:
        events.dispose()
    return tree


def _with_position(error: Exception, events: Any) -> yaml.MarkedYAMLError:
    if isinstance(error, yaml.MarkedYAMLError):
        return error
    # An escape such as \UFFFFFFFF, which fails only when the parser creates the character.
    return yaml.MarkedYAMLError(problem="escape", problem_mark=events.get_mark())
