"""A document → the mistakes in its shape, by the JSON Schema of its kind, in words for its author."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from hiprun.errors import Problem, nearest, suggestion
from hiprun.language.file_kinds import KINDS
from hiprun.language.published_schemas import ADDRESS, schema
from hiprun.language.syntax import MOST_PROBLEMS, Document, Path, infix_hints
from hiprun.model.corrections import Add, AnyHelp, Delete, Help, MakeGroup, MakeList, Quote, Write, in_digits, write_one
from hiprun.model.places import Place

_TYPES = {
    "object": "a mapping (`name: value`)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
}
_REFERENCES_TO_TEXT = frozenset(f"common.schema.json#/$defs/{name}" for name in ("text", "title", "because"))
_LONGEST_SHOWN = 60
_CONDITION_KEYS = frozenset({"when", "if", "never", "require", "where", "whether", "enter"})
"""The keys of conditions, wherever they are in a file."""


def check(document: Document) -> list[Problem]:
    """Return every mistake in the shape of `document`: names unknown or missing, values of the wrong type."""
    return check_and_guess(document)[0]


def check_and_guess(document: Document) -> tuple[list[Problem], dict[Path, str]]:
    """Return every mistake, and by path the most likely correction of each misspelt name."""
    if document.kind not in KINDS:
        return [_unknown_kind(document)], {}
    problems: list[Problem] = []
    intended: dict[Path, str] = {}
    misnamed_groups: set[Path] = set()
    for error in _validator(document.kind).iter_errors(document.data):
        group = _misnamed_group(document, tuple(error.absolute_path))
        if group:
            if group not in misnamed_groups:
                misnamed_groups.add(group)
                problems.append(_group_problem(document, group))
            continue
        problems += islice(_problems(document, error), MOST_PROBLEMS - len(problems))
        if error.validator == "additionalProperties":
            intended.update(_guesses(error))
    return sorted(problems, key=lambda problem: problem.place or Place("")), intended


def _misnamed_group(document: Document, path: Path) -> Path | None:
    """Return the path of the outermost `or` or `and` above a mistake, if one is used for a group of conditions."""
    value: Any = document.data
    inside = False
    for depth, step in enumerate(path):
        value = value[step]
        if (
            inside
            and isinstance(step, str)
            and step.lower() in infix_hints.GROUP_FOR
            and isinstance(value, list | dict)
        ):
            return path[: depth + 1]
        inside = inside or step in _CONDITION_KEYS
    return None


def _group_problem(document: Document, path: Path) -> Problem:
    name = str(path[-1])
    message = f"`{name}` has no meaning in a condition."
    return document.problem("unknown-key", message, path, key=True, help=infix_hints.group_help(name))


def _guesses(error: Any) -> Iterator[tuple[Path, str]]:
    known, instance = error.schema["properties"], error.instance
    unused = [key for key in known if key not in instance]
    for key in islice((key for key in instance if key not in known), MOST_PROBLEMS):
        guess = nearest(key[:_LONGEST_SHOWN], unused)
        if guess:
            unused.remove(guess)
            yield (*error.absolute_path, key), guess


def _pattern(validator: Any, pattern: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    # In JSON Schema, `$` is the end of the text; in Python, it also matches before a final line break.
    if isinstance(instance, str) and (re.search(pattern, instance) is None or instance.endswith("\n")):
        yield ValidationError("pattern")


_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def _validator(kind: str) -> Any:
    common = DRAFT202012.create_resource(schema("common"))
    registry: Registry[Any] = Registry()
    return _Validator(schema(kind), registry=registry.with_resource(f"{ADDRESS}common.schema.json", common))


def _unknown_kind(document: Document) -> Problem:
    known_kinds = [name for name in document.data if name in KINDS]
    if known_kinds:
        return document.problem(
            "kind-not-first",
            f"`{known_kinds[0]}` says what this file contains, so it must come first.",
            (known_kinds[0],),
            key=True,
            help=f"Move the line with `{known_kinds[0]}` to the top.",
        )
    if not document.data:
        return document.problem("empty", "This file has no content.", (), help="Begin with a line such as `facts:`.")
    kind = document.kind
    guess = nearest(kind[:_LONGEST_SHOWN], KINDS)
    return document.problem(
        "unknown-kind",
        f"`{_shortened(kind)}` is not a kind of rule file.",
        (kind,),
        key=True,
        help=suggestion(guess, KINDS) if guess else f"A file begins with one of {_word_list(KINDS)}.",
    )


def _problems(document: Document, error: Any) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(document, error, path)
        case "required":
            yield from _missing_key(document, error, path)
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            yield _bad_name(document, error, (*path, error.instance), key=True)
        case "pattern":
            yield _bad_name(document, error, path, key=False)
        case "not":
            yield document.problem(
                "not-here",
                f"`{path[-1]}` is not allowed here.",
                path,
                key=True,
                help=Help(error.schema["errorMessage"], Delete()),
            )
        case _:
            yield _PROBLEM_BY_KEYWORD[error.validator](document, error, path)


def _unknown_keys(document: Document, error: Any, path: Path) -> Iterator[Problem]:
    known = error.schema["properties"]
    for key in error.instance:
        if key not in known:
            yield document.problem(
                "unknown-key",
                f"`{_shortened(key)}` has no meaning in {_subject_in_sentence(document, path)}.",
                (*path, key),
                key=True,
                help=suggestion(key, known),
            )


def _missing_key(document: Document, error: Any, path: Path) -> Iterator[Problem]:
    key = next(key for key in error.validator_value if error.message.startswith(repr(key)))
    known = error.schema.get("properties", {})
    unknown = islice((name for name in error.instance if name not in known), MOST_PROBLEMS)
    if any(nearest(name[:_LONGEST_SHOWN], known) == key for name in unknown):
        return  # it is there but misspelt, which is reported
    description = known.get(key, {}).get("description", "").removesuffix(".")
    aside = f" ({description[0].lower()}{description[1:]})" if description else ""
    own_words = error.schema.get("errorMessage")
    help = Help(own_words) if own_words else Help(f"Add `{key}: …`{aside}.", *_additions(key, known.get(key, {})))
    yield document.problem("missing-key", f"{_subject(document, path)} lacks `{key}`.", path, key=True, help=help)


def _additions(key: str, schema: Mapping[str, Any]) -> Iterator[Add]:
    """Yield an entry with each of the words that its schema allows, or with a text that remains to be written."""
    if schema.get("$ref") in _REFERENCES_TO_TEXT:
        yield Add(key)
    for word in schema.get("corrections", schema.get("enum", ())):
        yield Add(key, word)


def _bad_name(document: Document, error: Any, path: Path, *, key: bool) -> Problem:
    name, words, separator = error.instance, error.schema["errorMessage"], error.schema.get("joinedBy")
    if not separator:
        help = Help(words, *map(Write, error.schema.get("corrections", ())))
        return document.problem("bad-form", f"`{_shortened(name)}` is not allowed here.", path, key=key, help=help)
    suggested = re.sub(r"[^a-z0-9]+", separator, name.lower()).strip(separator)
    if len(name) <= _LONGEST_SHOWN and re.search(error.validator_value, suggested):
        help = Help(f"{words} Write `{suggested}`.", Write(suggested))
    else:
        help = Help(words)
    noun = "a name" if separator == "_" else "an id"
    return document.problem("bad-name", f"`{_shortened(name)}` cannot be {noun}.", path, key=key, help=help)


def _wrong_type(document: Document, error: Any, path: Path) -> Problem:
    types = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    words = [_TYPES[name] for name in types]
    either = " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    message = f"{_subject(document, path)} must be {either}, not {_value_in_words(document, path, error.instance)}."
    own_words = error.schema.get("errorMessage") if isinstance(error.instance, list) else None
    help = Help(own_words, MakeGroup()) if own_words else _type_help(error, types, _source_text(document, path))
    return document.problem("wrong-type", message, path, help=help)


def _type_help(error: Any, types: list[str], source_text: str) -> AnyHelp:
    match error.instance:
        case bool() | int() | Fraction() if "string" in types:
            return Help(f'Put it in quotes: `"{source_text}"`.', Quote())
        case dict() if types == ["array"]:
            return Help("Begin each entry with a dash and a space, `- `, or write the list in brackets.", MakeList())
        case list() if "object" in types:
            return "Write `name: value`, without dashes or brackets."
        case list() | dict():
            return "Write a single value."
        case str() as text if (
            "object" in types and _is_condition(error) and (intended := infix_hints.condition_text(text))
        ):
            return Help(f"Write `{intended}`.", Write(intended))
        case _ if "object" in types:
            return "Write `name: value` on the lines below it, two spaces further in."
        case str() as text if types == ["array"] and (ends := infix_hints.range_ends(text)):
            brackets = f"[{ends[0]}, {ends[1]}]"
            return Help(f"Write the two ends in brackets: `{brackets}`.", Write(brackets))
        case _ if "array" in types:
            description = error.schema.get("description", "")
            return f"Write a list in brackets, with commas: `[one, another]`. {description}".rstrip()
        case _ if "boolean" in types:
            return Help("Write `true` or `false`, without quotes.", Write("true"), Write("false"))
        case _:
            return in_digits(error.instance)


def _is_condition(error: Any) -> bool:
    return "additionalProperties" in error.schema and set(error.schema.get("properties", ())) >= {"all", "any", "not"}


def _unknown_word(document: Document, error: Any, path: Path) -> Problem:
    words = [{True: "true", False: "false"}.get(word, word) for word in error.validator_value]
    value = error.instance
    message = f"{_subject(document, path)} cannot be {_value_in_words(document, path, value)}."
    choices = Help(f"Write one of {_word_list(words)}.", *write_one(words))
    help = suggestion(value, words) if isinstance(value, str) else choices
    return document.problem("unknown-word", message, path, help=help)


def _empty(document: Document, error: Any, path: Path) -> Problem:
    if error.validator_value == 1:
        message = f"{_subject(document, path)} is empty."
        in_key = not isinstance(error.instance, str)
        return document.problem("empty", message, path, key=in_key, help="Put something in it, or delete it.")
    return _wrong_length(document, error, path)


def _wrong_length(document: Document, error: Any, path: Path) -> Problem:
    length, bound = len(error.instance), error.validator_value
    need = f"exactly {bound}" if "maxItems" in error.schema else f"at least {bound}"
    message = f"{_subject(document, path)} needs {need} entries and has {length}."
    return document.problem("wrong-length", message, path, help=error.schema.get("description", ""))


_PROBLEM_BY_KEYWORD: Mapping[Any, Callable[[Document, Any, Path], Problem]] = {
    "type": _wrong_type,
    "enum": _unknown_word,
    "minItems": _empty,
    "minProperties": _empty,
    "minLength": _empty,
    "maxItems": _wrong_length,
}


def _subject(document: Document, path: Path) -> str:
    if not path:
        return "This file"
    value: Any = document.data
    for step in path:
        value = value[step]
    if isinstance(path[-1], str):
        return f"`{_shortened(path[-1])}`"
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return f"`{_shortened(value['id'])}`"
    return f"Entry {path[-1] + 1} of {_subject_in_sentence(document, path[:-1])}"


def _subject_in_sentence(document: Document, path: Path) -> str:
    subject = _subject(document, path)
    return subject[0].lower() + subject[1:]


def _source_text(document: Document, path: Path) -> str:
    place = document.place(path)
    return _shortened(document.source.line(place.line)[place.column - 1 :][: place.width])


def _value_in_words(document: Document, path: Path, value: Any) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text `{_shortened(value)}`" if value else "an empty text"
        case _:
            return f"`{_source_text(document, path)}`"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _word_list(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
