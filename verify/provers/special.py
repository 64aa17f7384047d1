"""Counterexamples at irrational points that have a name: roots of quadratic factors, fractions of pi, sqrt(2), log 2.

Sampling tries rational points alone; a statement such as (x**2 - 2)**2 > 0 or tan(x)*cos(x) == sin(x) fails at
points that are none. And at a rational point balls cannot tell that two irrational sides of ``<`` are equal. Each
candidate is put in and decided by normal forms, so the counterexample is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verify.checker.named_points import hypotheses_at, numbers_at, undefined_at
from verify.evidence import Evidence, Tier, undecided
from verify.exact.errors import Stop
from verify.exact.ring import factors, generators_in
from verify.exact.signs import run_on_cells
from verify.exact.tower import Tower
from verify.language.parse import parse_term
from verify.language.printing import number_text, to_text
from verify.language.terms import PI, Term, fn, negation, num, substitute, sym, walk
from verify.provers import exact
from verify.provers.attacks.named import named_points
from verify.provers.budget import Budget
from verify.provers.recording import recorded
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
    for candidate in _points(statement, budget):
        if budget.spent:
            break
        shown = {name: to_text(value) for name, value in candidate.items()}
        point = {name: parse_term(text, ()) for name, text in shown.items()}
        found = _violated(statement, point, budget)
        if found is not None:
            why, parts = found
            certificate = recorded("named point", statement, {"point": shown, **parts})
            return Evidence(
                Tier.certified, METHOD, "fails", why, counterexample=shown, engines=exact.engines(),
                certificate=certificate,
            )  # fmt: skip
    return undecided(METHOD, "no named point violates it")


def _violated(statement: Statement, point: dict[str, Term], budget: Budget) -> tuple[str, dict[str, Any]] | None:
    """Why the statement fails at the point, with the evidence for it."""

    def proved(goal: Statement) -> Evidence | None:
        found = exact.prove(goal, Budget(min(0.5, max(0.05, budget.left))))
        return found if found.result == "holds" else None

    goals = hypotheses_at(statement, point)
    if goals is None:
        return None
    met: list[Evidence] = []
    for goal in goals:
        found = proved(goal)
        if found is None:
            return None
        met.append(found)
    why = undefined_at(statement.conclusion, point, 0.5)
    if why is not None:
        return f"undefined there: {why}", {"hypotheses": met}
    denial = numbers_at(negation(statement.conclusion), point)
    opposite = None if denial is None else proved(denial)
    if opposite is None:
        return None
    return "the opposite is proved there by normal forms", {"hypotheses": met, "opposite": opposite}


def _points(statement: Statement, budget: Budget) -> Iterator[dict[str, Term]]:
    from verify.provers.refute import find_witness

    yield from named_points(statement.domain, Budget(min(0.6, budget.left / 2), budget.seed))
    witness = find_witness(statement.domain, Budget(min(0.3, budget.left)))
    if witness is None:
        return
    others = {name: num(number_text(value)) for name, value in witness.items()}
    if statement.conclusion.op in ("!=", "<", ">"):  # two equal irrational values, which balls cannot tell apart
        yield others
    free = [n for n, s in statement.domain.variables if s == "real" and n in statement.conclusion.free]
    for name in free:
        for value in _candidates(statement, name, others):
            yield {**others, name: value}


def _candidates(statement: Statement, name: str, others: dict[str, Term]) -> Iterator[Term]:
    fixed = {k: v for k, v in others.items() if k != name}
    gap = substitute(fn("-", *statement.conclusion.args), fixed)
    if not any(t.op == "diff" for t in walk(gap)):
        yield from quadratic_roots(gap, name)
    if any(t.op in PERIODIC for t in walk(gap)):
        yield from ANGLES
    yield from NAMED


def _tidy(value: Term) -> Term:
    """A number in its normal form, for the reader."""
    found: list[Term] = []

    def task(tower: Tower, put) -> None:  # type: ignore[no-untyped-def]
        found.append(tower.term_of_quotient(tower.element(value)))

    outcomes = run_on_cells(Domain(), task, 0.2)
    return found[0] if outcomes is not None and len(found) == len(outcomes) == 1 else value


def quadratic_roots(gap: Term, name: str) -> list[Term]:
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
