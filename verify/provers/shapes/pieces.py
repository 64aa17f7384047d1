"""A function of one variable cut into pieces on which it is analytic.

The cuts are guessed: zeros of the arguments of |.|, sign, roots, Min and Max. Nothing rests on the guess: on every
piece each such argument is proven to keep one sign, and what happens at the cuts is proven there.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from verify.checker.shapes_affine import affine, negative, plus, rational, times
from verify.checker.shapes_pieces import MOST_CUTS, NoPieces, Piece, branch, sign_of
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_regularity import singular_arguments
from verify.language.terms import ONE, Term, num, sym
from verify.provers.shapes.ledger import Ledger

_ZERO_ONLY_AT_ZERO = frozenset({"abs", "sign", "sqrt", "sinh", "tanh", "asinh", "atan", "asin", "atanh", "erf", "tan"})


def zeros(u: Term, x: str) -> list[Term]:
    """Points that may be zeros of u."""
    if x not in u.free:
        return []
    form = affine(u, x)
    if form is not None:
        return [times(num(-1 / form[0]), form[1])] if form[0] else []
    op, a = u.op, u.args
    if op == "*":
        return zeros(a[0], x) + zeros(a[1], x)
    if op in ("/", "**", "spow", "neg") or op in _ZERO_ONLY_AT_ZERO:
        return zeros(a[0], x)
    if op == "log":
        return zeros(Term("-", a[0], ONE), x)
    if op in ("Min", "Max"):
        return [c for v in a for c in zeros(v, x)]
    return polynomial_roots(u, x)


def polynomial_roots(u: Term, x: str) -> list[Term]:
    """The roots of the linear and quadratic factors of a polynomial in x over Q; nothing for other terms."""
    from flint import fmpq, fmpq_poly

    def visit(t: Term) -> fmpq_poly | None:
        if t == sym(x):
            return fmpq_poly([0, 1])
        value = rational(t)
        if value is not None:
            return fmpq_poly([fmpq(value.numerator, value.denominator)])
        if t.op == "neg":
            inner = visit(t.args[0])
            return None if inner is None else -inner
        if t.op in ("+", "-", "*"):
            left, right = visit(t.args[0]), visit(t.args[1])
            if left is None or right is None:
                return None
            return left + right if t.op == "+" else left - right if t.op == "-" else left * right
        power = rational(t.args[1]) if t.op in ("**", "/") else None
        if power is None:
            return None
        base = visit(t.args[0])
        if base is None or power == 0:
            return None
        if t.op == "/":
            return base * fmpq(power.denominator, power.numerator)
        return base ** int(power) if power.denominator == 1 and 0 < power <= 40 else None

    poly = visit(u)
    if poly is None or poly.degree() < 1:
        return []
    found: list[Term] = []
    for factor, _ in poly.factor()[1]:
        c = [_fraction(factor[k]) for k in range(factor.degree() + 1)]
        if len(c) == 2:
            found.append(num(-c[0] / c[1]))
        elif len(c) == 3 and c[1] ** 2 - 4 * c[0] * c[2] > 0:
            root = Term("sqrt", num((c[1] ** 2 - 4 * c[0] * c[2]) / (4 * c[2] ** 2)))
            middle = num(-c[1] / (2 * c[2]))
            found += [plus(middle, negative(root)), plus(middle, root)]
    return found


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def ordered(points: list[Term], where: Range, component: Interval, ledger: Ledger) -> list[Term]:
    """The points that lie inside the component, from left to right. Raises NoPieces if the order is not known."""
    parameters = where.parameters

    def before(u: Term, v: Term) -> bool:
        return ledger.proven(Term("<", u, v), parameters)

    kept: list[Term] = []
    for c in points:
        if any(c == k or ledger.proven(Term("==", c, k), parameters) for k in kept):
            continue
        low, high = component.lower, component.upper
        if low is not None and not before(low.at, c):
            if c == low.at or ledger.proven(Term("<=", c, low.at), parameters):
                continue
            cells = (Term("<=", c, low.at), Term("<", low.at, c))
            raise NoPieces(f"whether {c!r} lies in {component.text} depends on the parameters", cells)
        if high is not None and not before(c, high.at):
            if c == high.at or ledger.proven(Term(">=", c, high.at), parameters):
                continue
            cells = (Term(">=", c, high.at), Term("<", c, high.at))
            raise NoPieces(f"whether {c!r} lies in {component.text} depends on the parameters", cells)
        at = 0
        while at < len(kept) and before(kept[at], c):
            at += 1
        unclear = next((k for k in kept[at:] if not before(c, k)), None)
        if unclear is not None:
            orders = (Term("<", unclear, c), Term("==", c, unclear), Term("<", c, unclear))
            raise NoPieces(f"the order of the points {unclear!r} and {c!r} depends on the parameters", orders)
        kept.insert(at, c)
    if len(kept) > MOST_CUTS:
        raise NoPieces(f"more than {MOST_CUTS} points to cut at")
    return kept


def cut(
    f: Term, where: Range, component: Interval, ledger: Ledger, more: tuple[Term, ...] = ()
) -> tuple[list[Piece], list[Term]]:
    """(the analytic pieces of f inside the component, the cuts between them), for a term f that is defined there.

    more: further points to cut at. Raises NoPieces where f cannot be cut.
    """
    x = where.x
    singular = singular_arguments(f, x, where.on())
    if singular is None:
        raise NoPieces("the function has parts for which no rule tells where they are smooth")
    inside = where.on(*component.inside(sym(x)))
    candidates: list[Term] = list(more)
    for u in singular:
        if sign_of(u, inside, ledger) is None:
            candidates += zeros(u, x)
    points = ordered(candidates, where, component, ledger)
    ends: list[Term | None] = [
        None if component.lower is None else component.lower.at,
        *points,
        None if component.upper is None else component.upper.at,
    ]
    pieces = []
    for left, right in pairwise(ends):
        formulas = [] if left is None else [Term(">", sym(x), left)]
        formulas += [] if right is None else [Term("<", sym(x), right)]
        domain = where.on(*formulas)
        for u in singular:
            if sign_of(u, domain, ledger) is None:
                raise NoPieces(f"the zeros of {u!r} are not located on {_between(left, right)}")
        pieces.append(Piece(domain, branch(f, domain, ledger), x, left, right, ledger))
    return pieces, points


def _between(left: Term | None, right: Term | None) -> str:
    return f"({'-oo' if left is None else repr(left)}, {'oo' if right is None else repr(right)})"
