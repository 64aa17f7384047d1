"""Cells of a domain on which finitely many parameter expressions have a constant sign.

A computation asks a ``Case`` for signs. Where the sign of an expression is not the same on the whole cell, the
cell is divided into the parts where it is negative, zero and positive, and the computation is run again on each
(``explore``). What was decided is kept as a fact of the cell and reported as an added hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from verify.exact.expansion.scalars import (
    LARGEST_EXPANDED_POWER,
    NOTHING,
    UNITY,
    Scalar,
    atom,
    content,
    integer_power,
    merge,
    prime_powers,
    rational,
    sum_atom,
    summands,
)
from verify.language.terms import EULER, Term, num, substitute, walk
from verify.statement import Domain

Signs = frozenset[int]
ANY: Signs = frozenset((-1, 0, 1))
SIGN_OF_ARGUMENT = ("erf", "atan", "asinh", "asin")


class GiveUp(Exception):
    """The question lies outside of what the method decides."""


class MoreTerms(Exception):
    """Everything cancelled down to the error term: the expansion must be taken further."""


class Undefined(Exception):
    """The expression is proven to have no value (on the whole cell, near the limit point)."""


class Divide(Exception):
    """The sign of an expression is not known to be constant on the cell."""

    def __init__(self, scalar: Scalar, possible: Signs) -> None:
        super().__init__(f"the sign of {scalar} varies")
        self.scalar, self.possible = scalar, possible


def oriented(s: Scalar) -> tuple[int, Scalar]:
    """(sign, s') with s == sign * s' and a choice between s' and -s' that depends on neither."""
    first = min(s.parts, key=lambda m: repr(Scalar({m: Fraction(1)})))
    return (1, s) if s.parts[first] > 0 else (-1, -s)


def _whole(e: Scalar) -> bool:
    q = e.rational
    return q is not None and q.denominator == 1


def _product(a: Signs, b: Signs) -> Signs:
    return frozenset(x * y for x in a for y in b)


def _power(a: Signs, n: Fraction) -> Signs:
    return frozenset(1 if x == 1 or n.numerator % 2 == 0 else -1 for x in a if x) | (a & {0})


@dataclass
class Case:
    """domain: where the parameters live; decided: the hypotheses added so far; fixed: parameters solved for."""

    domain: Domain
    decided: tuple[Term, ...] = ()
    facts: dict[Scalar, Signs] = field(default_factory=dict)
    fixed: dict[str, Term] = field(default_factory=dict)
    _seen: dict[Scalar, Signs] = field(default_factory=dict)
    _reduced: Domain | None = None

    @property
    def reduced(self) -> Domain:
        """The cell as a domain, with the values of the parameters that were solved for put in."""
        if self._reduced is None:
            kept = tuple(substitute(h, self.fixed) for h in self._substitutable)
            names = tuple(v for v in self.domain.variables if v[0] not in self.fixed)
            self._reduced = Domain(names, tuple(dict.fromkeys(h for h in kept if h.free)))
        return self._reduced

    @property
    def _substitutable(self) -> list[Term]:
        """The hypotheses in which values may be put: a derivative by a parameter is not one at its value."""
        hypotheses = (*self.domain.hypotheses, *self.decided)
        return [h for h in hypotheses if not any(t.op == "diff" and t.free & self.fixed.keys() for t in walk(h))]

    @property
    def impossible(self) -> bool:
        """True only if some hypothesis is false now that parameters have values."""
        from verify.language.evaluate import truth

        for name, value in self.fixed.items():
            whole = value.op != "num" or value.args[0].denominator == 1
            if name in self.domain.names and self.domain.sort(name) == "integer" and not whole:
                return True
        closed = (substitute(h, self.fixed) for h in self._substitutable)
        return any(not h.free and truth(h, {}) is False for h in closed)

    # --- signs

    def sign(self, s: Scalar) -> int:
        """The sign of s, the same on the whole cell."""
        possible = self.possible(s)
        if len(possible) == 1:
            return next(iter(possible))
        raise self._divide(s, possible)

    def nonzero(self, s: Scalar) -> bool:
        possible = self.possible(s)
        if 0 not in possible:
            return True
        if possible == {0}:
            return False
        raise self._divide(s, possible)

    def possible(self, s: Scalar) -> Signs:
        """A proven superset of the signs that s takes on the cell."""
        q = s.rational
        if q is not None:
            return frozenset(((q > 0) - (q < 0),))
        known = self._seen.get(s)
        if known is None:
            known = self._seen[s] = self._possible(s)
        return known

    def _possible(self, s: Scalar) -> Signs:
        if s.vanishes:
            return frozenset((0,))
        _, common, rest = content(s)
        result: Signs = frozenset((1,))
        for a, e in common:
            n = e.rational
            whole = n is not None and n.denominator == 1
            result = _product(result, _power(self.atom_signs(a), n) if whole else frozenset((1,)))  # type: ignore[arg-type]
        q = rest.rational
        if q is not None:
            return _product(result, frozenset(((q > 0) - (q < 0),)))
        return _product(result, self._sum_signs(rest))

    def _sum_signs(self, s: Scalar) -> Signs:
        turn, s = oriented(s)
        known = self.facts.get(s)
        if known is None:
            known = ANY
            each = [self.possible(Scalar({m: q})) for m, q in s.parts.items()]
            for side in (1, -1):
                if all(-side not in e for e in each):
                    known = frozenset((side,)) if any(e == {side} for e in each) else frozenset((0, side))
        if len(known) > 1:
            known = known & quadratic_signs(s)
        if len(known) > 1:
            simpler = self.same_sign(s)
            known = known & (ANY if simpler is None else self.possible(simpler))
        if len(known) > 1:
            known = known & self._asked(s.term)
        return frozenset(turn * k for k in known)

    def same_sign(self, s: Scalar) -> Scalar | None:
        """A simpler expression with the sign of s: of a*log(u) - b*log(v) it is u**a - v**b, of a positive power
        minus another one the difference of their logarithms."""
        from verify.exact.expansion.parameters import scalar

        logs = [(next(iter(m)), q) for m, q in s.parts.items() if len(m) == 1]
        if len(logs) == len(s.parts) and all(a.op == "log" and e == UNITY for (a, e), _ in logs):
            scale = lcm(*(q.denominator for _, q in logs))
            sides = {1: UNITY, -1: UNITY}
            for (a, _), q in logs:
                n = abs(int(q * scale))
                if n > LARGEST_EXPANDED_POWER:
                    return None
                side = 1 if q > 0 else -1
                sides[side] = sides[side] * self._integer_power(scalar(a.args[0], self), n)
            return sides[1] - sides[-1]
        if len(s.parts) == 2 and any(not _whole(e) for m in s.parts for _, e in m):
            first, second = (Scalar({m: q}) for m, q in s.parts.items())
            for big, small in ((first, -second), (second, -first)):
                if self.possible(big) == {1} == self.possible(small):
                    return self.log(big) - self.log(small)
        return None

    def atom_signs(self, a: Term) -> Signs:
        if a.op in ("num", "const", "abs"):
            return frozenset((1,))
        inner = summands(a)
        if inner is not None:
            return self.possible(inner)
        if a.op in SIGN_OF_ARGUMENT:
            from verify.exact.expansion.parameters import scalar

            return self.possible(scalar(a.args[0], self))
        known = self.facts.get(atom(a), ANY)
        if a.op == "log" and len(known) > 1:
            known = known & self.possible(self._above_one(a))
        return known if len(known) == 1 else known & self._asked(a)

    def _above_one(self, a: Term) -> Scalar:
        """What has the sign of a logarithm: its argument minus 1."""
        from verify.exact.expansion.parameters import scalar

        return scalar(a.args[0], self) - UNITY

    def _asked(self, term: Term) -> Signs:
        if not term.free:
            return ball_sign(term)
        from verify.exact.signs import signs

        return signs(term, self.reduced)

    def _divide(self, s: Scalar, possible: Signs) -> Divide:
        """Along the simplest factor of s whose sign is unknown."""
        _, common, rest = content(s)
        for a, e in common:
            signs_ = self.atom_signs(a)
            n = e.rational
            if len(signs_) > 1 and n is not None and n.denominator == 1:
                inner = self._above_one(a) if a.op == "log" else summands(a)
                if inner is not None and len(self.possible(inner)) > 1:
                    return self._divide(inner, self.possible(inner)) if a.op == "log" else Divide(inner, signs_)
                return Divide(atom(a), signs_)
        if rest.rational is None:
            simpler = self.same_sign(oriented(rest)[1])
            if simpler is not None and len(self.possible(simpler)) > 1:
                return self._divide(simpler, self.possible(simpler))
            return Divide(rest, self.possible(rest))
        return Divide(s, possible)

    # --- normal forms

    def named(self, a: Term) -> Scalar:
        """An atom; one that is negative on the whole cell is written by its absolute value."""
        signs_ = self.atom_signs(a)
        if signs_ == {0}:
            return NOTHING
        return -atom(Term("abs", a)) if signs_ == {-1} else atom(a)

    def power(self, b: Scalar, e: Scalar) -> Scalar:
        """b**e for real values: a negative base only to integer powers, zero only to positive ones."""
        n = e.rational
        if n is not None and n.denominator == 1:
            return self._integer_power(b, int(n))
        sign = self.sign(b)
        if sign == 0:
            return self.power_of_zero(e)
        if sign < 0:
            if n is None:
                raise GiveUp(f"a negative base {b} to the power {e}")
            raise Undefined(f"a negative base {b} to the power {e}")
        return self._positive_power(b, e)

    def power_of_zero(self, e: Scalar) -> Scalar:
        sign = self.sign(e)
        if sign == 0:
            raise GiveUp("0**0")
        if sign < 0:
            raise Undefined("zero to a negative power")
        return NOTHING

    def _integer_power(self, b: Scalar, n: int) -> Scalar:
        if n <= 0 and not self.nonzero(b):
            raise Undefined("division by zero") if n else GiveUp("0**0")
        if 0 <= n <= LARGEST_EXPANDED_POWER:
            result = UNITY
            for _ in range(n):
                result = result * b
            return result
        if not b.parts:
            return NOTHING
        q, common, rest = content(b)
        result = rational(integer_power(q, n)) * merge((a, e.scaled(n)) for a, e in common)
        inner = rest.rational
        if inner is not None:
            return result.scaled(integer_power(inner, n))
        turn, rest = oriented(rest)
        if self._sum_signs(rest) == {-1}:
            turn, rest = -turn, -rest
        return result * atom(sum_atom(rest), rational(n)).scaled(Fraction(turn) ** n)

    def _positive_power(self, b: Scalar, e: Scalar) -> Scalar:
        q, common, rest = content(b)
        result = UNITY
        inner = rest.rational
        if inner is not None:
            q *= abs(inner)
        for p, k in prime_powers(q):
            result = result * atom(num(p), e.scaled(k))
        for a, f in common:
            n = f.rational
            base: Term = a
            if n is not None and n.denominator == 1 and self.sign(summands(a) or atom(a)) < 0:
                total = summands(a)
                base = Term("abs", a) if total is None else sum_atom(-total)
            result = result * atom(base, f * e)
        if inner is None:
            result = result * atom(sum_atom(rest if self.sign(rest) > 0 else -rest), e)
        return result

    def log(self, b: Scalar) -> Scalar:
        """The logarithm of a positive expression, taken apart along its factors."""
        if self.sign(b) <= 0:
            raise Undefined(f"the logarithm of {b}, which is not positive")
        total = NOTHING
        q, common, rest = content(b)
        inner = rest.rational
        if inner is None:
            total = self.named(Term("log", (rest if self.sign(rest) > 0 else -rest).term))
        else:
            q *= abs(inner)
        for p, k in prime_powers(q):
            total = total + atom(Term("log", num(p))).scaled(k)
        for a, e in common:
            base = a if self.atom_signs(a) == {1} else Term("abs", a)
            total = total + (e if base == EULER else e * self.named(Term("log", base)))
        return total

    def exp(self, c: Scalar) -> Scalar:
        """The exponential, with exp(e*log(a)) written a**e."""
        result = UNITY
        for m, q in c.parts.items():
            logs = [(a, e) for a, e in m if e == UNITY and _argument_of_log(a) is not None]
            inner = _argument_of_log(logs[0][0]) if len(logs) == 1 else None
            if inner is None:
                result = result * atom(EULER, Scalar({m: q}))
                continue
            from verify.exact.expansion.parameters import scalar

            turn = -1 if logs[0][0].op == "abs" else 1
            result = result * self.power(scalar(inner, self), Scalar({m - {logs[0]}: q * turn}))
        return result


def _argument_of_log(a: Term) -> Term | None:
    if a.op == "abs":
        a = a.args[0]
    return a.args[0] if a.op == "log" else None


def quadratic_signs(s: Scalar) -> Signs:
    """The signs of a*t**2 + b*t + c for real t by its discriminant; t is an atom that may have any value."""
    atoms = {a for m in s.parts for a, _ in m}
    if len(atoms) != 1 or any(len(m) > 1 for m in s.parts):
        return ANY
    by_degree = {next((e.rational for _, e in m), Fraction(0)): q for m, q in s.parts.items()}
    if not by_degree.keys() <= {Fraction(0), Fraction(1), Fraction(2)} or Fraction(2) not in by_degree:
        return ANY
    c, b, a = (by_degree.get(Fraction(k), Fraction(0)) for k in range(3))
    gap = b * b - 4 * a * c
    top = 1 if a > 0 else -1
    return frozenset((top,)) if gap < 0 else frozenset((0, top)) if gap == 0 else ANY


def ball_sign(term: Term) -> Signs:
    """The sign of a closed term by ball arithmetic, with zero left undecided."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    for precision in (64, 256, 1024):
        try:
            ball = enclose(term, {}, precision)
        except Unknown:
            continue
        except NoValue:
            return ANY
        if bool(ball > 0):
            return frozenset((1,))
        if bool(ball < 0):
            return frozenset((-1,))
    return ANY
