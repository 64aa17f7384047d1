"""The conjugate Q, the conjugate at the gradient D = Q(R'), inverses of the gradient, and homogeneity."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from verify.language.calculus import expand
from verify.language.evaluate import Undefined, enclose
from verify.language.evaluate import Unknown as NotSettled
from verify.language.terms import INFINITY, ZERO, Term, fn, fresh_name, num, substitute, sym
from verify.potential import conjectures
from verify.potential.bench import Bench, Finding, Unknown
from verify.potential.reading import Interval, Subject
from verify.potential.sample import plain, put_in
from verify.potential.shape import at, at_ends, dual, ends, gradient, once, strict
from verify.potential.telling import answered, jointly, open_answer, proof_of, short
from verify.reparam.answers import Answer

_CLOSED = "The conjugate Q and the inverse of the gradient are known in closed form."
_VALUES = "The inverse of the gradient has the enclosures told."
BITS = 40  # the width of the enclosures, relative
STEPS = 400


def at_gradient(bench: Bench) -> list[Answer]:
    question = "Q(R'(x)) = x R'(x) - R(x) is known in closed form."
    guess = bench.conjecture(conjectures.dual)
    if isinstance(guess, Unknown):
        return [open_answer("dual", question, f"x R' - R; {guess.why}", "a closed form")]
    it = bench.subject
    found = bench.judge(fn("==", dual(bench), guess), it.inside)
    scope = ""
    if found.fails:  # a kink, where R' is not told by the closed form
        apart = bench.judge(fn("==", dual(bench), guess), it.inside.assuming(fn("!=", sym(it.x), ZERO)))
        found, scope = (apart, f"{it.x} != 0") if apart.holds else (found, "")
    text = f"D(x) = {guess!r}"
    if not found.holds:
        return [open_answer("dual", question, f"conjectured: {text}", proof_of(found))]
    return [answered("dual", f"x R'(x) - R(x) = {guess!r}.", text, found, scope=scope, values={"D": repr(guess)})]


def homogeneity(bench: Bench) -> list[Answer]:
    if not _cone(bench):
        return []
    out = []
    for id, what, f in (("homogeneous", "R", bench.subject.R), ("homogeneous-dual", "Q(R')", dual(bench))):
        out.append(_homogeneous(bench, id, what, f))
    return out


def _homogeneous(bench: Bench, id: str, what: str, f: Term) -> Answer:
    question = f"{what} is homogeneous."
    it = bench.subject
    degree = bench.conjecture(conjectures.homogeneity, "R" if what == "R" else "dual")
    if isinstance(degree, Unknown):
        degree = None
    if degree is not None:
        found = bench.judge(fn("homogeneous", f, sym(it.x), degree), it.domain if what == "R" else it.inside)
        if found.holds:
            text = f"degree {degree!r}"
            return answered(id, f"{what} is homogeneous of degree {degree!r}.", text, found,
                            values={"degree": repr(degree)})  # fmt: skip
    side = -1 if it.interval.high is not None else 1
    for scale in (1, 3):  # R(t) R(4 t) = R(2 t)^2 for a power
        values, domain = [], it.parameter_domain
        for k in (1, 2, 4):
            name = fresh_name(it.x, frozenset(domain.names) | {it.x})
            domain = at(domain.declaring(name), name, num(side * scale * k))
            values.append(substitute(f, {it.x: sym(name)}))
        broken = bench.judge(fn("==", fn("*", values[0], values[2]), fn("**", values[1], num(2))), domain)
        if broken.fails and bench.judge(fn("==", it.R, it.R)).holds and (what == "R" or once(bench).holds):
            text = "of no degree: the values at three points in geometric progression are in none"
            return answered(id, question, "", broken, otherwise=text)
    more = f"a degree, or a refutation of: {short(broken.statement)}"
    return open_answer(id, question, "neither proved nor refuted", more)


def _cone(bench: Bench) -> bool:
    it = bench.subject.interval
    return all(end in (None, ZERO) for end in (it.low, it.high))


def conjugate(bench: Bench) -> list[Answer]:
    guess = bench.conjecture(conjectures.conjugate)
    out = []
    proven = False
    if isinstance(guess, Unknown):
        out.append(open_answer("conjugate", _CLOSED, f"no closed form was found: {guess.why}",
                               "an inverse of R' in closed form"))  # fmt: skip
    else:
        answer = _closed(bench, *guess)
        proven = answer.verdict == "holds"
        out.append(answer)
    if not proven:
        at = plain(bench.subject) if bench.subject.parameters else {}
        if at is not None:
            numbers = Bench(put_in(bench.subject, at), bench.seconds, bench.until) if at else bench
            out += values(numbers, ", ".join(f"{n} = {v}" for n, v in at.items()))
    return out


def _closed(bench: Bench, root: Term, value: Term) -> Answer:
    it = bench.subject
    y = f"{it.x}_dual"
    range_ = ends(bench)
    if isinstance(range_, Unknown):
        return open_answer("conjugate", _CLOSED, f"conjectured: x(y) = {root!r}", "the range of R'")
    low, high = range_
    domain = it.parameter_domain.declaring(y)
    if low != fn("neg", INFINITY):
        domain = domain.assuming(fn(">", sym(y), low))
    if high != INFINITY:
        domain = domain.assuming(fn("<", sym(y), high))
    text = f"x({y}) = {root!r}, Q({y}) = {value!r}"
    gives_back = fn("==", substitute(expand(gradient(bench)), {it.x: root}), sym(y))
    inverts = bench.judge(gives_back, domain)
    if inverts.fails:
        domain = domain.assuming(fn("!=", sym(y), ZERO))
        inverts = bench.judge(gives_back, domain)
    plain = fn("-", fn("*", sym(y), root), substitute(it.R, {it.x: root}))
    agrees = bench.judge(fn("==", plain, value), domain)
    places = [bench.judge(substitute(bound, {it.x: root}), domain) for bound in _open(it).bounds(it.x)]
    found = [inverts, agrees, *places, strict(bench), *_limits(bench)]
    if not all(f.holds for f in found):
        left = next(f for f in found if not f.holds)
        return open_answer("conjugate", _CLOSED, f"conjectured: {text}", proof_of(left))
    told = [repr(h) for h in domain.hypotheses if y in h.free]
    question = f"R'({root!r}) = {y} and Q({y}) = {value!r}."
    return jointly("conjugate", question, text, found, scope=", ".join(told),
                   values={"inverse": repr(root), "Q": repr(value), "variable": y})  # fmt: skip


def _open(it: Subject) -> Interval:
    return replace(it.interval, low_in=False, high_in=False)


def _limits(bench: Bench) -> list[Finding]:
    found = at_ends(bench)
    return [] if isinstance(found, Unknown) else list(found)


def values(bench: Bench, scope: str = "") -> list[Answer]:
    """x(y) between two rational numbers, by the signs of R' - y there; Q(y) between two, by convexity. The potential
    has no parameters; scope: which numbers were put in for them.
    """
    points = _targets(bench)
    if not points:
        return []
    rows: list[dict[str, Any]] = []
    found = [strict(bench), once(bench)]
    for y in points:
        row = invert(bench, y)
        if row is None:
            continue
        a, b = row
        low, high = _conjugate_bounds(bench, a, b, y)
        held = (a, _below(bench, y)), (b, _above(bench, y)), (a, _sandwich(bench, b, y, low, high))
        found += [bench.judge(f, at(bench.subject.inside, bench.subject.x, num(place))) for place, f in held]
        rows.append({"y": str(y), "x": [str(a), str(b)], "Q": [str(low), str(high)]})
    if not rows:
        return []
    text = "; ".join(f"x({r['y']}) = {_shown(r['x'])}, Q({r['y']}) = {_shown(r['Q'])}" for r in rows)
    return [jointly("conjugate-values", _VALUES, text, found, scope=scope, values={"enclosures": rows})]


def _shown(ends: list[str]) -> str:
    return f"{float((Fraction(ends[0]) + Fraction(ends[1])) / 2):.9g}"


def _chords(bench: Bench, b: Fraction, y: Fraction) -> tuple[Term, Term]:
    """y x - R(x) and y x - R(x) + (y - R'(x)) (b - x): below and above the supremum, by convexity."""
    x = sym(bench.subject.x)
    below = fn("-", fn("*", num(y), x), bench.subject.R)
    slope = fn("-", num(y), gradient(bench))
    return below, fn("+", below, fn("*", slope, fn("-", num(b), x)))


def _conjugate_bounds(bench: Bench, a: Fraction, b: Fraction, y: Fraction) -> tuple[Fraction, Fraction]:
    below, above = (enclose(expand(f), {bench.subject.x: a}, 256) for f in _chords(bench, b, y))
    unit = Fraction(1, 2**BITS)
    low, high = (Fraction(str(v.mid().str(40, radius=False))) for v in (below, above))
    return (low // unit - 1) * unit, (high // unit + 2) * unit


def _sandwich(bench: Bench, b: Fraction, y: Fraction, low: Fraction, high: Fraction) -> Term:
    below, above = _chords(bench, b, y)
    return fn("and", fn("<=", num(low), below), fn("<=", above, num(high)))


def _below(bench: Bench, y: Fraction) -> Term:
    return fn("<=", gradient(bench), num(y))


def _above(bench: Bench, y: Fraction) -> Term:
    return fn("<=", num(y), gradient(bench))


def _targets(bench: Bench) -> list[Fraction]:
    """A few y in the range of R', as it is conjectured."""
    guess = ends(bench)
    if isinstance(guess, Unknown):
        return []
    bounds = []
    for end in guess:
        try:
            bounds.append(None if end in (INFINITY, fn("neg", INFINITY)) else _number(end))
        except (Undefined, NotSettled, ValueError):
            return []
    low, high = bounds
    if low is not None and high is not None:
        return [(low * (5 - k) + high * k) / 5 for k in range(1, 5)]
    if low is not None:
        return [low + Fraction(k) for k in (1, 2, 5)]
    if high is not None:
        return [high - Fraction(k) for k in (5, 2, 1)]
    return [Fraction(k) for k in (-2, -1, 1, 2)]


def invert(bench: Bench, y: Fraction, bits: int = BITS) -> tuple[Fraction, Fraction] | None:
    """(a, b): R'(a) <= y <= R'(b), b - a small; None where it is not found."""
    it = bench.subject
    found = bench.work(_solved, expand(gradient(bench)), it.x, it.interval, y, bits)
    return None if isinstance(found, Unknown) else found


def _solved(slope: Term, name: str, inner: Interval, y: Fraction, bits: int) -> tuple[Fraction, Fraction] | None:
    low, high = (_number(e) for e in (inner.low, inner.high))

    def above(x: Fraction) -> bool | None:
        try:
            ball = enclose(slope, {name: x}, 256) - enclose(num(y), {}, 256)
        except (Undefined, NotSettled):
            return None
        if ball >= 0:  # a ball may be neither
            return True
        return False if ball <= 0 else None

    a, b = _bracket(above, low, high)
    if a is None or b is None:
        return None
    for _ in range(STEPS):
        if b - a <= Fraction(1, 2**bits) * max(Fraction(1, 2**20), abs(a), abs(b)):
            break
        middle = (a + b) / 2
        middle = Fraction(round(middle * 2**80), 2**80)
        side = above(middle)
        if side is None:
            break
        a, b = (a, middle) if side else (middle, b)
    return a, b


def _bracket(above: object, low: Fraction | None, high: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """a with R'(a) <= y and b with R'(b) >= y, walking towards the ends."""
    a = b = None
    start = _start(low, high)
    for k in range(64):
        down = start - Fraction(2**k, 4) if low is None else low + (start - low) / 2**k
        up = start + Fraction(2**k, 4) if high is None else high - (high - start) / 2**k
        if a is None and above(down) is False:  # type: ignore[operator]
            a = down
        if b is None and above(up) is True:  # type: ignore[operator]
            b = up
        if a is not None and b is not None:
            break
    return a, b


def _start(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low + 1
    return Fraction(0) if high is None else high - 1


def _number(end: Term | None) -> Fraction | None:
    if end is None:
        return None
    return Fraction(str(enclose(end, {}).mid().str(30, radius=False)))


