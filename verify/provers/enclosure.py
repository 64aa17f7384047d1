"""Inequalities on bounded boxes by adaptive subdivision and outward-rounded arithmetic.

Strict inequalities, and non-strict ones that leave room, are decided: each part of the box is settled by the range of
the difference, by its slopes (mean value form), or because a hypothesis is certainly false there. Integer variables
are enumerated. What touches zero is left to exact methods. The cover is the certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import RELATIONS, Term, walk
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "enclosure"
MOST_NODES = 1500
MOST_PARTS = 20_000


def applies(statement: Statement) -> bool:
    """One strict or non-strict inequality over a bounded box."""
    return not statement.flow and statement.conclusion.op in RELATIONS and statement.conclusion.op != "=="


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an inequality")
    from verify.language.calculus import NotDifferentiable

    begun = now()
    try:
        certificate = search(statement, budget)
    except NotDifferentiable as error:
        return undecided(METHOD, str(error))
    if isinstance(certificate, str):
        return undecided(METHOD, certificate)
    from verify.checker import replay

    if not replay(statement, certificate):
        return undecided(METHOD, "the cover did not pass its check")
    import flint

    parts = sum(sum(not c.isdigit() for c in tree) for tree in certificate["covers"])
    return Evidence(
        Tier.certified,
        METHOD,
        "holds",
        f"{parts} boxes, each with a certain sign",
        conditions=("the difference is defined on every box",),
        engines={"python-flint": flint.__version__},
        seed=budget.seed,
        seconds=now() - begun,
        certificate=certificate,
    )


def search(statement: Statement, budget: Budget) -> dict[str, Any] | str:
    """A certificate of kind ``boxes``, or why there is none."""
    from verify.checker.boxes import integer_points, posed

    if sum(1 for _ in walk(statement.conclusion)) > MOST_NODES:
        return "the statement is too large"
    whole = posed(statement, {})
    if whole is None:
        return "not a relation over a box"
    enumerated = [n for n in whole[2] if statement.domain.sort(n) == "integer"]
    points = integer_points(statement, enumerated)
    if points is None:
        return "an integer variable is not bounded"
    covers = []
    precision = 64
    for values in points:
        posing = posed(statement, values)
        if posing is None:
            return "not a relation over a box"
        f, relation, box, hypotheses = posing
        if any(i.empty for i in box.values()):
            covers.append("")
            continue
        if not all(i.bounded for i in box.values()):
            return "the box is not bounded"
        left = budget.left * 0.7
        tree = tree_for(f, relation, box, hypotheses, left, precision)
        if tree is None:
            return "the boxes do not settle it"
        covers.append(tree)
    return {
        "kind": "boxes", "statement": statement.text, "integers": enumerated, "precision": precision, "covers": covers,
    }  # fmt: skip


def tree_for(
    f: Term,
    relation: str,
    box: Mapping[str, Any],
    hypotheses: tuple[Term, ...],
    seconds: float,
    bits: int,
    most: int = MOST_PARTS,
) -> str | None:
    """A tree that ``verify.checker.boxes.check_tree`` accepts, or None."""
    from numerics.balls import precision
    from numerics.boxes import Part, Sides, subdivide
    from verify.checker.boxes import excluded, part_box, settled_by_range, settled_by_slope, sides_of

    names = tuple(box)
    if len(names) > 10:
        return None
    smooth = [True]
    tried = [0, 0]

    def decide(sides: Sides) -> Part:
        part = part_box(box, names, sides)
        with precision(bits):
            if settled_by_range(f, relation, part):
                return Part(leaf="r")
            if hypotheses and excluded(hypotheses, part):
                return Part(leaf="h")
            if _violated(f, relation, part, hypotheses):
                return Part(failed=True)
            if smooth[0]:
                tried[0] += 1
                if settled_by_slope(f, relation, part):
                    tried[1] += 1
                    return Part(leaf="m")
                smooth[0] = tried[0] < 200 or tried[1] > 0
        return Part()

    found = subdivide(decide, sides_of(box, names), most=most, seconds=seconds)
    return found.tree if found.status == "covered" else None


def _violated(f: Term, relation: str, part: Mapping[str, Any], hypotheses: tuple[Term, ...]) -> bool:
    """Whether the relation is certainly false on a whole part (which only stops the search)."""
    from verify.checker.boxes import OPPOSITE, settled_by_range

    return settled_by_range(f, OPPOSITE[relation], part) and not hypotheses
