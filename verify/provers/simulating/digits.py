"""A law once more with many digits, at one time of a smooth path: where doubles cancel, or before an alarm is raised.

The flow is solved by collocation in mpmath from the exact start, the observables are differentiated in time as in
``laws``, and the same on a window of half the width tells how far that can be trusted. Kinks are not looked for: the
path must be known to meet none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp, mpc, mpf

from numerics.flows import solve_precise
from verify.language.calculus import NotDifferentiable, expand
from verify.language.terms import Term
from verify.provers.simulating.laws import RATE, UNRESOLVED, Law

DIGITS = 25
NODES = 10
STEP = Fraction(1, 20)

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "neg": lambda a: -a, "abs": abs, "sign": mp.sign, "Min": min, "Max": max,
    "spow": lambda u, r: mp.sign(u) * abs(u) ** r if u else mpf(0), "sqrt": mp.sqrt, "exp": mp.exp, "log": mp.log,
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "asin": mp.asin,
    "acos": mp.acos, "atan": mp.atan, "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "erf": mp.erf,
    "gamma": mp.gamma,
}  # fmt: skip


class NoDigits(ArithmeticError):
    """The term or the path is not evaluated with many digits."""


def value(term: Term, env: Mapping[str, Any]) -> Any:
    """The value at the working precision. Raises NoDigits where it is undefined or of a kind that is not evaluated."""
    op, a = term.op, term.args
    if op == "num":
        return mpf(a[0].numerator) / a[0].denominator
    if op == "sym":
        return env[a[0]]
    if op == "const" and a[0] in ("pi", "E"):
        return +mp.pi if a[0] == "pi" else +mp.e
    if op not in _FUNCTIONS:
        raise NoDigits(f"{op} is not evaluated")
    try:
        found = _FUNCTIONS[op](*(value(t, env) for t in a))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise NoDigits(str(error)) from None
    if isinstance(found, mpc) or not mp.isfinite(found):
        raise NoDigits(f"{op} has no real value")
    return found


def sides(
    law: Law, flow: Sequence[tuple[str, Term]], point: Mapping[str, Fraction], time: float, width: float
) -> tuple[float, float, float]:
    """(left, right, error) of the law at a time > width/2 of the path from the point. Raises NoDigits."""
    try:
        rhs = [(name, expand(f)) for name, f in flow]
        whole = Law(expand(law.left), law.relation, expand(law.right), tuple(expand(e) for e in law.observed))
        with mp.workdps(DIGITS + 15):
            wide, narrow = (_at(whole, rhs, point, time, w) for w in (mpf(width), mpf(width) / 2))
            if not all(_resolved(u, v) for u, v in zip(wide[2], narrow[2], strict=True)):
                raise NoDigits("an observable turns many times on the window")
            error = abs((wide[0] - wide[1]) - (narrow[0] - narrow[1]))
            return float(narrow[0]), float(narrow[1]), float(error)
    except (NotDifferentiable, ArithmeticError) as error:
        raise NoDigits(str(error)) from None


def _at(law: Law, flow: list[tuple[str, Term]], point: Mapping[str, Fraction], time: float, width: Any) -> Any:
    exact = {name: mpf(v.numerator) / v.denominator for name, v in point.items()}
    state = [name for name, _ in flow]

    def field(y: Sequence[Any]) -> list[Any]:
        env = exact | dict(zip(state, y, strict=True))
        return [value(f, env) for _, f in flow]

    nodes = [(1 - mp.cos(mp.pi * k / NODES)) / 2 for k in range(NODES + 1)]
    times = [mpf(time) + width * (c - mpf(1) / 2) for c in nodes]
    step = mpf(STEP.numerator) / STEP.denominator
    states, _ = solve_precise(field, [exact[n] for n in state], times, digits=DIGITS, stages=6, step=step)
    middle = NODES // 2
    env = exact | dict(zip(state, states[middle], strict=True))
    seen = []
    for k, e in enumerate(law.observed):
        values = [value(e, exact | dict(zip(state, y, strict=True))) for y in states]
        env[f"{RATE}{k}"] = _slope(nodes, values, middle) / width
        seen.append((nodes, values))
    return value(law.left, env), value(law.right, env), seen


def _resolved(wide: tuple[Sequence[Any], Sequence[Any]], narrow: tuple[Sequence[Any], Sequence[Any]]) -> bool:
    """Whether the polynomial through the values on the wide window meets those on the middle half of it."""
    nodes, values = wide
    reach = max(values) - min(values) + mpf(10) ** -20 * max(abs(v) for v in values)
    for c, v in zip(narrow[0], narrow[1], strict=True):
        t = mpf(1) / 4 + c / 2
        if t not in nodes:
            near = sum(v0 * mp.fprod((t - x) / (x0 - x) for x in nodes if x != x0)
                       for x0, v0 in zip(nodes, values, strict=True))  # fmt: skip
            if abs(near - v) > UNRESOLVED * reach:
                return False
    return True


def _slope(nodes: Sequence[Any], values: Sequence[Any], at: int) -> Any:
    """The derivative at a node of the polynomial through the values."""
    total, x = mpf(0), nodes[at]
    for k, c in enumerate(nodes):
        if k == at:
            total += values[k] * sum(1 / (x - other) for j, other in enumerate(nodes) if j != at)
        else:
            factor = mpf(1)
            for j, other in enumerate(nodes):
                if j != k:
                    factor *= (1 if j == at else x - other) / (c - other)
            total += values[k] * factor
    return total
