"""Marks of a settled statement: which hypotheses it needs, and what became of its mutants.

Each mark is computed in one child process under a budget of its own; what is not reached stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from verify import sandbox
from verify.evidence import Evidence
from verify.language.printing import to_text
from verify.mutants import Mutant, mutants
from verify.provers.budget import PATIENCE, Budget
from verify.provers.reduce import TooManyGoals, goals, still
from verify.provers.registry import PROVERS
from verify.statement import Statement

MARK_SECONDS = 0.4
MOST_MARKS = 8
LOADING = 2.0  # seconds that a process may take to load engines which nobody has loaded before it
Mark = tuple[str, str, Mapping[str, str] | None]


@dataclass(frozen=True)
class MutantResult:
    kind: str
    text: str
    outcome: str  # caught | proved | survived | conflict
    counterexample: Mapping[str, str] | None = None
    detail: str = ""  # of a survivor: what was tried


def needed_hypotheses(
    statement: Statement, evidence: Sequence[Evidence], seed: int, memory_mb: int
) -> tuple[Mark, ...]:
    """(hypothesis, "needed" | "unused" | "unknown", a counterexample without it) for a statement that holds."""
    if not statement.domain.hypotheses:
        return ()
    methods = tuple(dict.fromkeys(e.method for e in evidence if e.result == "holds"))
    found = sandbox.run(_needed_here, (statement, methods, MARK_SECONDS, seed), PATIENCE * MARK_SECONDS, memory_mb)
    marks = found.value if isinstance(found, sandbox.Done) else []
    rest: list[Mark] = [(to_text(h), "unknown", None) for h in statement.domain.hypotheses[len(marks) : MOST_MARKS]]
    return (*marks, *rest)


def tried_mutants(
    statement: Statement, evidence: Sequence[Evidence], seed: int, memory_mb: int, count: int, seconds: float
) -> tuple[MutantResult, ...]:
    """What became of each mutant: caught (refuted), proved (it holds as well), survived, or conflict.

    seconds: for one mutant. They share one process; where one of them stops it, each gets a process of its own.
    """
    methods = tuple(dict.fromkeys(e.method for e in evidence if e.result in ("holds", "fails")))
    several = mutants(statement, count)
    wall = PATIENCE * seconds
    found = sandbox.run(_tried_here, (several, methods, seconds, seed), wall * len(several) + LOADING, memory_mb)
    if isinstance(found, sandbox.Done):
        return tuple(found.value)
    results = []
    for m in several:
        one = sandbox.run(_tried_here, ([m], methods, seconds, seed), wall + LOADING, memory_mb)
        why = one.detail if isinstance(one, sandbox.Crashed) else "stopped at the limit of time or memory"
        stopped = MutantResult(m.kind, m.text, "survived", detail=why)
        results.append(one.value[0] if isinstance(one, sandbox.Done) else stopped)
    return tuple(results)


def _needed_here(
    statement: Statement, proved_by: tuple[str, ...], seconds: float, seed: int
) -> list[tuple[str, str, Mapping[str, str] | None]]:
    from verify.provers import refute

    clock = Budget(seconds, seed)
    marks: list[tuple[str, str, Mapping[str, str] | None]] = []
    for k, h in enumerate(statement.domain.hypotheses[:MOST_MARKS]):
        if clock.spent:
            break
        without = replace(statement, domain=statement.domain.without(k))
        share = clock.left / (len(statement.domain.hypotheses[:MOST_MARKS]) - k)
        attack = refute.prove(without, Budget(min(0.2, share / 2), seed))
        if attack.result == "fails":
            marks.append((to_text(h), "needed", attack.counterexample))
        elif all(_proved_here(still(g), proved_by, Budget(share / 2, seed)) for g in goals(without)):
            marks.append((to_text(h), "unused", None))
        else:
            marks.append((to_text(h), "unknown", None))
    return marks


def _proved_here(goal: Statement, methods: tuple[str, ...], budget: Budget) -> bool:
    """Whether one of the methods that proved the statement proves the goal, within this process."""
    for name in PROVERS:
        prover = import_module(name)
        if prover.METHOD not in methods or budget.spent or not prover.applies(goal):
            continue
        found = prover.prove(goal, Budget(max(0.05, budget.left), budget.seed))
        if found.result == "holds" and not found.scope:
            return True
    return False


def _tried_here(several: Sequence[Mutant], methods: tuple[str, ...], seconds: float, seed: int) -> list[MutantResult]:
    """The time that one mutant does not need is left to the next."""
    clock = Budget(seconds * len(several), seed)
    return [_tried(m, methods, Budget(clock.left / (len(several) - k), seed)) for k, m in enumerate(several)]


def _tried(m: Mutant, methods: tuple[str, ...], budget: Budget) -> MutantResult:
    from verify.provers import refute

    attack = refute.prove(m.statement, Budget(max(0.02, min(0.3, budget.seconds / 2)), budget.seed))
    found = [attack, *_answers(m.statement, methods, budget)]
    refutation = next((e for e in found if e.result == "fails"), None)
    proved = any(e.result == "holds" for e in found)
    if refutation:
        return MutantResult(m.kind, m.text, "conflict" if proved else "caught", refutation.counterexample)
    if proved:
        return MutantResult(m.kind, m.text, "proved")
    return MutantResult(m.kind, m.text, "survived", detail=attack.detail)


def _answers(statement: Statement, methods: tuple[str, ...], budget: Budget) -> list[Evidence]:
    """A refutation, or proofs of all goals of the mutant; the methods that settled the original are asked first."""
    try:
        parts = [still(g) for g in goals(statement)]
    except TooManyGoals:
        return []
    modules = sorted((import_module(name) for name in PROVERS), key=lambda prover: prover.METHOD not in methods)
    proofs = []
    for part in parts:
        answer = None
        for prover in modules:
            if budget.spent:
                break
            if not prover.applies(part):
                continue
            answer = prover.prove(part, Budget(max(0.05, budget.left), budget.seed))
            if answer.result == "fails":
                return [answer]
            if answer.result == "holds" and not answer.scope:
                break
        if answer is None or answer.result != "holds" or answer.scope:
            return []
        proofs.append(answer)
    return proofs
