"""Statements whose hypotheses determine a variable, such as 1/p + 1/q == 1: its value is put in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from verify.checker.eliminated import determined, put_in
from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import run_on_cells
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import RELATIONS, Term
from verify.provers import exact
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "elimination"
PROVERS = ("exact", "powers", "casewise", "anchored", "univariate", "solvers", "squares")


def applies(statement: Statement) -> bool:
    equations = any(h.op == "==" for h in statement.domain.hypotheses)
    return equations and statement.conclusion.op in RELATIONS and exact.applies(statement)


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no equation among the hypotheses")
    for name, value, index in _values(statement):
        if budget.spent:
            break
        asked = determined(statement, name, value)
        then = put_in(statement, name, value, index)
        if asked is None or then is None:
            continue
        equal = exact.prove(asked, Budget(max(0.1, min(0.5, budget.left / 4)), budget.seed))
        if equal.result != "holds":
            continue
        for prover in (import_module(f"verify.provers.{p}") for p in PROVERS):
            if budget.spent or not prover.applies(then):
                continue
            found = prover.prove(then, Budget(max(0.1, budget.left / 2), budget.seed))
            if found.result == "holds" and not found.scope:
                data = {"name": name, "value": to_text(value), "dropped": index, "equal": equal, "part": found}
                return Evidence(
                    min(found.tier, Tier.certified), METHOD, "holds", f"{name} = {value}; {found.detail}",
                    engines=found.engines, seed=budget.seed, certificate=recorded("elimination", statement, data),
                )  # fmt: skip
    return undecided(METHOD, "no variable whose value could be put in")


def _values(statement: Statement) -> Iterator[tuple[str, Term, int]]:
    """(variable, value, the number of the equation that tells it)."""
    from verify.provers.attacks.solving import isolate

    names = statement.domain.names
    for k, h in enumerate(statement.domain.hypotheses):
        if h.op != "==":
            continue
        for name in reversed(names):
            if name not in h.free:
                continue
            for value in isolate(h.args[0], h.args[1], name)[:2]:
                written = parse_term(to_text(value), names)
                yield name, _tidied(written, statement, name), k


def _tidied(value: Term, statement: Statement, name: str) -> Term:
    """The normal form of the value where there is one on the whole domain."""
    found: list[Term] = []

    def task(tower, put) -> None:  # type: ignore[no-untyped-def]
        found.append(tower.term_of_quotient(tower.element(put(value))))

    outcomes = run_on_cells(statement.domain, task, 0.3)
    plain = outcomes is not None and len(outcomes) == 1 == len(found) and name not in found[0].free
    return parse_term(to_text(found[0]), statement.domain.names) if plain else value
