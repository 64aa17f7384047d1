"""Replays equations by the constancy theorem: f' = g' on an interval and f = g at one of its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verify.checker.anchored import INEQUALITIES, SECONDS, continuous, without
from verify.checker.kinked import affine
from verify.checker.kinks import speaks_at_points
from verify.exact.signs import defined, is_zero
from verify.language.parse import parse_term
from verify.language.terms import ONE, Term, fn, substitute, sym
from verify.statement import Domain, Statement


def interval_fibres(domain: Domain, name: str) -> bool:
    """Whether each hypothesis on the variable is an inequality affine in it, so that the fibres are intervals."""
    about = [h for h in domain.hypotheses if name in h.free]
    return all(h.op in INEQUALITIES and affine(fn("-", *h.args), name) is not None for h in about)


def meets_bounds(domain: Domain, name: str, point: Term) -> list[Statement]:
    """That the point meets every hypothesis on the variable, whatever the others are."""
    rest = without(domain, name)
    return [Statement(rest, substitute(h, {name: point})) for h in domain.hypotheses if name in h.free]


def inside(gap: Term, domain: Domain, name: str, seconds: float = SECONDS) -> Domain:
    """The domain without the ends of its fibres, where a gap that is continuous up to them needs no derivative."""
    if not continuous(gap, name, domain, seconds) or not defined(gap, domain, seconds):
        return domain
    strict = {"<=": "<", ">=": ">"}
    return replace(domain, hypotheses=tuple(
        fn(strict.get(h.op, h.op), *h.args) if name in h.free else h for h in domain.hypotheses
    ))  # fmt: skip


def check_constancy(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether both sides agree at the point, which lies in each fibre, and their derivatives in each fibre's inside."""
    from verify.checker import replay

    c, domain = statement.conclusion, statement.domain
    name = certificate["variable"]
    if not speaks_at_points(statement) or c.op != "==" or domain.sort(name) != "real":
        return False
    if not interval_fibres(domain, name):
        return False
    point = parse_term(certificate["point"], ())
    goals = meets_bounds(domain, name, point)
    if not all(replay(g, part) for g, part in zip(goals, certificate["parts"], strict=True)):
        return False
    gap = fn("-", *c.args)
    # The point is a hypothesis, not a substitution, which would spoil derivatives in the variable.
    if is_zero(gap, domain.assuming(fn("==", sym(name), point)), SECONDS) is not True:
        return False
    slope = fn("diff", gap, sym(name), ONE)
    return is_zero(slope, inside(gap, domain, name), SECONDS) is True
