"""Formulas as data: sums of facts, and the terms in them, which the fixed program works out."""

from __future__ import annotations

import attrs

from hiprun.inference.form_ranges import Ranges
from hiprun.inference.interval_sets import is_whole, of_domain
from hiprun.inference.linear_constraints import hull
from hiprun.inference.linear_forms import Linear, Term
from hiprun.model import Model, Number


@attrs.define
class FormulaData:
    """Writes sums, and keeps each term in them by its name, those inside others first."""

    model: Model
    terms: dict[str, dict[str, object]] = attrs.field(factory=dict)

    def of_sum(self, form: Linear) -> dict[str, object]:
        """Return a sum as data; its terms stand in it by name, like facts."""
        for term in form.all_terms():
            if term.name not in self.terms:
                self.terms[term.name] = self._of_term(term)
        return {
            "constant": str(form.constant),
            "terms": [[ref.name, str(factor)] for ref, factor in form.terms],
        }

    def of_term(self, term: Term) -> None:
        """Keep a term that a variable speaks of."""
        self.of_sum(Linear(0, ((term, 1),)))

    def _of_term(self, term: Term) -> dict[str, object]:
        lowest, highest = self._ends(Linear(0, ((term, 1),)))
        return {
            "function": term.function,
            "arguments": [self.of_sum(argument) for argument in term.arguments],
            "option": term.option,
            "facts": list(term.facts),
            "lowest": str(lowest),
            "highest": str(highest),
        }

    def _ends(self, form: Linear) -> tuple[Number | float, Number | float]:
        names = dict.fromkeys(name for term in form.all_terms() for name in term.facts)
        names |= dict.fromkeys(ref.name for ref, _ in form.terms if not isinstance(ref, Term))
        domains = {name: self.model.facts[name].domain for name in names}
        whole = frozenset(name for name, domain in domains.items() if is_whole(domain))
        box = {name: hull(of_domain(domain), domain) for name, domain in domains.items()}
        (low, _), (high, _) = Ranges(box, whole).reach(form).stretch
        return low, high
