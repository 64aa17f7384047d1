"""What every normal form stands on: generators, terms written back, signs that must be known, roots' orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from verify.exact.errors import NotDefined, Refine, Split
from verify.exact.ring import Poly, Quotient, Ring, factors, generators_in, quotient_factors
from verify.exact.signbook import ALL, SignBook, product_signs
from verify.language.terms import Term, fn, num, sym


@dataclass
class Generator:
    """kind: var, root, power, exp, log, sin, cos, const or the name of an opaque function.

    base: what it was made of, for root (f, n), power (f, exponent), exp (argument), log (f).
    """

    kind: str
    meaning: Term
    base: tuple = ()


class Ground:
    def __init__(self, names: Mapping[str, str], orders: Mapping[object, int] | None = None, *, logs: bool = False):
        """names: variable -> sort. logs: write the inverse hyperbolic functions as logarithms."""
        self.ring = Ring()
        self.generators: dict[int, Generator] = {}
        self.index: dict[object, int] = {}
        self.orders = dict(orders or {})
        self.logs = logs
        self.names = dict(names)
        self.signs = SignBook(self)  # type: ignore[arg-type]
        self.memo: dict[Term, Quotient] = {}
        for name in names:
            self._generator(("var", name), Generator("var", sym(name)), ALL)
        self.ONE = self.constant(1)

    def _generator(self, key: object, generator: Generator, signs: frozenset[int]) -> int:
        known = self.index.get(key)
        if known is not None:
            return known
        k = self.ring.new()
        self.index[key] = k
        self.generators[k] = generator
        self.signs.of_generator[k] = signs
        return k

    def gen(self, k: int) -> Poly:
        return self.ring.gens[k]

    def constant(self, value: int | Fraction | fmpq) -> Quotient:
        return self.ring.of(self.ring.constant(value))

    def term_of(self, poly: Poly) -> Term:
        """The polynomial written back as a term."""
        total: Term | None = None
        for exps, coefficient in poly.to_dict().items():
            value = Fraction(int(coefficient.p), int(coefficient.q))
            parts = [
                self.generators[k].meaning if e == 1 else fn("**", self.generators[k].meaning, num(int(e)))
                for k, e in enumerate(exps)
                if e
            ]
            if value != 1 or not parts:
                parts.insert(0, num(value))
            mono = parts[0]
            for p in parts[1:]:
                mono = fn("*", mono, p)
            total = mono if total is None else fn("+", total, mono)
        return num(0) if total is None else total

    def term_of_quotient(self, q: Quotient) -> Term:
        top = self.term_of(q.num)
        return top if q.den.is_one() else fn("/", top, self.term_of(q.den))

    def sign_set(self, q: Quotient) -> frozenset[int]:
        if q.num.is_zero():
            return frozenset((0,))
        return product_signs(self.signs.poly(q.num), self.signs.poly(q.den))

    def need_factor_sign(self, f: Poly) -> int:
        """The sign of an irreducible factor; a cut of the cell where it is not constant."""
        s = self.signs.poly(f)
        if len(s) == 1:
            return next(iter(s))
        raise Split(self.term_of(f), zero_only=False)

    def sign(self, q: Quotient) -> int:
        if q.num.is_zero():
            return 0
        s = self.sign_set(q)
        if len(s) == 1:
            return next(iter(s))
        c, parts = quotient_factors(q)
        total = 1 if c > 0 else -1
        for f, k in parts:
            known = self.signs.poly(f)
            if k % 2 == 0 and 0 not in known:
                continue
            if k % 2 == 0:
                if known == frozenset((0,)):
                    return 0
                raise Split(self.term_of(f), zero_only=True)
            total *= self.need_factor_sign(f)
        return total

    def need_nonzero(self, poly: Poly, why: str) -> None:
        _, parts = factors(poly)
        if poly.is_zero():
            raise NotDefined(why)
        for f, _ in parts:
            s = self.signs.poly(f)
            if s == frozenset((0,)):
                raise NotDefined(why)
            if 0 in s:
                raise Split(self.term_of(f), zero_only=True, divisor=True)

    def rational(self, q: Quotient) -> Fraction | None:
        if q.num.is_constant() and q.den.is_constant():
            if q.num.is_zero():
                return Fraction(0)
            c = q.num.leading_coefficient() / q.den.leading_coefficient()
            return Fraction(int(c.p), int(c.q))
        return None

    def order(self, key: object, denominator: int) -> int:
        """The root order in use for a generator key; a finer one restarts the tower."""
        known = self.orders.setdefault(key, denominator)
        if known % denominator:
            from math import lcm

            raise Refine(key, lcm(known, denominator))
        return known

    def decompose(self, q: Quotient) -> tuple[Fraction, list[tuple[Fraction, object, Quotient]]]:
        """q = constant + sum c_k m_k with rational c_k and distinct monomials m_k (over a common denominator).

        The m_k are linearly independent over Q as functions, so the decomposition is unique.
        """
        constant = Fraction(0)
        out: list[tuple[Fraction, object, Quotient]] = []
        pieces = [(q.num, self.ring.one)]
        if len(q.den) == 1:
            pieces = [(q.num, q.den)]
        else:
            whole, rest = divmod(q.num, q.den)
            pieces = [(whole, self.ring.one), (rest, q.den)]
        for top, below in pieces:
            if top.is_zero():
                continue
            for exps, c in top.to_dict().items():
                mono = self.ring.ctx.from_dict({exps: fmpq(1)})
                element = self.ring.make(mono, below)
                value = Fraction(int(c.p), int(c.q))
                simple = self.rational(element)
                if simple is not None:
                    constant += value * simple
                    continue
                lead = element.num.leading_coefficient()
                if lead != 1:
                    value *= Fraction(int(lead.p), int(lead.q))
                    element = Quotient(element.num / self.ring.constant(lead), element.den)
                out.append((value, element.key, element))
        return constant, out

    def variables_of(self, poly: Poly) -> set[str]:
        """Names of the variables on which a polynomial depends, inside generators too."""
        out: set[str] = set()
        for k in generators_in(poly):
            out |= self.generators[k].meaning.free
        return out
