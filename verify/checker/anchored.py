"""Replays proofs of h >= 0 (h > 0) that grow from a touching point: h(c) >= 0, h' >= 0 above c and h' <= 0 below c.

Every step fixes all variables but one, v, which its hypotheses keep in an interval (the fibre) with c in its closure.
There h is continuous, c included, and has a derivative off c, so the mean value theorem gives the sign. Or h is
concave between two ends at which it is nonnegative. Strictly so where the value or the derivative is strict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verify.checker.kinks import speaks_at_points
from verify.checker.problem import solved
from verify.exact.signbook import NONNEGATIVE, POSITIVE
from verify.exact.signs import defined, is_zero, signs
from verify.language.calculus import expand
from verify.language.parse import parse_term
from verify.language.terms import ONE, ZERO, Term, fn, num, substitute, sym, walk
from verify.statement import Domain, Statement

INEQUALITIES = ("<", "<=", ">", ">=")
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MOST_STEPS = 60
MOST_DEPTH = 4
SECONDS = 3.0


def asked(statement: Statement) -> tuple[Term, bool]:
    """(h, strict) for the statement h >= 0 or h > 0."""
    c = statement.conclusion
    a, b = c.args
    return (fn("-", b, a) if c.op in ("<", "<=") else fn("-", a, b)), c.op in ("<", ">")


def sign_statement(gap: Term, domain: Domain, strict: bool) -> Statement:
    return Statement(domain, fn(">" if strict else ">=", gap, ZERO))


def without(domain: Domain, name: str) -> Domain:
    """The hypotheses that do not speak of a variable, on the others."""
    return Domain(
        tuple(v for v in domain.variables if v[0] != name), tuple(h for h in domain.hypotheses if name not in h.free)
    )


def bounds_of(domain: Domain, name: str) -> list[tuple[str, Term]] | None:
    """(relation, bound) for each hypothesis on the variable; None where one is no bound by something free of it."""
    found = []
    for h in domain.hypotheses:
        if name not in h.free:
            continue
        if h.op not in INEQUALITIES:
            return None
        left, right = h.args
        if left == sym(name) and name not in right.free:
            found.append((h.op, right))
        elif right == sym(name) and name not in left.free:
            found.append((TURNED[h.op], left))
        else:
            told = solved(h, name)
            if told is None:
                return None
            found.append(told)
    return found


def distance(c: Term, relation: str, bound: Term) -> Term:
    """How far c is inside a bound ``v relation bound``."""
    return fn("-", c, bound) if relation in (">", ">=") else fn("-", bound, c)


def continuous(gap: Term, name: str, domain: Domain, seconds: float = SECONDS) -> bool:
    """Whether the gap, where it is defined, is continuous in the variable: no sign, no spow that may jump.

    An exponent that moves too may vanish at the touching point: spow(x, x) jumps from 1 to 0 there.
    """
    for t in walk(expand(gap)):
        if name in t.free and t.op == "sign":
            return False
        if t.op != "spow" or name not in t.args[0].free:
            continue
        if name in t.args[1].free or signs(t.args[1], domain, seconds) != POSITIVE:
            return False
    return True


def slope_toward(gap: Term, name: str, side: str) -> Term:
    """The derivative away from the touching point."""
    slope = fn("diff", gap, sym(name), ONE)
    return slope if side == ">" else fn("neg", slope)


def bend_of(gap: Term, name: str) -> Term:
    return fn("neg", fn("diff", gap, sym(name), num(2)))


def ends_of(bounds: list[tuple[str, Term]], strict: bool) -> tuple[Term, Term] | None:
    """The two ends of the fibre where there is one bound on each side, both strict where that is needed."""
    low = [b for relation, b in bounds if relation in (">", ">=")]
    high = [b for relation, b in bounds if relation in ("<", "<=")]
    if len(low) != 1 or len(high) != 1 or (strict and any(relation in (">=", "<=") for relation, _ in bounds)):
        return None
    return low[0], high[0]


def at_zero(gap: Term, domain: Domain, name: str) -> tuple[Term, Domain] | None:
    """Gap and domain with the variable at zero; None where a derivative in it is asked for."""
    if any(t.op == "diff" and name in t.args[1].free for f in (gap, *domain.hypotheses) for t in walk(f)):
        return None
    values = {name: ZERO}
    variables = tuple(v for v in domain.variables if v[0] != name)
    return substitute(gap, values), Domain(variables, tuple(substitute(h, values) for h in domain.hypotheses))


def off_zero(domain: Domain, edges: list[str]) -> Domain:
    """The domain with the edges positive, without their weak bounds by zero, which then say nothing."""
    domain = domain.assuming(*(fn(">", sym(name), ZERO) for name in edges))
    weak = [h for h in domain.hypotheses if h.op in (">=", "<=") and any(a in map(sym, edges) for a in h.args)]
    return Domain(domain.variables, tuple(h for h in domain.hypotheses if h not in weak or ZERO not in h.args))


def check_anchored(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the steps prove the inequality."""
    if not speaks_at_points(statement) or statement.conclusion.op not in INEQUALITIES:
        return False
    gap, strict = asked(statement)
    domain, edges = statement.domain, []
    for name, part in certificate["edges"]:
        there = at_zero(gap, domain, name)
        if there is None or not signs(sym(name), domain, SECONDS) <= NONNEGATIVE:
            return False
        if not _proved(*there, strict, part):
            return False
        domain = domain.assuming(fn(">", sym(name), ZERO))
        edges.append(name)
    return _Steps().prove(gap, off_zero(statement.domain, edges) if edges else domain, strict, certificate["proof"], 0)


def _proved(gap: Term, domain: Domain, strict: bool, part: Mapping[str, Any] | None) -> bool:
    from verify.checker import replay

    return replay(sign_statement(gap, domain, strict), part)


@dataclass
class _Steps:
    taken: int = 0

    def prove(self, gap: Term, domain: Domain, strict: bool, proof: Mapping[str, Any], depth: int) -> bool:
        """Whether the proof shows gap >= 0 (> 0 where strict) on the domain."""
        self.taken += 1
        if self.taken > MOST_STEPS or depth > MOST_DEPTH:
            return False
        if proof["by"] == "normal form":
            return _proved(gap, domain, strict, proof["part"])
        name = proof["variable"]
        bounds = bounds_of(domain, name)
        if bounds is None or domain.sort(name) != "real" or not continuous(gap, name, domain):
            return False
        if not defined(gap, domain, SECONDS):
            return False
        if proof["by"] == "concave":
            return self.concave(gap, domain, strict, proof, bounds)
        return proof["by"] == "from" and self.grows(gap, domain, strict, proof, bounds, depth)

    def concave(
        self, gap: Term, domain: Domain, strict: bool, proof: Mapping[str, Any], bounds: list[tuple[str, Term]]
    ) -> bool:
        name = proof["variable"]
        ends = ends_of(bounds, strict)
        if ends is None:
            return False
        rest, worked = without(domain, name), expand(gap)
        for end, part in zip(ends, proof["ends"], strict=True):
            value = substitute(worked, {name: end})
            if not defined(value, rest, SECONDS) or not _proved(value, rest, False, part):
                return False
        return _proved(bend_of(gap, name), domain, strict, proof["bend"])

    def grows(
        self,
        gap: Term,
        domain: Domain,
        strict: bool,
        proof: Mapping[str, Any],
        bounds: list[tuple[str, Term]],
        depth: int,
    ) -> bool:
        name, rest = proof["variable"], without(domain, proof["variable"])
        c = parse_term(proof["at"], rest.names)
        sides = {">", "<"}
        for (relation, bound), part in zip(bounds, proof["bounds"], strict=True):
            gap_to = distance(c, relation, bound)
            if part is not None:
                if not _proved(gap_to, rest, False, part):
                    return False
            elif bound == c or is_zero(gap_to, rest, SECONDS) is True:
                sides.discard("<" if relation in (">", ">=") else ">")
            else:
                return False
        start = substitute(expand(gap), {name: c})
        if not defined(start, rest, SECONDS):
            return False
        touching = proof["start"] is None and is_zero(start, rest, SECONDS) is True
        if not touching and not _proved(start, rest, False, proof["start"]):
            return False
        # Strictness comes from the slope where the point itself gives none; the point is then not in the domain.
        steep = strict and not (proof["beyond"] is not None and _proved(start, rest, True, proof["beyond"]))
        if steep and not any(relation in ("<", ">") and bound == c for relation, bound in bounds):
            return False
        return all(
            self.prove(
                slope_toward(gap, name, side),
                domain.assuming(fn(side, sym(name), c)),
                steep,
                proof["sides"][side],
                depth + 1,
            )
            for side in sorted(sides)
        )
