"""Values of infinite series that are told by the quotient of neighbouring terms.

Where f(i + 1)*P(i) = x*Q(i)*f(i) for all integers i >= a, the terms are f(a) times those of a series that is known:
x**i with the sum 1/(1 - x), i*x**(i - 1), x**i/i!, x**(i - 1)/i, x**i/(2*i + 1), x**i/(2*i)!, x**i/(2*i + 1)!, 1/i**2,
1/(2*i + 1)**2, 1/i**4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verify.language.terms import ONE, PI, ZERO, Term, fn, held_names, num, substitute, sym
from verify.statement import Domain, Statement

Of = Callable[[Term], Term]


@dataclass(frozen=True)
class Series:
    """start: a. above, below: P and Q. conditions: under which it converges to ``value`` times f(a)."""

    start: int
    above: Of
    below: Of
    conditions: Callable[[Term], list[Term]]
    value: Of


def _one(i: Term) -> Term:
    return ONE


def _plus(u: Term, k: int) -> Term:
    return fn("+", u, num(k))


def _odd(i: Term, k: int) -> Term:
    return _plus(fn("*", num(2), i), k)


def _power(k: int, shift: int) -> Of:
    return lambda i: fn("**", _plus(i, shift), num(k))


def _within(low: str, x: Term, high: str) -> list[Term]:
    """-1 low x high 1"""
    return [fn(low, num(-1), x), fn(high, x, ONE)]


def _minus_root(x: Term) -> Term:
    return fn("sqrt", fn("neg", x))


TABLE = {
    "geometric": Series(0, _one, _one, lambda x: _within("<", x, "<"), lambda x: fn("/", ONE, fn("-", ONE, x))),
    "exponential": Series(0, lambda i: _plus(i, 1), _one, lambda x: [fn("==", x, x)], lambda x: fn("exp", x)),
    "logarithm": Series(
        1, lambda i: _plus(i, 1), lambda i: i, lambda x: [*_within("<=", x, "<"), fn("!=", x, ZERO)],
        lambda x: fn("/", fn("neg", fn("log", fn("-", ONE, x))), x),
    ),
    "arctangent": Series(
        0, lambda i: _odd(i, 3), lambda i: _odd(i, 1), lambda x: [fn("<=", num(-1), x), fn("<", x, ZERO)],
        lambda x: fn("/", fn("atan", _minus_root(x)), _minus_root(x)),
    ),
    "cosine": Series(
        0, lambda i: fn("*", _odd(i, 1), _odd(i, 2)), _one, lambda x: [fn("<=", x, ZERO)],
        lambda x: fn("cos", _minus_root(x)),
    ),
    "sine": Series(
        0, lambda i: fn("*", _odd(i, 2), _odd(i, 3)), _one, lambda x: [fn("<", x, ZERO)],
        lambda x: fn("/", fn("sin", _minus_root(x)), _minus_root(x)),
    ),
    "slope of the geometric": Series(
        1, lambda i: i, lambda i: _plus(i, 1), lambda x: _within("<", x, "<"),
        lambda x: fn("/", ONE, fn("**", fn("-", ONE, x), num(2))),
    ),
    "odd squares": Series(
        0, lambda i: fn("**", _odd(i, 3), num(2)), lambda i: fn("**", _odd(i, 1), num(2)),
        lambda x: [fn("==", x, ONE)], lambda x: fn("/", fn("**", PI, num(2)), num(8)),
    ),
    "squares": Series(
        1, _power(2, 1), _power(2, 0), lambda x: [fn("==", x, ONE)], lambda x: fn("/", fn("**", PI, num(2)), num(6))
    ),
    "fourth powers": Series(
        1, _power(4, 1), _power(4, 0), lambda x: [fn("==", x, ONE)], lambda x: fn("/", fn("**", PI, num(4)), num(90))
    ),
}  # fmt: skip


def goals(domain: Domain, t: Term, kind: str, x: Term) -> tuple[Term, list[Statement]] | None:
    """(the value of the infinite sum t, what is to be proved for it); None where the table does not speak of it."""
    series = TABLE[kind]
    f, index, low = t.args[0], t.args[1].args[0], t.args[2]
    if not x.free <= frozenset(domain.names) or index in domain.names or index in held_names(f):
        return None
    if not low.is_number or low.args[0].denominator != 1:
        return None
    i, shift = sym(index), low.args[0] - series.start
    f = substitute(f, {index: _plus(i, int(shift))}) if shift else f  # counted from the start of the known series
    first = substitute(f, {index: num(series.start)})
    later = substitute(f, {index: _plus(i, 1)})
    along = domain.declaring(index, "integer").assuming(fn(">=", i, num(series.start)))
    step = fn("==", fn("*", later, series.above(i)), fn("*", fn("*", x, series.below(i)), f))
    asked = [Statement(along, step), *(Statement(domain, c) for c in series.conditions(x))]
    return fn("*", first, series.value(x)), asked


def ratio(t: Term, kind: str) -> Term:
    """What x must be, from the first two terms."""
    series = TABLE[kind]
    f, index, low = t.args[0], t.args[1].args[0], t.args[2]
    a = num(series.start)
    first, second = substitute(f, {index: low}), substitute(f, {index: num(low.args[0] + 1)})
    return fn("/", fn("*", second, series.above(a)), fn("*", first, series.below(a)))
