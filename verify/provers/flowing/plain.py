"""States at which a law along a flow fails and near which everything is smooth.

There a solution has x' = f(x), so that each ``ddt(e)`` is grad e . f: a relation between states and parameters, which
is attacked like any other. What it finds counts where the checker finds a solution that breaks the law there.
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
from verify.language.terms import RELATIONS, ZERO, Term
from verify.provers.attacks.search import Attack
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "smooth states of the flow"
TRIES = 3


def attack(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` with a state that the checker has confirmed, or ``undecided``."""
    try:
        still = _still(statement)
    except NotDifferentiable as e:
        return undecided(METHOD, str(e))
    survived = 0
    for k in range(TRIES):
        search = Attack(still, budget.seed + k, now() + max(0.02, budget.left / (TRIES - k)))
        found = search.run()
        survived += search.survived
        if found is not None and found.kind == "false":
            refutation = _confirmed(statement, found.point, budget)
            if refutation is not None:
                return refutation
        if found is None or budget.spent:
            break
    return undecided(METHOD, f"survived {survived} smooth states")


def _still(statement: Statement) -> Statement:
    """The law as a relation at each state where nothing switches and the inequalities on the state are strict."""
    fields = {name: worked_out(f) for name, f in statement.flow}
    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)
    domain: Domain = statement.domain
    for name in fields:
        if name not in domain.names:
            domain = domain.declaring(name)
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
            Tier.certified, METHOD, "fails", "a solution through a smooth state breaks the law for a positive time",
            counterexample=shown, seed=budget.seed, certificate=certificate | {"side": side},
        )  # fmt: skip
    return None
