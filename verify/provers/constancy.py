"""Equations by the constancy theorem: f' = g' on an interval and f = g at one of its points.

Used where both sides hold functions without a common normal form, such as atan(x) + atan(1/x) and pi/2. The
derivatives are proved equal on the whole domain (derivatives at kinks are refused), save at its ends, on which the
points with the other variables fixed form an interval, and the equation is proved at one exact point of it.
"""

from __future__ import annotations

from typing import Any

from verify.checker.constancy import inside, interval_fibres, meets_bounds
from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import is_zero
from verify.language.printing import to_text
from verify.language.terms import ONE, Term, fn, num, sym, walk
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "constancy"
POINTS = (num(0), num(1), num("1/2"), num(2), num(-1))


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return exact.applies(statement) and c.op == "==" and any(t.op in exact.INVERSES | _OPAQUE for t in walk(c))


_OPAQUE = frozenset(("atan", "asin", "acos", "erf", "log", "sin", "cos", "exp", "tanh", "sinh", "cosh"))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an equation between transcendental terms")
    gap = fn("-", *statement.conclusion.args)
    domain = statement.domain
    for name, sort in domain.variables:
        if sort != "real" or name not in gap.free or budget.spent:
            continue
        found = _point(domain, name)
        if found is None:
            continue
        point, parts = found
        # The point is a hypothesis, not a substitution, which would spoil derivatives in the variable.
        if is_zero(gap, domain.assuming(fn("==", sym(name), point)), budget.left / 3) is not True:
            continue
        slope = fn("diff", gap, sym(name), ONE)
        if is_zero(slope, inside(gap, domain, name, 0.5), budget.left / 2) is True:
            return Evidence(
                Tier.certified,
                METHOD,
                "holds",
                detail=f"the derivatives in {name} agree and so do the values at {name} = {point}",
                engines=exact.engines(),
                certificate={
                    "kind": "constancy", "statement": statement.text, "variable": name, "point": to_text(point),
                    "parts": parts,
                },
            )  # fmt: skip
    return undecided(METHOD, "no variable in which the derivatives agree")


def _point(domain: Domain, name: str) -> tuple[Term, list[Any]] | None:
    """A simple point that meets every hypothesis on the variable, whatever the others are, in an interval fibre."""
    if not interval_fibres(domain, name):
        return None
    from verify.provers.goals import prove_relation

    for point in POINTS:
        parts = []
        for goal in meets_bounds(domain, name, point):
            found = prove_relation(goal, Budget(0.3))
            if found.result != "holds":
                break
            parts.append(found.certificate)
        else:
            return point, parts
    return None
