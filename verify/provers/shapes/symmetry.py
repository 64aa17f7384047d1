"""Even, odd and positively homogeneous functions of one variable: f(-x) = f(x), f(-x) = -f(x), f(c*x) = c**d*f(x).

The set over which the variable ranges must be carried into itself by x -> -x (by x -> c*x for every c > 0); then the
property is one relation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from verify.checker.shapes import symmetric, symmetry
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_ranges import Range
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, Unknown, truth
from verify.language.printing import number_text
from verify.language.terms import Term, substitute
from verify.provers.budget import Budget
from verify.provers.shapes.chords import plainness
from verify.provers.shapes.functions import FIRST_SHARE, components_at, in_rounds, trials
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
from verify.provers.shapes.recording import Asked, refutation, small
from verify.provers.shapes.samples import as_text, satisfied, undefined_point
from verify.statement import Domain, Statement

METHOD = "symmetry"
SYMMETRIES = frozenset({"even", "odd", "homogeneous"})
_SCALES = (Fraction(2), Fraction(1, 2), Fraction(3), Fraction(1, 3), Fraction(10), Fraction(1, 100))


def applies(statement: Statement) -> bool:
    return statement.conclusion.op in SYMMETRIES and not statement.flow


def prove(statement: Statement, budget: Budget, ask: Prove = prove_relation) -> Evidence:
    """Evidence on ``even``, ``odd`` or ``homogeneous``; a counterexample names the point (and the factor c)."""
    ledger = Ledger(budget, ask, budget.seconds * FIRST_SHARE)
    try:
        f, where, domain = function_of(statement, ledger)
    except NotAFunction as reason:
        return undecided(METHOD, str(reason))
    x = where.x
    try:
        relation, image, wider = symmetry(statement.conclusion, f, x, domain)
    except NotAFunction as reason:
        return undecided(METHOD, str(reason))
    found = _refute(statement, f, where, domain, ledger)
    if found is None:
        found = in_rounds(
            ledger,
            lambda asked: _establish(asked, domain, wider, relation, image, x),
            lambda asked: _certificate(statement, asked),
        )
    return replace(found, seed=budget.seed, seconds=now() - budget.started)


def _establish(ledger: Ledger, domain: Domain, wider: Domain, relation: Term, image: Term, x: str) -> Evidence:
    for h in domain.hypotheses:
        if x in h.free and not ledger.proven(substitute(h, {x: image}), wider):
            return undecided(METHOD, f"it is not proven that {image!r} belongs to the domain: {h!r}")
    if not ledger.proven(relation, wider):
        return undecided(METHOD, f"{relation!r} is not proven")
    return Evidence(ledger.tier, METHOD, "holds", f"{relation!r} on a domain that {x} -> {image!r} maps to itself",
                    engines=dict(ledger.engines))  # fmt: skip


def _certificate(statement: Statement, ledger: Ledger) -> Mapping[str, object] | None:
    asked = Asked(ledger)
    return small(statement, "shape", asked, {}) if symmetric(statement, asked) else None


def _refute(statement: Statement, f: Term, where: Range, domain: Domain, ledger: Ledger) -> Evidence | None:
    budget = Budget(ledger.budget.seconds * 0.35, ledger.budget.seed)
    x = where.x
    relation, image, wider = symmetry(statement.conclusion, f, x, domain)
    factor = next((name for name in wider.names if name not in domain.names), None)
    about = tuple(h for h in domain.hypotheses if x in h.free)
    images = tuple(substitute(h, {x: image}) for h in about)

    def fails(violation: str, point: dict[str, Fraction], detail: str) -> Evidence:
        told = {"violation": violation, "at": number_text(point[x])}
        if factor in point:
            told["factor"] = number_text(point[factor])
        values = {n: v for n, v in point.items() if n != factor}
        certificate = refutation(statement, ledger, "shape", values, told)
        return Evidence(
            Tier.certified, METHOD, "fails", detail, counterexample=as_text(point), certificate=certificate
        )

    unequal = Term("!=", *relation.args)
    for values in trials(f, where, domain):
        for component in components_at(f, where, domain, values):
            p = undefined_point(f, x, component)
            if p is not None:
                return fails("undefined", {**values, x: p}, f"{f!r} is undefined at {x} = {number_text(p)}")
            for point in sorted(component.points, key=lambda p: plainness((p,))):
                for scale in (None,) if factor is None else _SCALES:
                    if budget.spent:
                        return None
                    here = {**values, x: point}
                    if factor is not None and scale is not None:
                        here[factor] = scale
                    outside = _outside(images, here)
                    if outside is not None:
                        return fails("image", here, f"{image!r} lies outside the domain: not {outside!r}")
                    if satisfied((unequal,), here):
                        return fails("value", here, f"{relation!r} is false there")
    return None


def _outside(images: tuple[Term, ...], here: dict[str, Fraction]) -> Term | None:
    """A hypothesis that is certainly false of the image point."""
    for h in images:
        try:
            if truth(h, here) is False:
                return h
        except (Undefined, Unknown):
            continue
    return None
