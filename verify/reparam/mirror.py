"""What becomes of the laws under mirror flow: each weight w moves by r''(w) w' = -g for a potential r.

w r'(w) - r(w) moves at the rate -w g: every law sum_a c_a w_a^2 of gradient flow becomes the law
sum_a c_a (w_a r'(w_a) - r(w_a)). Laws of another form do not survive, and the Lie algebra of the fields grad G_i/r''
tells how many there are.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from numerics.laws.diagonal import diagonal_laws, gradient
from numerics.laws.identities import Law
from numerics.laws.involutive import generated
from numerics.laws.ring import TooLarge
from verify.exact.signs import signs
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, Unknown, enclose, truth
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import Term, fn, num, substitute, sym
from verify.reparam.algebra import Algebra
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.balances import ring_balances
from verify.reparam.flows import OPEN, REFUTED, diagonal_of, slopes_of
from verify.reparam.reading import Reader
from verify.statement import Domain

_MIRROR = "Under mirror flow with the potential sum of r(w), {} is kept for every f(G(w))."


def mirror(found: Algebra) -> list[Answer]:
    """The laws of mirror flow that come from those of gradient flow, and the refutation of the others."""
    it, g = found.it, found.it.map
    kept: list[list[int]] | None
    if g is not None:
        kept, complete = diagonal_laws(g, it.request.seed), True
    else:
        assert it.small is not None
        kept, complete = ring_balances(it.small, it.fields, it.request.seed), False
    if kept is None:
        return [undecided("mirror", _MIRROR.format("a sum over the weights"), "the balances were not lifted", OPEN)]
    potential = _potential(it.request.mirror, _bounds(found))
    piece = "(w*r'(w) - r(w))" if potential is None else None
    answers = []
    if kept:
        shown = [_balances(row, it.names, potential) for row in kept[:6]]
        more = f"; ... {len(kept)} in all" if len(kept) > 6 else ""
        scope = "every twice differentiable r with r'' > 0" if piece else ""
        answers.append(holds("mirror", _MIRROR.format("a sum over the weights of w*r'(w) - r(w), with signs,"),
                             "; ".join(shown) + more, scope=scope, values={"number": len(kept)}))  # fmt: skip
    elif it.weights == 1:
        question = _MIRROR.format("c*(w*r'(w) - r(w)), c not 0,")
        answers.append(fails("mirror", question, "there is one weight, and it moves"))
    elif not complete:
        answers.append(undecided("mirror", _MIRROR.format("a sum of c*(w*r'(w) - r(w)), c not 0,"), "none was found",
                                 "relations between the functions in G that are not known here"))  # fmt: skip
    else:
        answers.append(fails("mirror", _MIRROR.format("a sum of c*(w*r'(w) - r(w)), c not 0,"),
                             "gradient flow keeps no sum of c*w**2, which is what such a law comes from"))
    if potential is not None:
        if found.count is not None and g is not None:
            every = [found.count.laws.laws[k] for k in found.count.independent]
            others = [h for h in every if diagonal_of(h, g.weights) is None][:REFUTED]
            answers += [_not_kept(found, h, potential, k) for k, h in enumerate(others, 1)]
        answers += _mirror_number(found, potential, len(kept))
    return answers


def _bounds(found: Algebra) -> tuple[Term, ...]:
    """What is given of x, the argument of the potential."""
    return tuple(h for h in parse_given(list(found.it.request.given)).hypotheses if h.free == {"x"})


def _potential(text: str, bounds: tuple[Term, ...]) -> Term | None:
    """r(x) as read; raises ``LanguageError`` where it is not strictly convex for certain where x is given."""
    if not text:
        return None
    r = parse_term(text, ("x",), where="mirror")
    if r.free != {"x"}:
        raise LanguageError("write the potential of one weight in x, such as 'cosh(x)'", 1, "mirror")
    bend = expand(fn("diff", r, sym("x"), num(2)))
    domain = Domain((("x", "real"),), bounds)
    if signs(bend, domain) != frozenset({1}):
        message = "its second derivative was not seen to be positive; state where it is, as in --given 'x > 0'"
        raise LanguageError(message, 1, "mirror")
    return r


def _put(term: Term, name: str) -> Term:
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


def _not_kept(found: Algebra, law: Law, potential: Term, number: int) -> Answer:
    it, g = found.it, found.it.map
    assert g is not None
    question = _MIRROR.format(it.law_text(law))
    bend = expand(fn("diff", potential, sym("x"), num(2)))
    draw = random.Random(it.request.seed + number)
    for k in range(60):
        signs_tried = ((1,), (-1,), (-1, 1))[k % 3]  # the potential may live on one side alone
        point = [draw.choice(signs_tried) * draw.randint(1, 6) for _ in g.names]
        v = [draw.randint(-3, 3) for _ in range(g.outputs)]
        slope, along = gradient(g, v, point), slopes_of(law, point, g.weights)
        try:
            if any(truth(h, {"x": Fraction(w)}) is not True for h in _bounds(found) for w in point[: g.weights]):
                continue
            rate = sum((arb(s * h) / enclose(bend, {"x": Fraction(w)}) for s, h, w in
                        zip(slope, along, point, strict=False)), arb(0))  # fmt: skip
        except (Undefined, Unknown):
            continue
        if not rate.contains(0):
            where = {n: str(x) for n, x in zip(g.names, point, strict=True)}
            where |= {f"df/dG{i}": str(x) for i, x in enumerate(v, 1)}
            return fails(f"mirror-{number}", question, f"its rate there is -({rate.str(10)})", counterexample=where)
    return undecided(f"mirror-{number}", question, "no counterexample was found", OPEN)


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
