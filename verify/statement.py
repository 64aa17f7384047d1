"""A statement is data: quantified variables with their domains, hypotheses, and a conclusion.

A ``Statement`` reads: for all real (or integer) values of the variables that satisfy every hypothesis, the
conclusion holds. Along a flow, the variables of the flow obey its differential equation and every other name
is constant in time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Literal

from verify.language.printing import to_text
from verify.language.terms import Term, conjunction

Sort = Literal["real", "integer"]


@dataclass(frozen=True)
class Domain:
    """The set over which a statement is quantified: ``{v : every hypothesis holds}``.

    variables: pairs (name, sort), in the order in which they were given.
    hypotheses: formulas over those names; numbers in them are exact.
    """

    variables: tuple[tuple[str, Sort], ...] = ()
    hypotheses: tuple[Term, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.variables)

    def sort(self, name: str) -> Sort:
        return dict(self.variables)[name]

    def assuming(self, *formulas: Term) -> Domain:
        """The part of the domain on which the formulas hold too."""
        flat: list[Term] = []
        for f in formulas:
            flat.extend(f.args if f.op == "and" else (f,))
        return replace(self, hypotheses=self.hypotheses + tuple(f for f in flat if f not in self.hypotheses))

    def declaring(self, name: str, sort: Sort = "real") -> Domain:
        return replace(self, variables=(*self.variables, (name, sort)))

    def without(self, index: int) -> Domain:
        """The domain with one hypothesis dropped."""
        kept = self.hypotheses[:index] + self.hypotheses[index + 1 :]
        return replace(self, hypotheses=kept)


@dataclass(frozen=True)
class Statement:
    """``for all values in domain: conclusion``, with the flow that the variables obey, if there is one.

    shown: what a reader should see: the text as written and its abbreviations, in order.
    """

    domain: Domain
    conclusion: Term
    flow: tuple[tuple[str, Term], ...] = ()
    shown: str = field(default="", compare=False)
    abbreviations: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def concluding(self, conclusion: Term) -> Statement:
        return replace(self, conclusion=conclusion, shown="", abbreviations=())

    def assuming(self, *formulas: Term) -> Statement:
        return replace(self, domain=self.domain.assuming(*formulas))

    @property
    def text(self) -> str:
        """One line that determines the statement."""
        given = [f"{n} {s}" for n, s in self.domain.variables] + [to_text(h) for h in self.domain.hypotheses]
        flow = [f"{n}' = {to_text(rhs)}" for n, rhs in self.flow]
        return "; ".join([", ".join(given), *flow, to_text(self.conclusion)])

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def hypothesis(self) -> Term:
        return conjunction(self.domain.hypotheses)
