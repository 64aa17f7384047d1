"""Domain, convexity, Legendre and Bregman, evenness, and the range of the gradient."""

from __future__ import annotations

from verify.language.terms import INFINITY, Term, fn, num, sym
from verify.potential import conjectures
from verify.potential.bench import Bench, Finding, Unknown, together
from verify.potential.telling import MORE_TIME, answered, open_answer
from verify.reparam.answers import Answer
from verify.statement import Domain


def gradient(bench: Bench) -> Term:
    return derivative(bench, 1)


def hessian(bench: Bench) -> Term:
    return derivative(bench, 2)


def derivative(bench: Bench, order: int) -> Term:
    return fn("diff", bench.subject.R, sym(bench.subject.x), num(order))


def dual(bench: Bench) -> Term:
    """x R' - R"""
    return fn("-", fn("*", sym(bench.subject.x), gradient(bench)), bench.subject.R)


def at(domain: Domain, x: str, place: Term) -> Domain:
    """Where x is that place: what is said of a derivative there is said of the derivative, not of what the rules make
    of it, which is another number on a kink such as that of |x| log(1 + |x|)."""
    return domain.assuming(fn("==", sym(x), place))


def to_end(f: Term, bench: Bench, side: int) -> Term:
    """The limit of f at the end of dom R on that side."""
    it = bench.subject.interval
    bound = it.high if side > 0 else it.low
    if bound is None:
        return limit(f, bench.subject.x, INFINITY if side > 0 else fn("neg", INFINITY))
    return limit(f, bench.subject.x, bound, "-" if side > 0 else "+")


def limit(f: Term, x: str, at: Term, side: str = "+-") -> Term:
    return Term("limit", f, sym(x), at, Term("text", side))


def predicate(bench: Bench, name: str) -> Finding:
    return bench.judge(fn(name, bench.subject.R, sym(bench.subject.x)))


def once(bench: Bench) -> Finding:
    """Whether R' has a value everywhere inside dom R."""
    return bench.judge(fn("==", gradient(bench), gradient(bench)), bench.subject.inside)


def strict(bench: Bench) -> Finding:
    return predicate(bench, "strictly_convex")


def domain(bench: Bench) -> list[Answer]:
    it = bench.subject
    found = bench.judge(fn("==", it.R, it.R))
    text = f"dom R = {it.interval.text}"
    if it.interval.whole and found.holds:
        text += ", the line"
    elif not it.stated and not it.interval.whole:
        text += ", looked for; other intervals may be given with --given"
    values = {"interval": it.interval.text, "stated": it.stated}
    return [answered("domain", f"R has a value everywhere on {it.interval.text}.", text, found, values=values)]


def convexity(bench: Bench) -> list[Answer]:
    firm = strict(bench)
    out = [answered("strictly-convex", "R is strictly convex.", "strictly convex", firm)]
    plain = firm if firm.holds else predicate(bench, "convex")
    out.append(answered("convex", "R is convex.", "convex", plain))
    return out


def legendre(bench: Bench) -> list[Answer]:
    found = predicate(bench, "legendre")
    text = "smooth and strictly convex inside, |R'| -> oo at every boundary point of dom R"
    return [answered("legendre", "R is a Legendre function.", text, found)]


def bregman(bench: Bench) -> list[Answer]:
    found = predicate(bench, "bregman")
    text = "dom R closed, divergences D(x, .) with bounded level sets, D(x, y) -> 0 for y -> x"
    return [answered("bregman", "R is a Bregman function on its domain as it stands.", text, found)]


def even(bench: Bench) -> list[Answer]:
    if not bench.subject.interval.whole:
        return []
    return [answered("even", "R(-x) = R(x).", "even", predicate(bench, "even"))]


def ends(bench: Bench) -> tuple[Term, Term] | Unknown:
    """The limits of R' at both ends, conjectured."""
    found: tuple[Term, Term] | Unknown = bench.conjecture(conjectures.gradient_ends)
    return found


def at_ends(bench: Bench) -> tuple[Finding, Finding] | Unknown:
    """The findings on those limits."""
    guess = ends(bench)
    if isinstance(guess, Unknown):
        return guess
    g = gradient(bench)
    return bench.judge(fn("==", to_end(g, bench, -1), guess[0]), bench.subject.parameter_domain), bench.judge(
        fn("==", to_end(g, bench, 1), guess[1]), bench.subject.parameter_domain
    )


def gradient_range(bench: Bench) -> list[Answer]:
    guess, found, question = ends(bench), at_ends(bench), "The gradient R' maps the interior of dom R onto an interval."
    if isinstance(guess, Unknown) or isinstance(found, Unknown):
        why = guess.why if isinstance(guess, Unknown) else ""
        text = f"no limits of R' at the ends: {why}"
        return [open_answer("gradient-range", question, text, "limits of R' at the ends")]
    low, high = guess
    question = f"R' rises from {low!r} to {high!r} over dom R."
    verdict, tier, point = together(*found, strict(bench), once(bench))
    values = {"low": repr(low), "high": repr(high), "onto": onto(guess)}
    if verdict == "fails" and strict(bench).fails:
        text = f"R' is not one to one; its limits at the ends are {low!r} and {high!r}"
        return [Answer("gradient-range", question, "fails", tier, text, counterexample=point, values=values)]
    if verdict != "holds":
        text = f"conjectured limits of R' at the ends: {low!r}, {high!r}"
        if once(bench).fails:
            text += "; R' has no value at a point"
        more = f"the limits, strict convexity, R' everywhere; {MORE_TIME}"
        return [open_answer("gradient-range", question, text, more)]
    text = f"range of R' = ({low!r}, {high!r})" + (", the line" if onto(guess) else "")
    return [Answer("gradient-range", question, "holds", tier, text, values=values)]


def onto(guess: tuple[Term, Term]) -> bool:
    return guess == (fn("neg", INFINITY), INFINITY)


