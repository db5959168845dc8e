"""The names of a whole pack: what each word in its files stands for, and where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import assert_never

from hiprun.language.resolve.formula_parser import names_in
from hiprun.model.stages import hyphenated
from hiprun.workspace.declared_names import DeclaredNames
from hiprun.workspace.mentions import Mention, SymbolKind, field_scope
from hiprun.workspace.mentions_by_kind import FileNames
from hiprun.workspace.symbols import Occurrence, Symbol

_STAGE_RULES = ("at-", "enter-", "least-")
_WITHOUT_CHOICES = frozenset({"boolean", "integer", "number", "date"})


class PackNames(DeclaredNames):
    """The names in all files of a pack. What is named but not declared has no symbol."""

    def __init__(self, files: Mapping[str, FileNames], language: int) -> None:
        super().__init__(files)
        self._files = files
        self._language = language
        self._occurrences: dict[str, tuple[Occurrence, ...]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files."""
        return tuple(self._files)

    def occurrences_in(self, file: str) -> tuple[Occurrence, ...]:
        """Return every place in a file where a symbol is named, in the order of the file."""
        if file not in self._occurrences and file in self._files:
            mentions = self._files[file].mentions
            self._occurrences[file] = tuple(found for mention in mentions for found in self._resolved(file, mention))
        return self._occurrences.get(file, ())

    @cached_property
    def by_symbol(self) -> Mapping[Symbol, tuple[Occurrence, ...]]:
        """Every place where a symbol is named, by symbol."""
        by_symbol: defaultdict[Symbol, list[Occurrence]] = defaultdict(list)
        for file in self._files:
            for occurrence in self.occurrences_in(file):
                by_symbol[occurrence.symbol].append(occurrence)
        return {symbol: tuple(occurrences) for symbol, occurrences in by_symbol.items()}

    def referred(self, reference: str) -> Symbol | None:
        """Return what a reference stands for: the name of a value, or a decision, a dot and an output."""
        decision, dot, output = reference.partition(".")
        return self._output(output, decision) if dot else self.value(reference)

    def _resolved(self, file: str, mention: Mention) -> Iterator[Occurrence]:
        """Yield the symbols that a mention names: none if nothing is declared, several in a formula."""
        if mention.in_text and self._language == 1:
            return
        owner = self._owner(mention)
        for symbol, start, width, is_hyphenated in self._named(mention):
            line, column = mention.start
            first = line, column + start
            yield Occurrence(
                symbol,
                file,
                first,
                (line, first[1] + width),
                mention.declares is not None,
                owner,
                is_hyphenated,
            )

    def _owner(self, mention: Mention) -> Symbol | None:
        if mention.owner is None or not mention.owner[1]:
            return None
        role, name, scope = mention.owner
        kind: SymbolKind = "fact" if role == "diary" else role  # type: ignore[assignment]
        return Symbol(kind, name, scope)

    def _named(  # noqa: C901, PLR0912 - one branch for each role
        self, mention: Mention
    ) -> Iterator[tuple[Symbol, int, int, bool]]:
        """Yield the symbols that a mention names, each with where it begins in it, its width and its form."""
        name, scope = mention.name, mention.scope
        symbol: Symbol | None
        match mention.role:
            case "value" | "given_fact" | "number":
                symbol = self.value(name)
            case "decision":
                protocol = self.protocol_of(name)
                symbol = Symbol("decision", protocol or name)
                name = protocol or name
            case "output":
                symbol = self._output(name, scope)
            case "operand":
                yield from self._operand(mention)
                return
            case "group_member":
                yield from ((symbol, 0, len(name), False) for symbol in self._choices_meant(name, scope))
                return
            case "rule":
                yield from self._rule(mention)
                return
            case "choice":
                symbol = self._choice(name, scope)
            case "field":
                symbol = self._field(name, scope)
            case (
                "fact"
                | "parameter"
                | "derived"
                | "statement"
                | "patient"
                | "case"
                | "property"
                | "constraint"
                | "group"
                | "stage"
                | "activity"
                | "measure"
                | "entry"
            ):
                symbol = Symbol(mention.role, name, scope)
            case _:
                assert_never(mention.role)
        if symbol is not None and (symbol in self.declarations or self.is_given(symbol)):
            yield symbol, 0, len(name), False

    def _output(self, name: str, decision: str) -> Symbol | None:
        protocol = self.protocol_of(decision)
        if protocol and decision == f"{protocol}_session":
            return Symbol("measure", name, protocol)
        symbol = Symbol("output", name, decision)
        if symbol in self._quantities and symbol not in self.declarations:
            quantity = self._quantities[symbol]
            return None if quantity.partition(".")[0] == decision else self.referred(quantity)
        return symbol

    def _choice(self, name: str, scope: str) -> Symbol | None:
        """Return a choice of a subject; those of a field and of the fact that is measured from it are the same."""
        linked = (other for other in self._same.get(scope, ()) if Symbol("choice", name, other) in self.declarations)
        scope = next(linked, scope)
        protocol = self.protocol_of(scope.partition(".")[0]) if "." in scope and scope[0] != "@" else ""
        if protocol:
            kind: SymbolKind = "activity" if scope.endswith("_day.activity") else "stage"
            return Symbol(kind, name, protocol)
        return Symbol("choice", name, scope)

    def _field(self, name: str, entry: str) -> Symbol:
        """Return a field; one that a condition on several kinds of entries is about is the same in all of them."""
        same = self._same.get(field_scope(entry, name), ())
        scopes = (other[1:].partition(".") for other in same if other.startswith("@"))
        fields = (Symbol("field", field, kind) for kind, _, field in scopes if field == name)
        return next((field for field in fields if field in self.declarations), Symbol("field", name, entry))

    def _operand(self, mention: Mention) -> Iterator[tuple[Symbol, int, int, bool]]:
        text = mention.name
        subject = self.subject(mention.scope)
        if subject.type == "string":
            return
        if subject.type not in _WITHOUT_CHOICES:
            choice = self._choice(text, mention.scope)
            if text in subject.choices and choice in self.declarations:
                yield choice, 0, len(text), False
                return
            if Symbol("group", text) in self.declarations:
                yield Symbol("group", text), 0, len(text), False
                return
        for name, start in names_in(text):
            if mention.scope.startswith("@"):
                field = self._field(name, mention.scope[1:].partition(".")[0])
                if field in self.declarations:
                    yield field, start, len(name), False
                    continue
            decision, dot, output = name.partition(".")
            if dot:
                yield from self._shifted(Mention("decision", decision, (1, 1), (1, 1)), start)
                yield from self._shifted(Mention("output", output, (1, 1), (1, 1), decision), start + len(decision) + 1)
            else:
                yield from self._shifted(Mention("value", name, (1, 1), (1, 1)), start)

    def _shifted(self, mention: Mention, by: int) -> Iterator[tuple[Symbol, int, int, bool]]:
        for symbol, start, width, is_hyphenated in self._named(mention):
            yield symbol, start + by, width, is_hyphenated

    def _choices_meant(self, name: str, group: str) -> Iterator[Symbol]:
        """Yield the choices that a member of a group stands for: those of each subject that has all of the group."""
        members = {*self.members(group)}
        for declared in self._with_choices():
            if declared[1].keys() >= members and (symbol := self._choice(name, declared[0])) is not None:
                yield symbol

    def _with_choices(self) -> Iterable[tuple[str, Mapping[str, str]]]:
        for declared in self.of_kind("fact", "output"):
            if declared.choices:
                yield str(declared.symbol), declared.choices

    def _rule(self, mention: Mention) -> Iterator[tuple[Symbol, int, int, bool]]:
        name, scope = mention.name, mention.scope
        protocol = self.protocol_of(scope)
        prefix = next((start for start in _STAGE_RULES if name.startswith(start)), "")
        if protocol and prefix and not mention.declares:
            for declared in self.of_kind("stage", scope=protocol):
                if hyphenated(declared.symbol.name) == name.removeprefix(prefix):
                    yield declared.symbol, len(prefix), len(name) - len(prefix), True
                    return
        symbol = Symbol("rule", name, scope)
        if symbol in self.declarations:
            yield symbol, 0, len(name), False
