"""Half-lines: functions with |x| and sign(x) taken one sign of x at a time, where they are smooth.

On x > 0 and on x < 0 the substitution x = t, x = -t with t > 0 removes every |x|, and rules of calculus apply without
a word about kinks. The two branches are put together again as an even part and an odd part,
``(g+(|x|) + g-(|x|))/2 + sign(x) (g+(|x|) - g-(|x|))/2``, which is an identity for every x != 0.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy

from theory.vanishing import vanishes


def has_kink(expression: sympy.Expr, x: sympy.Symbol) -> bool:
    return any(e.has(x) for e in expression.atoms(sympy.Abs, sympy.sign))


def branch(expression: sympy.Expr, x: sympy.Symbol, side: int) -> tuple[sympy.Expr, sympy.Symbol]:
    """(the expression at x = side*t, the symbol t > 0), side = 1 or -1."""
    t = sympy.Symbol(f"{x.name}_t", positive=True)
    return expression.subs(x, side * t), t


def join(right: sympy.Expr, left: sympy.Expr, t: sympy.Symbol, x: sympy.Symbol) -> sympy.Expr:
    """The expression of x that is right(t) at x = t and left(t) at x = -t."""
    at = {t: sympy.Abs(x)}
    if vanishes(right - left) is True:
        return right.xreplace(at)
    if vanishes(right + left) is True:
        return sympy.sign(x) * right.xreplace(at)
    even, odd = (right + left) / 2, (right - left) / 2
    return even.xreplace(at) + sympy.sign(x) * odd.xreplace(at)


def sides(x: sympy.Symbol) -> tuple[int, ...]:
    """The half-lines that x may lie on: 1 alone where x is known not to be negative."""
    return (1,) if x.is_nonnegative else (1, -1)


def on_branches(
    expression: sympy.Expr, x: sympy.Symbol, work: Callable[[sympy.Expr, sympy.Symbol, int], sympy.Expr]
) -> sympy.Expr:
    """``work(branch, t, side)`` on both half-lines, put together; the result speaks of x != 0."""
    right, t = branch(expression, x, 1)
    if sides(x) == (1,):
        return work(right, t, 1).xreplace({t: x})
    left, _ = branch(expression, x, -1)
    return join(work(right, t, 1), work(left, t, -1), t, x)


def derivative(expression: sympy.Expr, x: sympy.Symbol) -> sympy.Expr:
    """d/dx; where the expression has |x| or sign(x), for x != 0."""
    if not has_kink(expression, x):
        return sympy.diff(expression, x)
    smooth: list[sympy.Expr] = []
    bent: list[sympy.Expr] = []
    for term in sympy.Add.make_args(sympy.expand(expression)):
        (bent if has_kink(term, x) else smooth).append(term)
    kinked = on_branches(sympy.Add(*bent), x, lambda e, t, side: side * sympy.powsimp(sympy.diff(e, t)))
    return sympy.diff(sympy.Add(*smooth), x) + kinked
