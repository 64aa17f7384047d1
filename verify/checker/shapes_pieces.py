"""Pieces of a function of one variable: open intervals, free of its singular points, on which it is analytic.

Whoever names the cuts, ``pieces_between`` proves that they are defined and in order inside the interval, and that on
every piece each argument of |.|, sign, roots, Min and Max keeps one sign; what happens at the cuts is proven there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from verify.checker.shapes_affine import negative, plus
from verify.checker.shapes_goals import Goals
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_regularity import defined, singular_arguments
from verify.language.calculus import NotDifferentiable, derivative
from verify.language.terms import ONE, TWO, ZERO, Term, fresh_name, num, rebuild, substitute, sym
from verify.statement import Domain

MOST_CUTS = 8


class NoPieces(Exception):
    """The function could not be cut into analytic pieces; the message says why.

    cells: relations between parameters, one of which always holds and each of which settles what was open.
    """

    def __init__(self, reason: str, cells: tuple[Term, ...] = ()) -> None:
        super().__init__(reason)
        self.cells = cells


@dataclass(frozen=True)
class Piece:
    """An open interval between neighbouring cuts, and the function there without |.|, sign, Min and Max.

    left/right: the ends, None where the piece is unbounded.
    """

    domain: Domain
    term: Term
    x: str
    left: Term | None
    right: Term | None
    goals: Goals = field(compare=False, repr=False)

    @cached_property
    def slope(self) -> Term:
        """f' on the piece; raises NotDifferentiable."""
        return branch(slope_of(self.term, self.x), self.domain, self.goals)

    @cached_property
    def curvature(self) -> Term:
        """f'' on the piece; raises NotDifferentiable."""
        return branch(slope_of(self.slope, self.x), self.domain, self.goals)


def some_points(piece: Piece) -> list[Term]:
    """A few points inside the piece, wherever its ends lie."""
    left, right = piece.left, piece.right
    if left is not None and right is not None:
        return [Term("/", Term("+", left, right), TWO)]
    if left is not None:
        return [plus(left, num(k)) for k in (1, 2)]
    if right is not None:
        return [plus(right, num(-k)) for k in (1, 2)]
    return [num(1), ZERO, num(-1), num(2)]


def slope_of(f: Term, x: str) -> Term:
    """df/dx for a term that is defined and analytic, integrals with a variable end included.

    The integrands are continuous where the term is proven to be defined, so that the derivative of an integral is
    the integrand at its ends, whatever it is made of.
    """
    parts: dict[str, Term] = {}
    taken = f.free | {x}

    def named(t: Term) -> Term:
        if t.op == "integrate" and x in t.free:
            name = next((n for n, known in parts.items() if known == t), None)
            if name is None:
                name = fresh_name("I", taken | parts.keys())
                parts[name] = t
            return sym(name)
        return rebuild(t, named)

    outer = named(f)
    slope = derivative(outer, x)
    for name, integral in parts.items():
        body, bound, low, high = integral.args
        if x in body.free and bound != sym(x):
            raise NotDifferentiable("a derivative under the integral sign needs its own proof")
        inner = []
        for end in (high, low):
            rate = slope_of(end, x)
            value = substitute(body, {bound.args[0]: end})
            inner.append(ZERO if rate == ZERO else value if rate == ONE else Term("*", value, rate))
        change = inner[0] if inner[1] == ZERO else Term("-", inner[0], inner[1])
        weight = derivative(outer, name)
        share = change if weight == ONE else Term("*", weight, change)
        slope = share if slope == ZERO else Term("+", slope, share)
    return substitute(slope, parts)


def sign_of(u: Term, domain: Domain, goals: Goals) -> int | None:
    """1 or -1 where u is proven to have that sign on the whole domain."""
    if goals.proven(Term(">", u, ZERO), domain):
        return 1
    if goals.proven(Term("<", u, ZERO), domain):
        return -1
    return None


def branch(term: Term, domain: Domain, goals: Goals) -> Term:
    """An equal term on the domain, with |.|, sign, spow, Min and Max resolved where the sign is proven."""
    if term.op == "integrate":
        return term
    term = rebuild(term, lambda t: branch(t, domain, goals))
    op: str = term.op
    a: tuple[Term, ...] = term.args
    if op in ("abs", "sign", "spow"):
        side = sign_of(a[0], domain, goals)
        if side is None:
            return term
        if op == "sign":
            return num(side)
        size: Term = a[0] if side == 1 else negative(a[0])
        if op == "abs":
            return size
        power = size if a[1] == ONE else Term("**", size, a[1])
        return power if side == 1 else negative(power)
    if op in ("Min", "Max"):
        for k, u in enumerate(a):
            rest = [v for j, v in enumerate(a) if j != k]
            if all(goals.proven(Term("<=" if op == "Min" else ">=", u, v), domain) for v in rest):
                return u
    return term


def smooth_at(f: Term, where: Range, c: Term, goals: Goals) -> bool:
    """True only if f is proven analytic at x = c, for a term f that is defined around c."""
    singular = singular_arguments(f, where.x, where.on())
    if singular is None:
        return False
    at_c = (substitute(u, {where.x: c}) for u in singular)
    return all(goals.proven(Term("!=", u, ZERO), where.parameters) for u in at_c)


def pieces_between(f: Term, where: Range, component: Interval, cuts: Sequence[Term], goals: Goals) -> list[Piece]:
    """The analytic pieces of f between the cuts inside the component, for a term f that is defined there.

    Raises NoPieces where some step is not proven.
    """
    x, parameters = where.x, where.parameters
    singular = singular_arguments(f, x, where.on())
    if singular is None:
        raise NoPieces("the function has parts for which no rule tells where they are smooth")
    if len(cuts) > MOST_CUTS or any(x in c.free or not defined(c, parameters, goals) for c in cuts):
        raise NoPieces("the cuts are not defined")
    ends = [
        None if component.lower is None else component.lower.at,
        *cuts,
        None if component.upper is None else component.upper.at,
    ]
    found = []
    for left, right in pairwise(ends):
        if cuts and left is not None and right is not None and not goals.proven(Term("<", left, right), parameters):
            raise NoPieces("the cuts are not in order")
        inside = [] if left is None else [Term(">", sym(x), left)]
        inside += [] if right is None else [Term("<", sym(x), right)]
        domain = where.on(*inside)
        if any(sign_of(u, domain, goals) is None for u in singular):
            raise NoPieces("a singular point is left inside a piece")
        found.append(Piece(domain, branch(f, domain, goals), x, left, right, goals))
    return found
