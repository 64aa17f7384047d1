"""Terms that do not move, in normal form: every operation checks on the cell that its value is defined."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from verify.exact.expansion.cases import Case, GiveUp, Undefined
from verify.exact.expansion.scalars import NOTHING, UNITY, Scalar, atom, rational
from verify.language.terms import PI, Term, walk

Value = TypeVar("Value")
AT_KINK = "a derivative at a kink"
HALF = rational(Fraction(1, 2))


def scalar(term: Term, case: Case) -> Scalar:
    """The normal form of a term on a cell; raises ``Undefined``, ``GiveUp`` or ``Divide``."""
    op, a = term.op, term.args
    if op == "num":
        return rational(a[0])
    if op == "sym":
        return scalar(case.fixed[a[0]], case) if a[0] in case.fixed else case.named(term)
    if op == "const":
        if a[0] == "oo":
            raise GiveUp("oo is no number")
        return atom(term)
    if op == "diff":
        return scalar(derivative_there(term, lambda t: scalar(t, case), case.nonzero), case)
    if op in ("integrate", "Sum", "Product", "expect", "limit") or term.is_formula:
        raise GiveUp(f"{op} has no normal form here")
    values = [scalar(t, case) for t in a]
    return apply(op, values, case)


def derivative_there(term: Term, value: Callable[[Term], Value], nonzero: Callable[[Value], bool]) -> Term:
    """A derivative worked out by rules, with a proof that its body has a value and no kink at the place.

    Raises Undefined only where the function itself has no value: a derivative may exist where its rule divides by
    zero, as that of sqrt(y**4) at 0.
    """
    from verify.language.calculus import NotDifferentiable, bodies, expand, smoothness

    try:
        worked_out = expand(term)
        if worked_out == term:
            raise GiveUp("a derivative that is not worked out")
        for f in (t.args[0] for t in walk(term) if t.op == "diff"):
            if not any(t.op == "diff" for t in walk(f)):
                value(f)
    except NotDifferentiable as error:
        raise GiveUp(str(error)) from None
    try:
        for body in bodies(term):
            value(expand(body))
        for s in smoothness(term):
            if not nonzero(value(expand(s))):
                raise GiveUp(AT_KINK)
        value(worked_out)
    except NotDifferentiable as error:
        raise GiveUp(str(error)) from None
    except Undefined:
        raise GiveUp(AT_KINK) from None
    return worked_out


def apply(op: str, v: list[Scalar], case: Case) -> Scalar:
    """One operation on normal forms."""
    if op == "+":
        return v[0] + v[1]
    if op == "-":
        return v[0] - v[1]
    if op == "neg":
        return -v[0]
    if op == "*":
        return v[0] * v[1]
    if op == "/":
        return v[0] * case.power(v[1], rational(-1))
    if op == "**":
        return case.power(v[0], v[1])
    if op == "sqrt":
        return case.power(v[0], HALF)
    if op == "abs":
        return v[0].scaled(case.sign(v[0]))
    if op == "sign":
        return rational(case.sign(v[0]))
    if op == "spow":
        sign = case.sign(v[0])
        return case.power(v[0].scaled(sign), v[1]).scaled(sign) if sign else NOTHING
    if op in ("Min", "Max"):
        best = v[0]
        for other in v[1:]:
            if case.sign(other - best) == (1 if op == "Max" else -1):
                best = other
        return best
    if op == "log":
        return case.log(v[0])
    if op == "exp":
        return case.exp(v[0])
    return _function(op, v[0], case)


def _function(op: str, v: Scalar, case: Case) -> Scalar:
    if op in ("sinh", "cosh"):
        up, down = case.exp(v), case.exp(-v)
        return (up - down if op == "sinh" else up + down).scaled(Fraction(1, 2))
    if op == "tanh":
        up, down = case.exp(v), case.exp(-v)
        return (up - down) * _inverse(up + down, case)
    if op == "tan":
        return _tabulated("sin", v, case) * _inverse(_tabulated("cos", v, case), case)
    if op in ("asin", "acos"):
        if case.sign(UNITY - v) < 0 or case.sign(UNITY + v) < 0:
            raise Undefined(f"{op}({v})")
        if op == "acos":
            return atom(PI).scaled(Fraction(1, 2)) - _function("asin", v, case)
    if op == "atanh" and (case.sign(UNITY - v) <= 0 or case.sign(UNITY + v) <= 0):
        raise Undefined(f"{op}({v})")
    if op == "acosh":
        if case.sign(v - UNITY) < 0:
            raise Undefined(f"{op}({v})")
        return case.log(v + case.power(v * v - UNITY, HALF))
    if op == "atanh":
        return (case.log(UNITY + v) - case.log(UNITY - v)).scaled(Fraction(1, 2))
    if op in ("sin", "asin", "atan", "asinh", "erf", "cos"):
        return _tabulated(op, v, case)
    raise GiveUp(f"{op} is not supported here")


def _tabulated(op: str, v: Scalar, case: Case) -> Scalar:
    """Odd functions (and the cosine) with their exact values at a few points."""
    q = v.rational
    if q == 0:
        return UNITY if op == "cos" else NOTHING
    if op in ("asin", "atan") and q is not None and abs(q) == 1:
        return atom(PI).scaled(Fraction(1, 4 if op == "atan" else 2) * q)
    if op in ("sin", "cos"):
        turns = _turns(v)
        if turns is not None and (2 * turns).denominator == 1:
            quarter = int(2 * turns) % 4
            return rational((0, 1, 0, -1)[quarter] if op == "sin" else (1, 0, -1, 0)[quarter])
    first = min(v.parts, key=lambda m: repr(Scalar({m: Fraction(1)})))
    if v.parts[first] < 0:
        inner = case.named(Term(op, (-v).term))
        return inner if op == "cos" else -inner
    return case.named(Term(op, v.term))


def _turns(v: Scalar) -> Fraction | None:
    """v / pi, where that is rational."""
    if len(v.parts) != 1:
        return None
    ((m, q),) = v.parts.items()
    return q if m == frozenset(((PI, UNITY),)) else None


def _inverse(v: Scalar, case: Case) -> Scalar:
    return case.power(v, rational(-1))


