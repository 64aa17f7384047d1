"""What a relation asks: the sign of a difference over a product of intervals.

``lhs < rhs`` asks for ``rhs - lhs > 0``. The variables range over intervals with exact rational or infinite ends
that are read off the hypotheses; hypotheses that cannot be read are left out, which only enlarges the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from verify.checker.kinked import affine
from verify.checker.polynomials import number_value
from verify.language.terms import INFINITY, Term, fn, num, sym, walk
from verify.statement import Domain


@dataclass(frozen=True)
class Interval:
    """The reals between two ends; None is an infinite end. An end is left out where its flag says open."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def bounded(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def contains(self, x: Fraction) -> bool:
        above = self.low is None or x > self.low or (x == self.low and not self.low_open)
        below = self.high is None or x < self.high or (x == self.high and not self.high_open)
        return above and below

    def meet(self, other: Interval) -> Interval:
        low, low_open = self.low, self.low_open
        if other.low is not None and (low is None or other.low > low or (other.low == low and other.low_open)):
            low, low_open = other.low, other.low_open
        high, high_open = self.high, self.high_open
        if other.high is not None and (high is None or other.high < high or (other.high == high and other.high_open)):
            high, high_open = other.high, other.high_open
        return Interval(low, high, low_open, high_open)

    def rounded(self) -> Interval:
        """The smallest closed interval with the same integers."""
        low = high = None
        if self.low is not None:
            low = Fraction(-((-self.low.numerator) // self.low.denominator))
            low += 1 if self.low_open and low == self.low else 0
        if self.high is not None:
            high = Fraction(self.high.numerator // self.high.denominator)
            high -= 1 if self.high_open and high == self.high else 0
        return Interval(low, high)


Box = Mapping[str, Interval]

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def oriented(conclusion: Term) -> tuple[Term, str] | None:
    """(f, relation to zero) with the relation one of ``> >= != ==``; None where the conclusion is no relation."""
    if conclusion.op not in MIRRORED:
        return None
    left, right = conclusion.args
    if (left.op == "const" and left.args[0] == "oo") or (right.op == "const" and right.args[0] == "oo"):
        return None
    if conclusion.op in ("<", "<="):
        left, right = right, left
    relation = MIRRORED[conclusion.op] if conclusion.op in ("<", "<=") else conclusion.op
    return (left if number_value(right) == 0 else Term("-", left, right)), relation


def solved(hypothesis: Term, name: str) -> tuple[str, Term] | None:
    """(relation, bound), the bound free of the variable, for a relation affine in it with a number as its slope."""
    if hypothesis.op not in MIRRORED or any(t == INFINITY for t in walk(hypothesis)):
        return None
    form = affine(Term("-", *hypothesis.args), name)
    slope = None if form is None else number_value(form[0])
    if form is None or not slope:
        return None
    offset = number_value(form[1])
    bound = fn("/", fn("neg", form[1]), form[0]) if offset is None else num(-offset / slope)
    return hypothesis.op if slope > 0 else MIRRORED[hypothesis.op], bound


def bound_of(hypothesis: Term) -> tuple[str, Interval] | None:
    """The interval that a hypothesis ``variable relation number`` puts its variable in."""
    if hypothesis.op not in MIRRORED or hypothesis.op == "!=":
        return None
    (left, right), op = hypothesis.args, hypothesis.op
    if right.op == "sym":
        left, right, op = right, left, MIRRORED[op]
    if left.op not in ("sym", "abs") and len(hypothesis.free) == 1:
        (name,) = hypothesis.free
        told = solved(hypothesis, name)
        return None if told is None else bound_of(Term(told[0], sym(name), told[1]))
    if left.op == "abs" and left.args[0].op == "sym":
        value = number_value(right)
        if value is None or op not in ("<", "<=") or value < 0:
            return None
        return left.args[0].args[0], Interval(-value, value, op == "<", op == "<")
    if left.op != "sym":
        return None
    value = number_value(right)
    if value is None:
        return _bound_by_constant(left.args[0], op, right)
    if op == "==":
        return left.args[0], Interval(value, value)
    if op in (">", ">="):
        return left.args[0], Interval(low=value, low_open=op == ">")
    return left.args[0], Interval(high=value, high_open=op == "<")


def _bound_by_constant(name: str, op: str, right: Term) -> tuple[str, Interval] | None:
    """The same for a constant that is not rational, with a rational number just beyond it as the end."""
    if right.free or op not in ("<", "<=", ">", ">="):
        return None
    from verify.checker.ranges import NoRange, range_of

    try:
        r = range_of(right, {}, 64)
    except NoRange:
        return None
    if op in ("<", "<="):
        return name, Interval(high=_exactly(r.high))
    return name, Interval(low=_exactly(r.low))


def _exactly(end: arb) -> Fraction:
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def box_of(domain: Domain) -> dict[str, Interval]:
    """A product of intervals that contains the domain; integer variables get closed integer ends."""
    box = {name: Interval() for name in domain.names}
    for hypothesis in domain.hypotheses:
        read = bound_of(hypothesis)
        if read is not None and read[0] in box:
            box[read[0]] = box[read[0]].meet(read[1])
    for name, sort in domain.variables:
        if sort == "integer":
            box[name] = box[name].rounded()
    return box


def further_hypotheses(domain: Domain) -> tuple[Term, ...]:
    """The hypotheses that ``box_of`` does not read."""
    return tuple(h for h in domain.hypotheses if bound_of(h) is None)
