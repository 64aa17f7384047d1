"""Counterexamples at irrational points that have a name: roots of quadratic factors, fractions of pi, sqrt(2), log 2.

Sampling tries rational points alone; a statement such as (x**2 - 2)**2 > 0 or tan(x)*cos(x) == sin(x) fails at
points that are none. Each candidate is put in and decided by normal forms, so the counterexample is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.exact.cells import OutOfTime, explore
from verify.exact.errors import NotDefined, Stop
from verify.exact.ring import factors, generators_in
from verify.exact.signs import guarded, run_on_cells
from verify.exact.tower import Tower
from verify.language.printing import number_text, to_text
from verify.language.terms import PI, RELATIONS, Term, fn, negation, num, substitute, sym
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "named points"
ANGLES = tuple(fn("*", num(k), PI) for k in ("1/2", "-1/2", "1", "-1", "1/4", "2", "3/2"))
NAMED = (
    fn("sqrt", num(2)), fn("neg", fn("sqrt", num(2))), fn("sqrt", num(3)), fn("/", fn("sqrt", num(2)), num(2)),
    fn("log", num(2)), fn("exp", num(1)), fn("exp", num(-1)),
)  # fmt: skip
PERIODIC = frozenset(("sin", "cos", "tan"))


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return exact.applies(statement) and bool(c.free & frozenset(statement.domain.names))


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` at an exact point, or ``undecided``; this method proves nothing."""
    if not applies(statement):
        return undecided(METHOD, "not a relation in variables")
    for point in _points(statement, budget):
        if budget.spent:
            break
        why = _violated(statement, point, budget)
        if why is not None:
            shown = {name: to_text(value) for name, value in point.items()}
            return Evidence(Tier.certified, METHOD, "fails", why, counterexample=shown, engines=exact.engines())
    return undecided(METHOD, "no named point violates it")


def _violated(statement: Statement, point: dict[str, Term], budget: Budget) -> str | None:
    nowhere = Domain()

    def holds(formula: Term) -> bool:
        if formula.op not in RELATIONS:
            return False
        return exact.prove(Statement(nowhere, formula), Budget(min(0.5, max(0.05, budget.left)))).result == "holds"

    if not all(holds(substitute(h, point)) for h in statement.domain.hypotheses):
        return None
    claimed = statement.conclusion
    try:
        outcomes = explore(
            nowhere,
            lambda tower, put: [guarded(tower, lambda t: put(substitute(t, point)), side) for side in claimed.args],
            deadline=now() + 0.5,
        )
    except OutOfTime:
        return None
    if len(outcomes) == 1 and isinstance(outcomes[0].stop, NotDefined):
        return f"undefined there: {outcomes[0].stop}"
    if any(t.op == "diff" for t in _nodes(claimed)):
        return None
    return "the opposite is proved there by normal forms" if holds(negation(substitute(claimed, point))) else None


def _nodes(term: Term) -> Iterator[Term]:
    from verify.language.terms import walk

    return walk(term)


def _points(statement: Statement, budget: Budget) -> Iterator[dict[str, Term]]:
    from verify.provers.refute import find_witness

    witness = find_witness(statement.domain, Budget(min(0.3, budget.left)))
    if witness is None:
        return
    others = {name: num(number_text(value)) for name, value in witness.items()}
    free = [n for n, s in statement.domain.variables if s == "real" and n in statement.conclusion.free]
    for name in free:
        for value in _candidates(statement, name, others):
            yield {**others, name: value}


def _candidates(statement: Statement, name: str, others: dict[str, Term]) -> Iterator[Term]:
    fixed = {k: v for k, v in others.items() if k != name}
    gap = substitute(fn("-", *statement.conclusion.args), fixed)
    if not any(t.op == "diff" for t in _nodes(gap)):
        yield from _quadratic_roots(gap, name)
    if any(t.op in PERIODIC for t in _nodes(gap)):
        yield from ANGLES
    yield from NAMED


def _tidy(value: Term) -> Term:
    """A number in its normal form, for the reader."""
    found: list[Term] = []

    def task(tower: Tower, put) -> None:  # type: ignore[no-untyped-def]
        found.append(tower.term_of_quotient(tower.element(value)))

    outcomes = run_on_cells(Domain(), task, 0.2)
    return found[0] if outcomes is not None and len(found) == len(outcomes) == 1 else value


def _quadratic_roots(gap: Term, name: str) -> list[Term]:
    """Exact roots of the quadratic factors of the gap's numerator and denominator in the one variable."""
    roots: list[Term] = []

    def task(tower: Tower, put) -> None:  # type: ignore[no-untyped-def]
        q = tower.element(put(gap))
        for poly in (q.num, q.den):
            for f, _ in factors(poly)[1]:
                used = generators_in(f)
                if len(used) != 1 or tower.generators[used[0]].meaning != sym(name) or f.degrees()[used[0]] != 2:
                    continue
                c = f.derivative(used[0])
                at0 = [p.compose(*[tower.ring.zero] * len(tower.ring.gens)) for p in (f, c)]
                a, b, d = tower.term_of(c.derivative(used[0]) / 2), tower.term_of(at0[1]), tower.term_of(at0[0])
                disc = fn("-", fn("**", b, num(2)), fn("*", num(4), fn("*", a, d)))
                for sign in ("+", "-"):
                    top = fn(sign, fn("neg", b), fn("sqrt", disc))
                    roots.append(_tidy(fn("/", top, fn("*", num(2), a))))

    try:
        run_on_cells(Domain(((name, "real"),)), task, 0.3)
    except Stop:
        return roots
    return roots
