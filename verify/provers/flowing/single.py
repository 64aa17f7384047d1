"""States at which a law along a flow fails: those near which everything is smooth, and those at which nothing moves.

Near the first a solution has x' = f(x), so that each ``ddt(e)`` is grad e . f; at the others, f(x) = 0, it is 0. Both
are relations between states and parameters, which are attacked like any other. What is found counts where the checker
finds a solution that breaks the law there.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify.checker.flow_sample import rates, switches, worked_out
from verify.checker.flow_states import refutes
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.calculus import NotDifferentiable
from verify.language.printing import number_text
from verify.language.terms import RELATIONS, ZERO, Term, rebuild
from verify.provers.attacks.search import Attack
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "single states of the flow"
TRIES = 3


def attack(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` with a state that the checker has confirmed, or ``undecided``."""
    survived = []
    for k, view in enumerate((_smooth, _resting)):
        share = Budget(max(0.02, budget.left / (2 - k)), budget.seed)
        try:
            count = _search(statement, view(statement), share)
        except NotDifferentiable as e:
            return undecided(METHOD, str(e))
        if isinstance(count, Evidence):
            return count
        survived.append(count)
    return undecided(METHOD, f"survived {survived[0]} smooth states and {survived[1]} at rest")


def _search(statement: Statement, still: Statement, budget: Budget) -> Evidence | int:
    """The refutation, or how many points survived."""
    survived = 0
    for k in range(TRIES):
        search = Attack(still, budget.seed + k, now() + max(0.02, budget.left / (TRIES - k)))
        found = search.run()
        survived += search.survived
        if found is None:
            break
        refutation = _confirmed(statement, found.point, budget)
        if refutation is not None:
            return refutation
        if budget.spent:
            break
    return survived


def _read(statement: Statement) -> tuple[Domain, dict[str, Term], Term]:
    """The domain with all variables of the flow, the fields, and the law."""
    fields = {name: worked_out(f) for name, f in statement.flow}
    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)
    domain = statement.domain
    for name in fields:
        if name not in domain.names:
            domain = domain.declaring(name)
    return domain, fields, c


def _resting(statement: Statement) -> Statement:
    """The law as a relation at each state that is a constant solution."""
    domain, fields, c = _read(statement)
    return Statement(domain.assuming(*(Term("==", f, ZERO) for f in fields.values())), _without_rates(c))


def _without_rates(t: Term) -> Term:
    """Each ddt(e) as 0, which is undefined where e is."""
    return Term("*", ZERO, worked_out(t.args[0])) if t.op == "ddt" else rebuild(t, _without_rates)


def _smooth(statement: Statement) -> Statement:
    """The law as a relation at each state where nothing switches and the inequalities on the state are strict."""
    domain, fields, c = _read(statement)
    off = [Term("!=", u, ZERO) for e in (worked_out(c), *fields.values()) for u in switches(e) if u.free]
    inside = [h for h in domain.hypotheses if h.free & fields.keys() and h.op in RELATIONS and h.op not in ("==", "!=")]
    strict = [Term("!=", *h.args) for h in inside if h.op in ("<=", ">=")]
    return Statement(domain.assuming(*dict.fromkeys((*off, *strict))), rates(c, fields))


def _confirmed(statement: Statement, point: Mapping[str, Fraction], budget: Budget) -> Evidence | None:
    shown = {name: number_text(value) for name, value in point.items()}
    certificate = {"kind": "flow", "statement": statement.text, "point": shown, "velocities": []}
    for side in (0, 1):
        try:
            if not refutes(statement, certificate | {"side": side}):
                continue
        except (ValueError, ArithmeticError):
            continue
        return Evidence(
            Tier.certified, METHOD, "fails", "a solution through the state breaks the law for a positive time",
            counterexample=shown, seed=budget.seed, certificate=certificate | {"side": side},
        )  # fmt: skip
    return None
