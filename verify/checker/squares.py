"""Exact certificates of the sign of polynomials and of rational functions of one variable.

Squares: p = sum of c_i q_i^2 with c_i > 0 shows p >= 0, and p > 0 if some q_i is a nonzero constant. A variable with
one closed rational bound may stand for ``bound + t^2`` or ``bound - t^2``.

Sturm: a quotient N/D of univariate polynomials is nonnegative on an interval if every root of N*D inside it has even
multiplicity and one value is positive; D must not vanish there.

Source: C. Sturm, Memoire sur la resolution des equations numeriques (1829).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verify.checker.polynomials import (
    MOST_DEGREE,
    NotPolynomial,
    integer_value,
    number_value,
    polynomial,
    rational,
    roots_inside,
    univariate,
)
from verify.checker.problem import Interval, box_of, oriented
from verify.checker.rationals import number
from verify.language.terms import Term, num, substitute, sym
from verify.statement import Domain, Statement


def substituted(statement: Statement) -> tuple[Term, str, tuple[str, ...]] | None:
    """(f, relation, names) where f(names) has the sign in question for all real values of the names.

    Variables with exactly one bound, closed and finite, are replaced by the bound plus or minus a square.
    """
    asked = oriented(statement.conclusion)
    if asked is None or asked[1] not in (">", ">="):
        return None
    box = box_of(statement.domain)
    values: dict[str, Term] = {}
    for name, interval in box.items():
        square = Term("**", sym(name), num(2))
        if interval.low is not None and interval.high is None:
            values[name] = Term("+", num(interval.low), square)
        elif interval.high is not None and interval.low is None:
            values[name] = Term("-", num(interval.high), square)
    return substitute(asked[0], values), asked[1], tuple(box)


def check_squares(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether ``squares`` (pairs of a coefficient and a polynomial, as text) add up to the polynomial."""
    from verify.language.parse import parse_term

    asked = substituted(statement)
    if asked is None or statement.flow:
        return False
    f, relation, names = asked
    try:
        total = polynomial(f, names)
        strict = False
        for coefficient, text in certificate["squares"]:
            c, q = number(coefficient), polynomial(parse_term(text, names), names)
            if c <= 0:
                return False
            strict = strict or (q.is_constant() and not q.is_zero())
            total -= rational(c) * q * q
    except NotPolynomial:
        return False
    return bool(total.is_zero()) and (strict or relation == ">=")


def fractional(term: Term, name: str) -> tuple[Any, Any, list[Any]]:
    """(N, D, every denominator met) with term = N/D where no denominator vanishes; raises NotPolynomial."""
    op, a = term.op, term.args
    one = polynomial(num(1), (name,))
    if op in ("+", "-", "*", "/"):
        (n, d, met), (m, e, met2) = fractional(a[0], name), fractional(a[1], name)
        met = met + met2
        if op == "/":
            if m.is_zero():
                raise NotPolynomial("division by zero")
            n, d, met = n * e, d * m, [*met, m]
        elif op == "*":
            n, d = n * m, d * e
        elif d == e:
            n = n + m if op == "+" else n - m
        else:
            n, d = (n * e + m * d if op == "+" else n * e - m * d), d * e
        return _limited(n, d, met)
    if op == "neg":
        n, d, met = fractional(a[0], name)
        return -n, d, met
    if op == "**":
        k = integer_value(a[1])
        if k is None or k == 0 or abs(k) > MOST_DEGREE:
            raise NotPolynomial("not an integer power")
        n, d, met = fractional(a[0], name)
        if max(n.total_degree() if not n.is_zero() else 0, d.total_degree()) * abs(k) > MOST_DEGREE:
            raise NotPolynomial("the degree is too large")
        if k > 0:
            return n**k, d**k, met
        if n.is_zero():
            raise NotPolynomial("division by zero")
        return d**-k, n**-k, [*met, n]
    return polynomial(term, (name,)), one, []


def _limited(n: Any, d: Any, met: list[Any]) -> tuple[Any, Any, list[Any]]:
    if (0 if n.is_zero() else n.total_degree()) + d.total_degree() > 4 * MOST_DEGREE:
        raise NotPolynomial("the degree is too large")
    return n, d, met


def punctures(domain: Domain, name: str) -> tuple[Fraction, ...]:
    """Rational points that a hypothesis ``name != c`` takes out."""
    found = set()
    for h in domain.hypotheses:
        if h.op == "!=":
            for left, right in (h.args, h.args[::-1]):
                value = number_value(right)
                if left == sym(name) and value is not None:
                    found.add(value)
    return tuple(sorted(found))


def _count(p: Any, interval: Interval) -> int:
    """Distinct roots of p in the interval, ends counted as its flags say."""
    if interval.low is not None and interval.low == interval.high:
        return int(p(rational(interval.low)) == 0)
    n = roots_inside(p, interval.low, interval.high)
    for end, is_open in ((interval.low, interval.low_open), (interval.high, interval.high_open)):
        n += end is not None and not is_open and p(rational(end)) == 0
    return n


def avoids(p: Any, interval: Interval, holes: tuple[Fraction, ...]) -> bool:
    """Whether p has no root in the interval outside the holes."""
    if p.is_zero():
        return False
    if p.degree() == 0:
        return True
    inside = sum(1 for h in set(holes) if interval.contains(h) and p(rational(h)) == 0)
    return _count(p, interval) == inside


def inner_point(interval: Interval) -> Fraction:
    if interval.low is None and interval.high is None:
        return Fraction(0)
    if interval.low is None:
        assert interval.high is not None
        return interval.high - 1
    return interval.low + 1 if interval.high is None else (interval.low + interval.high) / 2


def nonnegative(p: Any, interval: Interval) -> bool:
    """Whether the polynomial p is nonnegative on the whole interval, decided exactly."""
    if p.is_zero():
        return True
    if interval.low is not None and interval.low == interval.high:
        return bool(p(rational(interval.low)) >= 0)
    odd = None
    for factor, multiplicity in p.factor_squarefree()[1]:
        if multiplicity % 2:
            odd = factor if odd is None else odd * factor
    if odd is not None and odd.degree() > 0 and roots_inside(odd, interval.low, interval.high) > 0:
        return False
    return _positive_somewhere(p, interval)


def _positive_somewhere(p: Any, interval: Interval) -> bool:
    """The sign of p at a point of the open interval that is no root; p has no sign change there."""
    point, step = inner_point(interval), Fraction(1)
    if interval.low is not None and interval.high is not None:
        step = (interval.high - interval.low) / 4
    elif interval.low is not None or interval.high is not None:
        step = Fraction(1, 2)
    for _ in range(int(p.degree()) + 1):
        value = p(rational(point))
        if value != 0:
            return bool(value > 0)
        point, step = point + step, step / 2
    return False


def check_sturm(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the relation between univariate rational functions holds; the certificate only names the variable."""
    asked, name = oriented(statement.conclusion), certificate["variable"]
    if asked is None or statement.flow or name not in statement.domain.names:
        return False
    f, relation = asked
    interval = box_of(statement.domain)[name]
    return interval.empty is False and rational_sign(f, name, interval, relation, punctures(statement.domain, name))


def rational_sign(f: Term, name: str, interval: Interval, relation: str, holes: tuple[Fraction, ...] = ()) -> bool:
    """Whether the rational function f is defined on the interval without the holes and ``f relation 0`` there."""
    try:
        n, d, met = fractional(f, name)
    except NotPolynomial:
        return False
    if not all(avoids(univariate(m), interval, holes) for m in met):
        return False
    p, q = univariate(n), univariate(d)
    if relation == "==":
        return bool(p.is_zero())
    if relation == "!=":
        return avoids(p, interval, holes)
    if not nonnegative(p * q, interval):
        return False
    return relation == ">=" or (relation == ">" and avoids(p, interval, holes))
