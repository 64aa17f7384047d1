"""Sign cells: a domain is cut along the signs that decide, zero always a cell of its own.

``explore(domain, task)`` runs a task on towers. Where the task needs a sign that is not known, the cell is cut into
the parts on which the deciding term is negative, zero and positive, and the task starts again on each. Equations of
a cell (its zero cuts and the equations among the hypotheses) are solved for a variable first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from verify.clock import now
from verify.exact.errors import EmptyCell, NotDefined, Refine, Split, Stop, Unsupported
from verify.exact.ring import Poly, generators_in
from verify.exact.tower import Tower
from verify.language.terms import RELATIONS, Term, num, substitute
from verify.statement import Domain

T = TypeVar("T")
MAX_CELLS = 243


@dataclass(frozen=True)
class Cell:
    """A part of a domain: the hypotheses, the cuts made so far, and the values of solved variables."""

    domain: Domain
    cuts: tuple[Term, ...] = ()
    values: dict[str, Term] = field(default_factory=dict, compare=False, hash=False)

    def __str__(self) -> str:
        return ", ".join(str(c) for c in self.cuts) or "everywhere"


@dataclass
class Tree:
    """How a domain was cut: the term whose sign was asked for and a part for each relation to zero, or a leaf.

    orders: the orders of roots that were refined by the time the leaf was reached.
    """

    cut: Term | None = None
    parts: dict[str, Tree] = field(default_factory=dict)
    orders: dict = field(default_factory=dict)


@dataclass
class Outcome:
    """What a task found on one cell: a value, or the reason why there is none; and where it is in the tree."""

    cell: Cell
    value: object = None
    stop: Stop | None = None
    leaf: Tree = field(default_factory=Tree)


class OutOfTime(Exception):
    pass


def relations_of(domain: Domain) -> list[Term]:
    """The relations among the hypotheses; strict ones between integers are sharpened to a < b, a + 1 <= b."""
    flat: list[Term] = []
    for h in domain.hypotheses:
        flat.extend(p for p in (h.args if h.op == "and" else (h,)) if p.op in RELATIONS)
    return sharp(flat, domain)


def sharp(relations: Iterable[Term], domain: Domain) -> list[Term]:
    """The relations, each strict one between integers as one that is not: a < b as a + 1 <= b."""
    integers = {n for n, s in domain.variables if s == "integer"}
    return [_sharpened(r, integers) for r in relations]


def _sharpened(r: Term, integers: set[str]) -> Term:
    if r.op not in ("<", ">") or not all(_integral(a, integers) for a in r.args):
        return r
    small, large = r.args if r.op == "<" else r.args[::-1]
    return Term("<=", Term("+", small, num(1)), large)


def _integral(t: Term, integers: set[str]) -> bool:
    """Whether a term is, by its form, an integer for integer values of its names."""
    if t.op == "num":
        return bool(t.args[0].denominator == 1)
    if t.op == "sym":
        return t.args[0] in integers
    return t.op in ("+", "-", "*", "neg") and all(_integral(a, integers) for a in t.children)


def tower_for(domain: Domain, facts: list[Term], orders: dict, logs: bool) -> tuple[Tower, dict[str, Term]]:
    """A tower with the facts learnt and the equations among them solved; the values of solved variables."""
    values: dict[str, Term] = {}
    pending = list(facts)
    while True:
        tower = Tower({n: s for n, s in domain.variables if n not in values}, orders, logs=logs)
        waiting = pending
        for _ in range(3):
            waiting = [f for f in waiting if not tower.signs.learn((f.args[0], f.args[1]), f.op)]
            if not waiting:
                break
        solved = _solve_one(tower, pending)
        if solved is None:
            tower.signs.settle_variables()
            return tower, values
        name, value, equation, slope = solved
        step = {name: value}
        values = {k: substitute(v, step) for k, v in values.items()} | step
        pending = [substitute(f, step) for f in pending if f is not equation] + slope


def _solve_one(tower: Tower, facts: list[Term]) -> tuple[str, Term, Term, list[Term]] | None:
    """An equation among the facts that is linear in a variable with a coefficient that cannot vanish."""
    for fact in facts:
        if fact.op != "==":
            continue
        try:
            left, right = tower.element(fact.args[0]), tower.element(fact.args[1])
        except Stop:
            try:
                left = tower.element(_cleared(fact))
                right = tower.constant(0)
            except Stop:
                continue
        gap = tower.ring.add(left, tower.ring.negate(right)).num
        if gap.is_zero():
            continue
        candidates = []
        for k in generators_in(gap):
            g = tower.generators[k]
            if g.kind != "var" or gap.degrees()[k] != 1 or tower.names[g.meaning.args[0]] == "integer":
                continue
            slope = gap.derivative(k)
            rest = gap - slope * tower.gen(k)
            if any(g.meaning.args[0] in tower.generators[j].meaning.free for j in generators_in(gap) if j != k):
                continue
            if 0 in tower.signs.poly(slope) and not _no_common_zero(tower, slope, rest):
                continue
            name = g.meaning.args[0]
            bounds = sum(1 for f in facts if f is not fact and name in f.free)  # keep what is bounded best
            candidates.append((bounds, len(slope) + len(rest), name, slope, rest))
        if candidates:
            *_, name, slope, rest = min(candidates, key=lambda c: c[:3])
            nonzero = [] if slope.is_constant() else [Term("!=", tower.term_of(slope), num(0))]
            return name, _ratio(tower, -rest, slope), fact, nonzero
    return None


def _cleared(fact: Term) -> Term:
    """a/b + c == d with the quotients by plain names cleared: the equation times those names."""
    divisors = []
    stack = [fact]
    while stack:
        t = stack.pop()
        if t.op == "/" and t.args[1].op == "sym" and t.args[1] not in divisors:
            divisors.append(t.args[1])
        stack.extend(t.children)
    if not divisors:
        raise Unsupported("nothing to clear")

    def clear(t: Term, d: Term) -> Term:
        if t.op in ("+", "-"):
            return Term(t.op, clear(t.args[0], d), clear(t.args[1], d))
        if t.op == "neg":
            return Term("neg", clear(t.args[0], d))
        if t.op == "/" and t.args[1] == d:
            return t.args[0]
        if t.op == "*" and t.args[1].op == "/" and t.args[1].args[1] == d:
            return Term("*", t.args[0], t.args[1].args[0])
        return Term("*", t, d)

    gap = Term("-", fact.args[0], fact.args[1])
    for d in divisors:
        gap = clear(gap, d)
    return gap


def _no_common_zero(tower: Tower, slope: Poly, rest: Poly) -> bool:
    """slope and rest never vanish together, because slope = 0 fixes a variable at which rest is a nonzero number."""
    for k in generators_in(slope):
        if slope.degrees()[k] == 1 and slope.derivative(k).is_constant():
            root = -(slope - slope.derivative(k) * tower.gen(k)) / slope.derivative(k)
            if root.is_constant():
                there = rest.compose(*[root if j == k else g for j, g in enumerate(tower.ring.gens)])
                return bool(there.is_constant() and not there.is_zero())
    return False


def _ratio(tower: Tower, top: Poly, below: Poly) -> Term:
    q = tower.ring.make(top, below)
    return tower.term_of_quotient(q)


def cuts_along(term: Term, zero_only: bool) -> list[Term]:
    zero = num(0)
    ops = ("!=", "==") if zero_only else (">", "==", "<")
    return [Term(op, term, zero) for op in ops]


def explore(
    domain: Domain,
    task: Callable[[Tower, Callable[[Term], Term]], T],
    *,
    deadline: float,
    logs: bool = False,
    tree: Tree | None = None,
) -> list[Outcome]:
    """The task on every cell that it needs; the task gets a tower and the substitution of solved variables.

    tree: filled with the cuts that were made. Raises OutOfTime at the deadline (time.monotonic) or when the cells
    become too many.
    """
    outcomes: list[Outcome] = []
    queue = [(Cell(domain), Tree() if tree is None else tree)]
    base = relations_of(domain)
    orders: dict = {}
    made = 1
    while queue:
        cell, node = queue.pop()
        while True:
            if now() > deadline:
                raise OutOfTime("out of time")
            here = cell
            node.orders = orders
            try:
                tower, values = tower_for(domain, [*base, *sharp(cell.cuts, domain)], orders, logs)
                here = Cell(domain, cell.cuts, values)

                def put(t: Term, values: dict[str, Term] = values) -> Term:
                    return substitute(t, values)

                outcomes.append(Outcome(here, task(tower, put), leaf=node))
                break
            except Refine as r:
                orders = {**orders, r.key: r.order}
                continue
            except EmptyCell:
                break
            except Split as s:
                if Term("==", s.term, num(0)) in cell.cuts or len(cell.cuts) > 12:
                    outcomes.append(Outcome(cell, None, Unsupported(f"cannot use {s.term} == 0"), node))
                    break
                made += 3
                if made > MAX_CELLS:
                    raise OutOfTime("too many cells") from None
                # A nonzero cut that is cut again is narrowed to a sign.
                kept = tuple(c for c in cell.cuts if c != Term("!=", s.term, num(0)))
                parts = cuts_along(s.term, s.zero_only)
                if len(kept) < len(cell.cuts):
                    parts = [p for p in cuts_along(s.term, False) if p.op != "=="]
                node.cut, node.parts = s.term, {p.op: Tree() for p in parts}
                queue.extend((Cell(domain, (*kept, p)), node.parts[p.op]) for p in parts)
                break
            except RecursionError:
                outcomes.append(Outcome(here, None, Unsupported("nested too deeply"), node))
                break
            except (NotDefined, Unsupported) as stop:
                outcomes.append(Outcome(here, None, stop, node))
                break
    return outcomes
