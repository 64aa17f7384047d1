"""The judge: attacks a statement, proves its parts, and computes verdict and marks from the evidence alone.

The order is fixed: an exact witness that the hypotheses can be met, the refuter, then for each atomic part of the
conclusion the provers in the order of their cost, in short and then at length, each in a process of its own. A
statement that the refuter brought down is still shown to the exact prover: should that prove it, the verdict is
``conflict``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module

from verify import sandbox
from verify.checker import replay
from verify.checker.points import check_point
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import FALSE, RELATIONS, Term
from verify.marks import MutantResult, needed_hypotheses, tried_mutants
from verify.provers import simulation
from verify.provers.budget import PATIENCE, Budget
from verify.provers.reduce import TooManyGoals, goals, still
from verify.provers.registry import PROVERS
from verify.statement import Domain, Statement
from verify.verdict import Verdict, alarmed, combine

UNSATISFIABLE = "unsatisfiable hypotheses"
REPLAY_SECONDS = 20.0  # wall time, far beyond what a replay needs: the tier must not depend on the machine
SIMULATION_SECONDS = 0.25  # processor time for all the laws of one statement
SECOND_OPINION = 2.0  # seconds that a later prover gets where a proof is there that is not certified
QUICK = 0.35  # seconds for which every prover is asked before any is asked for long
GRACE = 0.5  # seconds that a prover may take beyond its budget before it is killed


@dataclass(frozen=True)
class Settings:
    """seconds: processor time for one statement (see ``Budget``). hypotheses: whether to ask if each is needed.

    mutants: how many of its mutants a statement that holds is tried against, for ``mutant_seconds`` each.
    """

    seconds: float = 5.0
    memory_mb: int = 768
    seed: int = 20250101
    mutants: int = 0
    mutant_seconds: float = 0.15
    hypotheses: bool = True
    simulate: bool = True


@dataclass(frozen=True)
class Judgement:
    """Everything that was found out about one statement.

    vacuous: True where the conclusion is trivial or the hypotheses cannot be met. witness: an exact point that
    meets them. needed: (hypothesis, "needed" | "unused" | "unknown", counterexample without it).
    """

    verdict: Verdict
    tier: Tier = Tier.none
    scope: str = ""
    counterexample: Mapping[str, str] | None = None
    evidence: tuple[Evidence, ...] = ()
    vacuous: bool | None = None
    witness: Mapping[str, str] | None = None
    needed: tuple[tuple[str, str, Mapping[str, str] | None], ...] = ()
    mutants: tuple[MutantResult, ...] = ()
    seconds: float = field(default=0.0, compare=False)


def judge(statement: Statement, settings: Settings | None = None) -> Judgement:
    settings = settings or Settings()
    clock = Budget(settings.seconds, settings.seed)
    try:
        parts = goals(statement)
    except TooManyGoals as e:
        return Judgement(Verdict.undecided, evidence=(undecided("reduction", str(e)),))
    witness, attack = _attack(statement, clock, settings)
    if witness is None and _contradictory(statement.domain, clock, settings):
        note = Evidence(Tier.certified, "hypotheses", "error", UNSATISFIABLE)
        return Judgement(Verdict.error, evidence=(note,), vacuous=True, seconds=settings.seconds - clock.left)
    if attack.result == "fails":
        refutations = [attack, *_replayed(statement, attack, settings)]
        proofs = _exact_only(parts, clock, settings)
        evidence = [*refutations, *proofs]
        verdict, tier = _joined([proofs], refutations)
        result = Judgement(verdict, tier, "", attack.counterexample, tuple(evidence))
    else:
        result = _prove(parts, attack, witness, clock, settings)
    result = replace(result, witness=witness)
    if settings.simulate and statement.flow:
        result = _simulated(parts, result, settings)
    if result.verdict is Verdict.holds:
        result = replace(result, vacuous=_trivial(statement, parts, clock, settings))
    limits = settings.seed, settings.memory_mb
    if settings.hypotheses and result.verdict is Verdict.holds:
        result = replace(result, needed=needed_hypotheses(statement, result.evidence, *limits))
    if settings.mutants and result.verdict is Verdict.holds:  # a false statement has no use for mutants
        effort = settings.mutants, settings.mutant_seconds
        result = replace(result, mutants=tried_mutants(statement, result.evidence, *limits, *effort))
    return replace(result, seconds=time.monotonic() - clock.born)


# -- attacking ---------------------------------------------------------------------------------------------------


def _attack(statement: Statement, clock: Budget, settings: Settings) -> tuple[Mapping[str, str] | None, Evidence]:
    seconds = max(0.3, min(2.5, clock.left * 0.2))
    wall = PATIENCE * seconds + GRACE
    found = sandbox.run(_attack_here, (statement, seconds, settings.seed), wall, settings.memory_mb)
    if isinstance(found, sandbox.Done):
        witness, evidence = found.value
        return witness, replace(evidence, seconds=found.seconds)
    witness_only = sandbox.run(_witness_here, (statement.domain, 0.5, settings.seed), 1.0, settings.memory_mb)
    witness = witness_only.value if isinstance(witness_only, sandbox.Done) else None
    return witness, _stopped("refute", found)


def _attack_here(statement: Statement, seconds: float, seed: int) -> tuple[dict[str, str] | None, Evidence]:
    from verify.provers import refute

    return _witness_here(statement.domain, seconds / 3, seed), refute.prove(statement, Budget(seconds, seed))


def _witness_here(domain: Domain, seconds: float, seed: int) -> dict[str, str] | None:
    from verify.language.printing import number_text, to_text
    from verify.provers.attacks.named import named_points
    from verify.provers.refute import find_witness

    point = find_witness(domain, Budget(seconds, seed))
    if point is not None:
        return {name: number_text(value) for name, value in point.items()}
    named = next(named_points(domain, Budget(max(0.3, seconds), seed)), None)
    return None if named is None else {name: to_text(value) for name, value in named.items()}


def _replayed(statement: Statement, attack: Evidence, settings: Settings) -> list[Evidence]:
    """The counterexample once more, by the checker alone."""
    point = dict(attack.counterexample or {})
    found = sandbox.run(check_point, (statement, point), 2.0, settings.memory_mb)
    if not isinstance(found, sandbox.Done) or found.value is None:
        return []
    certificate = {"kind": "point", "statement": statement.text, "point": point}
    return [
        Evidence(
            Tier.certified, "counterexample replayed", "fails", found.value, counterexample=point,
            seconds=found.seconds, certificate=certificate,
        )
    ]  # fmt: skip


def _contradictory(domain: Domain, clock: Budget, settings: Settings) -> bool:
    seconds = max(1.0, min(3.0, clock.left))
    found = sandbox.run(_contradictory_here, (domain, settings.seed), seconds, settings.memory_mb)
    return isinstance(found, sandbox.Done) and found.value is True


def _contradictory_here(domain: Domain, seed: int) -> bool:
    """Proved, not merely not satisfied: no sign cell is left, or two solvers agree."""
    from verify.exact.cells import OutOfTime, explore
    from verify.provers import solvers

    try:
        if not explore(domain, lambda tower, put: None, deadline=now() + 1.0):
            return True
    except OutOfTime:
        pass
    found = solvers.prove(Statement(domain, FALSE), Budget(1.5, seed))
    return found.result == "holds" and found.tier >= Tier.certified


# -- simulating --------------------------------------------------------------------------------------------------


def _simulated(parts: list[Statement], result: Judgement, settings: Settings) -> Judgement:
    """With the evidence of simulations of the laws along the flow; one that disagrees with a proof is an alarm."""
    laws = [p for p in parts if simulation.applies(p)]
    if not laws:
        return result
    found = sandbox.run(_simulated_here, (laws, settings.seed), SIMULATION_SECONDS * 24, settings.memory_mb)
    seen = found.value if isinstance(found, sandbox.Done) else [_stopped(simulation.METHOD, found)]
    evidence = (*result.evidence, *seen)
    verdict, tier = alarmed(result.verdict, result.tier, evidence)
    return replace(result, verdict=verdict, tier=tier, evidence=evidence)


def _simulated_here(laws: list[Statement], seed: int) -> list[Evidence]:
    simulation.load()
    out = []
    for law in laws:
        begun = time.monotonic()
        evidence = simulation.prove(law, Budget(SIMULATION_SECONDS / len(laws), seed))
        out.append(replace(evidence, seconds=time.monotonic() - begun))
    return out


# -- proving -----------------------------------------------------------------------------------------------------


def _call(module: str, goal: Statement, seconds: float, seed: int) -> Evidence:
    prover = import_module(module)
    if not prover.applies(goal):
        return undecided(module.rsplit(".", 1)[-1], "does not apply")
    found: Evidence = prover.prove(goal, Budget(seconds, seed))
    return found


def _stopped(method: str, outcome: object) -> Evidence:
    if isinstance(outcome, sandbox.TimedOut):
        return replace(undecided(method, f"out of time after {outcome.seconds:.1f} s"), seconds=outcome.seconds)
    if isinstance(outcome, sandbox.OutOfMemory):
        return undecided(method, "out of memory")
    detail = outcome.detail if isinstance(outcome, sandbox.Crashed) else "stopped"
    return Evidence(Tier.none, method, "error", detail)


def _run(module: str, goal: Statement, seconds: float, settings: Settings) -> Evidence:
    found = sandbox.run(_call, (module, goal, seconds, settings.seed), PATIENCE * seconds + GRACE, settings.memory_mb)
    if isinstance(found, sandbox.Done):
        return _as_replayed(goal, replace(found.value, seconds=found.seconds), settings)
    return _stopped(module.rsplit(".", 1)[-1], found)


def _as_replayed(goal: Statement, evidence: Evidence, settings: Settings) -> Evidence:
    """The evidence, ``certified`` only where the checker replays its certificate in a process of its own."""
    if evidence.tier < Tier.certified or evidence.result not in ("holds", "fails"):
        return evidence
    task = (goal, evidence.certificate, evidence.result)
    found = sandbox.run(replay, task, REPLAY_SECONDS, settings.memory_mb)
    if isinstance(found, sandbox.Done) and found.value is True:
        return replace(evidence, detail=f"{evidence.detail}; certificate replayed")
    return replace(evidence, tier=Tier.symbolic)


def _applicable(goal: Statement) -> list[str]:
    return [name for name in PROVERS if import_module(name).applies(goal)]


def _prove(
    parts: list[Statement], attack: Evidence, witness: Mapping[str, str] | None, clock: Budget, settings: Settings
) -> Judgement:
    found: list[list[Evidence]] = []
    for k, part in enumerate(parts):
        goal = still(part)
        share = clock.left / max(1, len(parts) - k)
        found.append(_prove_goal(goal, share, settings))
        if any(e.result == "fails" for e in found[-1]):
            break
    everything = [attack, *(e for group in found for e in group)]
    verdict, tier = _joined(found, [attack])
    refutation = next((e for e in everything if e.result == "fails"), None)
    scope = "; ".join(dict.fromkeys(e.scope for e in everything if e.result == "holds" and e.scope))
    if verdict is Verdict.holds and witness is None:
        note = undecided("hypotheses", "no exact point was found that meets every hypothesis")
        return Judgement(Verdict.undecided, Tier.none, "", None, (*everything, note))
    return Judgement(
        verdict,
        tier,
        scope if verdict is Verdict.undecided else "",
        refutation.counterexample if refutation and verdict is Verdict.fails else None,
        tuple(everything),
    )


def _prove_goal(goal: Statement, seconds: float, settings: Settings) -> list[Evidence]:
    """What the provers say: each is asked in short first, and those that were cut short then again at length."""
    clock = Budget(seconds, settings.seed)
    names = _applicable(goal)
    if not names:
        return [undecided("judge", f"no prover speaks of {goal.conclusion.op}")]
    said: dict[str, Evidence] = {}
    if len(names) > 1 and clock.left > 2 * QUICK * len(names):
        for name in names:
            said[name] = _run(name, goal, QUICK, settings)
            if _settles(said[name]):
                return list(said.values())
    waiting = [n for n in names if n not in said or not _settles(said[n])]  # some do less where time is short
    for k, name in enumerate(waiting):
        # Every prover gets a good part of what is left; most need little, and the last ones have what the first spared.
        slice_ = max(0.2, clock.left * 0.4)
        if any(_proves(e) for e in said.values()):  # by one engine alone: the others are asked for more, in short
            if clock.left < 0.3:
                break
            slice_ = min(slice_, SECOND_OPINION)
        if clock.left < 0.1:
            late = ", ".join(n.rsplit(".", 1)[-1] for n in waiting[k:])
            said["judge"] = undecided("judge", f"out of time before {late}")
            break
        found = _run(name, goal, slice_, settings)
        if name not in said or not _proves(said[name]) or _proves(found):
            said[name] = found
        if _settles(said[name]):
            break
    return list(said.values())


def _proves(evidence: Evidence) -> bool:
    return evidence.result == "holds" and not evidence.scope


def _settles(evidence: Evidence) -> bool:
    return evidence.result == "fails" or (_proves(evidence) and evidence.tier >= Tier.certified)


def _exact_only(parts: list[Statement], clock: Budget, settings: Settings) -> list[Evidence]:
    """Evidence of the exact prover on every part of a refuted statement, kept only where it proves all of them."""
    from verify.provers import exact

    proofs = []
    for part in parts:
        goal = still(part)
        if not exact.applies(goal):
            return []
        evidence = _run("verify.provers.exact", goal, min(1.0, max(0.2, clock.left / 4)), settings)
        if evidence.result != "holds" or evidence.scope:
            return []
        proofs.append(evidence)
    return proofs


def _joined(groups: list[list[Evidence]], attacks: list[Evidence]) -> tuple[Verdict, Tier]:
    """The verdict on a conjunction from the evidence on each of its parts and on the whole."""
    parts = [combine(g) for g in groups if g]
    refuted = [e for e in attacks if e.result == "fails"]
    verdicts = [v for v, _ in parts]
    if Verdict.conflict in verdicts:
        return Verdict.conflict, Tier.none
    proved = bool(parts) and all(v is Verdict.holds for v in verdicts)
    if refuted:
        return (Verdict.conflict, Tier.none) if proved else combine(refuted)
    failing = [t for v, t in parts if v is Verdict.fails]
    if failing:
        return Verdict.fails, max(failing)
    if proved or not groups:
        return Verdict.holds, min((t for _, t in parts), default=Tier.certified)
    if all(v is Verdict.error for v in verdicts):
        return Verdict.error, Tier.none
    return Verdict.undecided, Tier.none


# -- marks -------------------------------------------------------------------------------------------------------


def _trivial(statement: Statement, parts: list[Statement], clock: Budget, settings: Settings) -> bool:
    """Whether the conclusion says nothing: equal sides as written, or premises that cannot be met."""
    return all(_says_nothing(statement, p, clock, settings) for p in parts)


def _says_nothing(statement: Statement, part: Statement, clock: Budget, settings: Settings) -> bool:
    c = part.conclusion
    if c.op in ("==", "<=", ">=") and c.args[0] == c.args[1]:
        return True
    if c.op in RELATIONS and all(_is_number(a) for a in c.args):
        return True
    if part.domain.hypotheses == statement.domain.hypotheses:  # the witness of the statement meets them
        return False
    return _contradictory(part.domain, clock, settings) if clock.left > 1 else False


def _is_number(t: Term) -> bool:
    return t.is_number or (t.op == "neg" and t.args[0].is_number)
