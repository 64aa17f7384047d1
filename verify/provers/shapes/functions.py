"""The first argument of a predicate as a function of one variable, and the points at which to attack it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from verify.checker.shapes_ranges import Range
from verify.checker.shapes_regularity import singular_arguments
from verify.evidence import Evidence, Tier
from verify.language.terms import Term
from verify.provers.shapes.curve import Curve
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.pieces import zeros
from verify.provers.shapes.samples import (
    MOST_ASSIGNMENTS,
    Component,
    Values,
    component_points,
    costly,
    thinned,
    varied,
)
from verify.statement import Domain

MOST_SUMMANDS = 24
DEEPEST_CELLS = 3
FIRST_SHARE = 0.06  # of the time, for each goal in the first round


def union_text(where: Range) -> str:
    return " and ".join(c.text for c in where.components)


def components_at(f: Term, where: Range, domain: Domain, values: Values) -> list[Component]:
    """Points at which to attack the function, for given values of the parameters."""
    special = special_points(f, where)
    found = [component_points(where, c, values, domain, special) for c in where.components]
    return [thinned(c) for c in found] if costly(f) else found


def trials(f: Term, where: Range, domain: Domain) -> list[Values]:
    """Values of the parameters for which to attack the function."""
    about = frozenset().union(*(h.free for h in domain.hypotheses if where.x in h.free))
    return varied(where.parameters, (f.free | about) - {where.x}, 3 if costly(f) else MOST_ASSIGNMENTS)


def special_points(f: Term, where: Range) -> tuple[Term, ...]:
    """Where the function may bend or break."""
    found = [c for u in singular_arguments(f, where.x, where.on()) or [] for c in zeros(u, where.x)]
    return tuple(dict.fromkeys(found))




def in_cells(
    f: Term, where: Range, ledger: Ledger, establish: Callable[[Curve], Evidence], depth: int = DEEPEST_CELLS
) -> Evidence:
    """What is established on the whole, or on each of a few cells of the parameters where kinks change places."""
    curve = Curve(f, where, ledger)
    found = establish(curve)
    if found.result != "undecided" or curve.cells is None or depth == 0 or ledger.budget.spent:
        return found
    details = []
    parts = []
    for cell in curve.cells:
        smaller = replace(where, parameters=where.parameters.assuming(cell))
        part = in_cells(f, smaller, ledger, establish, depth - 1)
        if part.result != "holds":
            return found
        parts.append(part)
        details.append(f"where {cell!r}: {part.detail}")
    return replace(parts[-1], tier=min(p.tier for p in parts), detail="\n".join(details))


def in_rounds(
    ledger: Ledger,
    establish: Callable[[Ledger], Evidence],
    certified: Callable[[Ledger], Mapping[str, object] | None] | None = None,
) -> Evidence:
    """Tries with little time for each goal first, then with more: one hard goal must not starve the others.

    certified: the certificate of what holds, from a ledger on which it was established.
    """
    seconds = ledger.budget.seconds
    found = establish(ledger)
    if found.result == "undecided" and not ledger.budget.spent and ledger.share < seconds / 4:
        ledger = ledger.patient(seconds / 3)
        found = establish(ledger)
    if found.result == "holds" and found.tier >= Tier.certified and certified is not None:
        return replace(found, certificate=certified(ledger))
    return found
