"""Marks of a settled statement: which hypotheses it needs, and what became of its mutants.

Each mark is computed in one child process under a budget of its own; what is not reached stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from verify import sandbox
from verify.beyond import loosened, questions
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import to_text
from verify.mutants import Mutant, mutants
from verify.provers.budget import PATIENCE, Budget
from verify.provers.reduce import TooManyGoals, goals, still
from verify.provers.registry import PROVERS
from verify.statement import Statement

MARK_SECONDS = 0.4
MOST_MARKS = 8
MOST_SECONDS = 3.0  # for one mutant, where the original took long
MOST_DETAIL, MOST_WORDS = 600, 120  # characters of what is said of a survivor, and of one prover in it
LOADING = 2.0  # seconds that a process may take to load engines which nobody has loaded before it
Mark = tuple[str, str, Mapping[str, str] | None]


@dataclass(frozen=True)
class MutantResult:
    kind: str
    text: str
    outcome: str  # caught | proved | survived | conflict
    counterexample: Mapping[str, str] | None = None
    detail: str = ""  # of a survivor: what was tried; of one that holds as well: why


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

    seconds: for one mutant, or as long as the original took, if that is more and not too long. They share one process;
    where one of them stops it, each gets a process of its own.
    """
    methods = tuple(dict.fromkeys(e.method for e in evidence if e.result in ("holds", "fails")))
    seconds = max(seconds, min(MOST_SECONDS, sum(e.seconds for e in evidence if e.result == "holds")))
    several = mutants(statement, count)
    wall = PATIENCE * seconds
    task = (statement, several, methods, seconds, seed)
    found = sandbox.run(_tried_here, task, wall * len(several) + LOADING, memory_mb)
    if isinstance(found, sandbox.Done):
        return tuple(found.value)
    results = []
    for m in several:
        one = sandbox.run(_tried_here, (statement, [m], methods, seconds, seed), wall + LOADING, memory_mb)
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


def _tried_here(
    original: Statement, several: Sequence[Mutant], methods: tuple[str, ...], seconds: float, seed: int
) -> list[MutantResult]:
    """The time that one mutant does not need is left to the next."""
    clock = Budget(seconds * len(several), seed)
    return [
        _tried(original, m, methods, Budget(clock.left / (len(several) - k), seed)) for k, m in enumerate(several)
    ]


def _tried(original: Statement, m: Mutant, methods: tuple[str, ...], budget: Budget) -> MutantResult:
    """A mutant is caught where one of its parts is refuted, and proved where each of them is, given the original."""
    try:
        known, parts = [still(g) for g in goals(original)], questions(original, m.statement)
    except TooManyGoals as e:
        return MutantResult(m.kind, m.text, "survived", detail=str(e))
    attacks = []
    for k, part in enumerate(parts):
        share = Budget(max(0.02, min(0.3, budget.left / 2) / (len(parts) - k)), budget.seed)
        attacks.append(_attacked(part, share))
        if attacks[-1].result == "fails":
            wrong = _answer(part, methods, Budget(max(0.05, budget.left / 4), budget.seed), only=True).result == "holds"
            return MutantResult(m.kind, m.text, "conflict" if wrong else "caught", attacks[-1].counterexample)
    left, why = [], []
    for k, part in enumerate(parts):
        share = Budget(max(0.05, budget.left / (len(parts) - k)), budget.seed)
        found = _answer(part, methods, share, known)
        if found.result == "fails":
            return MutantResult(m.kind, m.text, "caught", found.counterexample)
        why.append(found.method)
        if found.result != "holds":
            left.append(f"{to_text(part.conclusion)}: {attacks[k].detail}; {found.detail}")
    if not left:
        return MutantResult(m.kind, m.text, "proved", detail="; ".join(dict.fromkeys(why)) or "nothing new is said")
    return MutantResult(m.kind, m.text, "survived", detail=" | ".join(left)[:MOST_DETAIL])


def _attacked(part: Statement, budget: Budget) -> Evidence:
    from verify.provers import refute
    from verify.provers.flowing import single

    if part.flow:
        return single.attack(part, budget)
    return refute.prove(part, Budget(budget.seconds / refute.SHARE, budget.seed))  # of which it takes its share


def _answer(
    part: Statement, methods: tuple[str, ...], budget: Budget, known: Sequence[Statement] = (), only: bool = False
) -> Evidence:
    """A refutation or a proof of the part; the methods that settled the original are asked first.

    known: goals that hold, from which it may follow. only: ask no other methods.
    """
    from verify.provers.goals import prove_relation

    weaker = loosened(known, part)
    if weaker is not None and prove_relation(weaker, Budget(budget.left / 3, budget.seed)).result == "holds":
        return Evidence(Tier.certified, "follows from the original", "holds")
    asked = []
    for prover in sorted((import_module(name) for name in PROVERS), key=lambda prover: prover.METHOD not in methods):
        if budget.spent or (only and prover.METHOD not in methods):
            break
        if not prover.applies(part):
            continue
        found: Evidence = prover.prove(part, Budget(max(0.05, budget.left), budget.seed))
        if found.result == "fails" or (found.result == "holds" and not found.scope):
            return found
        asked.append(f"{prover.METHOD}: {found.detail[:MOST_WORDS]}")
    return undecided("mutants", "; ".join(asked) or "no prover had time for it")
