"""Equations by the constancy theorem: f' = g' on an interval and f = g at one of its points.

Used where both sides hold functions without a common normal form, such as atan(x) + atan(1/x) and pi/2. The
derivatives are proved equal on the whole domain (derivatives at kinks are refused), save at its ends, on which the
points with the other variables fixed form an interval, and the equation is proved at one exact point of it.
"""

from __future__ import annotations

from dataclasses import replace

from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import defined, is_zero
from verify.language.terms import ONE, RELATIONS, Term, fn, num, substitute, sym, walk
from verify.provers import exact
from verify.provers.anchored import continuous
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
        point = _point(domain, name)
        if point is None:
            continue
        # The point is a hypothesis, not a substitution, which would spoil derivatives in the variable.
        if is_zero(gap, domain.assuming(fn("==", sym(name), point)), budget.left / 3) is not True:
            continue
        slope = fn("diff", gap, sym(name), ONE)
        inside = _inside(gap, domain, name)
        if is_zero(slope, inside, budget.left / 2) is True:
            return Evidence(
                Tier.certified,
                METHOD,
                "holds",
                detail=f"the derivatives in {name} agree and so do the values at {name} = {point}",
                engines=exact.engines(),
            )
    return undecided(METHOD, "no variable in which the derivatives agree")


def _inside(gap: Term, domain: Domain, name: str) -> Domain:
    """The domain without the ends of its fibres, where a gap that is continuous up to them needs no derivative."""
    if not continuous(gap, name, domain) or not defined(gap, domain, 0.5):
        return domain
    strict = {"<=": "<", ">=": ">"}
    return replace(domain, hypotheses=tuple(
        fn(strict.get(h.op, h.op), *h.args) if name in h.free else h for h in domain.hypotheses
    ))  # fmt: skip


def _linear_bound(h: Term, name: str) -> bool:
    sides = [s for s in h.args if name in s.free]
    return h.op in ("<", "<=", ">", ">=") and len(sides) == 1 and sides[0] == sym(name)


def _point(domain: Domain, name: str) -> Term | None:
    """A simple point that meets every hypothesis on the variable, whatever the others are, in an interval fibre."""
    about = [h for h in domain.hypotheses if name in h.free]
    if not all(h.op in RELATIONS and _linear_bound(h, name) for h in about):
        return None
    from verify.provers.goals import prove_relation

    for point in POINTS:
        rest = _elsewhere(domain, name, point)
        rest_only = Domain(rest.variables, tuple(h for h in domain.hypotheses if name not in h.free))
        checks = [Statement(rest_only, substitute(h, {name: point})) for h in about]
        if all(prove_relation(s, Budget(0.3)).result == "holds" for s in checks):
            return point
    return None


def _elsewhere(domain: Domain, name: str, point: Term) -> Domain:
    """The domain with the variable at the point."""
    variables = tuple(v for v in domain.variables if v[0] != name)
    return Domain(variables, tuple(substitute(h, {name: point}) for h in domain.hypotheses if name not in h.free))
