"""Mirror maps by name or by expression, and the numbers that a recipe takes from them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import to_float
from verify.language.terms import ONE, TWO, Term, fn, sym
from verify.potential.reading import Request as PotentialRequest
from verify.potential.reading import Subject
from verify.potential.reading import read as read_potential
from verify.reparam.constants import constant

ENTROPY = "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)"
LARGEST_POWER = 64
_POWER = re.compile(r"power[\s:=]*(.+)", re.DOTALL)
_FAR = 40.0  # in log z: beyond exp(+-) nothing is left of the normal density
_STEPS = 1000


@dataclass(frozen=True)
class Map:
    """kind: entropy, square, power or own. p: of a power. smooth: whether a smoothing lam is to be recommended."""

    kind: str
    expression: str
    given: tuple[str, ...]
    p: Fraction | None = None

    @property
    def smooth(self) -> bool:
        return self.kind in ("entropy", "power")

    @cached_property
    def subject(self) -> Subject:
        return read_potential(PotentialRequest(self.expression, "x", self.given))

    @cached_property
    def named(self) -> str:
        return {"entropy": "the hyperbolic entropy", "square": "half the square (gradient descent)",
                "power": f"the smoothed power, p = {self.p}"}.get(self.kind, f"R = {self.expression}")  # fmt: skip

    def _value(self, term: Term, lam: float) -> Callable[[float], float]:
        """x -> value; nan where there is none."""
        f = to_float(expand(term))

        def at(x: float) -> float:
            try:
                value = f({"x": x, "lam": lam})
            except (ArithmeticError, ValueError):
                return math.nan
            return value if isinstance(value, float) else math.nan

        return at

    def speed(self, lam: float) -> Callable[[float], float]:
        """1/R'' as a function of floats."""
        return self._value(fn("/", ONE, fn("diff", self.subject.R, sym("x"), TWO)), lam)

    def dual(self, lam: float) -> Callable[[float], float]:
        """x R' - R as a function of floats."""
        R, x = self.subject.R, sym("x")
        return self._value(fn("-", fn("*", x, fn("diff", R, x, ONE)), R), lam)


def read(text: str, given: tuple[str, ...]) -> Map:
    """Raises ``LanguageError`` for what cannot be read."""
    if text in ("entropy", "hyperbolic entropy"):
        return _fixed(Map("entropy", ENTROPY, ("lam > 0",)), given)
    if text in ("square", "gd"):
        return _fixed(Map("square", "x**2/2", ()), given)
    found = _POWER.fullmatch(text)
    if found:
        p = constant(found[1], "mirror")
        if p is None or not 2 <= p <= LARGEST_POWER:
            raise LanguageError(f"the power is a number from 2 to {LARGEST_POWER}, as in 'power 3'", 1, "mirror")
        return _fixed(Map("power", f"abs(x)**({p})/({p}) + lam*x**2/2", ("lam > 0",), p), given)
    own = Map("own", text, given)
    try:
        _ = own.subject
    except LanguageError as error:
        told = f"{error}; a map is 'entropy', 'square', 'power P' or an expression in x"
        raise LanguageError(told, None, "mirror") from None
    return own


def _fixed(found: Map, given: tuple[str, ...]) -> Map:
    if given:
        raise LanguageError("a map with a name has no further hypotheses; leave --given away", None, "given")
    return found


def mean(f: Callable[[float], float], sigma: float) -> float | None:
    """E f(sigma z), z standard normal, by the trapezoidal rule in log |z| on both sides; None where it is not finite.

    The integrand decays on both ends unless the mean is infinite, which shows as a tail that does not.
    """
    total, tail = 0.0, 0.0
    h = (_FAR + 4) / _STEPS
    for k in range(_STEPS + 1):
        u = -_FAR + k * h
        z = math.exp(u)
        weight = math.exp(-z * z / 2 + u) / math.sqrt(2 * math.pi) * h
        if weight == 0:
            continue
        term = weight * (f(sigma * z) + f(-sigma * z))
        if not math.isfinite(term):
            return None
        total += term
        tail = max(tail, abs(term)) if k < _STEPS // 50 else tail
    return None if tail > 1e-9 * abs(total) or total == 0 else total
