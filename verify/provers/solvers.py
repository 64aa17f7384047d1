"""Real and integer arithmetic by two satisfiability solvers.

A relation holds on its domain if no point satisfies the hypotheses and makes the relation false or undefined. Both
z3 and cvc5 get the same query (``verify.checker.smt``); ``unsat`` from both is certified, from one is symbolic.
A model is only a proposal: it becomes a counterexample when exact or ball arithmetic confirms it.
"""

from __future__ import annotations

from fractions import Fraction

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.language.terms import RELATIONS, walk
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "z3+cvc5"
LONGEST = 10.0
MOST_NODES = 800


def applies(statement: Statement) -> bool:
    """One relation between elementary terms (or ``false``, which asks for a contradiction), with no flow."""
    from verify.checker.smt import NotEncodable, query

    if statement.flow or statement.conclusion.op not in (*RELATIONS, "false"):
        return False
    if sum(1 for _ in walk(statement.conclusion)) > MOST_NODES:
        return False
    try:
        query(statement)
    except NotEncodable:
        return False
    return True


def prove(statement: Statement, budget: Budget) -> Evidence:
    """Ask with integers taken as reals (which proves more), then, where that fails, with integers."""
    if not applies(statement):
        return undecided(METHOD, "the statement is not one relation of elementary arithmetic")
    begun = now()
    attempts = [True]
    if any(sort == "integer" for _, sort in statement.domain.variables):
        attempts.append(False)
    last = undecided(METHOD, "no solver decided it")
    for as_reals in attempts:
        seconds = min(LONGEST, budget.left) / len(attempts)
        if seconds <= 0.01:
            break
        last = _attempt(statement, as_reals, seconds, budget.seed, begun)
        if last.result in ("holds", "fails"):
            break
    return last


def _attempt(statement: Statement, as_reals: bool, seconds: float, seed: int, begun: float) -> Evidence:
    from verify.checker.smt import query
    from verify.checker.solvers import ask_cvc5, ask_z3, versions

    text, abstract = query(statement, integers_as_reals=as_reals)
    start = now()
    first, model = ask_z3(text, int(600 * seconds), seed % 1000)
    if first == "sat":
        point = _confirmed(statement, model)
        if point is not None:
            return Evidence(
                Tier.certified, METHOD, "fails", "a model of z3, confirmed", counterexample=point,
                engines=versions(), seed=seed, seconds=now() - begun,
            )  # fmt: skip
        return undecided(METHOD, "z3 has a model" + (" of the abstracted statement" if abstract else ""))
    left = max(0.05, seconds - (now() - start))
    second = ask_cvc5(text, int(1000 * left), seed % 1000)
    answers = {"z3": first, "cvc5": second}
    if "sat" in answers.values() and "unsat" in answers.values():
        return undecided(METHOD, f"the solvers disagree: {answers}")
    if "unsat" not in answers.values():
        return undecided(METHOD, f"no solver decided it: {answers}")
    agreed = first == second == "unsat"
    by = "two independent solvers agree" if agreed else f"only {'z3' if first == 'unsat' else 'cvc5'} decided it"
    facts = "; known facts about the functions in it were used" if abstract else ""
    certificate = {
        "kind": "solvers", "statement": statement.text, "integers_as_reals": as_reals,
        "milliseconds": int(4000 * seconds),
    }  # fmt: skip
    return Evidence(
        Tier.certified if agreed else Tier.symbolic,
        METHOD,
        "holds",
        by + facts,
        conditions=("every quotient, root and power is defined",),
        engines=versions(),
        seed=seed,
        seconds=now() - begun,
        certificate=certificate if agreed else None,
    )


def _confirmed(statement: Statement, model: dict[str, str]) -> dict[str, str] | None:
    """The model's values of the variables, if they satisfy every hypothesis and refute the conclusion."""
    from verify.provers.attacks.confirm import refutes

    point: dict[str, Fraction] = {}
    for name in statement.domain.names:
        point[name] = Fraction(model.get(f"v_{name}", "0"))
    if not refutes(statement, point):
        return None
    return {name: number_text(value) for name, value in point.items()}
