"""Assumptions 2.3, 4.4 and G.1, and what Theorems 4.6 and 4.9 then say."""

from __future__ import annotations

from fractions import Fraction

from verify.language.calculus import expand, kinks
from verify.language.terms import INFINITY, ONE, TWO, ZERO, Term, conjunction, fn, fresh_name, num, substitute, sym
from verify.potential.bench import Bench, Finding, Unknown, together
from verify.potential.horizon import Far, far
from verify.potential.metric import interior, off_kink, twice
from verify.potential.shape import at_ends, derivative, dual, ends, hessian, limit, onto, strict, to_end
from verify.potential.telling import answered, jointly, open_answer, refuted
from verify.potential.writing import atom, over, plus, power, times, to_power
from verify.reparam.answers import Answer

_REGULAR = ("Assumption 2.3: R is strictly convex and twice differentiable on the line, R' is coercive, R'' is locally"
            " Lipschitz.")  # fmt: skip
_RADIAL = "Assumption 4.4: alpha Q(R'(x)) >= x^2 R''(x), alpha >= 1 the degree of Q(R')."
_APPROACH = "Assumption G.1: the slopes of phi^2 and C (alpha Q)^(2/alpha - 1) R'' x agree over |x| far out."
NEAR = 1  # half the width of the interval around a kink
KINKS = 4


def regular(bench: Bench) -> list[Answer]:
    it = bench.subject
    out = []
    whole = bench.judge(conjunction(it.interval.bounds(it.x)), it.line) if not it.interval.whole else bench.judge(
        fn("==", it.R, it.R))  # fmt: skip
    out.append(answered("2.3-domain", "dom R is the line.", "R has a value everywhere", whole,
                        otherwise=f"dom R = {it.interval.text}"))  # fmt: skip
    out.append(answered("2.3-convex", "(1) R is strictly convex.", "strictly convex", strict(bench)))
    out.append(answered("2.3-twice", "(2) R is twice differentiable.", "R'' has a value everywhere", twice(bench),
                        scope=interior(bench), otherwise="R'' has no value at a point"))  # fmt: skip
    out.append(_coercive(bench))
    out.append(_lipschitz(bench))
    return [_joined("assumption-2.3", _REGULAR, out), *out]


def _joined(id: str, question: str, parts: list[Answer]) -> Answer:
    failing = [a for a in parts if a.verdict == "fails"]
    if failing:
        first = max(failing, key=lambda a: a.tier)
        names = ", ".join(a.id for a in failing)
        return Answer(id, question, "fails", first.tier, f"fails in {names}", counterexample=first.counterexample)
    if all(a.verdict == "holds" for a in parts):
        return Answer(id, question, "holds", min(a.tier for a in parts), "all of it")
    left = [a for a in parts if a.verdict != "holds"]
    return open_answer(id, question, f"open: {', '.join(a.id for a in left)}", "; ".join(a.would_decide for a in left))


def _coercive(bench: Bench) -> Answer:
    question = "(3) R' -> -oo and oo at the two ends, so that R' takes every value."
    guess, found = ends(bench), at_ends(bench)
    if isinstance(guess, Unknown) or isinstance(found, Unknown):
        return open_answer("2.3-coercive", question, "no limits of R' at the ends", "limits of R' at the ends")
    text = f"R' -> {guess[0]!r} and {guess[1]!r}"
    if onto(guess):
        return jointly("2.3-coercive", question, text, list(found))
    bounded = [f for f, g in zip(found, guess, strict=True) if g not in (INFINITY, fn("neg", INFINITY))]
    if bounded:
        return refuted("2.3-coercive", question, text, bounded[:1])
    return refuted("2.3-coercive", question, text, list(found))


def _lipschitz(bench: Bench) -> Answer:
    """A third derivative everywhere, or R'' everywhere with a bounded slope beside each of its kinks.

    R'' then jumps nowhere, since a derivative takes every value between two of its own (Darboux).
    """
    question = "(4) R'' is locally Lipschitz."
    it, x = bench.subject, sym(bench.subject.x)
    third = derivative(bench, 3)
    everywhere = bench.judge(fn("==", third, third), it.inside)
    if everywhere.holds and not kinks(it.R, it.x):
        return answered("2.3-lipschitz", question, "R''' has a value everywhere", everywhere, scope=interior(bench))
    if twice(bench).fails:
        return answered("2.3-lipschitz", question, "", twice(bench), otherwise="R'' has no value at a point")
    for side in ("+", "-"):
        steep = bench.judge(fn("==", limit(fn("abs", third), it.x, ZERO, side), INFINITY), it.parameter_domain)
        if steep.holds and it.interval.whole:
            return refuted("2.3-lipschitz", question, "R''' is unbounded near 0", [steep])
    points: list[Term] = []
    apart, defined = it.inside, everywhere
    while defined.fails and len(points) < KINKS:  # a point where R''' has no value is a kink to be looked at
        at = _number(defined, it.x)
        if at is None:
            break
        points.append(at)
        apart = apart.assuming(fn("!=", x, at))
        defined = bench.judge(fn("==", third, third), apart)
    if not defined.holds or not points:
        return open_answer("2.3-lipschitz", question, "R has kinks that are not settled", "bounds of R''' beside them")
    found = [twice(bench)]
    for point in points:
        near = apart.assuming(fn("<", plus(point, -NEAR), x), fn("<", x, plus(point, NEAR)))
        found.append(bench.judge(fn("bounded", third, x), near))
    where = ", ".join(map(repr, points))
    return jointly("2.3-lipschitz", question, f"R'' has a value everywhere, and R''' is bounded beside {where}",
                   [*found, defined])  # fmt: skip


def _number(found: Finding, x: str) -> Term | None:
    try:
        return num(Fraction((found.counterexample or {})[x]))
    except (KeyError, ValueError):
        return None


def radial(bench: Bench) -> list[Answer]:
    grown = far(bench)
    if isinstance(grown, Answer):
        if grown.verdict == "fails":
            return [Answer("assumption-4.4", _RADIAL, "fails", grown.tier, grown.answer)]
        return [open_answer("assumption-4.4", _RADIAL, "the degree of Q(R') is open", grown.would_decide)]
    it, x = bench.subject, sym(bench.subject.x)
    domain, scope = off_kink(bench)
    least = bench.judge(fn(">=", grown.alpha, ONE), it.parameter_domain)
    gap = fn(">=", fn("*", grown.alpha, dual(bench)), fn("*", fn("**", x, TWO), hessian(bench)))
    found = [bench.judge(gap, domain), least]
    found[:] = found if any(f.fails for f in found) else [*found, *grown.found]
    return [jointly("assumption-4.4", _RADIAL, f"alpha = {grown.alpha!r}", found, scope=scope,
                    otherwise=f"alpha = {grown.alpha!r}: the inequality fails at a point",
                    values={"alpha": repr(grown.alpha)})]  # fmt: skip


def approach(bench: Bench) -> list[Answer]:
    """Along each ray, which makes C = 2, and in the second of two coordinates, y > 0 fixed, as the first runs off."""
    grown = far(bench)
    if isinstance(grown, Answer):
        if grown.verdict == "fails":
            return [Answer("assumption-G.1", _APPROACH, "fails", grown.tier, grown.answer)]
        return [open_answer("assumption-G.1", _APPROACH, "the degree of Q(R') is open", grown.would_decide)]
    rays = _rays(bench, grown)
    if any(f.fails for f in rays):
        return [jointly("assumption-G.1", _APPROACH, "", rays, otherwise="R'' is not of the order |x|^(alpha - 2)"
                        " with the factor of D on a ray")]  # fmt: skip
    across = _across(bench, grown)
    text = "C = 2, along the rays and across them"
    return [jointly("assumption-G.1", _APPROACH, text, [*rays, across],
                    otherwise="C = 2 on the rays, but at (r, y), r -> oo, the gap in the coordinate y stays",
                    scope="separable R: on the rays, and at (r, y) with y > 0 fixed, r -> oo")]  # fmt: skip


def _rays(bench: Bench, grown: Far) -> list[Finding]:
    """R'' ~ alpha c |x|^(alpha - 2) where D ~ c |x|^alpha: what D' = x R'' makes of it."""
    out = []
    for side, c in grown.coefficients.items():
        goal = times(grown.alpha, c)
        size = power(sym(bench.subject.x), plus(grown.alpha, -2), side)
        found = to_end(over(hessian(bench), size), bench, side)
        out.append(bench.judge(fn("==", found, goal), bench.subject.parameter_domain))
    return out


def _across(bench: Bench, grown: Far) -> Finding:
    it, alpha = bench.subject, grown.alpha
    names = frozenset(it.domain.names)
    r = fresh_name("r", names) if "r" in names else "r"
    y = fresh_name(it.x, names)
    side = 1 if 1 in grown.coefficients else -1
    c = grown.coefficients[side]
    D, h = expand(dual(bench)), expand(hessian(bench))

    def at(f: Term, name: str) -> Term:
        return substitute(f, {it.x: sym(name) if side > 0 else fn("neg", sym(name))})

    exponent, k = plus(over(TWO, alpha), -1), times(alpha, c)
    powers = times(k, fn("+", to_power(sym(r), alpha), to_power(sym(y), alpha)))
    slope = times(to_power(powers, exponent), times(k, to_power(sym(y), plus(alpha, -1))))
    total = times(alpha, fn("+", at(D, r), at(D, y)))
    moved = times(to_power(total, exponent), times(at(h, y), sym(y)))
    gap = fn("/", fn("*", TWO, fn("-", slope, moved)), sym(r))
    bounds = [substitute(b, {it.x: at(sym(it.x), y)}) for b in it.interval.bounds(it.x)]
    domain = it.parameter_domain.declaring(y).assuming(fn(">", sym(y), ZERO), *bounds)
    return bench.judge(fn("==", limit(gap, r, INFINITY), ZERO), domain)


def bias(bench: Bench) -> list[Answer]:
    """Cost of n equal neurons over that of one, n^(1 - alpha/2)."""
    question = "Theorem 4.9: the margin problem favours few neurons (alpha < 2) or many (alpha > 2)."
    grown = far(bench)
    if isinstance(grown, Answer):
        return [_without("bias", question, grown)]
    it = bench.subject
    n = "n" if "n" not in it.domain.names else fresh_name("n", frozenset(it.domain.names))
    cost = to_power(sym(n), fn("-", ONE, over(grown.alpha, TWO)))
    domain = it.parameter_domain.declaring(n).assuming(fn(">", sym(n), ONE))
    for op, sort, text in (("<", "sparse", "few"), (">", "dense", "many"), ("==", "neither", "no number of")):
        if not bench.judge(fn(op, grown.alpha, TWO), it.parameter_domain).holds:
            continue
        turned = {"<": ">", ">": "<", "==": "=="}[op]
        found = [bench.judge(fn(turned, cost, ONE), domain), *grown.found]
        told = f"{sort}: the cost sum |a_j|^{atom(over(grown.alpha, TWO))} favours {text} neurons"
        return [jointly("bias", f"n^(1 - alpha/2) {turned} 1 for n > 1, alpha = {grown.alpha!r}.", told, found,
                        scope=_covered(bench), values={"bias": sort})]  # fmt: skip
    text = f"alpha = {grown.alpha!r} may lie on both sides of 2"
    return [open_answer("bias", question, text, "alpha < 2 or alpha > 2")]


def _covered(bench: Bench) -> str:
    kkt, *needed = (a.verdict for a in (approach(bench)[0], regular(bench)[0], radial(bench)[0]))
    return (f"of KKT points of min phi^2/2; that the flow reaches one is Corollary 4.8 for the hyperbolic entropy,"
            f" Theorem G.2 under Assumption G.1 (here: {kkt}) and alpha >= 2;"
            f" Assumption 2.3 here: {needed[0]}, 4.4: {needed[1]}")  # fmt: skip


def _without(id: str, question: str, grown: Answer) -> Answer:
    if grown.verdict == "fails":
        return Answer(id, question, "fails", grown.tier, f"not applicable: {grown.answer}")
    return open_answer(id, question, "the degree of Q(R') is open", grown.would_decide)


def rate(bench: Bench) -> list[Answer]:
    question = "Theorem 4.6 applies and gives the rate of the loss."
    grown = far(bench)
    if isinstance(grown, Answer):
        return [_without("rate", question, grown)]
    needed = [regular(bench)[0], radial(bench)[0]]
    alpha = atom(grown.alpha)
    order = f"1/(t (log t)^(2 - {alpha}/L))"
    it = bench.subject
    low = bench.judge(fn("<=", grown.alpha, TWO), it.parameter_domain)
    high = bench.judge(fn(">", grown.alpha, TWO), it.parameter_domain)
    kind = "Theta" if low.holds else "O" if high.holds else ""
    said = {"Theta": "Theta(log t)", "O": "Omega(log t)"}.get(kind, "")
    values = {"class": kind, "order": order}
    if not kind:
        return [open_answer("rate", question, f"O({order}); alpha = {alpha} may lie on both sides of 2",
                            "alpha <= 2 or alpha > 2", values=values)]  # fmt: skip
    parts = [*needed, answered("alpha", "", "", low if kind == "Theta" else high)]
    joined = _joined("rate", question, parts)
    if joined.verdict == "fails":
        return [Answer("rate", question, "fails", joined.tier, "an assumption of the theorem fails: " + ", ".join(
            a.id for a in parts if a.verdict == "fails"), values=values)]  # fmt: skip
    if joined.verdict == "undecided":
        return [open_answer("rate", question, f"if its assumptions hold: loss = {kind}({order})", joined.would_decide,
                            values=values)]  # fmt: skip
    text = f"loss = {kind}({order}), (alpha Q)^(L/alpha) = {said}"
    scope = "f homogeneous of degree L, data separated, exponential loss"
    if kind == "Theta":
        matched = together(*_rays(bench, grown))[0]
        scope += f"; the lower half of Theta needs R'' of the order |x|^(alpha - 2) (here: {matched})"
    return [Answer("rate", f"loss = {kind}({order}).", "holds", joined.tier, text, scope=scope, values=values)]


