"""Mirror-muP: how the rate, alone or together with a parameter, must scale with the size sigma of the weights.

Where M = 1/R'' satisfies ``M(s x; s^k lam) = s^d M(x; lam)`` for every s > 0, the rate sigma^(-d) with lam sigma^k
leaves ``eta M(sigma z; lam)`` as it is at sigma = 1, for every z: the whole distribution of first steps is kept, and
so is its mean. With sigma = n^(-1/2), n the width, these are n^(d/2) and n^(-k/2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify.language.calculus import expand
from verify.language.terms import ONE, TWO, ZERO, Term, fn, fresh_name, num, substitute, sym
from verify.potential import metric
from verify.potential.bench import SPENT, Bench, Unknown
from verify.potential.reading import Subject
from verify.potential.shape import hessian
from verify.potential.telling import MORE_TIME, jointly, open_answer
from verify.potential.writing import over, times, to_power
from verify.reparam.answers import Answer

POINTS = ((1, 1), (2, 1), (3, 2), (1, 3))


def answers(bench: Bench) -> list[Answer]:
    """With the parameters fixed, and for each positive parameter together with it."""
    out = metric.scaling(bench)
    if out:
        out += [a for name, sort in bench.subject.parameters if sort != "integer" for a in _joint(bench, name)]
    return out


def exponents(subject: Subject, name: str) -> tuple[Term, Term] | None:
    """(k, d) with M(s x; s^k name) = s^d M(x; name); None where there are none. A conjecture."""
    import sympy

    from theory import orthants
    from theory.potentials import MirrorPotential
    from verify.language.bridge import from_sympy, to_sympy

    raw = to_sympy(subject.R, subject.domain)
    x = next(s for s in raw.free_symbols if s.name == subject.x)
    lam = next((s for s in raw.free_symbols if s.name == name), None)
    if lam is None:
        return None
    M, t = orthants.branch(MirrorPotential(raw.doit(), x).inverse_metric, x, 1)
    positive = sympy.Symbol("lam_positive", positive=True)
    M = M.xreplace({lam: positive})
    ratios = [v * sympy.diff(M, v) / M for v in (t, positive)]
    rows = [[sympy.simplify(r.subs({t: a, positive: b})) for r in ratios] for a, b in POINTS]
    k, d = sympy.symbols("k_ d_")
    found: Any = sympy.solve([u + k * v - d for u, v in rows[:2]], [k, d], dict=True)
    if len(found) != 1 or len(found[0]) != 2:
        return None
    value = {s: sympy.simplify(e) for s, e in found[0].items()}
    if any(sympy.simplify(u + value[k] * v - value[d]) != 0 for u, v in rows[2:]) or value[k] == 0:
        return None
    if any(e.has(sympy.Float) for e in value.values()):
        return None
    return from_sympy(value[k]), from_sympy(value[d])


def _joint(bench: Bench, name: str) -> list[Answer]:
    it = bench.subject
    if not bench.judge(fn(">", sym(name), ZERO), it.parameter_domain).holds or not _a_cone(it):
        return []
    guess = bench.conjecture(exponents, name)
    if isinstance(guess, Unknown) and (guess.why == SPENT or "computer algebra" in guess.why):
        question = f"The rate and {name} can scale together so that every first step is kept as sigma -> 0."
        return [open_answer(f"mirror-mup-{name}", question, guess.why, f"the joint degree of 1/R''; {MORE_TIME}")]
    if guess is None or isinstance(guess, Unknown):  # not every parameter is one of scale
        return []
    k, d = guess
    s = fresh_name("s", frozenset(it.domain.names)) if "s" in it.domain.names else "s"
    M = fn("/", ONE, expand(hessian(bench)))
    moved = substitute(M, {it.x: fn("*", sym(s), sym(it.x)), name: fn("*", to_power(sym(s), k), sym(name))})
    domain = it.domain.declaring(s).assuming(fn(">", sym(s), ZERO), fn("!=", sym(it.x), ZERO))
    found = bench.judge(fn("==", moved, times(to_power(sym(s), d), M)), domain)
    rate, width, smooth = _minus(d), _half(d), _minus(_half(k))
    text = (f"(eta, {name}) = ({_power('sigma', rate)}, {_power('sigma', k)}) keeps the first steps; "
            f"for the width n = sigma**(-2): ({_power('n', width)}, {_power('n', smooth)})")  # fmt: skip
    values = {"rate": repr(rate), "parameter": repr(k), "width_rate": repr(width), "width_parameter": repr(smooth)}
    stated = f"1/R''(s {it.x}; s^k {name}) = s^d/R''({it.x}; {name}) with k = {k!r}, d = {d!r}."
    return [jointly(f"mirror-mup-{name}", stated, text, [found], scope=f"{it.x} != 0", values=values)]


def _a_cone(it: Subject) -> bool:
    """Whether dom R is the line or a half-line from 0."""
    low, high = it.interval.low, it.interval.high
    return all(end is None or end == ZERO for end in (low, high)) and not (low is not None and high is not None)


def _minus(t: Term) -> Term:
    if t.is_number:
        return num(-t.args[0])
    if t.op == "neg":
        return t.args[0]
    if t.op == "-":
        return fn("-", t.args[1], t.args[0])
    return fn("neg", t)


def _half(t: Term) -> Term:
    return num(t.args[0] * Fraction(1, 2)) if t.is_number else over(t, TWO)


def _power(base: str, exponent: Term) -> str:
    return "1" if exponent == ZERO else repr(to_power(sym(base), exponent))
