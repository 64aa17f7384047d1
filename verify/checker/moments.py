"""Gaussian expectations of polynomials times exponentials, by the moments of the standard normal law.

E Z^k exp(cZ) = exp(c^2/2) E (Z + c)^k, where E Z^j is 0 for odd j and (j - 1)!! for even j; and
E cos(cZ + d) = exp(-c^2/2) cos(d), the same with sin.
"""

from __future__ import annotations

from verify.language.terms import INFINITY, PI, Term, fn, num, sym

WAVE = -1  # in the place of a power: the coefficient is the mean already, and nothing else depends on z
Monomials = list[tuple[Term, int, Term | None]]  # coefficient, power, rate of the exponential


class NoMoments(ValueError):
    """The function is no polynomial times exponentials."""


def expectation(f: Term, z: str) -> Term:
    """E f(Z) for Z standard normal; every term of f that has a condition stays in it. Raises NoMoments."""
    total: Term | None = None
    for coefficient, power, rate in _expansion(f, z):
        part = fn("*", coefficient, _moment(power, rate))
        total = part if total is None else fn("+", total, part)
    return num(0) if total is None else total


def as_integral(f: Term, z: str) -> tuple[Term, Term]:
    """(the integral of f against exp(-z^2/2) over the line, what it is to be divided by)."""
    weight = fn("exp", fn("/", fn("neg", fn("**", sym(z), num(2))), num(2)))
    whole = Term("integrate", fn("*", f, weight), sym(z), fn("neg", INFINITY), INFINITY)
    return whole, fn("sqrt", fn("*", num(2), PI))


def _moment(k: int, rate: Term | None) -> Term:
    from math import comb

    def central(j: int) -> int:
        return 0 if j % 2 else _double_factorial(j - 1)

    if k == WAVE:
        return num(1)
    if rate is None:
        return num(central(k))
    total: Term = num(0)
    for j in range(k + 1):
        weight = comb(k, j) * central(j)
        if weight:
            total = fn("+", total, fn("*", num(weight), fn("**", rate, num(k - j)) if k > j else num(1)))
    return fn("*", fn("exp", fn("/", fn("**", rate, num(2)), num(2))), total)


def _double_factorial(n: int) -> int:
    return 1 if n <= 0 else n * _double_factorial(n - 2)


def _expansion(f: Term, z: str) -> Monomials:
    """f as a sum of coefficient * z**k * exp(rate*z); raises NoValue where f is not of that form."""
    if z not in f.free:
        return [(f, 0, None)]
    op, a = f.op, f.args
    if f == sym(z):
        return [(num(1), 1, None)]
    if op in ("+", "-"):
        right = _expansion(a[1], z)
        if op == "-":
            right = [(fn("neg", c), k, r) for c, k, r in right]
        return _expansion(a[0], z) + right
    if op == "neg":
        return [(fn("neg", c), k, r) for c, k, r in _expansion(a[0], z)]
    if op == "*":
        return _multiply(_expansion(a[0], z), _expansion(a[1], z))
    if op == "/" and z not in a[1].free:
        return [(fn("/", c, a[1]), k, r) for c, k, r in _expansion(a[0], z)]
    if op == "**" and a[1].is_number and a[1].args[0].denominator == 1 and 0 < a[1].args[0] <= 12:
        result: Monomials = [(num(1), 0, None)]
        for _ in range(int(a[1].args[0])):
            result = _multiply(result, _expansion(a[0], z))
        return result
    if op == "exp":
        inner = _expansion(a[0], z)
        if all(r is None and k in (0, 1) for _, k, r in inner):
            constant = [c for c, k, _ in inner if k == 0]
            rates = [c for c, k, _ in inner if k == 1]
            return [(fn("exp", _sum(constant)), 0, _sum(rates))]
    if op in ("sin", "cos"):
        inner = _expansion(a[0], z)
        if all(r is None and k in (0, 1) for _, k, r in inner):
            rate = _sum([c for c, k, _ in inner if k == 1])
            damping = fn("exp", fn("neg", fn("/", fn("**", rate, num(2)), num(2))))
            return [(fn("*", damping, fn(op, _sum([c for c, k, _ in inner if k == 0]))), WAVE, None)]
    raise NoMoments("the expectation of something that is no polynomial times exponentials")


def _sum(parts: list[Term]) -> Term:
    total = parts[0] if parts else num(0)
    for p in parts[1:]:
        total = fn("+", total, p)
    return total


def _multiply(left: Monomials, right: Monomials) -> Monomials:
    if len(left) * len(right) > 300:
        raise NoMoments("the expectation of a long product")
    out = []
    for c1, k1, r1 in left:
        for c2, k2, r2 in right:
            if WAVE in (k1, k2) and not (k1 == WAVE and k2 == 0 and r2 is None) and not (
                k2 == WAVE and k1 == 0 and r1 is None
            ):
                raise NoMoments("the expectation of a wave times something")
            rate = r1 if r2 is None else r2 if r1 is None else fn("+", r1, r2)
            power = WAVE if WAVE in (k1, k2) else k1 + k2
            out.append((fn("*", c1, c2), power, rate))
    return out
