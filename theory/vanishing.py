"""Does an expression vanish identically? Decided by rewriting rules that are valid, never by a search for simplicity.

``vanishes`` answers True only when expansion, common denominators and the laws of powers take the expression to the
number 0, each of them an identity where the expression is defined; and only when the expression also evaluates to
about 0 at fixed rational points. Otherwise it answers None, or False when a point shows that it does not vanish.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from theory.derivation import Unchecked

POINTS = 4


def _rewritings(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    yield expression
    yield sympy.expand(expression)
    power_sums = sympy.powsimp(sympy.expand(sympy.powdenest(expression)), combine="exp")
    yield power_sums
    yield sympy.expand(power_sums)
    fraction = sympy.together(power_sums)
    numerator = sympy.fraction(fraction)[0]
    yield sympy.expand(numerator)
    yield sympy.powsimp(sympy.expand(sympy.powdenest(sympy.expand(numerator))), combine="exp")
    yield sympy.expand(sympy.fraction(sympy.cancel(fraction))[0])
    exponents = power_sums.replace(
        lambda e: e.is_Pow and e.exp.free_symbols, lambda e: e.base ** sympy.factor(sympy.together(e.exp))
    )
    yield sympy.powsimp(sympy.expand(exponents), combine="exp")
    yield sympy.expand(sympy.powsimp(sympy.expand(exponents), combine="exp", force=False))
    yield sympy.expand(sympy.expand_log(expression))


def _value(expression: sympy.Expr, k: int) -> sympy.Expr | None:
    """The expression at the k-th fixed rational point that respects the sign assumptions of its symbols, or None."""
    values = {}
    for j, s in enumerate(sorted(expression.free_symbols, key=lambda s: s.name)):
        size = sympy.Rational(7 + 5 * j + 3 * k, 11 + 2 * j + k)
        if s.is_integer:
            size = sympy.Integer(2 + j + k)
        values[s] = -size if s.is_negative else size
        if s.is_positive is None and s.is_negative is None and s.is_nonnegative is None and k % 2:
            values[s] = -size
    point = expression.xreplace(values)
    try:
        number = point.evalf(30, maxn=120)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if number.is_number and number.is_finite else None


def vanishes(expression: sympy.Expr) -> bool | None:
    """True: identically zero; False: not zero at some point; None: not decided."""
    if expression.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    for k in range(POINTS):
        number = _value(expression, k)
        if number is not None and abs(number) > sympy.Float("1e-18"):
            return False
    return True if any(r == 0 for r in _rewritings(expression)) else None


def check_equal(left: sympy.Expr, right: sympy.Expr, what: str) -> None:
    """Raises ``Unchecked`` unless left - right vanishes identically."""
    if vanishes(left - right) is not True:
        raise Unchecked(f"{what}: could not confirm {left} = {right}")
