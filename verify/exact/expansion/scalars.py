"""Parameter expressions in a normal form: finite sums  sum_i q_i * prod_j a_ij ** e_ij.

The ``q_i`` are rational numbers, the atoms ``a_ij`` terms that are not taken apart any further (a parameter,
``pi``, ``E``, a prime number, a logarithm, a sum), the exponents ``e_ij`` expressions of the same kind. An atom
carries an exponent that is no integer only where it is positive, so that ``a**e * a**f == a**(e + f)`` holds
without exception. Two expressions with the same normal form are equal wherever both are defined; the converse
is decided by clearing the denominators (``Scalar.vanishes``) and, beyond that, by the sign oracle of the cell.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor, gcd

from verify.language.printing import to_text
from verify.language.terms import EULER, ONE, ZERO, Term, num, substitute

Power = tuple[Term, "Scalar"]
Product = frozenset[Power]
UNIT: Product = frozenset()
LARGEST_EXPANDED_POWER = 12
MOST_SUMMANDS = 3000
LARGEST_BITS = 20_000


class TooLarge(ArithmeticError):
    """A normal form has grown beyond what is worked with."""


class Scalar:
    """An immutable normal form; ``+ - *`` and multiplication by rational numbers are exact."""

    __slots__ = ("_hash", "_vanishes", "parts")

    def __init__(self, parts: Mapping[Product, Fraction] | None = None) -> None:
        self.parts: dict[Product, Fraction] = {m: q for m, q in (parts or {}).items() if q}
        self._hash = hash(frozenset(self.parts.items()))
        self._vanishes: bool | None = None

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scalar) and self._hash == other._hash and self.parts == other.parts

    def __repr__(self) -> str:
        return to_text(self.term)

    def __add__(self, other: Scalar) -> Scalar:
        total = dict(self.parts)
        for m, q in other.parts.items():
            total[m] = total.get(m, Fraction(0)) + q
        return Scalar(total)

    def __neg__(self) -> Scalar:
        return self.scaled(Fraction(-1))

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def scaled(self, factor: Fraction | int) -> Scalar:
        return Scalar({m: q * factor for m, q in self.parts.items()})

    def __mul__(self, other: Scalar) -> Scalar:
        if len(self.parts) * len(other.parts) > MOST_SUMMANDS:
            raise TooLarge("too many summands")
        total: dict[Product, Fraction] = {}
        for m, q in self.parts.items():
            for n, r in other.parts.items():
                for k, c in merge((*m, *n)).parts.items():
                    total[k] = total.get(k, Fraction(0)) + c * q * r
        return Scalar(total)

    @property
    def rational(self) -> Fraction | None:
        """The value, where it is a rational number in this normal form."""
        if not self.parts:
            return Fraction(0)
        if len(self.parts) == 1 and UNIT in self.parts:
            return self.parts[UNIT]
        return None

    @property
    def vanishes(self) -> bool:
        """True only if the expression is identically zero where it is defined; False says nothing."""
        if self._vanishes is None:
            several = len(self.parts) > 1
            self._vanishes = not self.parts or (several and not _far_from_zero(self) and not cleared(self).parts)
        return self._vanishes

    @property
    def names(self) -> frozenset[str]:
        return self.term.free

    @property
    def term(self) -> Term:
        known = _TERMS.get(self)
        if known is None:
            known = _TERMS[self] = _as_term(self)
        return known


_TERMS: dict[Scalar, Term] = {}
_SUMS: dict[Term, Scalar] = {}


def rational(value: Fraction | int) -> Scalar:
    return Scalar({UNIT: Fraction(value)})


NOTHING, UNITY = rational(0), rational(1)


def atom(term: Term, exponent: Scalar = UNITY) -> Scalar:
    return merge(((term, exponent),))


def sum_atom(base: Scalar) -> Term:
    """A sum as one atom; ``summands`` gives it back."""
    term = base.term
    _SUMS[term] = base
    return term


def summands(term: Term) -> Scalar | None:
    return _SUMS.get(term)


def merge(powers: Iterable[Power]) -> Scalar:
    """The product of powers of atoms: equal atoms united, integer powers of primes and of sums worked out."""
    exponents: dict[Term, Scalar] = {}
    for a, e in powers:
        exponents[a] = exponents[a] + e if a in exponents else e
    factor = Fraction(1)
    sums: list[Scalar] = []
    kept: list[Power] = []
    for a, e in exponents.items():
        if e.vanishes:
            continue
        if a.op == "num":
            whole = floor(e.parts.get(UNIT, Fraction(0)))
            factor *= integer_power(a.args[0], whole)
            e = e - rational(whole)
            if e.parts:
                kept.append((a, e))
            continue
        power = e.rational
        base = _SUMS.get(a)
        if base is not None and power is not None and power.denominator == 1 and 0 < power <= LARGEST_EXPANDED_POWER:
            sums.extend([base] * int(power))
        else:
            kept.append((a, e))
    result = Scalar({frozenset(kept): factor})
    for s in sums:
        result = result * s
    return result


def integer_power(base: Fraction, n: int) -> Fraction:
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if abs(n) * bits > LARGEST_BITS and abs(base) != 1:
        raise TooLarge("too large a number")
    return base**n


def _far_from_zero(s: Scalar) -> bool:
    """Whether s, with numbers put in for its atoms, is nonzero: then the form cannot vanish identically.

    Only spares work: a sum that vanishes as a form in its atoms vanishes for all positive values of them.
    """
    try:
        values = [_sample(Scalar({m: q})) for m, q in s.parts.items()]
    except (OverflowError, ValueError, ZeroDivisionError):
        return False
    return abs(sum(values)) > 1e-7 * sum(abs(v) for v in values)


def _sample(s: Scalar) -> float:
    total = 0.0
    for m, q in s.parts.items():
        value = float(q)
        for a, e in m:
            inner = _SUMS.get(a)
            base = _sample(inner) if inner is not None else float(a.args[0]) if a.op == "num" else _number_for(a)
            power = e.rational
            if base < 0 and (power is None or power.denominator != 1):
                raise ValueError("a fractional power of a negative sample")
            value *= base ** (_sample(e) if power is None else float(power))
        total += value
    return total


def _number_for(a: Term) -> float:
    return 1.0 + zlib.crc32(to_text(a).encode()) / 2**33


def cleared(s: Scalar) -> Scalar:
    """s times a nonzero product of its atoms, so that no sum is left in a denominator."""
    for _ in range(6):
        lowest: dict[Term, Fraction] = {}
        for a in {a for m in s.parts for a, _ in m if a in _SUMS}:
            powers = [next((e.rational for b, e in m if b == a), Fraction(0)) for m in s.parts]
            known = [p for p in powers if p is not None]
            least = min(known, default=Fraction(0))
            if len(known) == len(powers) and least:
                lowest[a] = least
        if not lowest:
            return s
        s = shifted(s, [(a, rational(-p)) for a, p in lowest.items()])
    return s


def shifted(s: Scalar, powers: Sequence[Power]) -> Scalar:
    """s times powers of atoms, united with the powers in each summand before sums are worked out."""
    total = Scalar()
    for m, q in s.parts.items():
        total = total + merge((*m, *powers)).scaled(q)
    return total


def content(s: Scalar) -> tuple[Fraction, Product, Scalar]:
    """(q, m, r) with s = q * m * r, q > 0 rational, m the powers of atoms common to all summands, r the rest."""
    q = Fraction(0)
    for c in s.parts.values():
        q = Fraction(gcd(q.numerator, c.numerator), q.denominator * c.denominator // gcd(q.denominator, c.denominator))
    products = list(s.parts)
    common: dict[Term, Scalar] = {}
    for a, _ in products[0]:
        exponents = [next((e for b, e in m if b == a), NOTHING) for m in products]
        gaps = [(e - exponents[0]).rational for e in exponents]
        if all(g is not None for g in gaps):
            least = exponents[0] + rational(min(g for g in gaps if g is not None))
            if least.parts:
                common[a] = least
    m = frozenset(common.items())
    rest = shifted(s.scaled(1 / q), [(a, -e) for a, e in m])
    return q, m, rest


def prime_powers(value: Fraction) -> list[tuple[int, int]]:
    """A positive rational number as a product of integers > 1 to integer powers: primes where they are small."""
    found: list[tuple[int, int]] = []
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        d = 2
        while d * d <= n and d < 10_000:
            k = 0
            while n % d == 0:
                n, k = n // d, k + 1
            if k:
                found.append((d, sign * k))
            d += 1
        if n > 1:
            found.append((n, sign))
    return found


def _as_term(s: Scalar) -> Term:
    summands_ = sorted(((_product_term(m, abs(q)), q > 0) for m, q in s.parts.items()), key=lambda p: to_text(p[0]))
    if not summands_:
        return ZERO
    summands_.sort(key=lambda p: not p[1])
    first, positive = summands_[0]
    total = first if positive else _negated(first)
    for t, positive in summands_[1:]:
        total = Term("+" if positive else "-", total, t)
    return total


def _negated(t: Term) -> Term:
    return num(-t.args[0]) if t.op == "num" else Term("neg", t)


def _product_term(m: Product, q: Fraction) -> Term:
    above: list[Term] = [num(q.numerator)] if q.numerator != 1 else []
    below: list[Term] = [num(q.denominator)] if q.denominator != 1 else []
    for a, e in sorted(m, key=lambda p: (to_text(p[0]), to_text(p[1].term))):
        power = e.rational
        if power is not None and power < 0:
            below.append(_power_term(a, -e))
        else:
            above.append(_power_term(a, e))
    top = _times(above)
    return top if not below else Term("/", top, _times(below))


def _power_term(a: Term, e: Scalar) -> Term:
    power = e.rational
    if power == 1:
        return a
    if power == Fraction(1, 2):
        return Term("sqrt", a)
    return Term("exp", e.term) if a == EULER else Term("**", a, e.term)


def _times(factors: list[Term]) -> Term:
    if not factors:
        return ONE
    result = factors[0]
    for f in factors[1:]:
        result = Term("*", result, f)
    return result


def solve_linear(s: Scalar) -> tuple[str, Term] | None:
    """(name, value) with s == 0 exactly where name == value, found where a name enters linearly with a number."""
    for m, q in sorted(s.parts.items(), key=lambda p: to_text(_product_term(p[0], Fraction(1)))):
        if len(m) != 1:
            continue
        (a, e), = m
        name, sign = (a, 1) if a.op == "sym" else (a.args[0], -1) if a.op == "abs" else (a, 0)
        if not sign or name.op != "sym" or e.rational != 1:
            continue
        rest = s - Scalar({m: q})
        if name.args[0] not in rest.names:
            return name.args[0], (rest.scaled(Fraction(-sign) / q)).term
    return None


def replaced(term: Term, values: Mapping[str, Term]) -> Term:
    return substitute(term, values)
