"""Generated packs, as rule files or loaded: small, with every construct of the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, TypeVar, Unpack

import attrs
from hypothesis import note
from hypothesis import strategies as st

from hiprun.errors import RuleError
from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check
from hiprun.language.syntax import parse
from hiprun.model import Model
from hiprun.model.places import SourceText
from hiprun.pack import Pack
from hiprun.testing.pack_generation import PackOptions, generate

T = TypeVar("T")


class Sizes(TypedDict, total=False):
    """The options of `packs`, as in `PackOptions`."""

    min_facts: int
    max_facts: int
    max_derived: int
    min_decisions: int
    max_decisions: int
    min_rules: int
    max_rules: int
    fact_types: Sequence[str]
    policies: Sequence[str]
    diary: bool | None
    stages: bool | None
    functions: bool
    language: Literal[1, 2]


@attrs.frozen
class DrawnChoices:
    """Has Hypothesis take the choices of a generator, so that what fails shrinks to the simplest options."""

    draw: st.DrawFn

    def integer(self, lowest: int, highest: int) -> int:
        """Return a whole number, the lowest first."""
        return self.draw(st.integers(lowest, highest))

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options, the first one first."""
        return self.draw(st.sampled_from(options))

    def yes(self, chance: float = 0.5) -> bool:
        """Return False first, and True about as often as `chance` says."""
        evenly = chance == 0.5
        return self.draw(st.booleans()) if evenly else self.draw(st.integers(0, 9)) >= 10 * (1 - chance)

    def some_of(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """Return different options, the shortest list first."""
        if not options:
            return []
        indexes = st.lists(st.sampled_from(range(len(options))), min_size=least, max_size=most, unique=True)
        return [options[index] for index in self.draw(indexes)]


@st.composite
def pack_files(draw: st.DrawFn, **sizes: Unpack[Sizes]) -> dict[str, str]:
    """Return a strategy for the rule files of small packs: the text of each file by name, without mistakes.

    The sizes apply to the pack, `max_rules` to each decision. `fact_types` and `policies` say which types of facts and
    which hit policies it may use; `criteria` and `limits` count as policies here. Its cases are valid but need not
    pass. `diary` and `stages` say whether it has a diary and a protocol, called `protocol`; by default, some packs do.
    With `functions`, formulas have functions; `language` is the version of the language.
    A protocol adds facts and limits of its own, which do not count towards the sizes.
    """
    return generate(DrawnChoices(draw), PackOptions(**sizes)).files()


def packs(**sizes: Unpack[Sizes]) -> st.SearchStrategy[Pack]:
    """Return a strategy for small packs with every construct of the language; the options are those of `pack_files`.

    If a test fails, the rule files of the pack are shown.
    """
    return pack_files(**sizes).map(_loaded)


def _loaded(files: Mapping[str, str]) -> Pack:
    note("\n".join(f"# {name}\n{text}" for name, text in files.items()))
    return Pack(model_of(files))


def model_of(rule_files: Mapping[str, str]) -> Model:
    """Return the model of rule files, read as `hiprun.load` reads them; raises `RuleError` with every mistake."""
    documents, problems = [], []
    for name, text in rule_files.items():
        document, found = parse(SourceText(f"made-up/{name}", text))
        problems += found
        if document:
            documents.append(document)
            problems += check(document)
    model = None
    if not problems:
        model, problems = resolve(documents)
    if model is None:
        raise RuleError(problems)
    return model
