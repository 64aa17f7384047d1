"""The search for a proof of a sign through derivatives, factors and cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from verify.checker.calculus import evident, normally_zero
from verify.checker.conditions import NoLimit
from verify.checker.goals import Goal
from verify.checker.ranges import NoRange, range_of
from verify.checker.rewriting import negated
from verify.clock import now
from verify.language.calculus import NotDifferentiable
from verify.language.terms import size
from verify.provers.budget import Budget
from verify.provers.descent import changes, cuts, forms, slopes
from verify.provers.descent.shared import Proof, left_out
from verify.provers.probing import points_in, sign_at, violated
from verify.statement import Statement

LARGEST = 900
LADDER, LONGEST_LADDER = 0.15, 12  # the part of the time for derivatives alone, and how many of them
SHORTEST = 0.15  # seconds that they get where there are so many
ATTEMPTS = (
    changes.touching, forms.unfold, cuts.at_hole, forms.joined, forms.exponential, forms.simpler, cuts.at_zero,
    slopes.monotone, slopes.boxes, forms.logarithm, cuts.cut, forms.factors, forms.divided, changes.turned,
)  # fmt: skip


def slack_choices(statement: Statement) -> list[list[list[Any]]]:
    """Ways to use hypotheses between variables: none, or each ``v > e`` as ``v = e + slack``, in turn."""
    chosen: list[list[Any]] = []
    taken: set[str] = set()
    for k, h in enumerate(statement.domain.hypotheses):
        if h.op not in ("<", "<=", ">", ">=") or any(not a.free for a in h.args):
            continue
        larger = h.args if h.op in (">", ">=") else h.args[::-1]
        for side, other in (larger, larger[::-1]):
            if side.op == "sym" and side.args[0] not in other.free and side.args[0] not in taken:
                chosen.append([k - len(chosen), side.args[0]])
                taken.add(side.args[0])
                break
        if len(chosen) == 3:
            break
    return [chosen, []] if chosen else [[]]


class Descent:
    """One search; ``names`` are those of the statement, ``share`` the part of the time left that it may use."""

    def __init__(self, names: tuple[str, ...], budget: Budget, share: float = 0.75) -> None:
        self.names = names
        self.budget = budget
        self.stop = now() + share * budget.left
        self.attempts: tuple[Callable[[Descent, Goal, int], Proof | None], ...] = ATTEMPTS
        self.failed: dict[Goal, int] = {}
        self.found: dict[Goal, Proof] = {}
        self.forms: dict[Goal, forms.Form | None] = {}

    @property
    def late(self) -> bool:
        return now() > self.stop

    def find(self, goal: Goal) -> Proof | None:
        """A proof within rising depths; first the plain way down through the derivatives at one end."""
        whole, stop = self.attempts, self.stop
        self.attempts = (forms.joined, forms.simpler, slopes.monotone)
        self.stop = min(stop, now() + max(SHORTEST, LADDER * (stop - now())))
        proof = self.search(goal, LONGEST_LADDER)
        self.attempts, self.stop = whole, stop
        if proof is not None:
            return proof
        self.failed.clear()
        for depth in (2, 4, 6, 9, 13):
            proof = self.search(goal, depth)
            if proof is not None or self.late:
                return proof
        return None

    def search(self, goal: Goal, depth: int, normal: bool = False) -> Proof | None:
        if goal in self.found:
            return self.found[goal]
        if self.late or depth < 0 or self.failed.get(goal, -1) >= depth or size(goal.f) > LARGEST:
            return None
        used = goal.f.free
        if any(n not in used for n, _ in goal.box):
            goal = replace(goal, box=tuple((n, i) for n, i in goal.box if n in used))
        proof = self._search(goal, depth, normal)
        if proof is None:
            self.failed[goal] = max(depth, self.failed.get(goal, -1))
        else:
            self.found[goal] = proof
        return proof

    def _search(self, goal: Goal, depth: int, normal: bool) -> Proof | None:
        if any(i.empty for _, i in goal.box):
            return {"by": "empty"}
        try:
            if range_of(goal.f, goal.sides).satisfies(goal.relation):
                return {"by": "range"}
        except NoRange:
            pass
        points = points_in(goal.sides, self.budget.seed)
        signs = [sign_at(goal.f, p) for p in points]
        if any(
            violated(s, goal.relation) and not (s == 0 and left_out(p, goal))
            for p, s in zip(points, signs, strict=True)
        ):
            return None
        if goal.relation == "!=":
            side = 1 if signs.count(1) else -1
            cut = cuts.at_hole(self, goal, depth)
            if cut is not None:
                return cut
            inner = self.search(goal.about(goal.f if side == 1 else negated(goal.f), ">"), depth)
            return None if inner is None else {"by": "sign", "sign": side, "proof": inner}
        if not goal.box:
            return {"by": "zero"} if goal.relation in (">=", "==") and normally_zero(goal) else None
        if evident(goal):
            return {"by": "cells"}
        if goal.relation == "==":
            return None
        for attempt in self.attempts:
            if self.late:
                return None
            if normal and attempt in (forms.factors, forms.simpler):
                continue
            try:
                proof = attempt(self, goal, depth)
            except (NotDifferentiable, NoLimit, ZeroDivisionError):
                continue
            if proof is not None:
                return proof
        return None
