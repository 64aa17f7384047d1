"""What becomes of the laws under q-steepest flow and under mirror flow.

Under w' = -spow(g, q - 1), g = J^T v, the size |w_a|^q moves at the rate -q spow(w_a g_a, q - 1). Where w_a dG_i/dw_a
= c w_b dG_i/dw_b for every coordinate, |w_a|^q - c^(q-1) |w_b|^q is kept. Sums that balance at q = 2 alone do not.
Under a mirror flow of sum_a r(w_a), w_a r'(w_a) - r(w_a) moves at the rate -w_a g_a: every law sum_a c_a w_a^2 of
gradient flow becomes the law sum_a c_a (w_a r'(w_a) - r(w_a)).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb, fmpq, fmpz_mat

from numerics.balls import precision
from numerics.laws.identities import Law
from numerics.laws.involutive import generated
from numerics.laws.maps import PolynomialMap
from numerics.laws.ring import TooLarge, certain_rank
from verify.exact.signs import signs
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, Unknown, enclose, exact, truth
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import Term, fn, num, sym
from verify.reparam.algebra import Algebra
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.reading import Reader
from verify.statement import Domain

TRIED = (Fraction(1), Fraction(3))
REFUTED = 4  # laws whose kin are tried
RANK_WEIGHTS = 60
_MORE = "a proof, or a point where it moves"
_KEPT = "For every q > 1 the q-steepest flow of every f(G(w)) keeps a difference of q-th powers of two weights."


def index(text: str) -> Fraction | None:
    """The q of ``--q``: a number at least 1; None where it is not given."""
    if not text:
        return None
    value = exact(parse_term(text, (), where="q"), {})
    if value is None or value < 1 or value > 64:
        raise LanguageError("q is a number from 1 to 64, such as 1, 3/2 or 2", 1, "q")
    return value


def proportional(parameterization: PolynomialMap) -> list[list[tuple[int, int]]]:
    """Groups of weights (a, e_a) with w_a dG_i/dw_a : w_b dG_i/dw_b = e_a : e_b for all i, of two weights or more."""
    table = exponent_table(parameterization)
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a in range(parameterization.weights):
        column = table[:, a]
        divisor = int(np.gcd.reduce(column)) if column.any() else 0
        if divisor:
            groups.setdefault((column // divisor).tobytes(), []).append((a, divisor))
    return [g for g in groups.values() if len(g) > 1]


def steepest(found: Algebra) -> list[Answer]:
    """The laws of q-steepest flow and the refutation of the kin of those of gradient flow."""
    it, g = found.it, found.it.map
    if g is None:
        return [undecided("steepest", _KEPT, "not looked for where G is no polynomial", "a polynomial G")]
    asked = index(it.request.q)
    groups = proportional(g)
    laws = [_difference(it.names, group[0], other) for group in groups for other in group[1:]]
    chosen = (asked,) if asked is not None else TRIED
    answers = [_differences(found, laws, chosen)]
    span = [_pair_vector(g.weights, group[0], other) for group in groups for other in group[1:]]
    squares = [h for h in diagonal_laws(g, it.request.seed) if not _implied(h, span)]
    left: list[tuple[Law, list[int] | None]] = [({}, row) for row in squares]
    if found.count is not None:
        every = [found.count.laws.laws[k] for k in found.count.independent]
        left += [(h, None) for h in every if _diagonal(h, g.weights) is None]
    answers += [_kin(found, *h, q, k) for k, h in enumerate(left[:REFUTED], 1) for q in chosen if q != 2]
    return answers


def diagonal_laws(g: PolynomialMap, seed: int) -> list[list[int]]:
    """A basis of the c with sum c_a w_a^2 kept by gradient flow: those with sum c_a e_a = 0 for every term's e."""
    table = exponent_table(g)
    table = np.unique(table[:, : g.weights], axis=0)
    order = np.random.default_rng(seed).permutation(len(table))
    taken = min(len(table), 3 * g.weights + 10)
    while True:
        basis, nullity = fmpz_mat(table[order[:taken]].tolist()).nullspace()
        rows = []
        for column in basis.transpose().tolist()[:nullity]:
            numbers = [int(x) for x in column]
            divisor = math.gcd(*numbers) or 1
            rows.append([x // divisor for x in numbers])
        small = all(max(map(abs, row)) < 2**31 for row in rows)
        if small and not (table @ np.array(rows, dtype=np.int64).T.reshape(g.weights, -1)).any():
            return rows
        if taken == len(table):
            raise ArithmeticError("coefficients too large")
        taken = min(len(table), 4 * taken)


def exponent_table(g: PolynomialMap) -> np.ndarray:
    """The exponents of every term, one column a name and a last one without meaning."""
    table = np.zeros((g.terms, len(g.names) + 1), dtype=np.int64)
    rows = np.arange(g.terms)
    for column in g.factors.T:
        np.add.at(table, (rows, column), 1)
    return table


def _difference(names: Sequence[str], first: tuple[int, int], second: tuple[int, int]) -> str:
    (a, e), (b, f) = first, second
    factor = "" if e == f else f"({Fraction(e, f)})**(q - 1)*"
    return f"abs({names[a]})**q - {factor}abs({names[b]})**q"


def _pair_vector(weights: int, first: tuple[int, int], second: tuple[int, int]) -> list[int]:
    row = [0] * weights
    row[first[0]], row[second[0]] = second[1], -first[1]
    return row


def _diagonal(law: Law, weights: int) -> list[int] | None:
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
        slope = gradient(g, [draw.randint(-40, 40) for _ in range(g.outputs)], point)
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


def gradient(g: PolynomialMap, v: Sequence[int], point: Sequence[int]) -> list[int]:
    """J^T v, exactly."""
    values = [*point, 1]
    found = [0] * (len(values))
    for row, i, c in zip(g.factors.tolist(), g.coordinate.tolist(), g.coefficients, strict=True):
        for k, a in enumerate(row):
            if a < g.weights and v[i]:
                term = c * v[i]
                for n, b in enumerate(row):
                    if n != k:
                        term *= values[b]
                found[a] += term
    return found[: g.weights]


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
            terms = list(zip(_slopes(law, point, g.weights), slope, strict=True))
        with precision(256):
            rate = _rate(terms, q)
        if rate is not None:
            where = {n: str(x) for n, x in zip(g.names, point, strict=True)}
            where |= {f"df/dG{i}": str(x) for i, x in enumerate(v, 1)}
            factor = "q*" if row is not None else ""
            return fails(f"steepest-{k}-at-{q}", question, f"its rate there is -{factor}({rate})", counterexample=where)
    return undecided(f"steepest-{k}-at-{q}", question, "no counterexample was found", _MORE)


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


def _slopes(law: Law, point: Sequence[int], weights: int) -> list[int]:
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


# --- mirror flow -----------------------------------------------------------------------------------------------------

_MIRROR = "Under mirror flow with the potential sum of r(w), {} is kept for every f(G(w))."


def mirror(found: Algebra) -> list[Answer]:
    """The laws of mirror flow that come from those of gradient flow, and the refutation of the others."""
    it, g = found.it, found.it.map
    if g is None or found.count is None:
        return [undecided("mirror", _MIRROR.format("a sum over the weights"), "not looked for where G is no polynomial",
                          "a polynomial G")]  # fmt: skip
    every = [found.count.laws.laws[k] for k in found.count.independent]
    rows = [(h, _diagonal(h, g.weights)) for h in every]
    kept = diagonal_laws(g, it.request.seed)
    potential = _potential(it.request.mirror, it.small.domain if it.small is not None else Domain())
    piece = "(w*r'(w) - r(w))" if potential is None else None
    answers = []
    if kept:
        shown = [_balances(row, it.names, potential) for row in kept[:6]]
        more = f"; ... {len(kept)} in all" if len(kept) > 6 else ""
        scope = "every twice differentiable r with r'' > 0" if piece else ""
        answers.append(holds("mirror", _MIRROR.format("a sum over the weights of w*r'(w) - r(w), with signs,"),
                             "; ".join(shown) + more, scope=scope, values={"number": len(kept)}))  # fmt: skip
    else:
        answers.append(fails("mirror", _MIRROR.format("a sum of c*(w*r'(w) - r(w)), c not 0,"),
                             "gradient flow keeps no sum of c*w**2, which is what such a law comes from"))
    if potential is not None:
        others = [h for h, row in rows if row is None][:REFUTED]
        answers += [_not_kept(found, h, potential, k) for k, h in enumerate(others, 1)]
        answers += _mirror_number(found, potential, len(kept))
    return answers


def _potential(text: str, given: Domain) -> Term | None:
    """r(x) as read; raises ``LanguageError`` where it is not strictly convex for certain where x is given."""
    if not text:
        return None
    r = parse_term(text, ("x",), where="mirror")
    if r.free != {"x"}:
        raise LanguageError("write the potential of one weight in x, such as 'cosh(x)'", 1, "mirror")
    bend = expand(fn("diff", r, sym("x"), num(2)))
    domain = Domain((("x", "real"),), tuple(h for h in given.hypotheses if h.free == {"x"}))
    if signs(bend, domain) != frozenset({1}):
        message = "its second derivative was not seen to be positive; state where it is, as in --given 'x > 0'"
        raise LanguageError(message, 1, "mirror")
    return r


def _put(term: Term, name: str) -> Term:
    from verify.language.terms import substitute

    return substitute(term, {"x": sym(name)})


def _balances(row: Sequence[int], names: Sequence[str], potential: Term | None) -> str:
    parts = []
    flip = -1 if next(c for c in row if c) < 0 else 1
    for c, name in zip(row, names, strict=False):
        if c:
            if potential is None:
                piece = f"({name}*r'({name}) - r({name}))"
            else:
                slope = expand(fn("diff", potential, sym("x"), num(1)))
                piece = f"({to_text(_put(fn('-', fn('*', sym('x'), slope), potential), name))})"
            sign = "-" if c * flip < 0 else "+"
            parts.append(f"{sign} {piece}" if abs(c) == 1 else f"{sign} {abs(c)}*{piece}")
    return " ".join(parts).removeprefix("+ ")


def _not_kept(found: Algebra, law: Law, potential: Term, k: int) -> Answer:
    it, g = found.it, found.it.map
    assert g is not None
    question = _MIRROR.format(it.law_text(law))
    bend = expand(fn("diff", potential, sym("x"), num(2)))
    draw = random.Random(it.request.seed + k)
    for _ in range(60):
        point = [draw.choice((-1, 1)) * draw.randint(1, 6) for _ in g.names]
        v = [draw.randint(-3, 3) for _ in range(g.outputs)]
        slope, along = gradient(g, v, point), _slopes(law, point, g.weights)
        hypotheses = [h for h in it.small.domain.hypotheses if h.free == {"x"}] if it.small is not None else []
        try:
            if any(truth(h, {"x": Fraction(w)}) is not True for h in hypotheses for w in point[: g.weights]):
                continue
            rate = sum((arb(s * h) / enclose(bend, {"x": Fraction(w)}) for s, h, w in
                        zip(slope, along, point, strict=False)), arb(0))  # fmt: skip
        except (Undefined, Unknown):
            continue
        if not rate.contains(0):
            where = {n: str(x) for n, x in zip(g.names, point, strict=True)}
            where |= {f"df/dG{i}": str(x) for i, x in enumerate(v, 1)}
            return fails(f"mirror-{k}", question, f"its rate there is -({rate.str(10)})", counterexample=where)
    return undecided(f"mirror-{k}", question, "no counterexample was found", _MORE)


def _mirror_number(found: Algebra, potential: Term, known: int) -> list[Answer]:
    """The number of independent laws by the Lie algebra of the fields grad G_i / r''."""
    small = found.it.small
    question = "The exact number of independent laws of this mirror flow is known."
    if small is None or found.it.weights > 6:
        return []
    bend = expand(fn("diff", potential, sym("x"), num(2)))
    try:
        reader = Reader(small.ring, small.names, small.domain, found.it.request.mirror, "mirror")
        speeds = [reader.inverse(reader.read(_put(bend, w))) for w in small.weights]
        fields = [[small.ring.reduced(e * s) for e, s in zip(f, speeds, strict=True)] for f in found.it.fields]
        closure = generated(small.ring, fields, small.point)
    except TooLarge as error:
        return [undecided("mirror-number", question, str(error), "a smaller parameterization")]
    if closure is None:
        return []
    number = found.it.weights - closure.rank
    if closure.closed or number == known:
        text = f"{number} = {found.it.weights} weights - rank {closure.rank} of the algebra of the fields grad G_i/r''"
        return [holds("mirror-number", question, text, scope="near generic weights, for smooth laws",
                      values={"number": number})]  # fmt: skip
    more = "a bracket that leaves the span, or a further law"
    return [undecided("mirror-number", question, f"between {known} and {number}", more)]
