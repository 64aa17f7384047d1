"""Rank, commutation and conservation laws of a parameterization under gradient flow."""

from __future__ import annotations

import itertools
from functools import cached_property

import numpy as np
from flint import arb, fmpq, fmpq_mpoly

from numerics.laws import Count, count_laws
from numerics.laws.ansatz import size_of_ansatz
from numerics.laws.certificates import certificate
from numerics.laws.further import enrich, is_law_in, laws_in
from numerics.laws.involutive import Involutive, generated
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import Fields
from numerics.laws.replay import replay
from numerics.laws.ring import TooLarge, certain_rank
from numerics.laws.symmetries import kernel_dimension, linear_symmetries
from verify.language.errors import LanguageError
from verify.language.printing import to_text
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.reading import Parameterized, Reader
from verify.reparam.subject import Subject
from verify.reparam.writing import to_term

MAX_DEGREE = 8
CLOSURE_WEIGHTS = 10
SHOWN = 12
_REGULAR = "The Jacobian of G has full rank at generic weights."
_COMMUTING = "The gradients of the coordinates of G commute."
_LAWS = "Some polynomial of degree at most {} is kept by the gradient flow of every f(G(w))."
_NUMBER = "The exact number of independent conservation laws is known."


class Algebra:
    """What is computed once and asked often."""

    def __init__(self, it: Subject) -> None:
        self.it = it
        self.count: Count | None = None
        self.closure: Involutive | None = None
        self.further: list[fmpq_mpoly] = []
        if it.map is not None:
            self.count = count_laws(it.map, self.degree(), it.request.seed)
        if (self.count is None or not self.count.exact) and it.small is not None and it.weights <= CLOSURE_WEIGHTS:
            self._close(it.small)

    def degree(self) -> int:
        """As asked, else the greatest up to 4 whose ansatz is small, and at least 2."""
        if self.it.request.degree is not None:
            if not 1 <= self.it.request.degree <= MAX_DEGREE:
                raise LanguageError(f"the degree lies between 1 and {MAX_DEGREE}", None, "degree")
            return self.it.request.degree
        assert self.it.map is not None
        names = len(self.it.map.names)
        return max((d for d in (3, 4) if size_of_ansatz(names, d) <= 1500), default=2)

    def _close(self, small: Parameterized) -> None:
        try:
            self.closure = generated(small.ring, self.it.fields, small.point)
        except TooLarge:
            self.closure = None
        try:
            enrich(small.ring, self.it.fields)
            rng = np.random.default_rng(self.it.request.seed)
            found = laws_in(small.ring, self.it.fields, 3, rng)
        except TooLarge:
            return
        self.further = independent(small, found)

    # --- numbers -----------------------------------------------------------------------------------------------

    @property
    def most(self) -> int:
        """No more independent laws than this, for certain."""
        bounds = [self.it.weights - 1]
        if self.count is not None:
            bounds.append(self.count.most)
        if self.closure is not None:
            bounds.append(self.it.weights - self.closure.rank)
        return min(bounds)

    @property
    def known(self) -> int:
        return max(self.count.least if self.count is not None else 0, len(self.further))

    @property
    def least(self) -> int:
        closed = self.closure is not None and self.closure.closed
        return max(self.known, self.it.weights - self.closure.rank if closed and self.closure else 0)

    @cached_property
    def field_rank(self) -> tuple[int, int]:
        """Bounds of the rank of J."""
        low, high = 1, min(self.it.outputs, self.it.weights - self.known)
        if self.count is not None:
            low = max(low, self.count.field_rank)
            if low < high and self.it.map is not None:
                seed, peeled = self.it.request.seed, alone(self.it.map)
                kept = [i for i in range(self.it.outputs) if i not in peeled]
                for rest, more in ((self.it.map, 0), (self.it.map.restricted(kept), len(peeled))):
                    if low < high and kept and len(kept) + more == self.it.outputs:
                        flat = kernel_dimension(rest, linear_symmetries(rest, seed), seed)
                        high = min(high, more + self.it.weights - flat)
        elif self.it.small is not None:
            values = self.it.small.ring.values(self.it.small.point)
            if values is not None:
                rows = [[self.it.small.ring.value(e, values) for e in f] for f in self.it.fields]
                low = max(low, certain_rank(rows)[0])
        if self.closure is not None:
            low = max(low, self.closure.field_rank)
            if self.closure.field_closed:
                high = min(high, self.closure.field_rank)
        return low, max(high, low)

    def texts(self) -> list[str]:
        """Independent laws, as many as are known."""
        count = self.count
        if count is not None and count.least >= len(self.further):
            return [self.it.law_text(count.laws.laws[k]) for k in count.independent]
        assert self.it.small is not None
        return [ring_law_text(self.it.small, h) for h in self.further]


def ring_law_text(small: Parameterized, h: fmpq_mpoly) -> str:
    first = next(iter(h.to_dict().values()))
    return to_text(to_term(small.ring, -h if first < 0 else h, small.names))


def independent(small: Parameterized, laws: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """The first ones whose gradients at the point are certainly independent."""
    values = small.ring.values(small.point, sizes=True)
    if values is None:
        return []
    kept: list[fmpq_mpoly] = []
    rows: list[list] = []
    for h in laws:
        row = [small.ring.value(g, values) for g in small.ring.gradient(h)]
        if certain_rank([*rows, row])[0] > len(rows):
            rows.append(row)
            kept.append(h)
    return kept


def alone(g: PolynomialMap) -> set[int]:
    """Coordinates that can be left out one after the other since a weight then occurs in no other one: its column of J
    has one entry, so that the rank is one more than that of the rest."""
    where = [set(g.coordinate[(g.factors == a).any(axis=1)].tolist()) for a in range(g.weights)]
    gone: set[int] = set()
    while True:
        found = next((at - gone for at in where if len(at - gone) == 1), None)
        if found is None:
            return gone
        gone |= found


def regular(found: Algebra) -> Answer:
    low, high = found.field_rank
    n = found.it.outputs
    values = {"outputs": n, "weights": found.it.weights, "rank_at_least": low, "rank_at_most": high}
    if low == n:
        return holds("regular", _REGULAR, f"rank {n} of {n} coordinates", scope=_GENERIC, values=values)
    if high < n:
        number = f"{high}" if low == high else f"at most {high}"
        return fails("regular", _REGULAR, f"the rank is {number} everywhere, below the {n} coordinates", values=values)
    return undecided("regular", _REGULAR, f"the rank lies between {low} and {high}",
                     "a point where the rank is greater, or minors that vanish identically", values=values)  # fmt: skip


_GENERIC = "all weights but those where an analytic function, not identically 0, vanishes"


def commuting(found: Algebra) -> Answer:
    it = found.it
    if it.outputs == 1:
        return holds("commuting", _COMMUTING, "there is one coordinate")
    if it.small is not None:
        return _commuting_exactly(it, it.small)
    assert it.map is not None
    fields = Fields(it.map)
    rng = np.random.default_rng(it.request.seed)
    mixes = rng.integers(0, fields.prime, size=(2, 2, it.outputs))
    point = rng.integers(1, 1000, size=len(it.names))
    value = fields.bracket(mixes, np.repeat(point[None, None], 2, axis=1))
    if value.any():
        where = {name: str(x) for name, x in zip(it.names, point.tolist(), strict=True)}
        detail = f"a bracket of combinations of the gradients is not 0 modulo {fields.prime} at this point"
        return fails("commuting", _COMMUTING, detail, counterexample=where)
    return undecided("commuting", _COMMUTING, "brackets vanish at a point", "to expand every bracket")


def _commuting_exactly(it: Subject, small: Parameterized) -> Answer:
    ring = small.ring
    values = ring.values(small.point, partial=True)
    shown: dict[str, list[str]] = {}
    refuted, open_pair = "", ""
    for i, j in itertools.combinations(range(it.outputs), 2):
        name = f"[grad G{i + 1}, grad G{j + 1}]"
        entries = ring.bracket(it.fields[i], it.fields[j])
        left = [a for a, e in enumerate(entries) if not ring.vanishes(e)]
        if left and len(shown) < SHOWN:
            shown[name] = [to_text(to_term(ring, e, small.names)) for e in entries]
        certain = [a for a in left if values is not None and is_nonzero(ring.value(entries[a], values))]
        if certain and not refuted:
            text = to_text(to_term(ring, entries[certain[0]], small.names))
            refuted = f"{name} has the entry {text} along {small.weights[certain[0]]}, not 0 there"
        elif left and not certain:
            open_pair = open_pair or name
        if refuted and len(shown) == SHOWN:
            break
    if refuted:
        where = {name: str(x) for name, x in zip(small.names, small.point, strict=True)}
        return fails("commuting", _COMMUTING, refuted, counterexample=where, values={"brackets": shown})
    if open_pair:
        return undecided("commuting", _COMMUTING, f"{open_pair} was not seen to vanish",
                         "a normal form of the functions in it, or a point where it is not 0",
                         values={"brackets": shown})  # fmt: skip
    return holds("commuting", _COMMUTING, "every bracket vanishes identically")


def laws(found: Algebra) -> Answer:
    count, it = found.count, found.it
    if count is None:
        question = "Some polynomial in weights, their logarithms and the functions in G is kept by every gradient flow."
        if found.further:
            shown = found.texts()
            return holds("laws", question, "; ".join(shown), scope="wherever the functions are defined",
                         values={"independent": shown})  # fmt: skip
        if found.closure is not None and found.most == 0:
            return fails("laws", question, "the Lie algebra moves every direction: nothing is kept")
        return undecided("laws", question, "none was found", "laws built from other functions", values={})
    question = _LAWS.format(count.laws.degree)
    every = [it.law_text(h) for h in count.laws.laws]
    values = {
        "degree": count.laws.degree, "dimension": len(every), "complete": count.laws.complete,
        "basis": every[:400], "independent": [every[k] for k in count.independent],
    }  # fmt: skip
    if every:
        text = "; ".join(every[:SHOWN]) + (f"; ... {len(every)} in all" if len(every) > SHOWN else "")
        end = f"all of them are combinations of these {len(every)}" if count.laws.complete else "there may be more"
        return holds("laws", question, f"{text} ({end})", values=values)
    if count.laws.complete:
        more = f"; but {'; '.join(found.texts())} is kept" if found.further else ""
        values |= {"further": found.texts()}
        return fails("laws", question, f"no polynomial up to this degree{more}", values=values)
    return undecided("laws", question, f"none was found: {count.laws.reason}", "a lower --degree", values=values)


def number(found: Algebra) -> Answer:
    least, most = found.least, found.most
    lie = found.it.weights - most
    values: dict = {"least": least, "most": most, "independent": found.texts(), "field_rank": found.field_rank[0]}
    if found.count is not None:
        values |= {"prime": found.count.prime, "bracket_length": found.count.length, "lie_rank": lie}
    scope = "near generic weights, for smooth laws"
    if least == most:
        how = "the rank of the Lie algebra at a point meets laws with independent gradients"
        if found.known < most:
            how = "brackets stay in the span of some, proved identically"
            how += f"; {found.known or 'none'} of the laws known in formulas"
        answer = f"{most} = {found.it.weights} weights - rank {lie} of the Lie algebra: {how}"
        proof = None if found.it.map is None or found.count is None else certificate(found.it.map, found.count)
        if proof is not None and found.it.map is not None:
            if not replay(found.it.map.coordinates(), found.it.weights, proof):
                raise ArithmeticError("the certificate of the number of laws was not confirmed")
            values |= {"replayed": True, "certificate": proof}
        return holds("number", _NUMBER, answer, scope=scope, values=values)
    return undecided(
        "number", _NUMBER, f"between {least} and {most}",
        "a further law (a higher --degree, other functions) or a longer bracket that leaves the span", values=values,
    )  # fmt: skip


def claimed(found: Algebra) -> list[Answer]:
    """The laws that the user states."""
    small = found.it.small
    if small is None:
        return []
    answers = []
    for k, (text, term) in enumerate(small.claimed, 1):
        question = f"{text} is kept by the gradient flow of every f(G(w))."
        h = Reader(small.ring, small.names, small.domain, text, f"law {k}").read(term)
        ring = small.ring
        if is_law_in(ring, found.it.fields, h):
            answers.append(holds(f"law-{k}", question, "its gradient is orthogonal to every grad G_i, identically"))
            continue
        answers.append(_refuted(small, found.it.fields, h, k, question))
    return answers


def _refuted(small: Parameterized, fields: list[list[fmpq_mpoly]], h: fmpq_mpoly, k: int, question: str) -> Answer:
    ring = small.ring
    values = ring.values(small.point, partial=True)
    for i, field in enumerate(fields):
        rate = ring.along(field, h)
        if values is None or not ring.value(h, values).is_finite():
            break
        if is_nonzero(ring.value(rate, values)):
            where = {name: str(x) for name, x in zip(small.names, small.point, strict=True)}
            exact = rational_value(rate, small.point)
            shown = str(exact) if exact is not None else str(ring.value(rate, values).str(8))
            return fails(f"law-{k}", question, f"its rate along grad G{i + 1} there is {shown}", counterexample=where)
    more = "a point where it does not, or a normal form"
    return undecided(f"law-{k}", question, "its rate was not seen to vanish", more)


def is_nonzero(ball: arb) -> bool:
    """Whether the ball is finite and excludes 0."""
    return bool(ball.is_finite()) and not ball.contains(0)


def rational_value(f: fmpq_mpoly, point: tuple[fmpq, ...]) -> fmpq | None:
    """The value at a rational point, where no atom occurs."""
    total = fmpq(0)
    for exponents, c in f.to_dict().items():
        if any(exponents[len(point) :]):
            return None
        for x, e in zip(point, exponents, strict=False):
            c *= x ** int(e)
        total += c
    return total
