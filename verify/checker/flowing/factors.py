"""Polynomial arguments of kinks written as products, so that ``sign(w1*w2**2 - y*w2)`` shows its factors.

Factors over Q are FLINT's and are primitive up to sign, so that the same surface has the same name wherever it is
met (``1 - w1*w2`` is -1 times ``w1*w2 - 1``). The product is multiplied out again and compared before it is used.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from verify.checker.flowing.terms import add, is_integer, kink_argument, mul, neg, power, sub
from verify.language.terms import Term, num, rebuild, sym, walk

MOST_TERMS = 60
MOST_DEGREE = 12


def factor_arguments(term: Term) -> Term:
    """The same term with every polynomial kink argument replaced by the product of its factors."""
    t = rebuild(term, factor_arguments)
    u = kink_argument(t)
    return t if u is None else Term(t.op, product_form(u), *t.args[1:])


@lru_cache(maxsize=2048)
def product_form(u: Term) -> Term:
    """The product of the factors of a polynomial; any other term as it is, its own factors put in product form."""
    if u.op in ("*", "/"):
        return Term(u.op, product_form(u.args[0]), product_form(u.args[1]))
    if u.op == "neg":
        return Term("neg", product_form(u.args[0]))
    if u.op == "**" and is_integer(u.args[1]):
        return Term("**", product_form(u.args[0]), u.args[1])
    if u.op not in ("+", "-"):
        return u
    names = sorted(u.free)
    if not names or not all(_polynomial_node(t) for t in walk(u)):
        return u
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get(names, Ordering.lex)
    try:
        poly = _poly(u, context, dict(zip(names, context.gens(), strict=True)))
        if poly.is_zero() or len(poly) > MOST_TERMS or max(poly.degrees()) > MOST_DEGREE:
            return u
        content, parts = poly.factor()
    except (ValueError, OverflowError, ZeroDivisionError):
        return u
    back = context.constant(content)
    for f, n in parts:
        back = back * f ** int(n)
    if back != poly:
        return u
    value = num(Fraction(int(content.p), int(content.q)))
    for f, n in parts:
        value = mul(value, power(_term(f, names), num(int(n))))
    return value


def _polynomial_node(t: Term) -> bool:
    if t.op == "**":
        return is_integer(t.args[1]) and bool(0 < t.args[1].args[0] <= MOST_DEGREE)
    if t.op == "/":
        return bool(t.args[1].is_number and t.args[1].args[0] != 0)
    return t.op in ("sym", "num", "+", "-", "*", "neg")


def _poly(t: Term, context: Any, gens: dict[str, Any]) -> Any:
    from flint import fmpq

    op, a = t.op, t.args
    if op == "num":
        return context.constant(fmpq(a[0].numerator, a[0].denominator))
    if op == "sym":
        return gens[a[0]]
    left = _poly(a[0], context, gens)
    if op == "neg":
        return -left
    if op == "**":
        return left ** int(a[1].args[0])
    if op == "/":
        return left / fmpq(a[1].args[0].numerator, a[1].args[0].denominator)
    right = _poly(a[1], context, gens)
    return left + right if op == "+" else left - right if op == "-" else left * right


def _term(poly: Any, names: list[str]) -> Term:
    """A polynomial as a sum of monomials."""
    total = num(0)
    for exponents, coefficient in poly.to_dict().items():
        value = num(Fraction(int(coefficient.p), int(coefficient.q)))
        monomial = num(1)
        for name, e in zip(names, exponents, strict=True):
            if e:
                monomial = mul(monomial, power(sym(name), num(int(e))))
        part = mul(num(abs(value.args[0])), monomial)
        total = add(total, part) if value.args[0] > 0 else sub(total, part) if total != num(0) else neg(part)
    return total
