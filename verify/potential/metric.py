"""The inverse metric 1/R'': closed form, least value, growth, and the scaling of the rate with small weights."""

from __future__ import annotations

from verify.language.calculus import expand
from verify.language.terms import INFINITY, ONE, ZERO, Term, fn, fresh_name, substitute, sym
from verify.potential import conjectures, shape
from verify.potential.bench import Bench, Finding, Unknown
from verify.potential.shape import hessian, limit, once, to_end
from verify.potential.telling import answered, jointly, open_answer, proof_of, refuted, short
from verify.potential.writing import atom, over, power, times, to_power
from verify.reparam.answers import Answer
from verify.statement import Domain

_METRIC = "The inverse metric 1/R'' is known in closed form."


def twice(bench: Bench) -> Finding:
    """Whether R'' has a value everywhere inside dom R; not so where R' has none."""
    if once(bench).fails:
        return once(bench)
    h = hessian(bench)
    return bench.judge(fn("==", h, h), bench.subject.inside)


def interior(bench: Bench) -> str:
    """The scope of what is said inside dom R alone; empty where dom R is open."""
    it = bench.subject.interval
    return "inside dom R" if it.low_in or it.high_in else ""


def off_kink(bench: Bench) -> tuple[Domain, str]:
    """Where R'' is spoken of: inside dom R, without 0 where R'' has no value there."""
    it = bench.subject
    if not twice(bench).fails:
        return it.inside, interior(bench)
    return it.inside.assuming(fn("!=", sym(it.x), ZERO)), f"{it.x} != 0"


def inverse(bench: Bench) -> Term:
    return fn("/", ONE, expand(hessian(bench)))


def inverse_metric(bench: Bench) -> list[Answer]:
    guess = bench.conjecture(conjectures.metric)
    if isinstance(guess, Unknown):
        return [open_answer("inverse-metric", _METRIC, short(f"{guess.why}; R'' = {expand(hessian(bench))!r}"),
                            "a closed form")]  # fmt: skip
    domain, scope = off_kink(bench)
    positive = bench.judge(fn(">", hessian(bench), ZERO), domain)
    if not positive.holds and scope == interior(bench):
        x = sym(bench.subject.x)
        apart = domain.assuming(fn("!=", x, ZERO))
        if bench.judge(fn(">", hessian(bench), ZERO), apart).holds:
            domain, scope = apart, f"{bench.subject.x} != 0, where R'' vanishes"
    found = bench.judge(fn("==", fn("*", guess, hessian(bench)), ONE), domain)
    text = f"M(x) = {guess!r}"
    if not found.holds:
        return [open_answer("inverse-metric", _METRIC, f"conjectured: {text}", proof_of(found))]
    return [answered("inverse-metric", f"1/R'' = {guess!r}.", text, found, scope=scope, values={"M": repr(guess)})]


def coercivity(bench: Bench) -> list[Answer]:
    question = "The inverse metric has a positive lower bound."
    guess = bench.conjecture(conjectures.infimum)
    if isinstance(guess, Unknown):
        return [open_answer("coercivity", question, f"no least value of 1/R'' was found: {guess.why}", "inf 1/R''")]
    c, at, side = guess
    it = bench.subject
    domain, scope = off_kink(bench)
    sharp = _reached(bench, c, at, side)
    if c == ZERO:
        if sharp.fails:
            return [open_answer("coercivity", question, "inf 1/R'' = 0 conjectured", proof_of(sharp))]
        return [refuted("coercivity", question, "inf 1/R'' = 0", [sharp], values={"constant": "0"})]
    bound = bench.judge(fn("<=", fn("*", c, hessian(bench)), ONE), domain)
    firm = bench.judge(fn(">", c, ZERO), it.parameter_domain)
    bent = bench.judge(fn(">=", hessian(bench), ZERO), domain)
    if bent.fails:
        return [answered("coercivity", question, "", bent, scope=scope, otherwise="R'' < 0 at a point, and so 1/R''")]
    where = f"at {it.x} = {at!r}" if at is not None else "approached at the end of dom R"
    return [jointly("coercivity", f"1/R'' >= {c!r}, and no larger constant is a bound.",
                    f"inf 1/R'' = {c!r}, {where}", [bound, firm, bent, sharp], scope=scope,
                    values={"constant": repr(c)})]  # fmt: skip


def _reached(bench: Bench, c: Term, at: Term | None, side: int) -> Finding:
    it = bench.subject
    if at is not None and c == ZERO:
        return bench.judge(fn("==", limit(inverse(bench), it.x, at, "+"), c), it.parameter_domain)
    if at is not None:
        return bench.judge(fn("==", fn("/", ONE, hessian(bench)), c), shape.at(it.inside, it.x, at))
    lim = to_end(inverse(bench), bench, side) if side else limit(inverse(bench), it.x, ZERO, "+")
    return bench.judge(fn("==", lim, c), it.parameter_domain)


def exponent(bench: Bench) -> list[Answer]:
    it = bench.subject
    sides = _sides(bench)
    if not sides:
        return []
    question = "The inverse metric grows like a power, 1/R'' ~ c |x|^m."
    guess = bench.conjecture(conjectures.growth, "metric")
    if isinstance(guess, Unknown):
        return [open_answer("metric-exponent", question, f"no degree was found: {guess.why}", "lim x M'/M")]
    M, x = inverse(bench), sym(it.x)
    degrees = {repr(d) for d, _ in guess.values()}
    for side in sides:
        d, c = guess[side]
        if c is None or c in (ZERO, INFINITY):
            slope = fn("/", fn("*", x, fn("diff", M, x, ONE)), M)
            beyond = bench.judge(fn("==", to_end(slope, bench, side), d), it.parameter_domain)
            found = [beyond]
            if c is not None:
                found.append(bench.judge(fn("==", to_end(over(M, power(x, d, side)), bench, side), c),
                                         it.parameter_domain))  # fmt: skip
            text = f"lim x M'/M = {d!r}" + ("" if c is None else f", but M/|x|^{atom(d)} -> {c!r}")
            return [refuted("metric-exponent", question, text, found)]
    if len(degrees) > 1:
        text = f"exponents {', '.join(sorted(degrees))} in the two directions"
        return [open_answer("metric-exponent", question, text, "one direction: give a half-line")]
    found, told = [], []
    for side in sides:
        d, c = guess[side]
        assert c is not None
        found.append(bench.judge(fn("==", to_end(over(M, power(x, d, side)), bench, side), c), it.parameter_domain))
        found.append(bench.judge(fn(">", c, ZERO), it.parameter_domain))
        told.append(c)
    d = guess[sides[0]][0]
    text = f"m = {d!r}, c = {', '.join(dict.fromkeys(map(repr, told)))}"
    return [jointly("metric-exponent", f"1/R'' ~ c |x|^{atom(d)} far out, c > 0.", text, found,
                    values={"exponent": repr(d)})]  # fmt: skip


def _sides(bench: Bench) -> list[int]:
    it = bench.subject.interval
    return [s for s, end in ((1, it.high), (-1, it.low)) if end is None]


def scaling(bench: Bench) -> list[Answer]:
    """Mirror-muP: eta M(sigma z) of order one as sigma -> 0."""
    it = bench.subject
    question = "There is a rate eta(sigma) with eta/R''(sigma z) of order one as sigma -> 0."
    if not _around_zero(bench):
        return []
    guess = bench.conjecture(conjectures.near_zero)
    if isinstance(guess, Unknown):
        return [open_answer("mirror-mup", question, f"no power of sigma was found: {guess.why}", "the order at 0")]
    d, c = guess
    sigma, z = (fresh_name(n, frozenset((it.x, *(n for n, _ in it.parameters)))) if n in it.domain.names else n
                for n in ("sigma", "z"))  # fmt: skip
    moved = substitute(inverse(bench), {it.x: fn("*", sym(sigma), sym(z))})
    goal = times(c, to_power(sym(z), d))
    domain = it.parameter_domain.declaring(z).assuming(fn(">", sym(z), ZERO))
    scaled = over(moved, to_power(sym(sigma), d))
    found = [bench.judge(fn("==", limit(scaled, sigma, ZERO, "+"), goal), domain),
             bench.judge(fn(">", c, ZERO), it.parameter_domain)]  # fmt: skip
    rate = "eta = 1" if d == ZERO else f"eta of the order sigma^(-{atom(d)})"
    scope = "each z > 0, not the mean over z; parameters fixed while sigma -> 0"
    question = f"1/R''(sigma z)/sigma^{atom(d)} -> {goal!r} > 0 as sigma -> 0, z > 0."
    text = f"{rate} keeps the first step of order one as sigma -> 0"
    return [jointly("mirror-mup", question, text, found, scope=scope, values={"order": repr(d)})]


def _around_zero(bench: Bench) -> bool:
    """Whether dom R reaches 0 from the right."""
    it = bench.subject.interval
    if it.low is None and it.high is None:
        return True
    inside = [fn("<", ZERO, it.high)] if it.high is not None else []
    inside += [fn("<=", it.low, ZERO)] if it.low is not None else []
    return all(bench.judge(f, bench.subject.parameter_domain).holds for f in inside)


