"""Even, odd and positively homogeneous functions of one variable: f(-x) = f(x), f(-x) = -f(x), f(c*x) = c**d*f(x).

The set over which the variable ranges must be carried into itself by x -> -x (by x -> c*x for every c > 0); then the
property is one relation.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, Unknown, truth
from verify.language.printing import number_text
from verify.language.terms import ZERO, Term, fresh_name, substitute, sym
from verify.provers.budget import Budget
from verify.provers.shapes.chords import plainness
from verify.provers.shapes.functions import FIRST_SHARE, NotAFunction, components_at, function_of, in_rounds, trials
from verify.provers.shapes.intervals import Range
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
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
    kind, x = statement.conclusion.op, where.x
    if kind == "homogeneous":
        degree = statement.conclusion.args[2]
        if x in degree.free:
            return undecided(METHOD, f"the degree depends on {x}")
        c = sym(fresh_name("c", frozenset(domain.names) | f.free | degree.free) if "c" in domain.names else "c")
        image: Term = Term("*", c, sym(x))
        relation = Term("==", substitute(f, {x: image}), Term("*", Term("**", c, degree), f))
        wider = domain.declaring(c.args[0]).assuming(Term(">", c, ZERO))
    else:
        c = None
        image = Term("neg", sym(x))
        mirrored = substitute(f, {x: image})
        relation = Term("==", mirrored, f if kind == "even" else Term("neg", f))
        wider = domain
    found = _refute(f, where, domain, relation, image, c, Budget(budget.seconds * 0.35, budget.seed))
    if found is None:
        found = in_rounds(ledger, lambda asked: _establish(asked, domain, wider, relation, image, x))
    return replace(found, seed=budget.seed, seconds=now() - budget.started)


def _establish(ledger: Ledger, domain: Domain, wider: Domain, relation: Term, image: Term, x: str) -> Evidence:
    for h in domain.hypotheses:
        if x in h.free and not ledger.proven(substitute(h, {x: image}), wider):
            return undecided(METHOD, f"it is not proven that {image!r} belongs to the domain: {h!r}")
    if not ledger.proven(relation, wider):
        return undecided(METHOD, f"{relation!r} is not proven")
    return Evidence(ledger.tier, METHOD, "holds", f"{relation!r} on a domain that {x} -> {image!r} maps to itself",
                    engines=dict(ledger.engines))  # fmt: skip


def _refute(
    f: Term, where: Range, domain: Domain, relation: Term, image: Term, c: Term | None, budget: Budget
) -> Evidence | None:
    x = where.x
    about = tuple(h for h in domain.hypotheses if x in h.free)
    images = tuple(substitute(h, {x: image}) for h in about)
    unequal = Term("!=", *relation.args)
    for values in trials(f, where, domain):
        for component in components_at(f, where, domain, values):
            p = undefined_point(f, x, component)
            if p is not None:
                at = {x: number_text(p), **as_text(values)}
                return _fails(at, f"{f!r} is undefined at {x} = {number_text(p)}")
            for point in sorted(component.points, key=lambda p: plainness((p,))):
                for scale in (None,) if c is None else _SCALES:
                    if budget.spent:
                        return None
                    here = {**values, x: point}
                    if c is not None and scale is not None:
                        here[c.args[0]] = scale
                    outside = _outside(images, here)
                    if outside is not None:
                        return _fails(as_text(here), f"{image!r} lies outside the domain: not {outside!r}")
                    if satisfied((unequal,), here):
                        return _fails(as_text(here), f"{relation!r} is false there")
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


def _fails(counterexample: dict[str, str], detail: str) -> Evidence:
    return Evidence(Tier.certified, METHOD, "fails", detail, counterexample=counterexample)
