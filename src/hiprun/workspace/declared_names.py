"""The names that a pack declares, in all its files, whether these are right or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from hiprun.language.syntax.source_tree import MappingNode, ScalarNode, SourceNode
from hiprun.model import VERDICT
from hiprun.workspace.mentions import Mention, SymbolKind, items_of
from hiprun.workspace.mentions_by_kind import FileNames
from hiprun.workspace.symbols import Declaration, Subject, Symbol

_VALUES: tuple[SymbolKind, ...] = ("fact", "parameter", "derived")
_PROTOCOL_SUFFIXES = ("_stage", "_day", "_session")


class DeclaredNames:
    """Every name that the files of a pack declare. Where two files declare the same, the first counts."""

    def __init__(self, files: Mapping[str, FileNames]) -> None:
        self.declarations: dict[Symbol, Declaration] = {}
        self._kinds = {file: names.kind for file, names in files.items()}
        self._by_kind: defaultdict[tuple[SymbolKind, str], list[Declaration]] = defaultdict(list)
        self._quantities: dict[Symbol, str] = {}
        self._subjects: dict[str, Subject] = {}
        self._same: dict[str, list[str]] = {}
        for file, names in files.items():
            for mention in names.mentions:
                if mention.declares is not None and mention.node is not None:
                    self._declare(file, Symbol(mention.declares, mention.name, mention.scope), mention, mention.node)
            for link in names.links:
                if link.kind == "same":
                    self._link(link.name, link.other)
                else:
                    output = link.other.rpartition(".")[2]
                    self._quantities.setdefault(Symbol("output", output, link.name), link.other)

    def of_kind(self, *kinds: SymbolKind, scope: str | None = None) -> Iterator[Declaration]:
        """Yield the declarations of some kinds, of one scope or of all."""
        for (kind, of), declarations in self._by_kind.items():
            if kind in kinds and scope in (None, of):
                yield from declarations

    def value(self, name: str) -> Symbol | None:
        """Return the fact, parameter or derived fact called `name`."""
        return next((symbol for kind in _VALUES if (symbol := Symbol(kind, name)) in self.declarations), None)

    def subject(self, scope: str) -> Subject:
        """Return the type and the choices of a fact, `decision.output`, or field, as far as they are declared."""
        if scope not in self._subjects:
            self._subjects[scope] = self._subject(scope)
        return self._subjects[scope]

    def decision_kind(self, decision: str) -> str:
        """Return the kind of file that a decision is declared in; empty if there is none."""
        declaration = self.declarations.get(Symbol("decision", decision))
        return self._kinds[declaration.file] if declaration else ""

    def collects(self, decision: str) -> bool:
        """Return whether a decision gives any number of items, so that its outputs have no single value."""
        declaration = self.declarations.get(Symbol("decision", decision))
        return declaration is not None and declaration.text("hit") == "collect"

    def protocol_of(self, decision: str) -> str:
        """Return the protocol that a decision belongs to; empty if to none."""
        if not self._protocols:
            return ""
        names = [decision, *(decision.removesuffix(end) for end in _PROTOCOL_SUFFIXES if decision.endswith(end))]
        return next((name for name in names if name in self._protocols), "")

    def outputs(self, decision: str) -> list[str]:
        """Return the names of the outputs of a decision."""
        protocol = self.protocol_of(decision)
        if protocol:
            by_suffix = {
                "": ["step", "back", "latest"],
                "_stage": ["stage"],
                "_day": ["activity", "sessions", "rest_days"],
                "_session": [declared.symbol.name for declared in self.of_kind("measure", scope=protocol)],
            }
            return by_suffix[decision.removeprefix(protocol)]
        if self.decision_kind(decision) == "criteria":
            return ["result"]
        declared = [found.symbol.name for found in self.of_kind("output", scope=decision)]
        return declared or [output.name for output in self._quantities if output.scope == decision]

    def decisions(self) -> list[str]:
        """Return the names of all decisions, those of protocols included."""
        names: list[str] = []
        for declared in self.of_kind("decision"):
            name = declared.symbol.name
            more = _PROTOCOL_SUFFIXES if self.decision_kind(name) == "stages" else ()
            names += [name, *(f"{name}{suffix}" for suffix in more)]
        return names

    def members(self, group: str) -> list[str]:
        """Return the choices of a group."""
        declaration = self.declarations.get(Symbol("group", group))
        items = items_of(declaration.node) if declaration else ()
        return [item.text for item in items if isinstance(item, ScalarNode)]

    def is_given(self, symbol: Symbol) -> bool:
        """Return whether the name of an output follows from the kind of its decision, so that nothing declares it."""
        if symbol.kind != "output" or self.decision_kind(symbol.scope) == "decision":
            return False
        return symbol.name in self.outputs(symbol.scope)

    def _declare(self, file: str, symbol: Symbol, mention: Mention, node: SourceNode) -> None:
        if symbol not in self.declarations:
            declaration = Declaration(symbol, file, mention.start, mention.end, node)
            self.declarations[symbol] = declaration
            self._by_kind[symbol.kind, symbol.scope].append(declaration)

    def _link(self, name: str, other: str) -> None:
        """Note that two scopes have the same choices, and so have all that either has them in common with."""
        merged = list(dict.fromkeys([*self._same.get(other, [other]), *self._same.get(name, [name])]))
        for scope in merged:
            self._same[scope] = merged

    def _subject(self, scope: str) -> Subject:
        decision, dot, output = scope.partition(".")
        if scope.startswith("@"):
            return self._declared_subject(Symbol("field", output, decision[1:]))
        if not dot:
            symbol = self.value(scope)
            if symbol is None:
                return Subject("")
            if symbol.kind == "derived":
                return Subject("boolean" if self._holds(symbol, "when") else "number")
            return self._declared_subject(symbol) if symbol.kind == "fact" else Subject("number")
        protocol = self.protocol_of(decision)
        if protocol:
            return self._protocol_subject(protocol, decision, output)
        if Symbol("output", output, decision) in self._quantities:
            return Subject("choice", VERDICT.choices, is_ordered=False)
        criteria = [declared.symbol.name for declared in self.of_kind("choice", scope=scope)]
        if output == "result" and self.decision_kind(decision) == "criteria":
            return Subject("choice", dict.fromkeys(criteria or ("met", "unmet"), ""))
        return self._declared_subject(Symbol("output", output, decision))

    @cached_property
    def _protocols(self) -> frozenset[str]:
        declared = (found.symbol.name for found in self.of_kind("decision"))
        return frozenset(name for name in declared if self.decision_kind(name) == "stages")

    def _holds(self, symbol: Symbol, key: str) -> bool:
        node = self.declarations[symbol].node
        return isinstance(node, MappingNode) and node.get(key) is not None

    def _declared_subject(self, symbol: Symbol) -> Subject:
        declaration = self.declarations.get(symbol)
        if declaration is None:
            return Subject("")
        is_ordered = bool(declaration.text("worse")) or declaration.text("ordered") == "true"
        return Subject(declaration.text("type"), declaration.choices, is_ordered)

    def _protocol_subject(self, protocol: str, decision: str, output: str) -> Subject:
        kinds: Mapping[tuple[str, str], SymbolKind] = {
            ("_stage", "stage"): "stage",
            ("", "latest"): "stage",
            ("_day", "activity"): "activity",
        }
        suffix = decision.removeprefix(protocol)
        if (suffix, output) in kinds:
            declared = self.of_kind(kinds[suffix, output], scope=protocol)
            return Subject("choice", {found.symbol.name: _title(found) for found in declared})
        if (suffix, output) == ("", "step"):
            steps = ("advance", "repeat", "go_back", "jump", "stop", "refer")
            return Subject("choice", dict.fromkeys(steps, ""))
        return Subject("number")


def _title(declaration: Declaration) -> str:
    return declaration.node.text if isinstance(declaration.node, ScalarNode) else declaration.text("title")
