"""Bounds on terms over the whole line and far out on it, by their form alone."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from verify.language import values
from verify.language.calculus import literal
from verify.language.programs import Program, nonnegative
from verify.language.terms import Term

Rate = tuple[arb, arb]
_SLOW = Fraction(1, 8)  # x <= exp(x/8)*8/e


def constant(term: Term) -> arb:
    return values.ball(Program((term,)).run({})[0])


def floor(term: Term, name: str) -> arb | None:
    """A positive number below the term on the whole line, by its form."""
    op, a = term.op, term.args
    if name not in term.free:
        value = constant(term)
        return value.lower() if value > 0 else None
    if op == "cosh":
        return arb(1)
    if op == "sqrt":
        inner = floor(a[0], name)
        return None if inner is None else inner.sqrt().lower()
    if op == "+":
        floors = [floor(t, name) for t in a]
        for known, other in ((floors[0], a[1]), (floors[1], a[0])):
            if known is not None and not_negative(other, name):
                return known
        return None
    if op == "**" and a[1].is_number and a[1].args[0] > 0:
        inner = floor(a[0], name)
        return None if inner is None else (inner ** arb(values.exact_value(a[1].args[0]))).lower()
    return None


def not_negative(term: Term, name: str) -> bool:
    if name not in term.free:
        return bool(constant(term) >= 0)
    if term.op in ("+", "*", "/"):
        return (term.op == "*" and term.args[0] == term.args[1]) or all(
            not_negative(t, name) for t in term.args
        )
    return nonnegative(term)


def growth(term: Term, name: str) -> tuple[arb, arb] | None:
    """(C, c) with ``|term| <= C*exp(c*|z|)`` on the whole line, by its form."""
    op, a = term.op, term.args
    zero = arb(0)
    if name not in term.free:
        return abs(constant(term)), zero
    if op == "sym":
        return arb(1), arb(1)
    if op in ("sin", "cos", "tanh", "erf", "sign"):
        return arb(1), zero
    if op == "atan":
        return arb(2), zero
    if op in ("exp", "sinh", "cosh"):
        slope = line(a[0], name)
        return None if slope is None else (slope[0].exp(), slope[1])
    if op in ("neg", "abs", "asinh"):
        return growth(a[0], name)
    if op == "log":
        # log(u) <= u and -log(u) <= 1/u for u > 0
        inner, least = growth(a[0], name), floor(a[0], name)
        return None if inner is None or least is None else (inner[0] + 1 / least, inner[1])
    if op == "/":
        upper, least = growth(a[0], name), floor(a[1], name)
        if name not in a[1].free:
            least = abs(constant(a[1])).lower()
        return None if upper is None or least is None or not least > 0 else (upper[0] / least, upper[1])
    if op == "sqrt" or (op in ("**", "spow") and a[1].is_number and a[1].args[0] > 0):
        inner = growth(a[0], name)
        r = arb(values.exact_value(Fraction(1, 2) if op == "sqrt" else a[1].args[0]))
        return None if inner is None else (inner[0] ** r, inner[1] * r)
    if op in ("+", "-", "*", "Min", "Max"):
        bounds = [growth(t, name) for t in a]
        if any(b is None for b in bounds):
            return None
        level, rate = bounds[0]  # type: ignore[misc]
        for c, k in bounds[1:]:  # type: ignore[misc]
            level, rate = (level * c, rate + k) if op == "*" else (level + c, rate.max(k))
        return level, rate
    return None


def line(term: Term, name: str) -> tuple[arb, arb] | None:
    """(A, B) with ``|term| <= A + B*|z|`` on the whole line, by its form."""
    op, a = term.op, term.args
    if name not in term.free:
        return abs(constant(term)), arb(0)
    if op == "sym":
        return arb(0), arb(1)
    if op in ("neg", "abs", "asinh", "tanh", "sin", "atan", "erf"):
        return line(a[0], name)
    if op in ("+", "-"):
        parts = [line(t, name) for t in a]
        if parts[0] is None or parts[1] is None:
            return None
        return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
    if op in ("*", "/"):
        scaled, factor = (a[1], a[0]) if op == "*" and name not in a[0].free else (a[0], a[1])
        slope = None if name in factor.free else line(scaled, name)
        if slope is None:
            return None
        size = abs(constant(factor))
        if op == "/":
            if not size > 0:
                return None
            size = 1 / size
        return slope[0] * size, slope[1] * size
    return None




def decay(term: Term, name: str, start: int) -> Rate | None:
    """(C, k) with ``|term| <= C*exp(k*x)`` for all x >= start >= 1, by its form."""
    op, a = term.op, term.args
    zero, slow = arb(0), arb(values.exact_value(_SLOW))
    if name not in term.free:
        return abs(constant(term)), zero
    if op == "sym":
        return 1 / (slow * arb.const_e()), slow
    if op in ("sin", "cos", "tanh", "erf", "sign"):
        return arb(1), zero
    if op == "atan":
        return arb(2), zero
    if op == "log":  # log(u) <= u and -log(u) <= 1/u for u > 0
        inner, least = decay(a[0], name, start), floor(a[0], name)
        least = arb(start) if a[0].op == "sym" else least
        return None if inner is None or least is None else (inner[0] + 1 / least, inner[1])
    if op in ("neg", "abs", "asinh"):
        return decay(a[0], name, start)
    if op == "exp" or (op == "**" and a[0] == Term("const", "E")):
        above = _above(a[-1], name, start, 1)
        return None if above is None else (above[0].exp(), above[1])
    if op == "/" and a[1].op == "exp":
        return decay(Term("*", a[0], Term("exp", Term("neg", a[1].args[0]))), name, start)
    if op == "/":
        upper, least = decay(a[0], name, start), floor(a[1], name)
        if name not in a[1].free:
            least = abs(constant(a[1])).lower()
        least = arb(start) if a[1].op == "sym" else least
        return None if upper is None or least is None or not least > 0 else (upper[0] / least, upper[1])
    exponent = Fraction(1, 2) if op == "sqrt" else literal(a[1]) if op in ("**", "spow") else None
    if exponent is not None and exponent > 0:
        inner, r = decay(a[0], name, start), arb(values.exact_value(exponent))
        return None if inner is None else (inner[0] ** r, inner[1] * r)
    if op in ("+", "-", "*"):
        bounds = [decay(t, name, start) for t in a]
        if bounds[0] is None or bounds[1] is None:
            return None
        (c, k), (d, m) = bounds[0], bounds[1]
        return (c * d, k + m) if op == "*" else (c + d, k.max(m))
    return None


def _above(term: Term, name: str, start: int, sign: int) -> Rate | None:
    """(A, B) with ``sign*term <= A + B*x`` for all x >= start >= 1."""
    op, a = term.op, term.args
    if name not in term.free:
        return sign * constant(term), arb(0)
    if op == "sym" or (op == "abs" and a[0].op == "sym"):
        return arb(0), arb(sign)
    if op == "neg":
        return _above(a[0], name, start, -sign)
    if op in ("+", "-"):
        left = _above(a[0], name, start, sign)
        right = _above(a[1], name, start, sign if op == "+" else -sign)
        return None if left is None or right is None else (left[0] + right[0], left[1] + right[1])
    if op in ("*", "/"):
        factor, scaled = (a[0], a[1]) if op == "*" and name not in a[0].free else (a[1], a[0])
        if name in factor.free:
            return None
        value = constant(factor) if op == "*" else 1 / constant(factor)
        if not (value > 0 or value < 0):
            return None
        line_ = _above(scaled, name, start, sign if value > 0 else -sign)
        return None if line_ is None else (abs(value) * line_[0], abs(value) * line_[1])
    n = literal(a[1]) if op == "**" else None
    even = n is not None and n.denominator == 1 and n % 2 == 0
    base = a[0].args[0] if op == "**" and (a[0].op == "abs" or (a[0].op == "neg" and even)) else a[0]
    if n is not None and n >= 1 and sign < 0 and base.op == "sym":
        return arb(0), -(arb(start) ** arb(values.exact_value(n - 1)))  # -x**n <= -start**(n - 1)*x
    return None
