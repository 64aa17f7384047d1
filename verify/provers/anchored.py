"""Inequalities that grow from a touching point: h(c) = 0 (or >= 0), h' >= 0 above c and h' <= 0 below c.

The point c may depend on the other variables, so that tangent lines (Fenchel-Young), Bernoulli's inequality with a
symbolic exponent and estimates with equality at the end of an interval are decided for all parameters at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify.evidence import Evidence, Tier, undecided
from verify.exact.ratios import meeting_point
from verify.exact.ring import factors
from verify.exact.signbook import NONNEGATIVE, POSITIVE
from verify.exact.signs import Put, defined, guarded, is_zero, run_on_cells, signs
from verify.exact.tower import Tower
from verify.language.calculus import NotDifferentiable, expand
from verify.language.terms import ONE, RELATIONS, ZERO, Term, fn, num, substitute, sym, walk
from verify.provers import exact, powers
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "monotone from a touching point"
DEPTH = 3
NUMBERS = ("0", "1", "-1", "1/2", "2")


def applies(statement: Statement) -> bool:
    return exact.applies(statement) and statement.conclusion.op in ("<", "<=", ">", ">=")


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an inequality between elementary terms")
    a, b = statement.conclusion.args
    op = statement.conclusion.op
    gap = fn("-", b, a) if op in ("<", "<=") else fn("-", a, b)
    try:
        strict = op in ("<", ">")
        story = _nonnegative(gap, statement.domain, strict, Budget(budget.left / 2, budget.seed), DEPTH)
        if story is None:
            story = _off_zero(gap, statement.domain, strict, budget)
    except NotDifferentiable as e:
        return undecided(METHOD, str(e))
    if story is None:
        return undecided(METHOD, "no touching point with a derivative of known sign on either side")
    return Evidence(Tier.certified, METHOD, "holds", detail="; ".join(story), engines=exact.engines())


def _off_zero(gap: Term, domain: Domain, strict: bool, budget: Budget) -> list[str] | None:
    """The variables that are nonnegative but may vanish, at zero and off zero apart."""
    edges = [n for n in domain.names if n in gap.free and signs(sym(n), domain, 0.2) == NONNEGATIVE][:2]
    if not edges or any(n in t.args[1].free for n in edges for t in walk(gap) if t.op == "diff"):
        return None
    story: list[str] = []
    for name in edges:
        at_zero = {name: ZERO}
        rest = Domain(
            tuple(v for v in domain.variables if v[0] != name),
            tuple(substitute(h, at_zero) for h in domain.hypotheses),
        )
        if not _decided(substitute(gap, at_zero), rest, strict, budget):
            return None
        story.append(f"true at {name} = 0")
        domain = domain.assuming(fn(">", sym(name), ZERO))
    # The weak bounds say nothing beside the strict ones, and would be taken for ends of the intervals.
    weak = [h for h in domain.hypotheses if h.op in (">=", "<=") and any(a in map(sym, edges) for a in h.args)]
    kept = tuple(h for h in domain.hypotheses if h not in weak or ZERO not in h.args)
    inside = _nonnegative(gap, Domain(domain.variables, kept), strict, budget, DEPTH)
    return None if inside is None else story + inside


def _decided(gap: Term, domain: Domain, strict: bool, budget: Budget) -> bool:
    """The exact provers on gap >= 0 (> 0)."""
    goal = Statement(domain, fn(">" if strict else ">=", gap, ZERO))
    slice_ = Budget(max(0.05, min(0.8, budget.left / 3)), budget.seed)
    return any(p.prove(goal, slice_).result == "holds" for p in (exact, powers) if p.applies(goal))


def _nonnegative(gap: Term, domain: Domain, strict: bool, budget: Budget, depth: int) -> list[str] | None:
    """The steps of a proof of gap >= 0 (> 0 where strict) on the domain, or None."""
    if budget.spent:
        return None
    if _decided(gap, domain, strict, budget):
        return [f"{gap} {'>' if strict else '>='} 0 by its normal form"]
    if depth == 0 or not defined(gap, domain, max(0.1, min(0.5, budget.left / 4))):
        return None
    names = [n for n, sort in domain.variables if sort == "real" and n in gap.free]
    for name in sorted(names, key=lambda n: sum(t == sym(n) for t in walk(gap))):
        about = [h for h in domain.hypotheses if name in h.free]
        if not all(_bounds(h, name) for h in about):
            continue
        if not continuous(gap, name, domain):
            continue
        # A variable that leads nowhere must not eat the time of the others.
        share = Budget(budget.left / 2, budget.seed)
        arch = _concave(gap, domain, name, strict, share, depth)
        if arch is not None:
            return arch
        for c in [*_balanced(gap, domain, name), *_points(domain, name, gap)]:
            if share.spent:
                break
            story = _from(gap, domain, name, c, strict, share, depth)
            if story is not None:
                return story
    return None


def _concave(gap: Term, domain: Domain, name: str, strict: bool, budget: Budget, depth: int) -> list[str] | None:
    """h'' <= 0 between two ends at which h >= 0 gives h >= 0 between them; strictly off the ends where h'' < 0."""
    ends: dict[bool, Term] = {}
    for h in domain.hypotheses:
        if name in h.free:
            left = h.args[0] == sym(name)
            lower = (h.op if left else {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[h.op]) in (">", ">=")
            if lower in ends or (strict and h.op not in ("<", ">")):
                return None
            ends[lower] = h.args[1] if left else h.args[0]
    if len(ends) != 2:
        return None
    rest = Domain(
        tuple(v for v in domain.variables if v[0] != name), tuple(h for h in domain.hypotheses if name not in h.free)
    )
    worked = expand(gap)
    for end in ends.values():
        value = substitute(worked, {name: end})
        if not defined(value, rest, 0.3) or not _decided(value, rest, False, budget):
            return None
    bend = fn("neg", fn("diff", gap, sym(name), num(2)))
    if not _decided(bend, domain, strict, budget):
        return None
    return [f"{gap} is concave in {name} and nonnegative at {ends[True]} and {ends[False]}"]


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


def continuous(gap: Term, name: str, domain: Domain) -> bool:
    """Whether the gap, where it is defined, is continuous in the variable: no sign, no spow that may jump.

    An exponent that moves too may vanish at the touching point: spow(x, x) jumps from 1 to 0 there.
    """
    for t in walk(expand(gap)):
        if name in t.free and t.op == "sign":
            return False
        if t.op != "spow" or name not in t.args[0].free:
            continue
        if name in t.args[1].free or signs(t.args[1], domain, 0.3) != POSITIVE:
            return False
    return True


def _bounds(h: Term, name: str) -> bool:
    """The hypothesis bounds the variable on one side by something free of it."""
    if h.op not in RELATIONS or h.op in ("==", "!="):
        return False
    return any(s == sym(name) and name not in other.free for s, other in (h.args, h.args[::-1]))


def _points(domain: Domain, name: str, gap: Term) -> Iterator[Term]:
    ends = [a for h in domain.hypotheses if name in h.free for a in h.args if name not in a.free]
    others = [sym(n) for n in domain.names if n != name and n in gap.free]
    yield from dict.fromkeys([*ends, *others, *(num(n) for n in NUMBERS)])


def _from(
    gap: Term, domain: Domain, name: str, c: Term, strict: bool, budget: Budget, depth: int
) -> list[str] | None:
    rest = Domain(
        tuple(v for v in domain.variables if v[0] != name), tuple(h for h in domain.hypotheses if name not in h.free)
    )
    v = sym(name)
    sides = _sides(domain, name, c, rest, budget)
    if sides is None:
        return None
    start = substitute(expand(gap), {name: c})
    if not defined(start, rest, 0.3):
        return None
    touching = is_zero(start, rest, 0.5) is True
    if not touching and not _decided(start, rest, False, budget):
        return None
    touch_in = not strict or (not touching and _decided(start, rest, True, budget))
    slope = fn("diff", gap, v, ONE)
    story = [f"at {name} = {c} it is {'0' if touching else 'nonnegative'}"]
    for side in sides:
        here = domain.assuming(fn(side, v, c))
        # Strictness comes from the slope where the point itself gives none; the point is then not in the domain.
        need = strict and not touch_in
        steps = _nonnegative(_oriented(slope, side), here, need, budget, depth - 1)
        if steps is None:
            return None
        story.append(f"for {name} {side} {c} the derivative {'grows away' if need else 'points away'} ({steps[-1]})")
    if strict and not touch_in and not _excluded(domain, name, c, rest):
        return None
    return story


def _oriented(slope: Term, side: str) -> Term:
    return slope if side == ">" else fn("neg", slope)


def _sides(domain: Domain, name: str, c: Term, rest: Domain, budget: Budget) -> list[str] | None:
    """The sides of c on which the domain has points; None where c is not in the closure of each fibre."""
    sides = {">", "<"}
    for h in domain.hypotheses:
        if name not in h.free:
            continue
        left = h.args[0] == sym(name)
        bound = h.args[1] if left else h.args[0]
        op = h.op if left else {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[h.op]
        lower = op in (">", ">=")
        gap = fn("-", c, bound) if lower else fn("-", bound, c)
        if bound == c or is_zero(gap, rest, 0.3) is True:
            sides.discard("<" if lower else ">")
        elif not _decided(gap, rest, False, budget):
            return None
    return sorted(sides)


def _excluded(domain: Domain, name: str, c: Term, rest: Domain) -> bool:
    """Whether a hypothesis keeps the variable away from c."""
    return any(
        h.op in ("<", ">") and sym(name) in h.args and c in h.args for h in domain.hypotheses if name in h.free
    )
