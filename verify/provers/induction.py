"""Relations about Sum and Product up to an integer n, by induction on n.

What is to be proved is stated by ``verify.checker.induction``; here are the proofs of the base and of the step, and
the search for partial sums in closed form of a sum to infinity.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verify.checker import series
from verify.checker.induction import (
    REPEATED,
    Value,
    base_and_step,
    closed,
    false_at,
    partial_goals,
    whole,
    without_end,
    written_out,
)
from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import run_on_cells
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import INFINITY, RELATIONS, Term, walk
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "induction"
Sums = list[dict[str, Any] | None]


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and any(t.op in REPEATED for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no sum or product")
    found = _by_steps(statement, Budget(0.7 * budget.left, budget.seed))
    return found if found.result in ("holds", "fails") else _in_closed_form(statement, budget) or found


def _in_closed_form(statement: Statement, budget: Budget) -> Evidence | None:
    """What is left when every sum up to a symbolic end is written in closed form."""
    sums: Sums = []
    c = statement.conclusion
    written, ranges = closed(statement, c, lambda t, n: _proved_partial(statement, t, n, sums, budget))
    if written == c or any(t.op in REPEATED for t in walk(written)):
        return None
    parts = [prove_relation(g, Budget(max(0.1, min(0.3, budget.left / 4)), budget.seed)) for g in ranges]
    if any(p.result != "holds" for p in parts):
        return None
    found = prove_relation(statement.concluding(written), Budget(max(0.1, budget.left), budget.seed))
    if found.result != "holds" or found.scope:
        return None
    data = {"partial sums": [], "closed": sums, "ranges": parts, "rest": found}
    detail = f"closed forms of the sums, proved by induction: {found.detail}"
    return replace(found, method=METHOD, detail=detail, certificate=recorded("induction", statement, data))


def _by_steps(statement: Statement, budget: Budget) -> Evidence:
    sums: Sums = []
    written = written_out(without_end(statement, lambda t, n: _proved_partial(statement, t, n, sums, budget)))
    if any(t.op == "limit" for t in walk(written)):
        from verify.provers import asymptotics

        found = asymptotics.prove(statement.concluding(written), budget)
        note = "partial sums proved by induction, then their limit: "
        return _resting_on(found, statement, sums, note + found.detail)
    if not any(t.op in REPEATED for t in walk(written)):
        goal = statement.concluding(written)
        refuted = _refuted(goal, budget) if written != statement.conclusion else None
        if refuted is not None:
            data = {"partial sums": sums, "rest": refuted}
            return replace(refuted, method=METHOD, certificate=recorded("induction", statement, data))
        found = prove_relation(goal, budget)
        if found.result != "holds":
            return undecided(METHOD, found.detail)
        return _resting_on(found, statement, sums, f"the sums written out: {found.detail}")
    for name, _ in statement.domain.variables:
        asked = base_and_step(statement, written, name)
        if asked is None:
            continue
        base, step = asked
        first = prove_relation(base, Budget(budget.left / 3, budget.seed))
        if first.result != "holds":
            return undecided(METHOD, f"the least {name} is not settled: {base.conclusion}: {first.detail}")
        then = prove_relation(step, Budget(max(0.1, budget.left), budget.seed))
        if then.result != "holds":
            return undecided(METHOD, f"the step from {name} to {name} + 1 is not proved: {then.detail}")
        data = {"partial sums": sums, "variable": name, "parts": [first, then]}
        return Evidence(
            min(first.tier, then.tier, Tier.certified),
            METHOD,
            "holds",
            detail=f"true at the least {name}, and inherited from {name} to {name} + 1",
            engines={**first.engines, **then.engines},
            certificate=recorded("induction", statement, data),
        )
    return undecided(METHOD, "no integer variable to induct on")


def _refuted(goal: Statement, budget: Budget) -> Evidence | None:
    """A counterexample to the statement without its sums, at which it is false."""
    from verify.provers import refute

    found = refute.prove(goal, Budget(min(1.5, budget.left / 3), budget.seed))
    point = dict(found.counterexample or {})
    if found.result != "fails" or not false_at(goal, point):
        return None
    return replace(found, tier=Tier.certified, certificate={"kind": "point", "statement": goal.text, "point": point})


def _resting_on(found: Evidence, statement: Statement, sums: Sums, detail: str) -> Evidence:
    """The evidence on what is left, as one on the statement."""
    certificate = None
    if found.result == "holds":
        certificate = recorded("induction", statement, {"partial sums": sums, "rest": found})
    return replace(found, method=METHOD, detail=detail, certificate=certificate)


def _known(statement: Statement, t: Term, sums: Sums, budget: Budget) -> Value | None:
    """The value of one of the series that are known."""
    for kind in series.TABLE:
        if budget.spent or not whole(t.args[2]):
            return None
        for x in _arguments(statement, t, kind):
            asked = series.goals(statement.domain, t, kind, x)
            if asked is None:
                continue
            parts = []
            for goal in asked[1]:
                found = prove_relation(goal, Budget(max(0.1, min(0.3, budget.left / 4)), budget.seed))
                if found.result != "holds":
                    break
                parts.append(found)
            else:
                sums.append({"series": kind, "x": to_text(x), "parts": parts})
                return Value(asked[0])
    return None


def _arguments(statement: Statement, t: Term, kind: str) -> list[Term]:
    """What the quotient of neighbouring terms may be: told by the first two of them, or the base of a power."""
    index = t.args[1].args[0]
    told = _tidied(series.ratio(t, kind), statement)
    bases = [s.args[0] for s in walk(t.args[0]) if s.op == "**" and index in s.args[1].free - s.args[0].free]
    return list(dict.fromkeys([*([] if told is None else [told]), *(b for b in bases if b.free)]))


def _tidied(x: Term, statement: Statement) -> Term | None:
    """The normal form of a term that is defined on the domain."""
    found: list[Term] = []

    def task(tower, put) -> None:  # type: ignore[no-untyped-def]
        found.append(tower.term_of_quotient(tower.element(put(x))))

    outcomes = run_on_cells(statement.domain, task, 0.3)
    if outcomes is None or len(outcomes) != 1 or len(found) != 1:
        return None
    return parse_term(to_text(found[0]), statement.domain.names)


def _proved_partial(statement: Statement, t: Term, n: str, sums: Sums, budget: Budget) -> Term | Value | None:
    """The value of a known series, or a guessed closed form of the partial sums with proved first value and steps."""
    value = _known(statement, t, sums, budget) if t.args[3] == INFINITY else None
    if value is not None:
        return value
    for partial in _partial_sums(t, n):
        found = []
        for goal in partial_goals(statement.domain, t, n, partial):
            found.append(prove_relation(goal, Budget(max(0.1, budget.left / 4), budget.seed)))
            if found[-1].result != "holds":
                break
        else:
            sums.append({"partial": to_text(partial), "parts": found})
            return partial
    sums.append(None)
    return None


def _partial_sums(t: Term, n: str) -> list[Term]:
    """Guesses for Sum(f, (i, a, n)), none of them believed."""
    import sympy

    from verify.language.bridge import from_sympy, to_sympy

    try:
        f = to_sympy(t.args[0])
        i = next((s for s in f.free_symbols if s.name == t.args[1].args[0]), None)
        if i is None:
            return []
        top = sympy.Symbol(n, integer=True, nonnegative=True)
        total = sympy.summation(f, (i, to_sympy(t.args[2]), top))
        pieces = [a for p in total.atoms(sympy.Piecewise) for a, _ in p.args] or [total]
        forms = [form for p in pieces for form in (p, sympy.simplify(p))]
        return [from_sympy(p) for p in dict.fromkeys(forms) if not p.has(sympy.Sum)]
    except Exception:  # a conjecture maker that fails makes no conjecture
        return []
