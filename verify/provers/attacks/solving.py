"""Exact values of one variable at which a term vanishes, the other variables being fixed.

Two ways: a variable that occurs once is isolated by undoing operations from the outside; a term that is a rational
function of the variable, absolute values resolved either way, is turned into polynomials over Q and their roots are
taken. What comes out is a candidate: callers put it back into the formula.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpq_poly

from verify.checker.kinked import affine
from verify.language.calculus import literal
from verify.language.evaluate import exact
from verify.language.terms import ONE, ZERO, Term, fresh_name, num, rebuild, sym, walk
from verify.language.values import Undefined, exact_value, fraction

Point = Mapping[str, Fraction]
_INVERSES = {"exp": "log", "log": "exp", "sinh": "asinh", "asinh": "sinh", "tanh": "atanh", "atanh": "tanh"}
_MOST_DEGREE = 24
_MOST_BITS = 4_000
_MOST_SIGNS = 3


@dataclass(frozen=True)
class RationalFunction:
    """A quotient of polynomials over Q in one variable."""

    top: fmpq_poly
    bottom: fmpq_poly


@lru_cache(maxsize=4096)
def occurrences(term: Term, name: str) -> int:
    return sum(1 for t in walk(term) if t.op == "sym" and t.args[0] == name)


@lru_cache(maxsize=4096)
def isolate(left: Term, right: Term, name: str) -> tuple[Term, ...]:
    """Terms e without ``name`` such that name == e may solve left == right; empty where the name is not once there."""
    if occurrences(left, name) + occurrences(right, name) != 1:
        return ()
    return tuple(_undo(left, right, name) if name in left.free else _undo(right, left, name))


def vanishing(term: Term, name: str) -> list[Term]:
    """Where the term may vanish, if ``name`` stands there once, or within one function in which the term is affine."""
    found = list(isolate(term, ZERO, name))
    for inner in dict.fromkeys(t for t in walk(term) if t.op in _INVERSES and name in t.free):
        unknown = fresh_name("u", term.free)
        form = affine(_put(term, inner, sym(unknown)), unknown)
        if form is not None and form[0] != ZERO and name not in form[0].free | form[1].free:
            found += isolate(inner, Term("/", Term("neg", form[1]), form[0]), name)
    return found


def _put(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda t: _put(t, old, new))


def _undo(side: Term, value: Term, name: str) -> list[Term]:
    op, a = side.op, side.args
    if op == "sym":
        return [value]
    if op == "neg":
        return _undo(a[0], Term("neg", value), name)
    if op == "abs":
        return [e for v in (value, Term("neg", value)) for e in _undo(a[0], v, name)]
    if op == "sqrt":
        return _undo(a[0], Term("**", value, num(2)), name)
    if op in _INVERSES:
        return _undo(a[0], Term(_INVERSES[op], value), name)
    if op not in ("+", "-", "*", "/", "**", "spow"):
        return []
    inside_left = name in a[0].free
    inner, other = (a[0], a[1]) if inside_left else (a[1], a[0])
    if op == "+":
        return _undo(inner, Term("-", value, other), name)
    if op == "-":
        return _undo(inner, Term("+", value, other) if inside_left else Term("-", other, value), name)
    if op == "*":
        return _undo(inner, Term("/", value, other), name)
    if op == "/":
        return _undo(inner, Term("*", value, other) if inside_left else Term("/", other, value), name)
    if not inside_left:
        return []
    root = Term("/", ONE, other)
    if op == "spow":
        return _undo(inner, Term("spow", value, root), name)
    n = literal(other)
    if n is not None and n.denominator == 1 and n % 2:
        return _undo(inner, Term("spow", value, root), name)
    power = Term("**", value, root)
    return [e for v in (power, Term("neg", power)) for e in _undo(inner, v, name)]


@lru_cache(maxsize=4096)
def _kinked(term: Term, name: str) -> tuple[Term, ...]:
    """The subterms whose form as a function of ``name`` depends on a sign."""
    several = ("abs", "sign", "spow", "Min", "Max")
    return tuple(t for t in dict.fromkeys(walk(term)) if t.op in several and name in t.free)


def rational_functions(term: Term, name: str, at: Point) -> list[RationalFunction]:
    """The term as a function of ``name`` at the given values of the others; one function for each choice of signs."""
    kinked = _kinked(term, name)
    if len(kinked) > _MOST_SIGNS:
        return []
    found = []
    for choice in range(2 ** len(kinked)):
        signs = {t: -1 if choice >> k & 1 else 1 for k, t in enumerate(kinked)}
        try:
            found.append(_rational(term, name, at, signs))
        except (_NotRational, Undefined, ZeroDivisionError):
            continue
    return found


class _NotRational(Exception):
    pass


def _checked(f: RationalFunction) -> RationalFunction:
    if max(f.top.degree(), f.bottom.degree()) > _MOST_DEGREE:
        raise _NotRational
    return f


def _rational(term: Term, name: str, at: Point, signs: Mapping[Term, int]) -> RationalFunction:
    op, a = term.op, term.args
    one = fmpq_poly([1])
    if name not in term.free:
        value = exact(term, at)
        if value is None or value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
            raise _NotRational
        return RationalFunction(fmpq_poly([exact_value(value)]), one)
    if op == "sym":
        return RationalFunction(fmpq_poly([0, 1]), one)
    if op in ("Min", "Max") and len(a) == 2:
        return _rational(a[0] if signs[term] > 0 else a[1], name, at, signs)
    if op in ("**", "spow") and name not in a[1].free:
        n = exact(a[1], at)
        if n is None or n.denominator != 1 or abs(n) > _MOST_DEGREE:
            raise _NotRational
        base = _rational(a[0], name, at, signs)
        top, bottom = (base.top, base.bottom) if n >= 0 else (base.bottom, base.top)
        if bottom == 0 or max(top.degree(), bottom.degree()) * abs(n) > _MOST_DEGREE:
            raise _NotRational
        k = abs(int(n))
        flipped = signs[term] < 0 and n % 2 == 0 if op == "spow" else False
        return RationalFunction(-(top**k) if flipped else top**k, bottom**k)
    if op in ("neg", "abs"):
        f = _rational(a[0], name, at, signs)
        return RationalFunction(-f.top, f.bottom) if op == "neg" or signs[term] < 0 else f
    if op == "sign":
        return RationalFunction(one * signs[term], one)
    if op not in ("+", "-", "*", "/"):
        raise _NotRational
    f, g = (_rational(t, name, at, signs) for t in a)
    if op == "*":
        return _checked(RationalFunction(f.top * g.top, f.bottom * g.bottom))
    if op == "/":
        if g.top == 0:
            raise _NotRational
        return _checked(RationalFunction(f.top * g.bottom, f.bottom * g.top))
    right = g.top * f.bottom
    top = f.top * g.bottom + right if op == "+" else f.top * g.bottom - right
    return _checked(RationalFunction(top, f.bottom * g.bottom))


def rational_roots(poly: fmpq_poly) -> list[Fraction]:
    if poly.degree() < 1:
        return []
    return [fraction(-fmpq(f[0]) / fmpq(f[1])) for f, _ in poly.factor()[1] if f.degree() == 1]


def real_roots(poly: fmpq_poly) -> list[Fraction]:
    """The real roots in order: exact where they are rational, else to within 2**-40 or so."""
    if poly.degree() < 1:
        return []
    roots: set[Fraction] = set()
    for factor, _ in poly.factor()[1]:
        if factor.degree() == 1:
            roots.add(fraction(-fmpq(factor[0]) / fmpq(factor[1])))
            continue
        found: list[Any] = factor.complex_roots()
        for root, _ in found:
            if root.imag.is_zero():
                mantissa, exponent = root.real.mid().man_exp()
                roots.add(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return sorted(roots)


def solutions(left: Term, right: Term, name: str, at: Point) -> Iterator[Fraction]:
    """Rational values of ``name`` that may solve left == right at the given values of the others."""
    for expression in isolate(left, right, name):
        try:
            value = exact(expression, at)
        except Undefined:
            continue
        if value is not None:
            yield value
    if occurrences(left, name) + occurrences(right, name) > 1:
        for f in rational_functions(Term("-", left, right), name, at):
            yield from rational_roots(f.top)


def critical_values(term: Term, name: str, at: Point) -> list[Fraction]:
    """Values of ``name`` that decide the sign of a rational function of it, in order.

    Zeros, poles and critical points, rational neighbours of the irrational ones, points between and beyond.
    """
    marks: set[Fraction] = set()
    for f in rational_functions(term, name, at):
        if f.top == 0:
            continue
        slope = f.top.derivative() * f.bottom - f.top * f.bottom.derivative()
        for poly in (f.top, f.bottom, slope):
            marks.update(real_roots(poly))
    ordered = sorted(marks)
    if not ordered:
        return []
    between = [simplest_between(a, b) for a, b in itertools.pairwise(ordered)]
    return [*ordered, *between, ordered[0] - 1, ordered[-1] + 1]


def simplest_between(a: Fraction, b: Fraction) -> Fraction:
    """The rational number of smallest denominator strictly between a < b."""
    if a < 0 < b:
        return Fraction(0)
    if b <= 0:
        return -simplest_between(-b, -a)
    whole = a.numerator // a.denominator
    if whole + 1 < b:
        return Fraction(whole + 1)
    rest_a, rest_b = a - whole, b - whole
    if rest_a == 0:
        k = rest_b.denominator // rest_b.numerator + 1
        return whole + Fraction(1, k)
    return whole + 1 / simplest_between(1 / rest_b, 1 / rest_a)
