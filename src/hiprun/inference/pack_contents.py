"""What a pack contains and says of itself: names, declarations, digest, and the schema of what it can be told."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hiprun.inference.reader_texts import ReaderTexts, for_nobody
from hiprun.model import Decision, Fact, Model, Number, Parameter, Statement
from hiprun.model.value_conversion import decimal


class PackContents:
    """The part of a pack that describes it; `model` is everything it says, as values."""

    model: Model
    _defaults: Mapping[str, Number]

    @functools.cached_property
    def _shown(self) -> Model:
        """The model as readers see its texts."""
        return for_nobody(self.model)

    @property
    def name(self) -> str:
        """The pack's own name."""
        return self.model.name

    @property
    def version(self) -> str:
        """The pack's own version."""
        return self.model.version

    @property
    def title(self) -> str:
        """What the pack is about, in one line."""
        return ReaderTexts(self.model).fill(self.model.title)

    @property
    def notice(self) -> str:
        """What every reader of a result should know."""
        return ReaderTexts(self.model).fill(self.model.notice)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What can be known about a patient, by name."""
        return self._shown.facts

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The numbers that can be set with `with_parameters`, by name."""
        return self._shown.parameters

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """The decisions that can be asked for, by name."""
        return self._shown.decisions

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The statements of the guidance that rules cite, by id."""
        return self.model.statements

    @functools.cached_property
    def digest(self) -> str:
        """A digest of what the pack means: the same for the same rules, whatever their layout or comments."""
        from hiprun.model.digest import digest

        return digest(self.model)

    @property
    def settings(self) -> Mapping[str, int | Decimal]:
        """The parameters that were set to other values than the rules give them, with these values."""
        return {
            name: decimal(parameter.value)
            for name, parameter in self.model.parameters.items()
            if parameter.value != self._defaults[name]
        }

    def input_schema(self) -> dict[str, Any]:
        """Return a JSON Schema of the facts that `decide` takes: plain values, tests of partly known ones, null.

        It refers to nothing outside itself. It cannot say which facts occur together, which days exist, or which tests
        leave no value; `decide` checks that as well.
        """
        from hiprun.inference.facts_schema import input_schema

        return input_schema(self._shown.facts, self.title)
