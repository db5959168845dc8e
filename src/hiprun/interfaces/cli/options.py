"""The options that several commands share: which rules, which facts, which parameters."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs
import click

from hiprun.errors import FactError, Problem, UnknownNameError
from hiprun.language.reader.fact_files import read_facts, read_value
from hiprun.loading import load
from hiprun.model import Domain, Fact
from hiprun.pack import Pack

if TYPE_CHECKING:
    import zoneinfo

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
language_option = click.option(
    "--language", metavar="CODE", help="The language of the texts, such as de; default: that of the rules."
)
professional_option = click.option(
    "--professional", is_flag=True, help="Also show what is for professionals: names, rules, sources and places."
)
run_budget_option = click.option(
    "--run-budget", metavar="STEPS", type=click.IntRange(min=1), help="How much work the whole run may take."
)
jobs_option = click.option(
    "--jobs", metavar="N", type=click.IntRange(min=1), help="How many processes to use; default: one per processor."
)
_rules = click.option(
    "--rules", metavar="PATH", help="A folder of rule files; default: the rules that come with hiprun."
)
settings_option = click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="Set a parameter of the rules."
)
_facts_file = click.option(
    "--facts", "facts_file", metavar="FILE", help="A YAML or JSON file of facts; - reads standard input."
)
_words = click.argument("words", nargs=-1, metavar="[DECISION]... [FACT=VALUE]...")


def pack_options(command: Command) -> Command:
    """Add the options that say which rules to use."""
    return _rules(settings_option(command))


def patient_options(command: Command) -> Command:
    """Add the arguments and options that say what to decide, and on which facts."""
    return _words(_facts_file(pack_options(command)))


def rules_path(command: Command) -> Command:
    """Add the folder of rules, either as the argument PATH or as `--rules PATH`."""

    @click.argument("path", required=False)
    @_rules
    @functools.wraps(command)
    def with_either_path(*arguments: Any, path: str | None, rules: str | None, **options: Any) -> Any:
        if path is not None and rules is not None:
            raise click.UsageError("PATH and --rules mean the same thing; give only one of them.")
        return command(*arguments, path=path if rules is None else rules, **options)

    return cast(Command, with_either_path)


def pack_at(rules: str | None, settings: tuple[str, ...] = (), language: str | None = None) -> Pack:
    """Return the pack that the options select."""
    pack = load(rules)
    if settings:
        pack = pack.with_parameters(**named_values(settings, "--set"))
    return pack.in_language(language) if language else pack


def patient(pack: Pack, words: tuple[str, ...], facts_file: str | None) -> tuple[list[str], Mapping[str, Any]]:
    """Return the decisions and facts that were given; facts on the command line override those in the file."""
    decisions = [word for word in words if "=" not in word]
    mistaken = [pack.facts[word] for word in decisions if word in pack.facts and word not in pack.decisions]
    if mistaken:
        raise UnknownNameError(map(_fact_without_value, mistaken))
    domains = fact_domains(pack)
    facts = dict(_read(facts_file, domains)) if facts_file else {}
    return decisions, facts | named_values(tuple(word for word in words if "=" in word), "FACT=VALUE", domains)


def fact_domains(pack: Pack) -> dict[str, Domain]:
    """Return the domains of the facts of a pack."""
    return {name: fact.domain for name, fact in pack.facts.items()}


def _fact_without_value(fact: Fact) -> Problem:
    value = {"boolean": "true"}.get(fact.domain.type) or next(iter(fact.domain.choices), "…")
    help = f"Write `{fact.name}={value}`."
    return Problem("fact-without-value", f"`{fact.name}` is a fact, and needs a value.", help=help, subject=fact.name)


def time_zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    """Return the time zone that `--zone` names."""
    import zoneinfo  # this and `pathlib` take as long to import as half of a pack in checked form

    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        message = f"`{name}` is not a time zone; write, for example, Europe/Berlin."
        raise click.BadParameter(message, param_hint="--zone") from None


def _read(facts_file: str, domains: Mapping[str, Domain]) -> Mapping[str, Any]:
    if facts_file == "-":
        return read_facts(sys.stdin.read(), name="standard input", domains=domains)
    from pathlib import Path

    return read_facts(Path(facts_file), domains=domains)


def named_words(words: tuple[str, ...], option: str) -> dict[str, str]:
    """Return the names and texts in NAME=TEXT words."""
    texts: dict[str, str] = {}
    for word in words:
        name, separator, text = (part.strip() for part in word.partition("="))
        if not separator or not name:
            raise click.BadParameter(f"`{word}` is not a name, an equals sign and a value.", param_hint=option)
        texts[name] = text
    return texts


def named_values(words: tuple[str, ...], option: str, domains: Mapping[str, Domain] | None = None) -> dict[str, Any]:
    """Return the names and values in NAME=VALUE words, or raise `FactError` with every problem in them.

    `domains` has the domain of each name: the `no` of a choice is a word, the `no` of a true-or-false fact is not.
    """
    domains = domains or {}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in named_words(words, option).items():
        try:
            values[name] = read_value(text, domains.get(name))
        except FactError as error:
            problems += [attrs.evolve(problem, message=f"`{name}`: {problem.message}") for problem in error.problems]
    if problems:
        raise FactError(problems)
    return values
