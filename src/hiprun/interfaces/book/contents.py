"""What a rule book contains, as frozen values: everything a pack says, in plain words, with what refers to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import attrs

from hiprun.inference.phrases import Phrase, Pieces

Kind: TypeAlias = Literal["fact", "derived", "decision", "rule", "parameter", "constraint", "property", "case", "diary"]
"""What an entry of a book is about."""


@attrs.frozen
class Link:
    """One entry of the book that another refers to; a rule is named with its decision, `decision.rule`."""

    kind: Kind
    name: str
    label: str


@attrs.frozen
class Remarks:
    """What is said about an entry: why it is there, how the source was read, and which statements it rests on."""

    because: str = ""
    interpretation: str = ""
    statements: tuple[tuple[str, str], ...] = ()
    """The id and the text of each statement."""


@attrs.frozen
class FactEntry:
    """One thing that can be known: the question, the values it can have, and which decisions use it."""

    name: str
    ask: str
    values: str
    choices: tuple[str, ...]
    remarks: Remarks
    used_by: tuple[Link, ...]
    from_diary: bool = False


@attrs.frozen
class DiaryEntry:
    """One kind of entry in the diary: its title, and what each of its fields is called and can hold."""

    title: str
    fields: tuple[tuple[str, str], ...]


@attrs.frozen
class DerivedEntry:
    """Something that follows from what is known: a condition, or a formula with its unit."""

    name: str
    title: str
    condition: Phrase | None
    formula: Pieces
    remarks: Remarks
    used_by: tuple[Link, ...]


@attrs.frozen
class ConstraintEntry:
    """A combination that cannot be."""

    id: str
    never: Phrase
    remarks: Remarks


@attrs.frozen
class RuleEntry:
    """One rule: what must be so, and what follows. `unmet` is what a criterion says to those who do not meet it."""

    id: str
    title: str
    condition: Phrase
    is_always: bool
    results: tuple[Pieces, ...]
    unmet: str
    remarks: Remarks


@attrs.frozen
class TableEntry:
    """The rules of a decision as a table: a column for each thing that is asked, then one for each output."""

    heads: tuple[str, ...]
    results: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Pieces, ...]], ...]
    """The id of each rule, and its cells under all heads."""


@attrs.frozen
class DecisionEntry:
    """One decision with its rules. `policy` says how they become one answer."""

    name: str
    title: str
    aspect: str
    kind: Literal["rules", "table", "criteria", "limits", "stages"]
    audience: Literal["person", "professional", "internal"]
    policy: str
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    """What each output is called, and its values, calmest first where they have an order."""
    rules: tuple[RuleEntry, ...]
    table: TableEntry | None
    otherwise: tuple[Pieces, ...]
    remarks: Remarks
    uses: tuple[Link, ...]
    used_by: tuple[Link, ...]


@attrs.frozen
class ParameterEntry:
    """A number that rules share: its value, the range in which it may be set (empty: it is fixed), and its uses."""

    name: str
    title: str
    value: str
    range: str
    remarks: Remarks
    used_by: tuple[Link, ...]


@attrs.frozen
class StatementEntry:
    """A statement of the guidance, and everything that rests on it."""

    id: str
    text: str
    cited_by: tuple[Link, ...]


@attrs.frozen
class InterpretationEntry:
    """How the source was read where it is vague or says nothing, and where that is assumed."""

    link: Link
    text: str
    statements: tuple[tuple[str, str], ...]


@attrs.frozen
class CaseEntry:
    """An example patient: what is known, and what is expected. `patient` is whom the patient is like in all else."""

    id: str
    title: str
    patient: str
    known: tuple[str, ...]
    expected: tuple[tuple[Link, tuple[str, ...]], ...]
    is_refused: bool
    statements: tuple[tuple[str, str], ...]


@attrs.frozen
class CaseGroup:
    """The example patients of one file."""

    title: str
    cases: tuple[CaseEntry, ...]


@attrs.frozen
class PatientEntry:
    """An example patient that several cases start from."""

    name: str
    known: tuple[str, ...]


@attrs.frozen
class PropertyEntry:
    """A promise about every patient, with what became of its proof; empty if nothing was proved for this book."""

    id: str
    title: str
    condition: Phrase
    is_always: bool
    then: Phrase
    remarks: Remarks
    status: str = ""


@attrs.frozen
class ProvedKind:
    """One kind of claims about all patients: how many there are, how many are proved, and what was found."""

    title: str
    claims: int
    proved: int
    findings: tuple[str, ...]


@attrs.frozen
class Proofs:
    """What the prover found: whether it covers every setting of the parameters, and each kind of claim."""

    every_setting: bool
    ok: bool
    kinds: tuple[ProvedKind, ...]


@attrs.frozen
class Book:
    """A pack as a book to read, in `language`. The same pack gives an equal book."""

    name: str
    title: str
    version: str
    digest: str
    notice: str
    facts: tuple[FactEntry, ...]
    diary: tuple[DiaryEntry, ...]
    derived: tuple[DerivedEntry, ...]
    constraints: tuple[ConstraintEntry, ...]
    setting_constraints: tuple[ConstraintEntry, ...]
    decisions: tuple[DecisionEntry, ...]
    parameters: tuple[ParameterEntry, ...]
    statements: tuple[StatementEntry, ...]
    interpretations: tuple[InterpretationEntry, ...]
    patients: tuple[PatientEntry, ...]
    cases: tuple[CaseGroup, ...]
    properties: tuple[PropertyEntry, ...]
    language: str
    proofs: Proofs | None = None

    def for_audience(self, audience: str) -> Iterator[DecisionEntry]:
        """Yield the decisions for `person`, `professional`, or `internal`, which only serve other decisions."""
        return (decision for decision in self.decisions if decision.audience == audience)

    @property
    def case_count(self) -> int:
        """How many example patients there are."""
        return sum(len(group.cases) for group in self.cases)
