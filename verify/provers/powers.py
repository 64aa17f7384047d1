"""Comparison of two positive monomials in powers by the sign of the logarithm of their quotient."""

from __future__ import annotations

from verify.evidence import Evidence, Tier, undecided
from verify.exact.cells import Tree
from verify.exact.ratios import log_ratio_signs
from verify.exact.signbook import Signs
from verify.exact.signs import Put, guarded, run_on_cells
from verify.exact.tower import Tower
from verify.language.terms import walk
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "comparison of powers"
MOST_SECONDS = 0.8  # what is decided base by base is decided soon


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    if not exact.applies(statement) or c.op not in exact.WANTED:
        return False
    # Between numbers as exponents the other methods are quicker and decide more.
    return any(t.op in ("**", "spow", "exp") and not t.args[-1].is_number for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an inequality between terms")
    c = statement.conclusion
    wanted = exact.WANTED[c.op]

    def task(tower: Tower, put: Put) -> Signs:
        return log_ratio_signs(tower, guarded(tower, put, c.args[0]), guarded(tower, put, c.args[1]))

    tree = Tree()
    outcomes = run_on_cells(statement.domain, task, min(MOST_SECONDS, budget.left * 0.8), tree=tree)
    if outcomes is None:
        return undecided(METHOD, "out of time")
    left = [o for o in outcomes if o.stop is not None or not o.value <= wanted]  # type: ignore[operator]
    if left:
        return undecided(METHOD, f"on {left[0].cell}: {left[0].stop or 'the exponents do not decide'}")
    return Evidence(
        Tier.certified,
        METHOD,
        "holds",
        detail="the logarithm of the quotient has a sign, base by base",
        conditions=tuple(str(o.cell) for o in outcomes[:40]),
        engines=exact.engines(),
        certificate=exact.certificate("powers", statement, tree),
    )
