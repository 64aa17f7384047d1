"""How long a small initialisation takes to escape, as a function of q, L and the scale."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from numerics.laws.diagonal import exponent_table, gradient
from verify.evidence import Tier
from verify.language.errors import LanguageError
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.constants import constant
from verify.reparam.flows import index
from verify.reparam.subject import Subject

_SCALING = "The time that q-steepest flow takes from scale eps to scale 1 has a known order in eps."


def scale(text: str) -> Fraction | None:
    """The eps of ``--scale``: a number between 0 and 1; None where it is not given."""
    if not text:
        return None
    value = constant(text, "scale")
    if value is None or not 0 < value < 1:
        raise LanguageError("the scale is a number between 0 and 1, such as 1e-3", 1, "scale")
    return value


def escape(it: Subject) -> list[Answer]:
    """The order of the escape time; with q and a scale, and a ray that the flow keeps, the time itself."""
    from theory.conservation_escape import EscapeTime

    asked, eps = index(it.request.q), scale(it.request.scale)
    g = it.map
    if g is None or g.weights < len(g.names):
        return [undecided("escape", _SCALING, "G is no polynomial with numbers as coefficients", "its order at 0")]
    degrees = set(g.homogeneity)
    if len(degrees) != 1 or None in degrees:
        lowest = int(g.degrees.min())
        if lowest == 1:
            text = "G has terms of degree 1: 0 is no saddle that has to be left"
            return [fails("escape", "0 is critical for every f(G(w)).", text, values={"lowest_degree": 1})]
        text = f"G is not homogeneous; its lowest terms have degree {lowest}"
        return [undecided("escape", _SCALING, text, "a bound on the terms of higher degree near 0",
                          values={"lowest_degree": lowest})]  # fmt: skip
    layers = int(degrees.pop() or 0)
    values: dict = {"L": layers, "exponent": f"(L - 1)*(q - 1) with L = {layers}"}
    if layers < 2:
        text = "G is linear: no saddle has to be left"
        return [fails("escape", "0 is critical for every f(G(w)).", text, values=values)]
    critical = Fraction(layers, layers - 1)
    general = EscapeTime(layers)
    text = (
        f"s = {layers - 1}*(q - 1): bounded as eps -> 0 for q < {critical}, log(1/eps) at q = {critical}, "
        f"eps**(1 - s)/(s - 1) for q > {critical}"
    )
    values |= {"critical_q": str(critical), "time": str(general.time), "metric_exponent": f"{layers - 1}*q/{layers}"}
    scope = "a slope of f that stays constant; along rays that the flow keeps: " + _rays(it, asked)
    answers = [holds("escape", _SCALING, text, tier=Tier.symbolic, scope=scope, values=values)]
    if asked is not None:
        answers += _at(it, layers, asked, eps)
    return answers


def _all_ones(it: Subject, q: Fraction) -> Fraction | None:
    """The common entry of spow(grad G, q - 1) at w = (1, ..., 1) for one coordinate; None where they differ."""
    assert it.map is not None
    if it.outputs != 1:
        return None
    slope = gradient(it.map, [1], [1] * len(it.map.names))
    if len(set(slope)) != 1 or slope[0] == 0:
        return None
    if slope[0] == 1:
        return Fraction(1)
    if (q - 1).denominator != 1:
        return None
    return Fraction(slope[0]) ** int(q - 1)


def _rays(it: Subject, q: Fraction | None) -> str:
    if it.map is not None and it.outputs == 1:
        column = exponent_table(it.map)[:, : it.map.weights].sum(axis=0)
        slope = gradient(it.map, [1], [1] * len(it.map.names))
        if len(set(slope)) == 1 and slope[0] and np.all(column == column[0]):
            return "equal weights, for one"
    return "w = r u with spow(grad G(u), q - 1) a multiple of u"


def _at(it: Subject, layers: int, q: Fraction, eps: Fraction | None) -> list[Answer]:
    import sympy

    from theory.conservation_escape import EscapeTime, speed
    from theory.conservation_escape import eps as symbol

    found = EscapeTime(layers, sympy.Rational(q.numerator, q.denominator))
    rate = _all_ones(it, q)
    question = f"From equal weights eps the {q}-steepest flow with f' = -1 reaches equal weights 1 in a known time."
    if rate is None:
        text = f"the order in eps is {found.growth}"
        return [undecided("escape-time", question, text, "a ray that the flow keeps")]
    time = found.time.subs(speed, sympy.Rational(rate.numerator, rate.denominator))
    values = {"time": str(time), "s": str(found.exponent)}
    text = f"T(eps) = {time}"
    if eps is not None:
        number = time.subs(symbol, sympy.Rational(eps.numerator, eps.denominator))
        values |= {"eps": str(eps), "value": str(number), "decimal": str(sympy.N(number, 12))}
        text += f"; T({eps}) = {sympy.N(number, 8)}"
    return [holds("escape-time", question, text, tier=Tier.symbolic, values=values)]
