"""Integrals and Gaussian means of terms, enclosed.

The integrand is first shown to be real and defined on the whole segment, cell by cell; only then is it handed to the
complex integrator, which would otherwise give a value to roots of negative numbers. Roots and powers may vanish at an
end of the segment. Improper integrals and integrands that blow up are Unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import flint
from flint import acb, arb, fmpq

from numerics import quadrature
from numerics.balls import precision
from verify.language import values
from verify.language.calculus import NotDifferentiable, constant_fold, derivative, expand, is_total
from verify.language.programs import Environment, Program, nonnegative
from verify.language.terms import ONE, Term, num, substitute, walk
from verify.language.values import Undefined, Unknown, Value

_MOST_CELLS = 3_000
_END_DEPTH = 8
_TOTAL_OPS = frozenset({"num", "sym", "const", "+", "-", "*", "neg", "abs", "sign", "spow", "exp", "sin", "cos", "sinh",
                        "cosh", "tanh", "atan", "asinh", "erf", "Min", "Max"})  # fmt: skip

Complex = Callable[[acb, bool], acb]


def enclose_integral(term: Term, env: Environment) -> Value:
    """The value of an ``integrate`` or ``expect`` node at a point. Raises Undefined or Unknown."""
    try:
        worked_out = expand(term)
    except NotDifferentiable as error:
        raise Unknown(str(error)) from None
    known = {k: num(values.fraction(v)) for k, v in env.items() if k in worked_out.free and isinstance(v, fmpq)}
    closed = constant_fold(substitute(worked_out, known))
    if closed.free:
        raise Unknown("an integral over a box of parameters")
    outcome = _value(closed, min(flint.ctx.prec, 256))
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@lru_cache(maxsize=1024)
def _value(term: Term, prec: int) -> Value | Undefined | Unknown:
    """The value of an integral without free names, or why there is none."""
    with precision(prec):
        try:
            return _mean(term.args[0], term.args[1].args[0]) if term.op == "expect" else _definite(term)
        except quadrature.NoEnclosure as error:
            return Unknown(str(error))
        except (Undefined, Unknown) as error:
            return error


def _definite(term: Term) -> Value:
    body, name = term.args[0], term.args[1].args[0]
    low, high = (values.ball(v) for v in Program(term.args[2:]).run({}))
    if low.overlaps(high):
        if low.is_exact() and high.is_exact() and low == high:
            return fmpq(0)
        raise Unknown("the limits of the integral are too close")
    ends = (low, high) if low < high else (high, low)
    if not is_total(body):
        _check_defined(body, name, *ends)
    value = quadrature.integral(_complex(body, name), *ends)
    return value if low < high else -value


def _complex(body: Term, name: str) -> Complex:
    """The term as a function of a complex ball in place of ``name``."""
    if name not in body.free:
        constant = acb(values.ball(Program((body,)).run({})[0]))
        return lambda z, flag: constant
    op = body.op
    if op == "sym":
        return lambda z, flag: z
    if op in ("+", "-", "*", "/", "**", "spow", "Min", "Max"):
        if op == "**" and body.args[1].is_number and body.args[1].args[0].denominator == 1:
            base, n = _complex(body.args[0], name), int(body.args[1].args[0])
            return lambda z, flag: base(z, flag) ** n
        parts = [_complex(a, name) for a in body.args]
        result = parts[0]
        for part in parts[1:]:
            result = _combined(op, result, part)
        return result
    if op in quadrature.holomorphic:
        function, inner = quadrature.holomorphic[op], _complex(body.args[0], name)
        return lambda z, flag: function(inner(z, flag), flag)
    raise Unknown(f"{op} below an integral")


def _combined(op: str, f: Complex, g: Complex) -> Complex:
    if op == "+":
        return lambda z, flag: f(z, flag) + g(z, flag)
    if op == "-":
        return lambda z, flag: f(z, flag) - g(z, flag)
    if op == "*":
        return lambda z, flag: f(z, flag) * g(z, flag)
    if op == "/":
        return lambda z, flag: f(z, flag) / g(z, flag)
    function = {
        "**": quadrature.power,
        "spow": quadrature.signed_power,
        "Min": quadrature.minimum,
        "Max": quadrature.maximum,
    }[op]
    return lambda z, flag: function(f(z, flag), g(z, flag), flag)


def _guards(body: Term) -> tuple[list[Term], list[Term]]:
    """(terms that must be positive or negative throughout, terms that must be nonnegative) for all to be defined."""
    strict: list[Term] = []
    weak: list[Term] = []
    for t in walk(body):
        op, a = t.op, t.args
        if op == "/":
            strict.append(a[1])
        elif op == "log":
            strict.append(Term("sqrt", a[0]))
            weak.append(a[0])
        elif op == "sqrt":
            weak.append(a[0])
        elif op == "**":
            e = a[1]
            if not (e.is_number and e.args[0] > 0):
                strict.append(a[0])
            if not (e.is_number and e.args[0].denominator == 1):
                weak.append(a[0])
        elif op in ("asin", "acos", "atanh"):
            weak += [Term("-", ONE, a[0]), Term("+", ONE, a[0])]
            if op == "atanh":
                strict += [Term("-", ONE, a[0]), Term("+", ONE, a[0])]
        elif op == "acosh":
            weak.append(Term("-", a[0], ONE))
        elif op == "tan":
            strict.append(Term("cos", a[0]))
        elif op == "gamma":
            strict.append(a[0])
            weak.append(a[0])
        elif op not in _TOTAL_OPS:
            raise Unknown(f"{op} below an integral")
    return list(dict.fromkeys(strict)), [g for g in dict.fromkeys(weak) if not nonnegative(g)]


def _check_defined(body: Term, name: str, low: arb, high: arb) -> None:
    """Raise unless the body is real and defined on the segment from low to high."""
    strict, weak = _guards(body)
    guards = Program((*strict, *weak))
    width = high - low
    cells: list[tuple[int, int]] = [(0, 0)]  # (depth, index)
    seen = 0
    while cells:
        depth, index = cells.pop()
        seen += 1
        if seen > _MOST_CELLS or depth > 40:
            raise Unknown("the integrand may be undefined on the segment")
        left = low + width * arb(fmpq(index, 2**depth))
        right = low + width * arb(fmpq(index + 1, 2**depth))
        cell = left.union(right)
        found: list[arb] | None = None
        try:
            found = [values.ball(v) for v in guards.run({name: cell})]
        except Undefined:
            raise Undefined("the integrand is undefined on part of the segment") from None
        except Unknown:
            pass
        strictly, weakly = (found or [])[: len(strict)], (found or [])[len(strict) :]
        if any(g.is_zero() for g in strictly) or any(g < 0 for g in weakly):
            raise Undefined("the integrand is undefined on part of the segment")
        if found is not None and all(not g.contains(0) for g in strictly):
            doubtful = [g for g, ball in zip(weak, weakly, strict=True) if not ball >= 0]
            if not doubtful:
                continue
            last = 2**depth - 1
            if depth >= _END_DEPTH and index in (0, last):
                end, inward = (low, 1) if index == 0 else (high, -1)
                if all(_rises_from_zero(g, name, end, cell, inward) for g in doubtful):
                    continue
        cells += [(depth + 1, 2 * index + 1), (depth + 1, 2 * index)]


def _rises_from_zero(guard: Term, name: str, end: arb, cell: arb, inward: int) -> bool:
    """Whether the guard is 0 at this end of the segment and grows from there inwards over the cell."""
    if not end.is_exact():
        return False
    mantissa, exponent = end.man_exp()
    point = num(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    try:
        at_end = Program((guard,)).run({name: values.exact_value(point.args[0])})[0]
        slope = values.ball(Program((derivative(guard, name),)).run({name: cell})[0]) * inward
    except (Undefined, Unknown, NotDifferentiable):
        return False
    return isinstance(at_end, fmpq) and at_end == 0 and bool(slope > 0)


def _mean(body: Term, name: str) -> Value:
    """E body(z), where the body is defined everywhere and grows at most exponentially by its form."""
    if not is_total(body):
        strict, weak = _guards(body)
        if any(_floor(g, name) is None for g in (*strict, *weak)):
            raise Unknown("the function may be undefined somewhere on the line")
    growth = _growth(body, name)
    if growth is None:
        raise Unknown("no bound on the growth of the function was found")
    return quadrature.gaussian_mean(_complex(body, name), *growth)


def _constant(term: Term) -> arb:
    return values.ball(Program((term,)).run({})[0])


def _floor(term: Term, name: str) -> arb | None:
    """A positive number below the term on the whole line, by its form."""
    op, a = term.op, term.args
    if name not in term.free:
        value = _constant(term)
        return value.lower() if value > 0 else None
    if op == "cosh":
        return arb(1)
    if op == "sqrt":
        inner = _floor(a[0], name)
        return None if inner is None else inner.sqrt().lower()
    if op == "+":
        floors = [_floor(t, name) for t in a]
        for known, other in ((floors[0], a[1]), (floors[1], a[0])):
            if known is not None and _not_negative(other, name):
                return known
        return None
    if op == "**" and a[1].is_number and a[1].args[0] > 0:
        inner = _floor(a[0], name)
        return None if inner is None else (inner ** arb(values.exact_value(a[1].args[0]))).lower()
    return None


def _not_negative(term: Term, name: str) -> bool:
    if name not in term.free:
        return bool(_constant(term) >= 0)
    if term.op in ("+", "*", "/"):
        return (term.op == "*" and term.args[0] == term.args[1]) or all(
            _not_negative(t, name) for t in term.args
        )
    return nonnegative(term)


def _growth(term: Term, name: str) -> tuple[arb, arb] | None:
    """(C, c) with ``|term| <= C*exp(c*|z|)`` on the whole line, by its form."""
    op, a = term.op, term.args
    zero = arb(0)
    if name not in term.free:
        return abs(_constant(term)), zero
    if op == "sym":
        return arb(1), arb(1)
    if op in ("sin", "cos", "tanh", "erf", "sign"):
        return arb(1), zero
    if op == "atan":
        return arb(2), zero
    if op in ("exp", "sinh", "cosh"):
        line = _line(a[0], name)
        return None if line is None else (line[0].exp(), line[1])
    if op in ("neg", "abs", "asinh"):
        return _growth(a[0], name)
    if op == "log":
        # log(u) <= u and -log(u) <= 1/u for u > 0
        inner, floor = _growth(a[0], name), _floor(a[0], name)
        return None if inner is None or floor is None else (inner[0] + 1 / floor, inner[1])
    if op == "/":
        upper, floor = _growth(a[0], name), _floor(a[1], name)
        if name not in a[1].free:
            below = abs(_constant(a[1])).lower()
            floor = below if below > 0 else None
        return None if upper is None or floor is None else (upper[0] / floor, upper[1])
    if op == "sqrt" or (op in ("**", "spow") and a[1].is_number and a[1].args[0] > 0):
        inner = _growth(a[0], name)
        r = arb(values.exact_value(Fraction(1, 2) if op == "sqrt" else a[1].args[0]))
        return None if inner is None else (inner[0] ** r, inner[1] * r)
    if op in ("+", "-", "*", "Min", "Max"):
        bounds = [_growth(t, name) for t in a]
        if any(b is None for b in bounds):
            return None
        level, rate = bounds[0]  # type: ignore[misc]
        for c, k in bounds[1:]:  # type: ignore[misc]
            level, rate = (level * c, rate + k) if op == "*" else (level + c, rate.max(k))
        return level, rate
    return None


def _line(term: Term, name: str) -> tuple[arb, arb] | None:
    """(A, B) with ``|term| <= A + B*|z|`` on the whole line, by its form."""
    op, a = term.op, term.args
    if name not in term.free:
        return abs(_constant(term)), arb(0)
    if op == "sym":
        return arb(0), arb(1)
    if op in ("neg", "abs", "asinh", "tanh", "sin", "atan", "erf"):
        return _line(a[0], name)
    if op in ("+", "-"):
        parts = [_line(t, name) for t in a]
        if parts[0] is None or parts[1] is None:
            return None
        return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
    if op in ("*", "/"):
        scaled, factor = (a[1], a[0]) if op == "*" and name not in a[0].free else (a[0], a[1])
        line = None if name in factor.free else _line(scaled, name)
        if line is None:
            return None
        size = abs(_constant(factor))
        if op == "/":
            if not size > 0:
                return None
            size = 1 / size
        return line[0] * size, line[1] * size
    return None


