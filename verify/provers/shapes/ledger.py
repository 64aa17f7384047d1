"""Subgoals of a proof: asked once, answered yes only when proven, and recorded with the tier that they reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from verify.checker.shapes_goals import evident, goal
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, Unknown, truth
from verify.language.printing import to_text
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.provers.shapes.samples import Values, assignments
from verify.statement import Domain, Statement
from verify.verdict import PROOF

Prove = Callable[[Statement, Budget], Evidence]

_PLAIN_POINTS = 16


def prove_relation(statement: Statement, budget: Budget) -> Evidence:
    """The provers of relations, in their usual order."""
    from verify.provers import goals

    return goals.prove_relation(statement, budget)


@dataclass
class Ledger:
    """Asks goals of ``ask`` and remembers the answers.

    tier: the weakest tier among the goals that were proven so far. Goals over parameters and one variable are
    relations; a relation is proven where both its sides are defined on the whole domain and it holds there.
    """

    budget: Budget
    ask: Prove = prove_relation
    share: float = 3.0
    tier: Tier = Tier.certified
    engines: dict[str, str] = field(default_factory=dict)
    proven_goals: list[str] = field(default_factory=list)
    _answers: dict[tuple[Domain, Term], Evidence | bool] = field(default_factory=dict)
    _points: dict[Domain, list[Values]] = field(default_factory=dict)

    def patient(self, share: float) -> Ledger:
        """A ledger that knows what was proven and asks the rest again, with more time for each goal."""
        kept = {k: v for k, v in self._answers.items() if isinstance(v, bool) or v.result != "undecided"}
        return replace(self, share=share, _answers=kept)

    def proven(self, formula: Term, domain: Domain) -> bool:
        """True only if the formula is proven for all points of the domain."""
        answer = self._answer(formula, domain)
        if isinstance(answer, bool):
            return answer
        if answer.result != "holds" or answer.scope or answer.tier not in PROOF:
            return False
        if answer.tier < self.tier:
            self.tier = answer.tier
        self.engines.update(answer.engines)
        return True

    def evidence(self, formula: Term, domain: Domain) -> Evidence | None:
        """The evidence for a goal that was proven; None where it is evident."""
        found = self._answers.get((domain, formula))
        return found if isinstance(found, Evidence) else None

    def counterexample(self, formula: Term, domain: Domain) -> dict[str, str] | None:
        """The exact values at which an earlier goal was found to fail."""
        answer = self._answers.get((domain, formula))
        if isinstance(answer, Evidence) and answer.result == "fails" and answer.counterexample:
            return dict(answer.counterexample)
        return None

    def _answer(self, formula: Term, domain: Domain) -> Evidence | bool:
        if formula.op == "and":
            return all(self.proven(part, domain) for part in formula.args)
        plain = evident(formula, domain)
        if plain is not None:
            return plain
        key = (domain, formula)
        if key not in self._answers:
            if self.budget.spent:
                return False
            asked = goal(formula, domain)
            if self._false_somewhere(formula, asked.domain):
                return False
            seconds = max(0.05, min(self.share, self.budget.left))
            try:
                answer = self.ask(asked, Budget(seconds, self.budget.seed))
            except Exception as error:  # one prover that breaks on one goal must not silence the others
                answer = undecided("goals", f"{type(error).__name__}: {error}")
            self._answers[key] = answer
            if answer.result == "holds":
                self.proven_goals.append(to_text(formula))
        return self._answers[key]

    def _false_somewhere(self, formula: Term, domain: Domain) -> bool:
        """Whether a few plain points of the domain already show that the goal cannot be proven."""
        if domain not in self._points:
            self._points[domain] = assignments(domain, _PLAIN_POINTS)
        for point in self._points[domain]:
            try:
                if truth(formula, point, rising=False) is False:
                    return True
            except Undefined:
                return True
            except Unknown:
                continue
        return False
