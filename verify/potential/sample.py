"""Plain numbers for the parameters of a potential: where a picture or a number needs them."""

from __future__ import annotations

from fractions import Fraction

from verify.language.evaluate import Undefined, truth
from verify.language.evaluate import Unknown as NotSettled
from verify.language.terms import num, substitute
from verify.potential.reading import Request, Subject, read

NICE = (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(3), Fraction(1, 10), Fraction(3, 2), Fraction(-1))


def plain(it: Subject) -> dict[str, Fraction] | None:
    """Plain numbers that meet the hypotheses, one parameter after the other; what the search finds, where none do."""
    names = [n for n, _ in it.parameters]
    for shift in range(len(NICE) ** min(len(names), 3)):
        at = {}
        for k, n in enumerate(names):
            at[n] = NICE[shift // len(NICE) ** min(k, 2) % len(NICE)]
        try:
            whole = all(s != "integer" or at[n].denominator == 1 for n, s in it.parameters)
            if whole and all(truth(h, at) is True for h in it.conditions):
                return at
        except (Undefined, NotSettled):
            continue
    from verify.provers.budget import Budget
    from verify.provers.refute import find_witness

    found = find_witness(it.parameter_domain, Budget(1.0, it.request.seed))
    return None if found is None else {n: Fraction(found[n]) for n in names}


def put_in(it: Subject, at: dict[str, Fraction]) -> Subject:
    """The potential with these numbers for its parameters."""
    numbers = {n: num(v) for n, v in at.items()}
    bounds = tuple(repr(substitute(b, numbers)) for b in it.interval.bounds(it.x))
    return read(Request(repr(substitute(it.R, numbers)), it.x, bounds, it.request.seed))
