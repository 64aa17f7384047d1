"""Relations decided by exact arithmetic: normal forms over Q on sign cells.

An equation holds where both sides have the same normal form on every cell; an inequality where the signs that the
difference can take, by its factors, its coefficients and the bounds of the domain, all satisfy it. Denominators,
roots and logarithms that were met are proved to be defined on the way.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.exact.cells import Outcome, OutOfTime, Tree, explore
from verify.exact.signbook import SATISFYING
from verify.exact.signs import AT_KINK, OUTSIDE, guarded, sign_task
from verify.language.printing import to_text
from verify.language.terms import ARITHMETIC, FALSE, RELATIONS, Term, fn, walk
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "normal form on sign cells"
WANTED = {op: signs for op, signs in SATISFYING.items() if op != "=="}
MOST_TEXT = 100_000  # characters of a certificate
ALGEBRAIC = frozenset((*RELATIONS, *ARITHMETIC, "num", "sym", "abs", "sign", "sqrt", "Min", "Max"))
Leaves = dict[int, dict[str, Any]]
INVERSES = frozenset(("asinh", "acosh", "atanh"))


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and not any(t.op in OUTSIDE for t in walk(c))


def engines() -> dict[str, str]:
    return {"python-flint": version("python-flint")}


def prove(statement: Statement, budget: Budget) -> Evidence:
    """Evidence of tier ``certified`` that the relation holds on every cell, or ``undecided`` with the cells left."""
    if not applies(statement):
        return undecided(METHOD, "not a relation between elementary terms")
    c = statement.conclusion
    gap = fn("-", *c.args)
    reasons: list[str] = []
    modes = (False, True) if any(t.op in INVERSES for t in walk(c)) else (False,)
    for logs in modes:
        tree = Tree()
        outcomes = _attempt(statement.domain, c, gap, budget, logs, tree)
        if isinstance(outcomes, str):
            reasons.append(outcomes)
            continue
        leaves: Leaves = {}
        left = [o for o in outcomes if not _settled(c.op, o)]
        left = [o for o in left if not _empty(o, budget, leaves)]
        settled = _at_kinks(statement, left, budget, leaves)
        if isinstance(settled, Evidence):
            return settled
        left = settled
        if not left:
            cells = [str(o.cell) for o in outcomes]
            return Evidence(
                Tier.certified,
                METHOD,
                "holds",
                detail=_story(c.op, cells),
                conditions=tuple(cells[:40]),
                engines=engines(),
                certificate=certificate("cells", statement, tree, leaves, logs),
            )
        reasons.append("; ".join(f"on {o.cell}: {o.stop or 'the normal form does not decide'}" for o in left[:3]))
    return undecided(METHOD, " | ".join(dict.fromkeys(reasons)))


def certificate(
    kind: str, statement: Statement, tree: Tree, leaves: Leaves | None = None, logs: bool = False
) -> dict[str, Any] | None:
    """The tree of cuts as plain data; None where it is too long.

    leaves: what settles the leaves, by identity, that the normal form alone does not.
    """
    plain = {"kind": kind, "statement": statement.text, "logs": logs, "tree": _plain(tree, leaves or {})}
    return plain if len(str(plain)) <= MOST_TEXT else None


def _plain(tree: Tree, leaves: Leaves) -> dict[str, Any]:
    if tree.cut is not None:
        return {"cut": to_text(tree.cut), "parts": {op: _plain(part, leaves) for op, part in tree.parts.items()}}
    leaf = dict(leaves.get(id(tree), {"leaf": "exact"}))
    if tree.orders:
        leaf["orders"] = [[_listed(key), order] for key, order in tree.orders.items()]
    return leaf


def _listed(key: object) -> object:
    return [_listed(k) for k in key] if isinstance(key, tuple) else key


def _at_kinks(statement: Statement, left: list[Outcome], budget: Budget, leaves: Leaves) -> list[Outcome] | Evidence:
    """The cells that are still open once derivatives at kinks are worked out; a refutation where one does not exist."""
    if not any(str(o.stop) == AT_KINK for o in left):
        return left
    from verify.provers import kinks

    still = []
    for o in left:
        if str(o.stop) != AT_KINK:
            still.append(o)
            continue
        parts = kinks.holding(statement, o.cell, budget)
        if parts is not None:
            leaves[id(o.leaf)] = {"leaf": "kink", "parts": parts}
            continue
        failure = kinks.failing(statement, o.cell, budget)
        if failure is not None:
            point, proof = failure
            detail = f"a derivative does not exist on {o.cell}: no finite limit from both sides, or a jump"
            return Evidence(
                Tier.certified, METHOD, "fails", detail, counterexample=point, engines=engines(), certificate=proof
            )
        still.append(o)
    return still


def _attempt(domain: Domain, c: Term, gap: Term, budget: Budget, logs: bool, tree: Tree) -> list[Outcome] | str:
    deadline = now() + min(budget.left, budget.seconds * 0.8)
    if c.op == "==":

        def task(tower, put):  # type: ignore[no-untyped-def]
            return guarded(tower, put, gap).num.is_zero()

    else:
        task = sign_task(gap, WANTED[c.op])  # type: ignore[assignment]
    try:
        return explore(domain, task, deadline=deadline, logs=logs, tree=tree)
    except OutOfTime as e:
        return str(e)


def _settled(op: str, outcome: Outcome) -> bool:
    if outcome.stop is not None:
        return False
    if op == "==":
        return outcome.value is True
    return bool(outcome.value <= WANTED[op])  # type: ignore[operator]


def _algebraic(cut: Term) -> bool:
    """Whether solvers decide on the cut in good time: few terms, small powers, no transcendental function."""
    nodes = list(walk(cut))
    powers = [t.args[1] for t in nodes if t.op == "**"]
    return (
        len(nodes) <= 60
        and all(t.op in ALGEBRAIC for t in nodes)
        and all(e.is_number and abs(e.args[0]) <= 8 for e in powers)
    )


def _empty(outcome: Outcome, budget: Budget, leaves: Leaves) -> bool:
    """Whether two solvers agree that no point lies in the cell."""
    if not outcome.cell.cuts or budget.left < 0.3 or not all(_algebraic(c) for c in outcome.cell.cuts):
        return False
    from verify.provers import solvers

    question = Statement(outcome.cell.domain.assuming(*outcome.cell.cuts), FALSE)
    found = solvers.prove(question, Budget(min(1.0, budget.left), budget.seed))
    if found.result != "holds" or found.tier < Tier.certified:
        return False
    leaves[id(outcome.leaf)] = {"leaf": "empty", "part": found.certificate}
    return True


def _story(op: str, cells: list[str]) -> str:
    what = "both sides have one normal form" if op == "==" else "exact arithmetic fixes the sign of the difference"
    if len(cells) == 1:
        return f"{what} on the whole domain"
    return f"{what} on each of {len(cells)} sign cells"
