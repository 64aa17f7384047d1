"""Where an expression has a value: the interval that is looked for where no bounds were given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify.language.evaluate import Undefined, enclose
from verify.language.evaluate import Unknown as NotSettled
from verify.language.terms import ONE, Term, fn, walk
from verify.potential.conjectures import Algebra
from verify.potential.reading import Interval, Subject

NOWHERE = "no point was found at which it has a value"
MOST = 6  # zeros of one guard that are looked at


def interval(subject: Subject) -> Interval:
    """The interval around 1 (or nearest to it) on which R seems to have a value. A conjecture."""
    import sympy

    sample = _sample(subject)
    found: dict[Any, Any] = {}
    try:
        it = Algebra(subject)
    except StopIteration:  # the computer algebra sees no x in R
        guards: list[Term] = []
    else:
        guards = _guards(subject.R, subject.x)
    for guard in guards:
        for root in sympy.solve(it.shifted(guard), it.x)[:MOST]:
            term = it.term(root)
            value = _exact(term, sample)
            if value is not None:
                found.setdefault(value, term)
    cuts = sorted(found)
    defined = [_defined(subject, _between(cuts, k), sample) for k in range(len(cuts) + 1)]
    at = [_defined(subject, c, sample) for c in cuts]
    runs: list[tuple[int, int]] = []
    for k, good in enumerate(defined):
        if not good:
            continue
        if runs and runs[-1][1] == k - 1 and at[k - 1]:
            runs[-1] = runs[-1][0], k
        else:
            runs.append((k, k))
    if not runs:
        raise ValueError(NOWHERE)
    first, last = min(runs, key=lambda r: _distance(cuts, r))
    low, high = (found[cuts[first - 1]] if first else None), (found[cuts[last]] if last < len(cuts) else None)
    return Interval(low, high, first > 0 and at[first - 1], last < len(cuts) and at[last])


def _guards(R: Term, x: str) -> list[Term]:
    """Terms whose zeros may bound the set on which R is defined."""
    out: list[Term] = []
    for t in walk(R):
        if x not in t.free or t.op in ("sym", "num"):
            continue
        if t.op == "/" and x in t.args[1].free:
            out.append(t.args[1])
        elif t.op in ("log", "sqrt") or (t.op == "**" and not _plain(t.args[1])):
            out.append(t.args[0])
        elif t.op in ("asin", "acos", "atanh", "acosh"):
            out += [fn("-", t.args[0], ONE), fn("+", t.args[0], ONE)]
    return [g for g in dict.fromkeys(out) if x in g.free]


def _plain(exponent: Term) -> bool:
    return exponent.is_number and exponent.args[0].denominator == 1 and exponent.args[0] > 0


def _sample(subject: Subject) -> dict[str, Fraction]:
    from verify.provers.budget import Budget
    from verify.provers.refute import find_witness

    if not subject.parameters:
        return {}
    found = find_witness(subject.parameter_domain, Budget(1.0, subject.request.seed))
    if found is None:
        raise ValueError("no values of the parameters were found")
    return dict(found)


def _exact(term: Term, sample: dict[str, Fraction]) -> Fraction | None:
    try:
        ball = enclose(term, sample)
    except (Undefined, NotSettled):
        return None
    return Fraction(str(ball.mid().str(30, radius=False)))


def _between(cuts: list[Fraction], k: int) -> Fraction:
    if not cuts:
        return Fraction(1)
    if k == 0:
        return cuts[0] - Fraction(7, 5)
    return cuts[-1] + Fraction(7, 5) if k == len(cuts) else (2 * cuts[k - 1] + 3 * cuts[k]) / 5


def _defined(subject: Subject, value: Fraction, sample: dict[str, Fraction]) -> bool:
    try:
        enclose(subject.R, {**sample, subject.x: value})
    except Undefined:
        return False
    except NotSettled:
        return False
    return True


def _distance(cuts: list[Fraction], run: tuple[int, int]) -> Fraction:
    one = Fraction(1)
    low = cuts[run[0] - 1] if run[0] else None
    high = cuts[run[1]] if run[1] < len(cuts) else None
    if low is not None and low >= one:
        return low - one
    return one - high if high is not None and high <= one else Fraction(0)


