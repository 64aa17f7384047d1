"""Limits at infinity: conjectured by the computer algebra, borne out by certified-size arguments before they are used.

A value that the evaluations at large arguments do not approach raises :class:`theory.derivation.Unchecked`; so does a
limit that does not exist.
"""

from __future__ import annotations

import itertools

import sympy

from theory.derivation import Unchecked

LARGE = (10**6, 10**9, 10**12)
DIGITS = 30


def at_infinity(expression: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    """lim_{t -> oo}, a finite value; raises ``Unchecked`` where there is none or it is not borne out."""
    value = _conjecture(expression, t)
    confirm(expression, t, value)
    return value


def at_infinity_or_infinite(expression: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    """As :func:`at_infinity`, where oo and -oo are answers too, borne out by growth without a visible bound."""
    value = _conjecture(expression, t)
    if value not in (sympy.oo, -sympy.oo):
        confirm(expression, t, value)
        return value
    sizes = [v if value == sympy.oo else -v for v in _values(expression, t, sympy.Integer(0))]
    if not (sizes[0] > 1 and all(b > a * sympy.Rational(11, 10) for a, b in itertools.pairwise(sizes))):
        raise Unchecked(f"the limit {value} of {expression} is not borne out: values {sizes}")
    return value


def confirm(expression: sympy.Expr, t: sympy.Symbol, value: sympy.Expr) -> None:
    """Raises ``Unchecked`` unless the expression draws near the finite value along large arguments."""
    if value.is_finite is not True or value.has(sympy.AccumBounds):
        raise Unchecked(f"no finite limit of {expression}")
    goal = value.xreplace(_parameters(expression, t, value)).evalf(DIGITS)
    gaps = [abs(v - goal) for v in _values(expression, t, value)]
    if not (gaps[-1] <= sympy.Rational(1, 10) and gaps[-1] <= gaps[0]):
        raise Unchecked(f"the limit {value} of {expression} is not borne out: gaps {gaps}")


def _conjecture(expression: sympy.Expr, t: sympy.Symbol) -> sympy.Expr:
    try:
        return sympy.limit(expression, t, sympy.oo)
    except (NotImplementedError, ValueError, TypeError, ArithmeticError) as error:
        raise Unchecked(f"no limit of {expression} was found") from error


def _parameters(expression: sympy.Expr, t: sympy.Symbol, value: sympy.Expr) -> dict[sympy.Symbol, sympy.Rational]:
    names = sorted(value.free_symbols | (expression.free_symbols - {t}), key=lambda s: s.name)
    return {s: sympy.Rational(13 + 2 * k, 10) for k, s in enumerate(names)}


def _values(expression: sympy.Expr, t: sympy.Symbol, value: sympy.Expr) -> list[sympy.Expr]:
    at = expression.xreplace(_parameters(expression, t, value))
    found = [at.xreplace({t: sympy.Integer(n)}).evalf(DIGITS) for n in LARGE]
    if not all(v.is_Float or v.is_Rational for v in found):
        raise Unchecked(f"{expression} has no real values at large arguments")
    return found


def power_sum(expression: sympy.Expr, t: sympy.Symbol) -> dict[sympy.Expr, sympy.Expr] | None:
    """exponent -> coefficient where the expression is a sum of powers of t, like exponents collected; else None."""
    terms: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(sympy.powsimp(sympy.expand(sympy.powdenest(expression)), combine="exp")):
        coefficient, power = term.as_independent(t, as_Add=False)
        base, exponent = power.as_base_exp() if power != 1 else (t, sympy.Integer(0))
        if base != t or exponent.has(t):
            return None
        exponent = sympy.expand(exponent)
        terms[exponent] = terms.get(exponent, sympy.Integer(0)) + coefficient
    tidy = {e: sympy.factor(sympy.powsimp(c)) for e, c in terms.items()}
    return {e: c for e, c in tidy.items() if c != 0}


def dominating(terms: dict[sympy.Expr, sympy.Expr]) -> tuple[sympy.Expr, sympy.Expr] | None:
    """(c, e) of the term c t^e that outgrows every other; None where no term is known to.

    Exponents may hold parameters: one outgrows another where the sign of their difference is known.
    """
    for e, c in terms.items():
        if c.is_nonzero is True and all(other == e or (e - other).is_positive is True for other in terms):
            return c, e
    return None


def leading_power(expression: sympy.Expr, t: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr] | None:
    """(c, e) where the expression is a sum of powers of t of which c t^e outgrows every other; None where not known."""
    terms = power_sum(expression, t)
    return None if terms is None else dominating(terms)
