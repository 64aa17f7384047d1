"""Normal forms of terms on one sign cell.

A ``Tower`` belongs to one cell: a domain whose equations have been solved away, on which the signs that matter are
known. ``Tower.element(term)`` writes the term as a quotient of polynomials in generators: variables, roots, powers
with symbolic exponents, exp, log, sin/cos and opaque functions. Two terms with the same element are equal on the
cell wherever the cell is nonempty, and every division, root and logarithm on the way was proved to be defined there:
what cannot be proved raises ``Split`` (cut the cell along a sign), ``NotDefined`` or ``Unsupported``.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpz

from verify.exact.errors import NotDefined, Split, Unsupported
from verify.exact.ground import Generator, Ground
from verify.exact.ring import Poly, Quotient, factors, quotient_factors, single_generator
from verify.exact.signbook import ALL, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, product_signs
from verify.language.terms import PI, Term, fn, num

ODD_FUNCTIONS = ("asinh", "atan", "erf", "asin", "atanh")


class Tower(Ground):
    # -- elements ----------------------------------------------------------------------------------------------

    def element(self, term: Term) -> Quotient:
        found = self.memo.get(term)
        if found is None:
            found = self._element(term)
            self.memo[term] = found
        return found

    def _element(self, t: Term) -> Quotient:
        op, a, ring = t.op, t.args, self.ring
        if op == "num":
            return self.constant(a[0])
        if op == "sym":
            k = self.index.get(("var", a[0]))
            if k is None:
                raise Unsupported(f"unknown name {a[0]}")
            return ring.of(self.gen(k))
        if op == "const":
            return self._named_constant(a[0])
        if op == "+":
            return ring.add(self.element(a[0]), self.element(a[1]))
        if op == "-":
            return ring.add(self.element(a[0]), ring.negate(self.element(a[1])))
        if op == "neg":
            return ring.negate(self.element(a[0]))
        if op == "*":
            return ring.multiply(self.element(a[0]), self.element(a[1]))
        if op == "/":
            return ring.multiply(self.element(a[0]), self.reciprocal(self.element(a[1])))
        if op == "**":
            return self.power(self.element(a[0]), self.element(a[1]))
        if op == "sqrt":
            return self.power(self.element(a[0]), self.constant(Fraction(1, 2)))
        if op == "abs":
            return self.absolute(self.element(a[0]))
        if op == "sign":
            return self.constant(self.sign(self.element(a[0])))
        if op == "spow":
            return self.signed_power(self.element(a[0]), a[1])
        if op in ("Min", "Max"):
            return self._extreme(op, [self.element(x) for x in a])
        from verify.exact import elementary

        return elementary.element(self, op, [self.element(x) for x in a], t)

    def _named_constant(self, name: str) -> Quotient:
        if name == "pi":
            return self.ring.of(self.gen(self._generator("pi", Generator("const", PI), POSITIVE)))
        if name == "E":
            from verify.exact import elementary

            return elementary.exponential(self, self.ONE)
        raise Unsupported("oo has no normal form")

    # -- signs -------------------------------------------------------------------------------------------------

    def reciprocal(self, q: Quotient) -> Quotient:
        if q.num.is_zero():
            raise NotDefined("division by zero")
        self.need_nonzero(q.num, "division by zero")
        return self.ring.inverse(q)

    def absolute(self, q: Quotient) -> Quotient:
        if q.num.is_zero():
            return q
        s = self.sign_set(q)
        if s <= NONNEGATIVE:
            return q
        if s <= frozenset((-1, 0)):
            return self.ring.negate(q)
        return q if self.sign(q) >= 0 else self.ring.negate(q)

    def _extreme(self, op: str, items: list[Quotient]) -> Quotient:
        best = items[0]
        for item in items[1:]:
            gap = self.ring.add(item, self.ring.negate(best))
            s = self.sign_set(gap)
            if s <= NONNEGATIVE:
                above = True
            elif s <= frozenset((-1, 0)):
                above = False
            else:
                above = self.sign(gap) >= 0
            if above == (op == "Max"):
                best = item
        return best

    # -- powers ------------------------------------------------------------------------------------------------

    def signed_power(self, q: Quotient, exponent: Term) -> Quotient:
        r = self.element(exponent)  # it must be defined even where the base is zero
        if q.num.is_zero():
            return q
        s = self.sign(q)
        if s == 0:
            return self.constant(0)
        return self.ring.multiply(self.constant(s), self.power(self.absolute(q), r))

    def power(self, base: Quotient, exponent: Quotient) -> Quotient:
        """base**exponent for real numbers: integer exponents for every base, others for positive bases."""
        n = self.rational(exponent)
        if n is not None and n.denominator == 1:
            if n > 0:
                return self.ring.integer_power(base, int(n))
            if base.num.is_zero() and n < 0:
                raise NotDefined("division by zero")
            self.need_nonzero(base.num, "division by zero") if n < 0 else self._need_nonzero_base(base)
            return self.ring.integer_power(base, int(n))
        if base.num.is_zero():
            return self._power_of_zero(exponent)
        c, parts = quotient_factors(base)
        if n is None and self.integer_valued(exponent):
            return self._integer_symbolic(c, parts, exponent)
        sign = 1 if c > 0 else -1
        vanishing = False
        result = self.number_power(abs(c), exponent)
        for f, k in parts:
            scaled = self.ring.multiply(exponent, self.constant(k))
            whole = self.rational(scaled)
            if k % 2 == 0 and whole is not None and whole.denominator == 1 and whole % 2 == 0 and k * whole > 0:
                result = self.ring.multiply(result, self.ring.integer_power(self.ring.of(f), int(whole)))
                continue
            s = self.signs.poly(f)
            if 0 in s:
                if k > 0 and n is not None and n > 0 and s <= NONNEGATIVE:
                    vanishing = True
                    result = self.ring.multiply(result, self.factor_power(f, scaled))
                    continue
                if s == frozenset((0,)):
                    return self._power_of_zero(exponent)
                raise Split(self.term_of(f), zero_only=not s <= NONNEGATIVE and s != ALL)
            s1 = self.need_factor_sign(f)
            if k % 2:
                sign *= s1
            result = self.ring.multiply(result, self.factor_power(f if s1 > 0 else -f, scaled))
        if sign < 0:
            raise Unsupported("a power of a number not known to be zero") if vanishing else NotDefined(
                "a power of a negative number"
            )
        return result

    def _need_nonzero_base(self, base: Quotient) -> None:
        if base.num.is_zero():
            raise Unsupported("0**0")
        _, parts = factors(base.num)
        for f, _k in parts:
            if 0 in self.signs.poly(f):
                raise Split(self.term_of(f), zero_only=True)

    def _power_of_zero(self, exponent: Quotient) -> Quotient:
        s = self.sign_set(exponent)
        if s == POSITIVE:
            return self.constant(0)
        if s == frozenset((0,)):
            raise Unsupported("0**0")
        if s == frozenset((-1,)):
            raise NotDefined("a negative power of zero")
        self.sign(exponent)
        raise Unsupported("a power of zero")

    def integer_valued(self, exponent: Quotient) -> bool:
        if not exponent.den.is_one():
            return False
        for exps, c in exponent.num.to_dict().items():
            if c.q != 1:
                return False
            for k, e in enumerate(exps):
                if e:
                    g = self.generators[k]
                    if g.kind != "var" or self.names.get(g.meaning.args[0]) != "integer":
                        return False
        return True

    def _integer_symbolic(self, c: fmpq, parts: list, exponent: Quotient) -> Quotient:
        """base**n with n an integer-valued polynomial: every nonzero base is allowed, its sign goes by parity."""
        sign = 1 if c > 0 else -1
        result = self.number_power(abs(c), exponent)
        for f, k in parts:
            if 0 in self.signs.poly(f):
                if self.sign_set(exponent) == POSITIVE and self.signs.poly(f) == frozenset((0,)):
                    return self.constant(0)
                raise Split(self.term_of(f), zero_only=False)
            s = self.need_factor_sign(f)
            if s < 0 and k % 2:
                sign = -sign
            positive = f if s > 0 else -f
            scaled = self.ring.multiply(exponent, self.constant(k))
            result = self.ring.multiply(result, self.factor_power(positive, scaled))
        if sign < 0:
            result = self.ring.multiply(result, self.parity(exponent))
        return result

    def parity(self, exponent: Quotient) -> Quotient:
        """(-1)**exponent: n**2 has the parity of n, so that a product of distinct names stands for each monomial."""
        odd: set[tuple[int, ...]] = set()
        for exps, c in exponent.num.to_dict().items():
            if int(c.p) % 2:
                odd ^= {tuple(min(int(e), 1) for e in exps)}
        result = self.ONE
        for exps in sorted(odd):
            if not any(exps):
                result = self.ring.negate(result)
                continue
            mono = self.ring.ctx.from_dict({exps: fmpq(1)})
            meaning = fn("**", num(-1), self.term_of(mono))
            k = self._generator(("parity", str(mono)), Generator("parity", meaning), NONZERO)
            self.ring.relate(k, 2, self.ring.one)
            known = self.signs.poly(self.gen(k))
            if len(known) == 1:
                result = self.ring.multiply(result, self.constant(next(iter(known))))
                continue
            self.signs.tell(self.gen(k) - 1, NONPOSITIVE)
            self.signs.tell(self.gen(k) + 1, NONNEGATIVE)
            result = self.ring.multiply(result, self.ring.of(self.gen(k)))
        return result

    def number_power(self, c: fmpq, exponent: Quotient) -> Quotient:
        """c**exponent for a positive rational c, through its prime factors."""
        result = self.ONE
        if c == 1:
            return result
        for part, side in ((fmpz(c.p), 1), (fmpz(c.q), -1)):
            if part == 1:
                continue
            if part > 10**40:
                raise Unsupported("a number too large to factor")
            for prime, times in part.factor():
                scaled = self.ring.multiply(exponent, self.constant(side * int(times)))
                result = self.ring.multiply(result, self.factor_power(self.ring.constant(int(prime)), scaled))
        return result

    def factor_power(self, f: Poly, exponent: Quotient) -> Quotient:
        """f**exponent for f > 0 (f >= 0 where the exponent is a positive rational number)."""
        from verify.exact import elementary

        k = single_generator(f)
        if k is not None:
            g = self.generators[k]
            if g.kind == "root":
                return self.factor_power(g.base[0], self.ring.multiply(exponent, self.constant(Fraction(1, g.base[1]))))
            if g.kind == "power":
                return self.factor_power(g.base[0], self.ring.multiply(exponent, g.base[1]))
            if g.kind == "exp":
                return elementary.exponential(self, self.ring.multiply(exponent, g.base[0]))
        constant, rest = self.decompose(exponent)
        whole = constant.numerator // constant.denominator
        result = self.ring.integer_power(self.ring.of(f), whole)
        fraction = constant - whole
        if fraction:
            result = self.ring.multiply(result, self._root(f, fraction))
        for coefficient, key, element in rest:
            result = self.ring.multiply(result, self._symbolic_power(f, coefficient, key, element))
        return result

    def _root(self, f: Poly, fraction: Fraction) -> Quotient:
        key = ("root", str(f))
        order = self.order(key, fraction.denominator)
        meaning = fn("sqrt", self.term_of(f)) if order == 2 else fn("**", self.term_of(f), num(Fraction(1, order)))
        signs = POSITIVE if self.signs.poly(f) == POSITIVE else NONNEGATIVE
        k = self._generator(key, Generator("root", meaning, (f, order)), signs)
        self.ring.relate(k, order, f)
        self.signs.tell(self.gen(k) - 1, self.signs.poly(f - 1))
        return self.ring.of(self.ring.reduce(self.gen(k) ** int(fraction * order)))

    def _symbolic_power(self, f: Poly, coefficient: Fraction, key: object, element: Quotient) -> Quotient:
        name = ("power", str(f), key)
        order = self.order(name, coefficient.denominator)
        unit = self.ring.multiply(element, self.constant(Fraction(1, order)))
        meaning = fn("**", self.term_of(f), self.term_of_quotient(unit))
        k = self._generator(name, Generator("power", meaning, (f, unit)), POSITIVE)
        self.signs.tell(self.gen(k) - 1, product_signs(self.sign_set(unit), self.signs.poly(f - 1)))
        return self.ring.integer_power(self.ring.of(self.gen(k)), int(coefficient * order))

