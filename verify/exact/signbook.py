"""What is known about signs on a cell: sets of possible signs, always a proven superset of the truth.

{1} reads positive, {0, 1} nonnegative, {-1, 1} nonzero, {-1, 0, 1} unknown. Polynomials in the generators of a
tower are signed by factorization, by the signs of their monomials, by the facts assumed on the cell, by shifting
variables to their bounds (v = bound + u with u >= 0, after which all coefficients have one sign), and by conjugates
for square roots.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from verify.exact.errors import EmptyCell, Split, Stop
from verify.exact.ring import Poly, factors, generators_in, single_generator

if TYPE_CHECKING:
    from verify.exact.tower import Tower

Signs = frozenset[int]
ALL: Signs = frozenset((-1, 0, 1))
POSITIVE: Signs = frozenset((1,))
NEGATIVE: Signs = frozenset((-1,))
ZERO_SIGN: Signs = frozenset((0,))
NONNEGATIVE: Signs = frozenset((0, 1))
NONPOSITIVE: Signs = frozenset((-1, 0))
NONZERO: Signs = frozenset((-1, 1))
# relation to zero: the signs that satisfy it
SATISFYING: dict[str, Signs] = {
    "<": NEGATIVE, "<=": NONPOSITIVE, ">": POSITIVE, ">=": NONNEGATIVE, "!=": NONZERO, "==": ZERO_SIGN,
}  # fmt: skip
MAX_SHIFT_TERMS = 400
MAX_SHIFTS = 48


def product_signs(a: Signs, b: Signs) -> Signs:
    return frozenset(x * y for x in a for y in b)


def power_signs(a: Signs, n: int) -> Signs:
    return a if n % 2 else frozenset(x * x for x in a)


def flip(a: Signs) -> Signs:
    return frozenset(-x for x in a)


def sum_signs(items: list[Signs]) -> Signs:
    if all(s == ZERO_SIGN for s in items):
        return ZERO_SIGN
    if all(s <= NONNEGATIVE for s in items):
        return POSITIVE if any(s == POSITIVE for s in items) else NONNEGATIVE
    if all(s <= NONPOSITIVE for s in items):
        return NEGATIVE if any(s == NEGATIVE for s in items) else NONPOSITIVE
    return ALL


class SignBook:
    def __init__(self, tower: Tower) -> None:
        self.tower = tower
        self.of_generator: dict[int, Signs] = {}
        self.facts: dict[str, Signs] = {}
        self.fact_polys: list[tuple[Poly, Signs]] = []
        self.memo: dict[str, Signs] = {}
        self.busy: set[str] = set()
        self.steps = 0

    # -- learning ----------------------------------------------------------------------------------------------

    def assume(self, poly: Poly, signs: Signs) -> None:
        """Take it as known that the sign of poly lies in ``signs``; raises EmptyCell on contradiction."""
        if signs == ALL:
            return
        if poly.is_zero():
            if 0 not in signs:
                raise EmptyCell("zero is assumed to be nonzero")
            return
        known = self.poly(poly)
        signs = signs & known
        if not signs:
            raise EmptyCell("contradictory assumptions")
        c, parts = factors(poly)
        if c < 0:
            signs = flip(signs)
        open_parts = []
        for f, k in parts:
            s = self.poly(f)
            if len(s) == 1 and 0 not in s:
                if k % 2 and s == NEGATIVE:
                    signs = flip(signs)
            elif k % 2 == 0 and 0 not in s:
                continue
            else:
                open_parts.append((f, k))
        if 0 not in signs:
            for f, _ in open_parts:
                self._learn(f, NONZERO)
        odd = [f for f, k in open_parts if k % 2]
        even_may_vanish = any(k % 2 == 0 for _, k in open_parts)
        if len(odd) == 1 and not (even_may_vanish and 0 in signs):
            self._learn(odd[0], signs)
        elif len(open_parts) == 1 and open_parts[0][1] % 2 == 0 and signs == ZERO_SIGN:
            self._learn(open_parts[0][0], ZERO_SIGN)
        elif len(odd) > 1:
            whole = odd[0]
            for f in odd[1:]:
                whole = whole * f
            if not even_may_vanish:
                self._learn(whole, signs)

    def _learn(self, f: Poly, signs: Signs) -> None:
        known = self.facts.get(str(f), ALL) & self.poly(f) & signs
        if not known:
            raise EmptyCell("contradictory assumptions")
        k = single_generator(f)
        if k is not None:
            self.of_generator[k] = self.of_generator[k] & known
        if self.facts.get(str(f)) != known:
            self.facts[str(f)] = known
            self.fact_polys = [(p, s) for p, s in self.fact_polys if p != f] + [(f, known)]
            self.memo.clear()

    def settle_variables(self) -> None:
        """Give each variable the signs that follow from all the facts together, such as x < 0 from x < t < 0."""
        for k, g in self.tower.generators.items():
            if g.kind == "var":
                known = self.poly(self.tower.gen(k))
                self.of_generator[k] = self.of_generator[k] & known
        self.memo.clear()

    # -- asking ------------------------------------------------------------------------------------------------

    def poly(self, p: Poly) -> Signs:
        if p.is_zero():
            return ZERO_SIGN
        key = str(p)
        found = self.memo.get(key)
        if found is not None:
            return found
        if key in self.busy:
            return ALL
        self.busy.add(key)
        try:
            c, parts = factors(p)
            result: Signs = POSITIVE if c > 0 else NEGATIVE
            for f, k in parts:
                result = product_signs(result, power_signs(self._irreducible(f), k))
            if len(parts) > 1 and len(result) > 1:
                result &= self._direct(p)
                known = self.facts.get(key)
                result = result & known if known else result
        finally:
            self.busy.discard(key)
        self.memo[key] = result
        return result

    def _irreducible(self, f: Poly) -> Signs:
        signs = self.facts.get(str(f), ALL)
        k = single_generator(f)
        if k is not None:
            signs &= self.of_generator[k]
        from verify.exact.rules import RULES

        attempts: list[Callable[[Poly], Signs]] = [
            self._direct, self._numeric, self._shifted, *(partial(rule, self) for rule in RULES),
        ]  # fmt: skip
        for attempt in attempts:
            if len(signs) <= 1:
                break
            signs &= attempt(f)
        return signs or ALL

    def _direct(self, p: Poly) -> Signs:
        items = []
        for exps, c in p.to_dict().items():
            s: Signs = POSITIVE if c > 0 else NEGATIVE
            for k, e in enumerate(exps):
                if e:
                    s = product_signs(s, power_signs(self.of_generator[k], int(e)))
            items.append(s)
            if len(items) > MAX_SHIFT_TERMS:
                return ALL
        return sum_signs(items)

    def _numeric(self, p: Poly) -> Signs:
        """A polynomial in constants (roots of numbers, pi, exp(1), log 2, ...) is a number: enclose it."""
        if any(self.tower.generators[k].meaning.free for k in generators_in(p)):
            return ALL
        from verify.language.evaluate import Undefined, Unknown, enclose

        term = self.tower.term_of(p)
        for prec in (64, 256, 1024):
            try:
                ball = enclose(term, {}, prec)
            except (Undefined, Unknown):
                return ALL
            if ball > 0:
                return POSITIVE
            if ball < 0:
                return NEGATIVE
        return ALL

    def _shifted(self, p: Poly) -> Signs:
        """Write v = (u - rest)/c for a fact u = c*v + rest of known sign and look at the coefficients in u.

        The other facts are rewritten with it, so that facts chain: from B - x >= 0 and B + x >= 0 follows B >= 0.
        """
        wanted = set(generators_in(p))
        for _ in range(2):
            wanted |= {k for f, _ in self.fact_polys if set(generators_in(f)) & wanted for k in generators_in(f)}
        facts = []
        for f, s in self.fact_polys:
            if len(f) <= 6 and set(generators_in(f)) <= wanted and single_generator(f) is None:
                if s <= NONNEGATIVE:
                    facts.append((f, s))
                elif s <= NONPOSITIVE:
                    facts.append((-f, flip(s)))
        if not facts:
            return ALL
        saved = dict(self.of_generator)
        self.steps = MAX_SHIFTS
        try:
            return self._search(p, facts, frozenset())
        finally:
            self.of_generator = saved

    def _search(self, p: Poly, facts: list[tuple[Poly, Signs]], done: frozenset[int]) -> Signs:
        """The signs of p by depth-first search over shifts; generators in ``done`` stand for slacks already."""
        best = ALL
        for n, (fact, signs) in enumerate(facts):
            for k in generators_in(fact):
                if k in done or fact.degrees()[k] != 1:
                    continue
                slope = fact.derivative(k)
                if not slope.is_constant():
                    continue
                self.steps -= 1
                if self.steps < 0:
                    return best
                gens = self.tower.ring.gens
                value = (gens[k] - (fact - slope * gens[k])) / slope
                images = [value if j == k else g for j, g in enumerate(gens)]
                shifted = p.compose(*images)
                if len(shifted) > MAX_SHIFT_TERMS:
                    continue
                saved = self.of_generator[k]
                self.of_generator[k] = signs
                # What was known of k itself stays known, as a fact about the value that it now has.
                others = [(f.compose(*images), s) for j, (f, s) in enumerate(facts) if j != n]
                if saved <= NONNEGATIVE:
                    others.append((value, saved))
                elif saved <= NONPOSITIVE:
                    others.append((-value, flip(saved)))
                best &= self._direct(shifted)
                if len(best) > 1 and len(done) < 3:
                    best &= self._search(shifted, others, done | {k})
                self.of_generator[k] = saved
                if len(best) <= 1:
                    return best
        return best

    def tell(self, poly: Poly, signs: Signs) -> None:
        """Record a fact about a new generator that follows from its definition."""
        if len(signs) < 3 and str(poly) not in self.facts:
            self.facts[str(poly)] = signs
            self.fact_polys.append((poly, signs))
            self.memo.clear()

    def learn(self, formula_sides: tuple[object, object], op: str) -> bool:
        """Assume ``a op b`` for terms a, b; False where the fragment cannot express it yet."""
        a, b = formula_sides
        signs = SATISFYING[op]
        tower = self.tower
        for _ in range(6):
            try:
                gap = tower.ring.add(tower.element(a), tower.ring.negate(tower.element(b)))  # type: ignore[arg-type]
                break
            except EmptyCell:
                raise
            except Split as s:
                if not s.divisor:
                    return False
                # A hypothesis that holds is defined: what it divides by is not zero.
                self.assume(tower.element(s.term).num, NONZERO)
            except Stop:
                return False
        else:
            return False
        self.assume(tower.ring.reduce(gap.num * gap.den), signs)
        return True
