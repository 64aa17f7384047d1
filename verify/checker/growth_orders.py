"""Orders of growth: f ~ g, f = Theta(g), f = O(g), f = o(g) as x tends to a point or to infinity.

With a punctured neighbourhood U of the point inside the domain of x, g nonzero on U:

- ``asymptotic(f, g, x, a)``: f/g -> 1
- ``bigtheta(f, g, x, a)``: there are c, C > 0 with c |g| <= |f| <= C |g| on some U
- ``bigo(f, g, x, a)``: there is C with |f| <= C |g| on some U, that is limsup |f/g| < oo
- ``littleo(f, g, x, a)``: f/g -> 0

The point is ``oo``, ``-oo`` or a number; a number is approached from both sides, apart from a side that the
hypotheses on x exclude.
"""

from __future__ import annotations

from verify.checker.limit_values import HOLDS_FOR_SIGN
from verify.checker.ruling import Ruling
from verify.exact.expansion.cases import Case, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.functions import Expander
from verify.exact.expansion.growth import Monomial, size
from verify.exact.expansion.limits import sides
from verify.exact.expansion.scalars import Scalar, rational
from verify.exact.expansion.series import Series, bounds
from verify.language.terms import RELATIONS, Term
from verify.statement import Domain

ORDERS_OF_GROWTH = ("asymptotic", "bigtheta", "bigo", "littleo")


def parameters_of(domain: Domain, x: str) -> tuple[Domain, tuple[Term, ...]]:
    """The domain of the other variables, and the hypotheses on x."""
    mine = tuple(h for h in domain.hypotheses if x in h.free)
    others = tuple(h for h in domain.hypotheses if x not in h.free)
    return Domain(tuple(v for v in domain.variables if v[0] != x), others), mine


def rule_order(conclusion: Term, on_x: tuple[Term, ...], integer: bool, case: Case, order: int) -> Ruling:
    """Whether the order of growth is as stated on the cell, on every side from which the domain approaches."""
    f, g, x, a = conclusion.args
    if x.args[0] in a.free:
        raise GiveUp("the point moves with the variable")
    ruled: list[Ruling] = []
    for at, side in sides(a, "+-"):
        if integer and at is not None:
            raise GiveUp("an integer variable does not tend to a number")
        expander = Expander(case, order, x.args[0], at, side)
        near = [eventually(h, expander) for h in on_x]
        if any(n is False for n in near):
            continue
        ruling = _one_side(conclusion.op, f, g, expander)
        if not ruling.true and any(n is None for n in near):
            raise GiveUp("the hypotheses on the variable are not decided near the point")
        ruled.append(ruling)
    if not ruled:
        raise GiveUp("the domain does not reach the point")
    false = [r for r in ruled if not r.true]
    return false[0] if false else ruled[0]


def _one_side(op: str, f: Term, g: Term, expander: Expander) -> Ruling:
    math, case = expander.math, expander.case
    try:
        below = math.leading(expander.expand(g))
        above = expander.expand(f)
    except Undefined as error:
        return Ruling(False, f"no value near the point: {error}")
    if below is None:
        return Ruling(False, "the function compared with vanishes near the point")
    c, m, _ = below
    vanishes = Ruling(op in ("bigo", "littleo"), "the function vanishes near the point")
    if above.is_zero:
        return vanishes
    down = m.power(rational(-1))
    if op in ("bigo", "littleo"):
        return _bounded(op, above, down, expander)
    top = math.leading(above)
    if top is None:
        return vanishes
    ratio = size(top[1] * down, case)
    if ratio:
        return Ruling(False, f"the quotient tends to {'oo' if ratio > 0 else '0'}")
    if op == "bigtheta":
        return Ruling(True, f"the quotient tends to {_quotient(top[0], c, case)}, not 0")
    return Ruling(not case.nonzero(top[0] - c), f"the quotient tends to {_quotient(top[0], c, case)}")


def _quotient(a: Scalar, b: Scalar, case: Case) -> Scalar:
    return a * case.power(b, rational(-1))


def _bounded(op: str, above: Series, down: Monomial, expander: Expander) -> Ruling:
    """O and o need no more than a bound of f; that they are false needs its dominant term."""
    case = expander.case
    ratio = max(size(m * down, case) for m in bounds(above))
    if ratio < 0 or (ratio == 0 and op == "bigo"):
        return Ruling(True, f"the quotient {'tends to 0' if ratio < 0 else 'is bounded'}")
    top = expander.math.leading(above)
    if top is None:
        return Ruling(True, "the function vanishes near the point")
    ratio = size(top[1] * down, case)
    if ratio < 0 or (ratio == 0 and op == "bigo"):
        return Ruling(True, f"the quotient {'tends to 0' if ratio < 0 else 'is bounded'}")
    return Ruling(False, f"the quotient {'is unbounded' if ratio > 0 else 'tends to a number other than 0'}")


def eventually(h: Term, expander: Expander) -> bool | None:
    """Whether a hypothesis is true (False: false) at every point near enough to the limit point."""
    if h.op in RELATIONS:
        try:
            sign = expander.math.sign(expander.math.minus(*(expander.expand(t) for t in h.args)))
        except (MoreTerms, GiveUp, Undefined):
            return None
        return sign in HOLDS_FOR_SIGN[h.op]
    if h.op in ("and", "or"):
        each = [eventually(t, expander) for t in h.args]
        decisive = h.op == "or"
        if any(e is decisive for e in each):
            return decisive
        return None if any(e is None for e in each) else not decisive
    if h.op == "not":
        inner = eventually(h.args[0], expander)
        return None if inner is None else not inner
    return None
