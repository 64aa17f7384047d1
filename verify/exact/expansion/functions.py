"""Terms of one variable as asymptotic expansions, function by function."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.exact.expansion.cases import Case, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.growth import FLAT, logarithm
from verify.exact.expansion.parameters import HALF, apply, derivative_there, scalar
from verify.exact.expansion.scalars import NOTHING, UNITY, Scalar, atom, rational
from verify.exact.expansion.series import Arithmetic, Series, constant, single
from verify.language.terms import PI, Term

MINUS = rational(-1)


class Expander:
    """The expansion of a term f at one side of a limit point.

    The point is ``at`` (a parameter term) approached from ``side`` +1 or -1 by at + side/X, or, with ``at`` None,
    side*oo reached by side*X, where X -> oo in both.
    """

    def __init__(self, case: Case, order: int, variable: str, at: Term | None, side: int) -> None:
        self.case, self.math, self.variable = case, Arithmetic(case, order), variable
        one = rational(side)
        if at is None:
            self.place = single(one, logarithm(0))
        else:
            self.place = self.math.add(constant(scalar(at, case)), single(one, logarithm(0).power(MINUS)))
        self._known: dict[Term, Series] = {}

    def expand(self, f: Term) -> Series:
        known = self._known.get(f)
        if known is None:
            known = self._known[f] = self._expand(f)
        return known

    def _expand(self, f: Term) -> Series:
        op, a = f.op, f.args
        if op == "sym" and a[0] == self.variable:
            return self.place
        if self.variable not in f.free:
            return constant(scalar(f, self.case))
        math = self.math
        if op == "diff":
            return self.expand(derivative_there(f, self.expand, lambda s: math.sign(s) != 0))
        if op == "**":
            return self.power(a[0], a[1])
        if f.is_formula or op in ("integrate", "Sum", "Product", "expect", "limit"):
            raise GiveUp(f"{op} has no expansion here")
        if op == "spow":
            base = self.expand(a[0])
            sign = math.sign(base)
            if not sign:
                self.expand(a[1])
                return Series()
            return math.scale(self.general_power(math.scale(base, rational(sign)), a[1]), rational(sign))
        if op in ("+", "-", "neg"):
            return self.sum(f)
        v = [self.expand(t) for t in a]
        if op == "*":
            return math.mul(v[0], v[1])
        if op == "/":
            return math.mul(v[0], math.inverse(v[1]))
        if op == "sqrt":
            return math.power(v[0], HALF)
        if op == "sign":
            return constant(rational(math.sign(v[0])))
        if op == "abs":
            return self.absolute(v[0])
        if op in ("Min", "Max"):
            best = v[0]
            for other in v[1:]:
                if math.sign(math.minus(other, best)) == (1 if op == "Max" else -1):
                    best = other
            return best
        return self.function(op, v[0])

    def sum(self, f: Term) -> Series:
        """A sum, equal summands united first: what cancels exactly leaves no error term behind."""
        total = Series()
        for t, count in summed(f).items():
            part = self.expand(t)
            if count:
                total = self.math.add(total, self.math.scale(part, rational(count)))
        return total

    def absolute(self, s: Series) -> Series:
        if not s.terms and s.error:
            return s
        return self.math.scale(s, rational(self.math.sign(s)))

    def power(self, base: Term, exponent: Term) -> Series:
        return self.general_power(self.expand(base), exponent)

    def general_power(self, b: Series, exponent: Term) -> Series:
        math = self.math
        if self.variable not in exponent.free:
            return math.power(b, scalar(exponent, self.case))
        e = self.expand(exponent)
        if len(e.terms) <= 1 and not e.error and all(m.trivial for _, m in e.terms):
            return math.power(b, e.terms[0][0] if e.terms else NOTHING)
        if b.is_zero:
            sign = math.sign(e)
            if sign > 0:
                return Series()
            raise Undefined("zero to a negative power") if sign < 0 else GiveUp("0**0")
        if math.sign(b) < 0:
            raise GiveUp("a negative base to a power that moves")
        return math.exp(math.mul(e, math.log(b)))

    # --- functions of one argument

    def function(self, op: str, s: Series) -> Series:
        math = self.math
        if op == "log":
            return math.log(s)
        if op == "exp":
            return math.exp(s)
        if op in ("sinh", "cosh"):
            up, down = math.exp(s), math.exp(math.scale(s, MINUS))
            both = math.minus(up, down) if op == "sinh" else math.add(up, down)
            return math.scale(both, HALF)
        if op == "tanh":
            return self.odd_at_infinity(s, self._tanh)
        if op == "acosh":
            return self._acosh(s)
        if op == "atanh":
            above, below = math.add(constant(UNITY), s), math.minus(constant(UNITY), s)
            return math.scale(math.minus(math.log(above), math.log(below)), HALF)
        if op in ("sin", "cos") and not s.is_zero and self._unbounded(s):
            return Series((), (FLAT,))
        if op == "tan":
            return math.mul(self.function("sin", s), math.inverse(self.function("cos", s)))
        if op == "acos":
            return math.minus(constant(atom(PI).scaled(Fraction(1, 2))), self.function("asin", s))
        if op == "asinh":
            return self.odd_at_infinity(s, self._asinh)
        if op == "atan":
            return self.odd_at_infinity(s, self._atan)
        if op == "erf":
            return self.odd_at_infinity(s, self._erf)
        if op in ("sin", "cos", "asin"):
            return self.analytic(op, s)
        raise GiveUp(f"{op} is not supported here")

    def _unbounded(self, s: Series) -> bool:
        """Whether sine and cosine are bounded by 1 and no more is said of them."""
        try:
            return self.math.finite(s)[0] != 0
        except MoreTerms:
            return self.math.order >= 8

    def odd_at_infinity(self, s: Series, f: Callable[[Series, int], Series]) -> Series:
        """f(s, end) for an odd function: end is 1 where s tends to +oo, 0 where it has a limit."""
        end = self.math.finite(s)[0]
        if end < 0:
            return self.math.scale(f(self.math.scale(s, MINUS), 1), MINUS)
        return f(s, end)

    def _tanh(self, s: Series, end: int) -> Series:
        math = self.math
        if end:
            small = math.exp(math.scale(s, rational(-2)))
            return math.mul(math.minus(constant(UNITY), small), math.inverse(math.add(constant(UNITY), small)))
        up, down = math.exp(s), math.exp(math.scale(s, MINUS))
        return math.mul(math.minus(up, down), math.inverse(math.add(up, down)))

    def _acosh(self, s: Series) -> Series:
        math = self.math
        if math.sign(math.minus(s, constant(UNITY))) < 0:
            raise Undefined("acosh of a number below 1")
        square = math.minus(math.mul(s, s), constant(UNITY))
        return math.log(math.add(s, math.power(square, HALF) if not square.is_zero else Series()))

    def _asinh(self, s: Series, end: int) -> Series:
        if not end:
            return self.analytic("asinh", s)
        math = self.math
        return math.log(math.add(s, math.power(math.add(math.mul(s, s), constant(UNITY)), HALF)))

    def _atan(self, s: Series, end: int) -> Series:
        if not end:
            return self.analytic("atan", s)
        quarter = constant(atom(PI).scaled(Fraction(1, 2)))
        return self.math.minus(quarter, self.analytic("atan", self.math.inverse(s)))

    def _erf(self, s: Series, end: int) -> Series:
        """1 - exp(-s**2)/(s*sqrt(pi)) * sum_k (-1)**k (2k-1)!!/(2 s**2)**k at oo, with an error below the next term."""
        if not end:
            return self.analytic("erf", s)
        math = self.math
        square = math.mul(s, s)
        coefficients = [UNITY]
        for k in range(1, math.order + 1):
            coefficients.append(coefficients[-1].scaled(Fraction(-(2 * k - 1), 2)))
        tail = math.compose(coefficients, math.inverse(square))
        head = math.mul(math.exp(math.scale(square, MINUS)), math.inverse(s))
        scaled = math.scale(math.mul(head, tail), self.case.power(atom(PI), rational(Fraction(-1, 2))))
        return math.minus(constant(UNITY), scaled)

    def analytic(self, op: str, s: Series) -> Series:
        """f(c + d) by the Taylor series of f at c, the limit of s."""
        end, c, d = self.math.finite(s)
        if end:
            raise GiveUp(f"{op} at infinity")
        if op == "asin" and (self.case.sign(UNITY - c) <= 0 or self.case.sign(UNITY + c) <= 0):
            raise GiveUp("asin at the end of its domain")
        return self.math.compose(taylor(op, c, self.math.order, self.case), d)


def summed(f: Term) -> dict[Term, int]:
    """The summands of nested sums and differences with their integer multiplicities, zero included."""
    counts: dict[Term, int] = {}
    waiting = [(f, 1)]
    while waiting:
        t, sign = waiting.pop()
        if t.op in ("+", "-"):
            waiting += [(t.args[1], sign if t.op == "+" else -sign), (t.args[0], sign)]
        elif t.op == "neg":
            waiting.append((t.args[0], -sign))
        else:
            counts[t] = counts.get(t, 0) + sign
    return counts


def taylor(op: str, c: Scalar, most: int, case: Case) -> list[Scalar]:
    """Coefficients of the power series of f(c + d) in d, k = 0..most."""
    value = apply(op, [c], case)
    if op in ("sin", "cos"):
        other = apply("cos" if op == "sin" else "sin", [c], case)
        cycle = [value, other, -value, -other] if op == "sin" else [value, -other, -value, other]
        found, factorial = [], Fraction(1)
        for k in range(most + 1):
            factorial = factorial * k if k else factorial
            found.append(cycle[k % 4].scaled(1 / factorial))
        return found
    if op == "erf":
        rate = _erf_rate(c, most, case)
    else:
        shift = -1 if op == "asin" else 1
        base = [UNITY + (c * c).scaled(shift), c.scaled(2 * shift), rational(shift)]
        rate = power_of_polynomial(base, MINUS if op == "atan" else rational(Fraction(-1, 2)), most, case)
    return [value] + [rate[k].scaled(Fraction(1, k + 1)) for k in range(most)]


def _erf_rate(c: Scalar, most: int, case: Case) -> list[Scalar]:
    """2/sqrt(pi) * exp(-(c + d)**2), from g' = -2 (c + d) g."""
    head = case.power(atom(PI), rational(Fraction(-1, 2))).scaled(2) * case.exp(-(c * c))
    found = [head]
    for k in range(most):
        before = found[k - 1] if k else NOTHING
        found.append((c * found[k] + before).scaled(Fraction(-2, k + 1)))
    return found


def power_of_polynomial(p: list[Scalar], e: Scalar, most: int, case: Case) -> list[Scalar]:
    """Coefficients of p(d)**e for p(0) > 0, from p * y' = e * p' * y."""
    lowest = case.power(p[0], MINUS)
    found = [case.power(p[0], e)]
    for k in range(1, most + 1):
        total = NOTHING
        for j in range(1, min(k, len(p) - 1) + 1):
            total = total + (e.scaled(j) - rational(k - j)) * p[j] * found[k - j]
        found.append((total * lowest).scaled(Fraction(1, k)))
    return found


