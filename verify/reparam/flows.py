"""What becomes of the laws of gradient flow under q-steepest flow.

Under w' = -spow(g, q - 1), g = J^T v, the size |w_a|^q moves at the rate -q spow(w_a g_a, q - 1). Where w_a dG_i/dw_a
= c w_b dG_i/dw_b for every coordinate, |w_a|^q - spow(c, q - 1) |w_b|^q is kept. Sums that balance at q = 2 alone are
not, and of smooth laws there are no more than the velocities at one point leave directions free.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from flint import arb, fmpq, fmpz_mat

from numerics.balls import precision
from numerics.laws.diagonal import diagonal_laws, gradient, proportional
from numerics.laws.identities import Law
from numerics.laws.ring import certain_rank
from verify.language.errors import LanguageError
from verify.reparam.algebra import Algebra
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.balances import equal_slopes, ring_balances
from verify.reparam.constants import constant

TRIED = (Fraction(1), Fraction(3))
REFUTED = 4  # laws whose kin are tried
RANK_WEIGHTS = 60
OPEN = "a proof, or a point where it moves"
_GENERAL = "{} is kept by the q-steepest flow of every f(G(w)), for every q > 1."
_KEPT = "For every q > 1 the q-steepest flow of every f(G(w)) keeps abs(w_a)**q - c*abs(w_b)**q, c not 0."


def index(text: str) -> Fraction | None:
    """The q of ``--q``: a number at least 1; None where it is not given."""
    if not text:
        return None
    value = constant(text, "q")
    if value is None or value < 1 or value > 64:
        raise LanguageError("q is a number from 1 to 64, such as 1, 3/2 or 2", 1, "q")
    return value


def steepest(found: Algebra) -> list[Answer]:
    """The laws of q-steepest flow and the refutation of the kin of those of gradient flow."""
    it, g = found.it, found.it.map
    asked = index(it.request.q)
    if g is None:
        return [_of_functions(found)]
    groups = proportional(g)
    laws = [_difference(it.names, group[0], other) for group in groups for other in group[1:]]
    chosen = (asked,) if asked is not None else TRIED
    answers = [_differences(found, laws, chosen)]
    span = [_pair_vector(g.weights, group[0], other) for group in groups for other in group[1:]]
    squares = [h for h in diagonal_laws(g, it.request.seed) or [] if not _implied(h, span)]
    left: list[tuple[Law, list[int] | None]] = [({}, row) for row in squares]
    if found.count is not None:
        every = [found.count.laws.laws[k] for k in found.count.independent]
        mixed = [h for h in every if diagonal_of(h, g.weights) is None]
        kept = [h for h in mixed if _by_equal_slopes(found, h)]
        answers += [holds(f"steepest-kept-{k}", _GENERAL.format(it.law_text(h)), "slopes that are equal cancel",
                          scope="q > 1; at q = 1 off the kinks") for k, h in enumerate(kept, 1)]  # fmt: skip
        left += [(h, None) for h in mixed if h not in kept]
    answers += [_kin(found, *h, q, k) for k, h in enumerate(left[:REFUTED], 1) for q in chosen if q != 2]
    return answers


def _of_functions(found: Algebra) -> Answer:
    """The pairs among the balances of a parameterization made of functions."""
    it, small = found.it, found.it.small
    assert small is not None
    laws = []
    for row in ring_balances(small, it.fields, it.request.seed):
        used = [a for a, c in enumerate(row) if c]
        if len(used) == 2:
            a, b = used
            ratio = Fraction(-row[b], row[a])
            factor = "" if abs(ratio) == 1 else f"({abs(ratio)})**(q - 1)*"
            laws.append(f"abs({small.weights[a]})**q {'-' if ratio > 0 else '+'} {factor}abs({small.weights[b]})**q")
    number = f"; weights - 1 = {it.weights - 1} independent laws near generic weights" if it.outputs == 1 else ""
    if it.weights == 1:
        return fails("steepest", _KEPT, "there is one weight")
    if laws:
        return holds("steepest", _KEPT, "; ".join(laws) + number, scope="q > 1; at q = 1 off the kinks",
                     values={"laws": laws})  # fmt: skip
    more = "relations between the functions in G that are not known here"
    return undecided("steepest", _KEPT, f"no two weights were seen to stay in proportion{number}", more)


def _by_equal_slopes(found: Algebra, law: Law) -> bool:
    """Whether sum_a dh/dw_a spow(g_a, q - 1) cancels within groups of weights of equal slopes up to sign."""
    small = found.it.small
    if small is None:
        return False
    ring = small.ring
    spare = (0,) * (len(ring.generators) - len(small.names))
    h = ring.context.from_dict({(*e, *spare): fmpq(c) for e, c in law.items()})
    left = set(range(len(small.weights)))
    for group in equal_slopes(small, found.it.fields):
        if sum((s * ring.derivative(h, a) for a, s in group), ring.constant(0)) != 0:
            return False
        left -= {a for a, _ in group}
    return all(ring.derivative(h, a) == 0 for a in left)


def _difference(names: Sequence[str], first: tuple[int, int], second: tuple[int, int]) -> str:
    (a, e), (b, f) = first, second
    factor = "" if e == f else f"({Fraction(e, f)})**(q - 1)*"
    return f"abs({names[a]})**q - {factor}abs({names[b]})**q"


def _pair_vector(weights: int, first: tuple[int, int], second: tuple[int, int]) -> list[int]:
    row = [0] * weights
    row[first[0]], row[second[0]] = second[1], -first[1]
    return row


def diagonal_of(law: Law, weights: int) -> list[int] | None:
    """The c_a of sum_a c_a w_a^2, None for any other law."""
    row = [0] * weights
    for exponents, c in law.items():
        if sum(exponents) != 2 or 2 not in exponents[:weights]:
            return None
        row[exponents.index(2)] = c
    return row


def _implied(row: list[int], span: list[list[int]]) -> bool:
    if not span:
        return False
    return int(fmpz_mat([*span, row]).rank()) == int(fmpz_mat(span).rank())


def _differences(found: Algebra, laws: list[str], chosen: Sequence[Fraction]) -> Answer:
    it = found.it
    moved = "each moves at the rate -q*a times itself under decoupled decay a"
    values: dict = {"laws": laws[:200], "with_decay": moved}
    least = len(laws)
    if it.outputs == 1:
        text = f"weights - 1 = {it.weights - 1} independent laws near generic weights, as for every single vector field"
        values["number"] = it.weights - 1
    else:
        bounds = {str(q): most for q in chosen if (most := _at_most(found, q)) is not None}
        values["at_most"] = bounds
        parts = [f"{'exactly' if m == least else 'at most'} {m} at q = {q}" for q, m in bounds.items()]
        text = f"independent smooth laws: {', '.join(parts)}" if parts else "their number was not bounded"
    if laws:
        shown = "; ".join(laws[:6]) + (f"; ... {least} in all" if least > 6 else "")
        return holds("steepest", _KEPT, f"{shown}; {text}", scope="q > 1; at q = 1 off the kinks", values=values)
    return fails("steepest", _KEPT, f"no two weights stay in proportion in every term of G; {text}", values=values)


def _at_most(found: Algebra, q: Fraction) -> int | None:
    """Weights less the rank of velocities at one point for many v: no more smooth laws are kept near it."""
    g = found.it.map
    assert g is not None
    if found.it.weights > RANK_WEIGHTS or q == 2:
        return found.most if q == 2 else None
    draw = random.Random(found.it.request.seed)
    point = [draw.choice((-1, 1)) * draw.randint(1, 60) for _ in g.names]
    rows = []
    for _ in range(3 * g.weights):
        slope = gradient(g, [draw.choice((-1, 1)) * 2 ** draw.randint(0, 9) for _ in range(g.outputs)], point)
        if all(slope):
            rows.append(slope)
    if not rows:
        return None
    if q.denominator == 1:
        return g.weights - int(fmpz_mat([[_power(s, q) for s in row] for row in rows]).rank())
    if g.weights > 12:
        return None
    with precision(256):
        return g.weights - certain_rank([[_ball_power(s, q) for s in row] for row in rows[: 2 * g.weights]])[0]


def _power(u: int, q: Fraction) -> int:
    """spow(u, q - 1) for a whole q."""
    sign = (u > 0) - (u < 0)
    return sign * abs(u) ** int(q - 1)


def _ball_power(u: int, q: Fraction) -> arb:
    if u == 0:
        return arb(0)
    size = arb(abs(u)) ** arb(fmpq(q.numerator - q.denominator, q.denominator))
    return size if u > 0 else -size


def _kin(found: Algebra, law: Law, row: list[int] | None, q: Fraction, k: int) -> Answer:
    """That sum c_a |w_a|^q (for a law sum c_a w_a^2), or else the law itself, is not kept at this q."""
    it, g = found.it, found.it.map
    assert g is not None
    text = it.law_text(law) if row is None else _powers(row, it.names, q)
    question = f"{text} is kept by the {q}-steepest flow of every f(G(w))."
    draw = random.Random(it.request.seed + k)
    for _ in range(60):
        point = [draw.choice((-1, 1)) * draw.randint(1, 9) for _ in g.names]
        v = [draw.randint(-4, 4) for _ in range(g.outputs)]
        slope = gradient(g, v, point)
        if not all(slope):
            continue
        if row is not None:
            terms = [(c, w * s) for c, w, s in zip(row, point, slope, strict=False) if c]
        else:
            terms = list(zip(slopes_of(law, point, g.weights), slope, strict=True))
        with precision(256):
            rate = _rate(terms, q)
        if rate is not None:
            where = {n: str(x) for n, x in zip(g.names, point, strict=True)}
            where |= {f"df/dG{i}": str(x) for i, x in enumerate(v, 1)}
            factor = "q*" if row is not None else ""
            return fails(f"steepest-{k}-at-{q}", question, f"its rate there is -{factor}({rate})", counterexample=where)
    return undecided(f"steepest-{k}-at-{q}", question, "no counterexample was found", OPEN)


def _powers(row: Sequence[int], names: Sequence[str], q: Fraction) -> str:
    power = f"**{q}" if q.denominator == 1 else f"**({q})"
    flip = -1 if next(c for c in row if c) < 0 else 1
    parts = []
    for c, name in zip(row, names, strict=False):
        if c:
            size = f"abs({name})" + (power if q != 1 else "")
            sign = "-" if c * flip < 0 else "+"
            parts.append(f"{sign} {size}" if abs(c) == 1 else f"{sign} {abs(c)}*{size}")
    return " ".join(parts).removeprefix("+ ")


def slopes_of(law: Law, point: Sequence[int], weights: int) -> list[int]:
    found = [0] * weights
    for exponents, c in law.items():
        for a in range(weights):
            if exponents[a]:
                term = c * exponents[a]
                for b, e in enumerate(exponents):
                    term *= point[b] ** (e - (a == b))
                found[a] += term
    return found


def _rate(terms: Sequence[tuple[int, int]], q: Fraction) -> str | None:
    """The sum of c spow(u, q - 1) as text where it is certainly not 0."""
    if q.denominator == 1:
        whole = sum(c * _power(u, q) for c, u in terms)
        return str(whole) if whole else None
    ball = sum((c * _ball_power(u, q) for c, u in terms), arb(0))
    return None if ball.contains(0) else str(ball.str(10))
