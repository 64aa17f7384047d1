"""Integrals and Gaussian means of terms, enclosed.

The integrand is first shown to be real and defined on the whole segment, cell by cell; only then is it handed to the
complex integrator, which would otherwise give a value to roots of negative numbers. Roots and powers may vanish at an
end of the segment. Integrals over half-lines need exponential decay by form; integrands that blow up are Unknown.
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
from verify.language.calculus import (
    NotDifferentiable,
    bodies,
    constant_fold,
    derivative,
    expand,
    is_total,
    literal,
    smoothness,
)
from verify.language.growth import decay, floor, growth
from verify.language.programs import Environment, Program, nonnegative
from verify.language.terms import ONE, ZERO, Term, num, substitute, walk
from verify.language.values import Undefined, Unknown, Value

_MOST_CELLS = 3_000
_END_DEPTH = 8
_TOTAL_OPS = frozenset({"num", "sym", "const", "+", "-", "*", "neg", "abs", "sign", "spow", "exp", "sin", "cos", "sinh",
                        "cosh", "tanh", "atan", "asinh", "erf", "Min", "Max"})  # fmt: skip

_WIDER_SLOPES = frozenset({"log", "atanh", "integrate", "Sum", "Product"})  # their slopes are defined in more places

Complex = Callable[[acb, bool], acb]


def enclose_integral(term: Term, env: Environment) -> Value:
    """The value of an ``integrate`` or ``expect`` node at a point. Raises Undefined or Unknown."""
    try:
        doubtful = smoothness(term) or any(t.op in _WIDER_SLOPES for b in bodies(term) for t in walk(b))
        worked_out = expand(term)
    except NotDifferentiable as error:
        raise Unknown(str(error)) from None
    if doubtful:
        raise Unknown("an integral of a derivative that may not exist throughout")
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


def _infinity(term: Term) -> int:
    """1 for the literal oo, -1 for -oo, else 0."""
    if term.op == "neg":
        return -_infinity(term.args[0])
    return 1 if term.op == "const" and term.args[0] == "oo" else 0


def _improper(term: Term) -> Value:
    """An integral over a half-line or the line, whose integrand decays exponentially by its form."""
    body, index, low, high = term.args
    below, above = _infinity(low), _infinity(high)
    if below > 0 or above < 0:
        mirrored = _value(Term("integrate", body, index, high, low), flint.ctx.prec)
        if isinstance(mirrored, Exception):
            raise mirrored
        return -mirrored
    if below and above:
        halves = [_improper(Term("integrate", body, index, *ends)) for ends in ((low, ZERO), (ZERO, high))]
        return halves[0] + halves[1]
    if below:
        flipped = substitute(body, {index.args[0]: Term("neg", index)})
        return _improper(Term("integrate", flipped, index, Term("neg", high), Term("neg", low)))
    name = index.args[0]
    guards = [] if is_total(body) else [g for group in _guards(body) for g in group]
    if any(not _positive_far_out(g, name) for g in guards):
        raise Unknown("the integrand may be undefined on the half-line")
    start = values.ball(Program((low,)).run({})[0])
    goal = arb(2) ** -max(30, min(flint.ctx.prec // 2, 200))
    for far in (16, 64, 256, 1024, 4096):
        bound = decay(body, name, far)
        if bound is None or not start < far:
            continue
        level, rate = bound
        tail = level * (rate * far).exp() / -rate if rate < 0 else arb("inf")
        if tail < goal:
            if guards:
                _check_defined(body, name, start, arb(far))
            return quadrature.integral(_complex(body, name), start, arb(far)) + arb(0, tail.abs_upper())
    raise Unknown("no bound on the tail of the integral was found")


def _positive_far_out(guard: Term, name: str) -> bool:
    """Whether the guard is positive for all values of the name from 1 on, by its form."""
    if guard.op in ("sqrt", "abs") or (guard.op == "**" and (literal(guard.args[1]) or 0) > 0):
        return _positive_far_out(guard.args[0], name)
    return guard.op == "sym" or floor(guard, name) is not None


def _definite(term: Term) -> Value:
    if _infinity(term.args[2]) or _infinity(term.args[3]):
        return _improper(term)
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
            strict += [] if a[1].op in ("exp", "cosh") else [a[1]]
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
        if any(floor(g, name) is None for g in (*strict, *weak)):
            raise Unknown("the function may be undefined somewhere on the line")
    bound = growth(body, name)
    if bound is None:
        raise Unknown("no bound on the growth of the function was found")
    return quadrature.gaussian_mean(_complex(body, name), *bound)
