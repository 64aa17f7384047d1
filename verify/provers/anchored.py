"""Inequalities that grow from a touching point: h(c) = 0 (or >= 0), h' >= 0 above c and h' <= 0 below c.

The point c may depend on the other variables, so that tangent lines (Fenchel-Young), Bernoulli's inequality with a
symbolic exponent and estimates with equality at the end of an interval are decided for all parameters at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verify.checker.anchored import (
    asked,
    at_zero,
    bend_of,
    bounds_of,
    continuous,
    distance,
    ends_of,
    off_zero,
    sign_statement,
    slope_toward,
    without,
)
from verify.evidence import Evidence, Tier, undecided
from verify.exact.ratios import meeting_point
from verify.exact.ring import factors
from verify.exact.signbook import NONNEGATIVE
from verify.exact.signs import Put, defined, guarded, is_zero, run_on_cells, signs
from verify.exact.tower import Tower
from verify.language.calculus import NotDifferentiable, derivative, expand
from verify.language.errors import LanguageError
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import ONE, ZERO, Term, fn, num, substitute, sym, walk
from verify.provers import exact, powers
from verify.provers.attacks.solving import vanishing
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "monotone from a touching point"
DEPTH = 3
ALONE = 1.0  # seconds for a function of one variable, for which there is a prover of its own
Certificate = dict[str, Any]
Proof = dict[str, Any]
Edges = list[list[Any]]
NUMBERS = ("0", "1", "-1", "1/2", "2")


def applies(statement: Statement) -> bool:
    return exact.applies(statement) and statement.conclusion.op in ("<", "<=", ">", ">=")


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an inequality between elementary terms")
    gap, strict = asked(statement)
    edges: Edges = []
    try:
        proof = _nonnegative(gap, statement.domain, strict, Budget(budget.left * 0.75, budget.seed), DEPTH)
        if proof is None:
            proof = _off_zero(gap, statement.domain, strict, budget, edges)
    except NotDifferentiable as e:
        return undecided(METHOD, str(e))
    if proof is None:
        return undecided(METHOD, "no touching point with a derivative of known sign on either side")
    certificate = {"kind": "anchored", "statement": statement.text, "edges": edges, "proof": proof}
    return Evidence(
        Tier.certified,
        METHOD,
        "holds",
        detail="; ".join([*(f"true at {name} = 0" for name, _ in edges), *_story(proof, gap)]),
        engines=exact.engines(),
        certificate=certificate if len(str(certificate)) <= exact.MOST_TEXT else None,
    )


def _story(proof: Proof, gap: Term) -> list[str]:
    """The first step of a proof in words."""
    name = proof.get("variable")
    if proof["by"] == "normal form":
        return [f"{gap} has its sign by its normal form"]
    if proof["by"] == "concave":
        return [f"{gap} is concave in {name} and nonnegative at both ends"]
    c, inner = proof["at"], proof["sides"]
    return [f"at {name} = {c} it is nonnegative", *(f"for {name} {side} {c} it grows away" for side in inner)]


def _off_zero(gap: Term, domain: Domain, strict: bool, budget: Budget, edges: Edges) -> Proof | None:
    """The variables that are nonnegative but may vanish, at zero (proved in ``edges``) and off zero apart."""
    names = [n for n in domain.names if n in gap.free and signs(sym(n), domain, 0.2) == NONNEGATIVE][:2]
    inside = domain
    for name in names:
        there = at_zero(gap, inside, name)
        part = None if there is None else _decided(*there, strict, budget)
        if part is None:
            return None
        edges.append([name, part])
        inside = inside.assuming(fn(">", sym(name), ZERO))
    return _nonnegative(gap, off_zero(domain, names), strict, budget, DEPTH) if names else None


def _decided(gap: Term, domain: Domain, strict: bool, budget: Budget) -> Certificate | None:
    """The certificate of the exact provers for gap >= 0 (> 0); None where they do not prove it."""
    goal = sign_statement(gap, domain, strict)
    slice_ = Budget(max(0.05, min(0.8, budget.left / 3)), budget.seed)
    for p in (exact, powers):
        found = p.prove(goal, slice_) if p.applies(goal) else None
        if found is not None and found.result == "holds":
            return dict(found.certificate or {})
    return None


def _nonnegative(gap: Term, domain: Domain, strict: bool, budget: Budget, depth: int) -> Proof | None:
    """A proof of gap >= 0 (> 0 where strict) on the domain, or None."""
    if budget.spent:
        return None
    part = _decided(gap, domain, strict, budget)
    if part is not None:
        return {"by": "normal form", "part": part}
    if depth == 0 or not defined(gap, domain, max(0.1, min(0.5, budget.left / 4))):
        return None
    names = [n for n, sort in domain.variables if sort == "real" and n in gap.free]
    for name in sorted(names, key=lambda n: sum(t == sym(n) for t in walk(gap))):
        if bounds_of(domain, name) is None or not continuous(gap, name, domain, 0.3):
            continue
        # A variable that leads nowhere must not eat the time of the others.
        share = Budget(budget.left / 2, budget.seed)
        arch = _concave(gap, domain, name, strict, share)
        if arch is not None:
            return arch
        tried = [*_balanced(gap, domain, name), *_level(gap, domain, name), *_points(domain, name, gap)]
        for c in dict.fromkeys(tried):
            if share.spent:
                break
            proof = _from(gap, domain, name, c, strict, share, depth)
            if proof is not None:
                return proof
    return None


def _concave(gap: Term, domain: Domain, name: str, strict: bool, budget: Budget) -> Proof | None:
    """h'' <= 0 between two ends at which h >= 0 gives h >= 0 between them; strictly off the ends where h'' < 0."""
    ends = ends_of(bounds_of(domain, name) or [], strict)
    if ends is None:
        return None
    rest, worked = without(domain, name), expand(gap)
    parts = []
    for end in ends:
        value = substitute(worked, {name: end})
        part = _decided(value, rest, False, budget) if defined(value, rest, 0.3) else None
        if part is None:
            return None
        parts.append(part)
    bend = _decided(bend_of(gap, name), domain, strict, budget)
    return None if bend is None else {"by": "concave", "variable": name, "ends": parts, "bend": bend}


def _balanced(gap: Term, domain: Domain, name: str) -> list[Term]:
    """Where the derivative in the variable is a difference of two positive monomials: the point at which they agree."""
    found: list[Term] = []

    def task(tower: Tower, put: Put) -> None:
        slope = guarded(tower, put, fn("diff", gap, sym(name), ONE)).num
        for f, _ in factors(slope)[1]:
            if len(f) == 2:
                found.extend(meeting_point(tower, f, name))

    run_on_cells(domain, task, 0.3)
    return [c for c in dict.fromkeys(found) if name not in c.free][:2]


def _level(gap: Term, domain: Domain, name: str) -> list[Term]:
    """Where the derivative in the variable vanishes, if that can be solved for the variable."""
    slope = derivative(gap, name)
    written: list[Term] = [slope]

    def task(tower: Tower, put: Put) -> None:
        written.append(tower.term_of(guarded(tower, put, slope).num))

    run_on_cells(domain, task, 0.3)
    return [c for t in written for c in vanishing(t, name)][:2]


def _points(domain: Domain, name: str, gap: Term) -> Iterator[Term]:
    ends = [a for h in domain.hypotheses if name in h.free for a in h.args if name not in a.free]
    others = [sym(n) for n in domain.names if n != name and n in gap.free]
    yield from dict.fromkeys([*ends, *others, *(num(n) for n in NUMBERS)])


def _from(
    gap: Term, domain: Domain, name: str, c: Term, strict: bool, budget: Budget, depth: int
) -> Proof | None:
    rest = without(domain, name)
    try:
        c = parse_term(to_text(c), rest.names)  # as it will be read again
    except LanguageError:
        return None
    bounds = _bounds(domain, name, c, rest, budget)
    if bounds is None:
        return None
    parts, sides = bounds
    start = substitute(expand(gap), {name: c})
    if not defined(start, rest, 0.3):
        return None
    touching = is_zero(start, rest, 0.5) is True
    at_start = None if touching else _decided(start, rest, False, budget)
    if not touching and at_start is None:
        return None
    beyond = _decided(start, rest, True, budget) if strict and not touching else None
    # Strictness comes from the slope where the point itself gives none; the point is then not in the domain.
    steep = strict and beyond is None
    proof: Proof = {
        "by": "from", "variable": name, "at": to_text(c), "bounds": parts, "start": at_start, "beyond": beyond,
        "sides": {},
    }  # fmt: skip
    for side in sides:
        here = domain.assuming(fn(side, sym(name), c))
        steps = _nonnegative(slope_toward(gap, name, side), here, steep, budget, depth - 1)
        if steps is None:
            return None
        proof["sides"][side] = steps
    if steep and not _excluded(domain, name, c):
        return None
    return proof


def _bounds(
    domain: Domain, name: str, c: Term, rest: Domain, budget: Budget
) -> tuple[list[Certificate | None], list[str]] | None:
    """For each bound the proof that c is inside (None: c is the bound), and the sides of c that may have points.

    None where c is not in the closure of each fibre.
    """
    sides = {">", "<"}
    parts: list[Certificate | None] = []
    for relation, bound in bounds_of(domain, name) or []:
        gap = distance(c, relation, bound)
        if bound == c or is_zero(gap, rest, 0.3) is True:
            sides.discard("<" if relation in (">", ">=") else ">")
            parts.append(None)
            continue
        part = _decided(gap, rest, False, budget)
        if part is None:
            return None
        parts.append(part)
    return parts, sorted(sides)


def _excluded(domain: Domain, name: str, c: Term) -> bool:
    """Whether a hypothesis keeps the variable away from c."""
    return any(relation in ("<", ">") and bound == c for relation, bound in bounds_of(domain, name) or [])
