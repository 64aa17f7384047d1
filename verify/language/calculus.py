"""Derivatives of terms by explicit rules.

``derivative(f, x)`` is f' wherever f is defined and smooth: wherever every term of ``kinks(f, x)`` is nonzero. The
rules are the chain rule over every operator; nothing is assumed of signs, and clean-up is limited to steps that keep
the conditions: ``0*u`` becomes 0 only where u is defined for all reals.

Two things must hold beside for ``expand(term)`` to equal ``term``: the terms of ``smoothness(term)`` are nonzero, and
the terms of ``bodies(term)`` are defined, since log(u) needs u > 0 while its derivative u'/u does not.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from verify.language.terms import ONE, PI, TWO, ZERO, Term, num, rebuild, size, substitute, walk

MOST_NODES = 20_000
_MOST_BITS = 10_000
_MOST_FACTORS = 12


class NotDifferentiable(ValueError):
    """No rule gives the derivative."""


_TOTAL = frozenset({"+", "-", "*", "neg", "abs", "sign", "spow", "exp", "sin", "cos", "sinh", "cosh", "tanh", "atan",
                    "asinh", "erf", "Min", "Max"})  # fmt: skip


def literal(term: Term) -> Fraction | None:
    """The rational number that a term without names, such as the exponent 3/2, stands for."""
    if not term.is_number:
        if term.free or not term.children:
            return None
        term = constant_fold(term)
    value: Fraction | None = term.args[0] if term.is_number else None
    return value


def is_total(term: Term) -> bool:
    """Whether the term is, by its form alone, defined for all real values of its names."""
    if term.op in ("num", "sym"):
        return True
    if term.op == "const":
        return bool(term.args[0] != "oo")
    if term.op == "**":
        base, exponent = term.args
        return _positive_integer(exponent) and is_total(base)
    if term.op == "/":
        return bool(literal(term.args[1])) and is_total(term.args[0])
    return term.op in _TOTAL and all(is_total(c) for c in term.children)


def _positive_integer(term: Term) -> bool:
    value = literal(term)
    return value is not None and value.denominator == 1 and value > 0


def _zero_times(term: Term) -> Term:
    return ZERO if is_total(term) else Term("*", ZERO, term)


def _times(a: Term, b: Term) -> Term:
    if a == ZERO or b == ZERO:
        return _zero_times(b if a == ZERO else a)
    if a == ONE or b == ONE:
        return b if a == ONE else a
    if a.is_number and b.is_number:
        return num(a.args[0] * b.args[0])
    return Term("*", a, b)


def _plus(a: Term, b: Term) -> Term:
    if a == ZERO or b == ZERO:
        return b if a == ZERO else a
    return Term("+", a, b)


def _minus(a: Term, b: Term) -> Term:
    if b == ZERO:
        return a
    return _negative(b) if a == ZERO else Term("-", a, b)


def _negative(a: Term) -> Term:
    if a.op == "neg":
        inner: Term = a.args[0]
        return inner
    return num(-a.args[0]) if a.is_number else Term("neg", a)


def _over(a: Term, b: Term) -> Term:
    if b == ONE:
        return a
    if a == ZERO:
        return ZERO if b.is_number and b != ZERO else Term("/", a, b)
    return Term("/", a, b)


def _less_one(r: Term) -> Term:
    return num(r.args[0] - 1) if r.is_number else Term("-", r, ONE)


def _exponent(r: Term) -> Term:
    value = literal(r)
    return r if value is None else num(value)


def _to(base: Term, exponent: Term) -> Term:
    return base if exponent == ONE else Term("**", base, exponent)


def _one_plus_square(u: Term, sign: str = "+") -> Term:
    return Term(sign, ONE, Term("**", u, TWO))


# f -> (u -> f'(u)) as a factor in front of u'
_FACTORS: dict[str, Callable[[Term], Term]] = {
    "abs": lambda u: Term("sign", u),
    "exp": lambda u: Term("exp", u),
    "sin": lambda u: Term("cos", u),
    "cos": lambda u: Term("neg", Term("sin", u)),
    "tan": lambda u: _one_plus_square(Term("tan", u)),
    "sinh": lambda u: Term("cosh", u),
    "cosh": lambda u: Term("sinh", u),
    "tanh": lambda u: _one_plus_square(Term("tanh", u), "-"),
    "erf": lambda u: Term("*", Term("/", TWO, Term("sqrt", PI)), Term("exp", Term("neg", Term("**", u, TWO)))),
}
# f -> (u -> 1/f'(u)) as a divisor below u'
_DIVISORS: dict[str, Callable[[Term], Term]] = {
    "sqrt": lambda u: Term("*", TWO, Term("sqrt", u)),
    "log": lambda u: u,
    "asin": lambda u: Term("sqrt", _one_plus_square(u, "-")),
    "acos": lambda u: Term("neg", Term("sqrt", _one_plus_square(u, "-"))),
    "atan": _one_plus_square,
    "asinh": lambda u: Term("sqrt", _one_plus_square(u)),
    "acosh": lambda u: Term("*", Term("sqrt", Term("-", u, ONE)), Term("sqrt", Term("+", u, ONE))),
    "atanh": lambda u: _one_plus_square(u, "-"),
}


@lru_cache(maxsize=20_000)
def derivative(f: Term, x: str) -> Term:
    """df/dx. Raises NotDifferentiable where no rule applies (and on formulas)."""
    op, a = f.op, f.args
    if op == "sym" and a[0] == x:
        return ONE
    if f.is_formula or op in ("ddt", "text"):
        raise NotDifferentiable(f"{op} has no derivative")
    if x not in f.free:
        return _zero_times(f)
    if op == "+":
        return _plus(derivative(a[0], x), derivative(a[1], x))
    if op == "-":
        return _minus(derivative(a[0], x), derivative(a[1], x))
    if op == "neg":
        return _negative(derivative(a[0], x))
    if op == "*":
        if x not in a[0].free or x not in a[1].free:
            constant, other = (a[0], a[1]) if x not in a[0].free else (a[1], a[0])
            return _times(constant, derivative(other, x))
        return _plus(_times(derivative(a[0], x), a[1]), _times(a[0], derivative(a[1], x)))
    if op == "/":
        return _quotient(a[0], a[1], x)
    if op == "**":
        return _power(a[0], a[1], x)
    if op == "spow":
        return _signed_power(a[0], a[1], x)
    if op == "sign":
        return _zero_times(a[0])
    if op in _FACTORS:
        return _times(_FACTORS[op](a[0]), derivative(a[0], x))
    if op in _DIVISORS:
        return _over(derivative(a[0], x), _DIVISORS[op](a[0]))
    if op in ("Min", "Max"):
        return _extremum(op, a, x)
    if op == "diff":
        return derivative(expand(f), x)
    if op in ("Sum", "Product", "integrate"):
        return _binder(f, x)
    raise NotDifferentiable(f"no rule for the derivative of {op}")


def _quotient(u: Term, v: Term, x: str) -> Term:
    if x not in v.free:
        return _over(derivative(u, x), v)
    dv = derivative(v, x)
    du = derivative(u, x)
    return _over(_minus(_times(du, v), _times(u, dv)), Term("**", v, TWO))


def _power(u: Term, v: Term, x: str) -> Term:
    if x not in v.free:
        du, v = derivative(u, x), _exponent(v)
        if v == ONE:
            return du
        if u.op == "abs":  # abs(w)**v: its derivative v*spow(w, v - 1)*w' is right at w = 0 for v > 1 too
            w = u.args[0]
            if v == TWO:
                return _times(_times(TWO, w), derivative(w, x))
            return _times(_times(v, Term("spow", w, _less_one(v))), derivative(w, x))
        return _times(_times(v, _to(u, _less_one(v))), du)
    dv = derivative(v, x)
    if x not in u.free:
        factor = Term("**", u, v)
        return _times(factor if u == Term("const", "E") else _times(factor, Term("log", u)), dv)
    du = derivative(u, x)
    return _times(Term("**", u, v), _plus(_times(dv, Term("log", u)), _over(_times(v, du), u)))


def _signed_power(u: Term, r: Term, x: str) -> Term:
    size_of = Term("abs", u)
    if x not in r.free:
        du, r = derivative(u, x), _exponent(r)
        return du if r == ONE else _times(_times(r, _to(size_of, _less_one(r))), du)
    du = derivative(u, x)
    return _times(Term("spow", u, r), _plus(_times(derivative(r, x), Term("log", size_of)), _over(_times(r, du), u)))


def _extremum(op: str, parts: tuple[Term, ...], x: str) -> Term:
    """Max(u, v) = (u + v + abs(u - v))/2, and so on from the left."""
    u = parts[0] if len(parts) == 2 else Term(op, *parts[:-1])
    v = parts[-1]
    du, dv = derivative(u, x), derivative(v, x)
    jump = _times(Term("sign", Term("-", u, v)), _minus(du, dv))
    return _over(_plus(_plus(du, dv), jump) if op == "Max" else _minus(_plus(du, dv), jump), TWO)


def _binder(f: Term, x: str) -> Term:
    body, index, low, high = f.args
    if f.op == "integrate":
        if x in body.free - {index.args[0]}:
            raise NotDifferentiable("a derivative under the integral sign needs its own proof")
        if any(not _continuous(t) for t in walk(body)):
            raise NotDifferentiable("the integrand may jump")
        ends = []
        for end in (high, low):
            slope = derivative(end, x) if x in end.free else ZERO
            ends.append(ZERO if slope == ZERO else _times(substitute(body, {index.args[0]: end}), slope))
        return _minus(ends[0], ends[1])
    if x in low.free | high.free or any(t.op == "const" and t.args[0] == "oo" for t in (low, high)):
        raise NotDifferentiable(f"the derivative of a {f.op} with such limits needs its own proof")
    if f.op == "Sum":
        return Term("Sum", derivative(body, x), index, low, high)
    first, last = literal(low), literal(high)
    if first is None or last is None or last - first >= _MOST_FACTORS:
        raise NotDifferentiable("the derivative of a long product")
    return derivative(_unrolled(body, index.args[0], first, last), x)


def _unrolled(body: Term, index: str, low: Fraction, high: Fraction) -> Term:
    product = ONE
    while low <= high:
        factor = substitute(body, {index: num(low)})
        product = factor if product == ONE else Term("*", product, factor)
        low += 1
    return product


def _continuous(t: Term) -> bool:
    """Whether the operator at the root is continuous wherever it is defined."""
    if t.op == "spow":
        return (literal(t.args[1]) or 0) > 0
    return t.op not in ("sign", "diff", "limit", "integrate", "Sum", "Product", "expect", "gamma")


def expand(term: Term) -> Term:
    """The term with every ``diff(f, x, n)`` worked out, inner ones first. Raises NotDifferentiable."""
    try:
        return _expanded(term)
    except RecursionError:
        raise NotDifferentiable("the derivative is nested too deeply") from None


@lru_cache(maxsize=20_000)
def _expanded(term: Term) -> Term:
    if not term.children:
        return term
    if term.op != "diff":
        return rebuild(term, _expanded)
    result = _expanded(term.args[0])
    for _ in range(_order(term)):
        result = derivative(result, term.args[1].args[0])
        if size(result) > MOST_NODES:
            raise NotDifferentiable(f"the derivative has more than {MOST_NODES} nodes")
    return result


def _order(term: Term) -> int:
    order = term.args[2].args[0]
    if order.denominator != 1 or not 0 <= order <= 50:
        raise NotDifferentiable("the order of a derivative must be an integer from 0 to 50")
    return int(order)


@lru_cache(maxsize=20_000)
def kinks(term: Term, x: str) -> tuple[Term, ...]:
    """Terms that must be nonzero for ``derivative(term, x)`` to be the derivative where ``term`` is defined.

    abs(u), sign(u): u. Min/Max: differences. Powers u**r, spow(u, r) with 0 < r <= 1 or r unknown: u, or
    ``Max(abs(u), r - 1)``, which is zero exactly where u = 0 and r <= 1. At the end of an interval on which a power
    is defined, the one-sided derivative is meant.
    """
    if x not in term.free:
        return ()
    op, a = term.op, term.args
    if op == "diff":
        return (*smoothness(term), *kinks(expand(term), x))
    found: list[Term] = []
    if op == "**" and a[0].op == "abs" and x in a[0].free:
        found += [*_power_kink(a[0].args[0], a[1], x), *kinks(a[0].args[0], x), *kinks(a[1], x)]
    else:
        if op in ("abs", "sign"):
            found.append(a[0])
        elif op == "spow" or (op == "**" and not _positive_integer(a[1])):
            found += _power_kink(a[0], a[1], x)
        elif op in ("Min", "Max"):
            heads = [a[0], *(Term(op, *a[:k]) for k in range(2, len(a)))]
            found += [Term("-", u, v) for u, v in zip(heads, a[1:], strict=True)]
        scope = a[2:] if op == "integrate" else term.children
        for child in scope:
            found += kinks(child, x)
    return tuple(dict.fromkeys(found))


def _power_kink(u: Term, r: Term, x: str) -> list[Term]:
    if x not in u.free:
        return []
    if x in r.free:
        return [u]
    value = literal(r)
    if value is None:
        return [Term("Max", Term("abs", u), Term("-", r, ONE))]
    return [] if value > 1 else [u]


def smoothness(term: Term) -> tuple[Term, ...]:
    """Terms that must be nonzero for every derivative in the term to be the one that ``expand`` puts in."""
    found: list[Term] = []
    for t in walk(term):
        if t.op == "diff":
            f, x = expand(t.args[0]), t.args[1].args[0]
            for _ in range(_order(t)):
                found += kinks(f, x)
                f = derivative(f, x)
    return tuple(dict.fromkeys(found))


def bodies(term: Term) -> tuple[Term, ...]:
    """The functions that are differentiated, in turn: each must be defined where its derivative is meant."""
    found: list[Term] = []
    for t in walk(term):
        if t.op == "diff":
            f = expand(t.args[0])
            for k in range(_order(t)):
                f = f if k == 0 else derivative(f, t.args[1].args[0])
                found.append(f)
    return tuple(dict.fromkeys(found))


def constant_fold(term: Term) -> Term:
    """Exact arithmetic on numbers alone; what would grow beyond 10,000 bits or is undefined stays as it is."""
    folded = rebuild(term, constant_fold)
    values = [c.args[0] for c in folded.children if c.is_number]
    if folded.op == "diff" or not values or len(values) != len(folded.children):
        return folded
    value = _fold(folded.op, values)
    return folded if value is None or _bits(value) > _MOST_BITS else num(value)


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _fold(op: str, v: list[Fraction]) -> Fraction | None:
    if op in ("+", "-", "*"):
        return v[0] + v[1] if op == "+" else v[0] - v[1] if op == "-" else v[0] * v[1]
    if op == "/":
        return v[0] / v[1] if v[1] else None
    if op == "neg":
        return -v[0]
    if op == "abs":
        return abs(v[0])
    if op == "sign":
        return Fraction((v[0] > 0) - (v[0] < 0))
    if op in ("Min", "Max"):
        return min(v) if op == "Min" else max(v)
    if op == "**" and v[1].denominator == 1 and (v[0] or v[1] > 0):
        return v[0] ** int(v[1]) if _bits(v[0]) * abs(v[1]) <= _MOST_BITS else None
    return None


