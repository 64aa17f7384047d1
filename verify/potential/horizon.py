"""The growth of D = Q(R'), the horizon function, the margin that it induces, and how far out it is near."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verify.language.calculus import expand
from verify.language.evaluate import Undefined, enclose
from verify.language.evaluate import Unknown as NotSettled
from verify.language.terms import INFINITY, ONE, ZERO, Term, fn, fresh_name, num, substitute, sym
from verify.potential import conjectures
from verify.potential.bench import Bench, Finding, Unknown, together
from verify.potential.shape import dual, limit, predicate, to_end
from verify.potential.telling import MORE_TIME, answered, jointly, open_answer, proof_of, refuted
from verify.potential.writing import atom, over, power, times, to_power
from verify.reparam.answers import Answer
from verify.statement import Domain

_DEGREE = "D = Q(R') is asymptotically homogeneous: D ~ c |x|^alpha with c > 0 and alpha > 0."
_HORIZON = "R has a horizon function phi(x) = lim s -> oo of (alpha D(s x))^(1/alpha)/s."


@dataclass(frozen=True)
class Far:
    """What is proven of D far out: D ~ c[side] |x|^alpha, c > 0, alpha > 0; found: the findings behind it."""

    alpha: Term
    coefficients: dict[int, Term]
    found: tuple[Finding, ...]

    @property
    def even(self) -> bool:
        return len(set(map(repr, self.coefficients.values()))) == 1

    def factor(self, side: int) -> Term:
        """k with phi(x) = k |x| on that side."""
        return to_power(times(self.alpha, self.coefficients[side]), over(ONE, self.alpha))


def far(bench: Bench) -> Far | Answer:
    """The growth of D, or the answer on it where it is not that of a power."""
    it = bench.subject
    sides = [s for s, end in ((1, it.interval.high), (-1, it.interval.low)) if end is None]
    if not sides:
        inside = bench.judge(fn("==", it.R, it.R))
        text = f"dom R = {it.interval.text} is bounded"
        if not inside.holds:
            return open_answer("degree", _DEGREE, text, proof_of(inside))
        return Answer("degree", _DEGREE, "fails", inside.tier, text)
    guess = bench.conjecture(conjectures.growth, "dual")
    if isinstance(guess, Unknown):
        return open_answer("degree", _DEGREE, f"no degree was found: {guess.why}", "lim x D'/D")
    D, x, parameters = dual(bench), sym(it.x), it.parameter_domain
    found: list[Finding] = []
    for side in sides:
        d, c = guess[side]
        if c is None or c in (ZERO, INFINITY) or _at_most_zero(d):
            return _no_power(bench, side, d, c)
        found.append(bench.judge(fn("==", to_end(over(D, power(x, d, side)), bench, side), c), parameters))
        positive = bench.judge(fn(">", c, ZERO), parameters)
        if positive.fails and not it.parameters:
            return refuted("degree", _DEGREE, f"D/|x|^{atom(d)} -> {c!r}, not positive",
                           [found[-1], bench.judge(fn("<=", c, ZERO), parameters)])  # fmt: skip
        found.append(positive)
        if not d.is_number:
            rising = bench.judge(fn(">", d, ZERO), parameters)
            flat = bench.judge(fn("<=", d, ZERO), parameters) if rising.fails else rising
            if rising.fails and flat.holds:
                return refuted("degree", _DEGREE, f"D/|x|^{atom(d)} -> {c!r}, and {d!r} <= 0", [found[-2], flat])
            found.append(rising)
    alphas = {repr(guess[s][0]) for s in sides}
    if len(alphas) > 1:
        verdict, tier, _ = together(*found)
        text = f"the degrees {', '.join(sorted(alphas))} in the two directions differ"
        if verdict == "holds":
            return Answer("degree", _DEGREE, "fails", tier, text)
        return open_answer("degree", _DEGREE, text, MORE_TIME)
    if together(*found)[0] != "holds":
        left = next(f for f in found if not f.holds)
        return open_answer("degree", _DEGREE, f"conjectured: alpha = {guess[sides[0]][0]!r}",
                           proof_of(left))  # fmt: skip
    return Far(guess[sides[0]][0], {s: guess[s][1] for s in sides}, tuple(found))


def _at_most_zero(d: Term) -> bool:
    return d.is_number and d.args[0] <= 0


def _no_power(bench: Bench, side: int, d: Term, c: Term | None) -> Answer:
    it = bench.subject
    D, x, parameters = dual(bench), sym(it.x), it.parameter_domain
    infinite = d in (INFINITY, fn("neg", INFINITY))
    if _at_most_zero(d) or (c == ZERO and d == ONE) or infinite:  # where D/|x| -> 0 no degree from 1 on fits
        small = bench.judge(fn("==", to_end(over(D, power(x, ONE, side)), bench, side), ZERO), parameters)
        if small.holds or not infinite:
            return refuted("degree", _DEGREE + " alpha >= 1.", "D grows more slowly than |x|: D/|x| -> 0", [small])
    slope = fn("/", fn("*", x, fn("diff", D, x, ONE)), D)
    found = [bench.judge(fn("==", to_end(slope, bench, side), d), parameters)]
    if c is not None and not infinite:
        found.append(bench.judge(fn("==", to_end(over(D, power(x, d, side)), bench, side), c), parameters))
        return refuted("degree", _DEGREE, f"lim x D'/D = {d!r}, but D/|x|^{atom(d)} -> {c!r}", found)
    if d == INFINITY:
        return refuted("degree", _DEGREE, "D grows faster than every power: x D'/D -> oo", found)
    return open_answer("degree", _DEGREE, f"lim x D'/D = {d!r} conjectured", "the limit of D/|x|^alpha")


def degree(bench: Bench) -> list[Answer]:
    it = far(bench)
    if isinstance(it, Answer):
        return [it]
    told = ", ".join(dict.fromkeys(repr(c) for c in it.coefficients.values()))
    values = {"alpha": repr(it.alpha), "coefficients": {str(s): repr(c) for s, c in it.coefficients.items()}}
    return [jointly("degree", f"D = Q(R') ~ c |x|^{atom(it.alpha)}, c = {told} > 0.", f"alpha = {it.alpha!r}",
                    list(it.found), values=values)]  # fmt: skip


def horizon(bench: Bench) -> list[Answer]:
    grown = far(bench)
    if isinstance(grown, Answer):
        if grown.verdict == "fails":
            return [Answer("horizon", _HORIZON, "fails", grown.tier, grown.answer)]
        return [open_answer("horizon", _HORIZON, "the degree of D is open", grown.would_decide)]
    it, s = bench.subject, fresh_name("s", frozenset(bench.subject.domain.names))
    x, out = sym(it.x), []
    for side, domain in _directions(bench, grown):
        size = fn("abs", x) if side == 0 else power(x, ONE, side)
        k = grown.factor(side or 1)
        phi = times(k, size)
        scaled = substitute(expand(dual(bench)), {it.x: fn("*", sym(s), x)})
        limited = limit(fn("/", _root(grown.alpha, scaled), sym(s)), s, INFINITY)
        found = bench.judge(fn("==", limited, phi), domain)
        id = "horizon" if side >= 0 else "horizon-left"
        scope = "" if side == 0 else f"{it.x} {'>' if side > 0 else '<'} 0"
        if not found.holds and side == 0:  # at 0 the root need not have a value
            scope = f"{it.x} != 0"
            found = bench.judge(fn("==", limited, phi), domain.assuming(fn("!=", x, ZERO)))
        if found.verdict == "undecided":  # the same limit, by what is proven of D
            text = f"phi({it.x}) = {phi!r}, by D ~ c |x|^alpha"
            out.append(jointly(id, f"phi({it.x}) = {phi!r}.", text, list(grown.found), scope=scope,
                               values={"phi": repr(phi)}))  # fmt: skip
        else:
            out.append(answered(id, f"phi({it.x}) = {phi!r}.", f"phi({it.x}) = {phi!r}", found, scope=scope,
                                values={"phi": repr(phi)}))  # fmt: skip
    return out


def _root(alpha: Term, D: Term) -> Term:
    return to_power(times(alpha, D), over(ONE, alpha))


def _directions(bench: Bench, grown: Far) -> list[tuple[int, Domain]]:
    """(side, where x lies); side 0: the line at once."""
    it = bench.subject
    if it.interval.whole and grown.even:
        return [(0, it.line)]
    x = sym(it.x)
    where = {1: it.line.assuming(fn(">", x, ZERO)), -1: it.line.assuming(fn("<", x, ZERO))}
    return [(s, where[s]) for s in grown.coefficients]


def margin(bench: Bench) -> list[Answer]:
    """The margin of the sum over two coordinates far out."""
    question = "Far out the Q-margin of an L-homogeneous f is its margin in the norm of the horizon function."
    grown = far(bench)
    if isinstance(grown, Answer):
        if grown.verdict == "fails":
            return [Answer("margin", question, "fails", grown.tier, grown.answer)]
        return [open_answer("margin", question, "the degree of D is open", grown.would_decide)]
    it, names = bench.subject, frozenset(bench.subject.domain.names)
    s = fresh_name("s", names)
    y = fresh_name(it.x, names | {s})
    alpha, k = grown.alpha, grown.factor(1 if 1 in grown.coefficients else -1)
    side = 1 if 1 in grown.coefficients else -1
    D = expand(dual(bench))
    total = fn("+", *(substitute(D, {it.x: fn("*", sym(s), sym(v))}) for v in (it.x, y)))
    sizes = [power(sym(v), alpha, side) for v in (it.x, y)]
    norm = to_power(fn("+", *sizes), over(ONE, alpha))
    away = [fn(">" if side > 0 else "<", sym(v), ZERO) for v in (it.x, y)]
    domain = it.line.declaring(y).assuming(*away)
    phi = times(k, norm)
    found = bench.judge(fn("==", limit(fn("/", _root(alpha, total), sym(s)), s, INFINITY), phi), domain)
    norm_text = f"|theta|_{atom(alpha)}"
    if not grown.even:
        norm_text += " with its factor on each side"
    text = f"min_i y_i f(theta, x_i)/phi(theta)^L, phi = {'' if k == ONE else f'{atom(k)} '}{norm_text}"
    return [answered("margin", f"For R({it.x}) + R({y}) the horizon function is {phi!r}.", text, found,
                     scope="separable R; stated for two coordinates of that sign",
                     values={"normalizer": f"({times(alpha, sym('D'))!r})^(L/{atom(alpha)})"})]  # fmt: skip


def reach(bench: Bench, percents: tuple[int, ...] = (1, 10)) -> list[Answer]:
    grown = far(bench)
    if isinstance(grown, Answer):
        return []
    out = []
    even = bench.subject.interval.whole and grown.even and predicate(bench, "even").holds
    for side in grown.coefficients:
        if side == -1 and even:
            continue
        out += [_within(bench, grown, side, p, even) for p in percents]
    return out


def _within(bench: Bench, grown: Far, side: int, percent: int, even: bool) -> Answer:
    it = bench.subject
    id = f"within-{percent}%" + ("-left" if side < 0 else "")
    size = f"|{it.x}|" if even else (it.x if side > 0 else f"-{it.x}")
    question = f"(alpha D)^(1/alpha) is within {percent} % of the horizon function for large {size}."
    x = sym(it.x)
    tried = []
    for start in _starts(bench, grown, side, Fraction(percent, 100)):
        domain = it.domain.assuming(fn(">=", x, start) if side > 0 else fn("<=", x, fn("neg", start)), *_away(x, side))
        found = [bench.judge(part, domain) for part in _near(bench, grown, side, percent)]
        if all(f.holds for f in found):
            told = f"{size} >= {start!r}" if start != ZERO else f"{size} > 0"
            said, phi = f"for {told}", times(grown.factor(side), start)
            if start != ZERO:
                said += f"; there phi = {phi!r}, and where Theorem 4.6 applies log t is of the order ({phi!r})^L"
            return jointly(id, f"(alpha D)^(1/alpha) is within {percent} % of phi for {told}.", said, found,
                           scope="each coordinate; for the sum over coordinates, where each of them is as large",
                           values={"threshold": repr(start), "percent": percent, "phi": repr(phi)})  # fmt: skip
        tried.append(found)
    why = "no threshold was found" if not tried else "no threshold that was tried is proved"
    return open_answer(id, question, why, f"a bound of |alpha D/phi^alpha - 1|; {MORE_TIME}")


def _away(x: Term, side: int) -> list[Term]:
    return [fn(">" if side > 0 else "<", x, ZERO)]


def _near(bench: Bench, grown: Far, side: int, percent: int) -> list[Term]:
    """(1 - e)^alpha phi^alpha <= alpha D <= (1 + e)^alpha phi^alpha, phi^alpha = alpha c |x|^alpha."""
    x, e = sym(bench.subject.x), Fraction(percent, 100)
    base = times(grown.coefficients[side], power(x, grown.alpha, side))
    D = dual(bench)
    factors = [to_power(num(b), grown.alpha) for b in (1 - e, 1 + e)]
    return [fn("<=", times(factors[0], base), D), fn("<=", D, times(factors[1], base))]


def _starts(bench: Bench, grown: Far, side: int, e: Fraction) -> list[Term]:
    """Thresholds to try: numbers by bisection, with parameters by the order of the approach."""
    it = bench.subject
    if not it.parameters:
        ratio = fn("/", expand(dual(bench)), times(grown.coefficients[side], power(sym(it.x), grown.alpha, side)))
        start = bench.work(_bisected, ratio, grown.alpha, it.x, side, e)
        return [] if start is None or isinstance(start, Unknown) else [num(start), num(start * Fraction(11, 10))]
    guess = bench.conjecture(conjectures.approach, side)
    if isinstance(guess, Unknown):
        return []
    c, k = guess
    if k == INFINITY or c == ZERO:
        return [ZERO]
    firm = bench.judge(fn(">", c, ZERO), it.parameter_domain)
    size = c if firm.holds else fn("abs", c)
    scales = [Fraction(1), Fraction(11, 10), Fraction(3, 2), Fraction(2)]
    return [to_power(times(num(f / e), over(size, grown.alpha)), over(ONE, k)) for f in scales]


def _bisected(ratio: Term, degree: Term, x: str, side: int, e: Fraction) -> Fraction | None:
    """Just above the last |x| at which ratio^(1/degree) is not within e of 1, as floating samples show it."""

    def outside(size: Fraction) -> bool:
        try:
            root = float(enclose(ratio, {x: size * side}, 192).mid())
            alpha = float(enclose(degree, {}).mid())
            return not (1 - e) <= root ** (1 / alpha) <= (1 + e) if root > 0 else True
        except (Undefined, NotSettled, ZeroDivisionError, OverflowError):
            return True

    grid = [Fraction(5, 4) ** k for k in range(-40, 160)]
    bad = [g for g in grid if outside(g)]
    if not bad:
        return Fraction(0)
    low = bad[-1]
    if low == grid[-1]:
        return None
    high = low * Fraction(5, 4)
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(middle) else (low, middle)
    return _rounded_up(high)


def _rounded_up(value: Fraction, digits: int = 3) -> Fraction:
    """The next number with that many digits."""
    unit = Fraction(1)
    while value / unit >= 10**digits:
        unit *= 10
    while value / unit < 10 ** (digits - 1):
        unit /= 10
    return unit * (value // unit + 1)
