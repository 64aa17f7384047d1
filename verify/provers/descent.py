"""The search for a proof of a sign through derivatives, factors and cuts."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verify.checker.calculus import Goal, as_domain, evident, normally_zero, with_side, without_side
from verify.checker.conditions import NoLimit, defining, limit_at_infinity
from verify.checker.problem import Interval
from verify.checker.ranges import NoRange, range_of
from verify.checker.rewriting import negated, turned_over, unfolded
from verify.language.calculus import NotDifferentiable, derivative
from verify.language.printing import number_text, to_text
from verify.language.terms import Term, num, size, substitute, sym, walk
from verify.provers.budget import Budget
from verify.provers.probing import points_in, points_of, sign_at, violated
from verify.statement import Statement

Proof = dict[str, Any]
Form = tuple[Fraction, list[tuple[Term, int]], Any, Any]
LARGEST = 900
SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "2/3", "3/2", "4")]


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
    return [[], chosen] if chosen else [[]]


class Descent:
    """One search; ``names`` are those of the statement, ``budget`` its time."""

    def __init__(self, names: tuple[str, ...], budget: Budget) -> None:
        self.names = names
        self.budget = budget
        self.stop = time.monotonic() + 0.75 * budget.left
        self.failed: dict[Goal, int] = {}
        self.found: dict[Goal, Proof] = {}
        self.forms: dict[Goal, Form | None] = {}

    @property
    def late(self) -> bool:
        return time.monotonic() > self.stop

    def find(self, goal: Goal) -> Proof | None:
        """A proof within rising depths."""
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
        holed = set(goal.holes)
        if any(
            violated(s, goal.relation) and not (s == 0 and _in_hole(p, holed))
            for p, s in zip(points, signs, strict=True)
        ):
            return None
        if goal.relation == "!=":
            side = 1 if signs.count(1) else -1
            if goal.holes:
                return self._at_hole(goal, depth)
            inner = self.search(goal.about(goal.f if side == 1 else negated(goal.f), ">"), depth)
            return None if inner is None else {"by": "sign", "sign": side, "proof": inner}
        if not goal.box:
            return {"by": "zero"} if goal.relation in (">=", "==") and normally_zero(goal) else None
        if evident(goal):
            return {"by": "cells"}
        if goal.relation == "==":
            return None
        for attempt in (self._unfold, self._at_hole, self._factors, self._at_zero, self._monotone, self._boxes,
                        self._cut, self._scaled, self._turned):  # fmt: skip
            if self.late:
                return None
            if attempt == self._factors and normal:
                continue
            try:
                proof = attempt(goal, depth)
            except (NotDifferentiable, NoLimit, ZeroDivisionError):
                continue
            if proof is not None:
                return proof
        return None

    # -- rewriting ---------------------------------------------------------------------------------------------

    def _unfold(self, goal: Goal, depth: int) -> Proof | None:
        """Replace the first abs, sign, spow, Min or Max whose argument has a certain sign; else cut at its zero."""
        for t in walk(goal.f):
            if t.op in ("abs", "sign", "spow"):
                u = t.args[0]
            elif t.op in ("Min", "Max") and len(t.args) == 2:
                u = Term("-", *t.args)
            else:
                continue
            for relation in (">", ">=", "<", "<="):
                inner = (
                    goal.about(u, relation) if ">" in relation else goal.about(negated(u), relation.replace("<", ">"))
                )
                if unfolded(goal.f, {u: relation}) == goal.f:
                    continue
                side = self.search(inner, 1)
                if side is not None:
                    rest = self.search(goal.about(unfolded(goal.f, {u: relation}), goal.relation), depth)
                    if rest is None:
                        return None
                    item = {"term": to_text(u), "relation": relation, "proof": side}
                    return {"by": "unfold", "signs": [item], "proof": rest}
            for name, i in goal.box:
                for c in self._zeros(u, goal, name):
                    if _strictly_inside(c, i):
                        return self._split(goal, name, c, depth)
        return None

    def _form(self, goal: Goal) -> Form | None:
        """(constant, [(factor, power)]) of the normal form of f, with its tower and element, on one cell."""
        key = goal.about(goal.f, "==")
        if key not in self.forms:
            self.forms[key] = self._normal(key)
        return self.forms[key]

    def _normal(self, goal: Goal) -> Form | None:
        from verify.exact.cells import OutOfTime, explore
        from verify.exact.ring import factors

        def task(tower: Any, put: Any) -> Any:
            return tower, tower.element(put(goal.f))

        try:
            outcomes = explore(as_domain(goal), task, deadline=min(self.stop, time.monotonic() + 2))
        except OutOfTime:
            return None
        if len(outcomes) != 1 or outcomes[0].stop is not None:
            return None
        found: Any = outcomes[0].value
        tower, element = found
        if element.num.is_zero():
            return None
        c, above = factors(element.num)
        d, below = factors(element.den)
        parts = [(tower.term_of(p), k) for p, k in above] + [(tower.term_of(p), -k) for p, k in below]
        return Fraction(int(c.p), int(c.q)) / Fraction(int(d.p), int(d.q)), parts, tower, element

    def _factors(self, goal: Goal, depth: int) -> Proof | None:
        form = self._form(goal)
        if form is None:
            return None
        constant, parts, _, _ = form
        if len(parts) == 1 and parts[0][1] == 1 and size(parts[0][0]) >= size(goal.f) and abs(constant) == 1:
            return None
        return self._product(goal, constant, parts, depth)

    def _product(self, goal: Goal, constant: Fraction, parts: list[tuple[Term, int]], depth: int) -> Proof | None:
        """f = constant * product of parts: the sign of each from points, then a proof of it."""
        points = points_in(goal.sides, self.budget.seed)
        items: list[Proof] = []
        for u, k in parts:
            item: Proof = {"term": to_text(u), "power": k}
            if k % 2 == 0 and goal.relation == ">=":
                items.append(item)
                continue
            signs = {sign_at(u, p) for p in points} - {None, 0}
            if k % 2 == 0:
                relation = "!="
                inner = goal.about(u, relation)
            elif len(signs) != 1:
                return self._split_at_zero_of(goal, u, depth)
            else:
                positive = signs == {1}
                relation = goal.relation if positive else goal.relation.replace(">", "<")
                inner = goal.about(u if positive else negated(u), goal.relation)
            proof = self.search(inner, depth - (len(parts) > 1), normal=True)
            if proof is None:
                return None
            items.append({**item, "relation": relation, "proof": proof})
        return {"by": "product", "constant": number_text(constant), "factors": items}

    def _split_at_zero_of(self, goal: Goal, u: Term, depth: int) -> Proof | None:
        for name, i in goal.box:
            for c in self._zeros(u, goal, name):
                if _strictly_inside(c, i):
                    return self._split(goal, name, c, depth)
        return None

    def _scaled(self, goal: Goal, depth: int) -> Proof | None:
        """Divide by one summand, so that a derivative removes it."""
        form = self._form(goal) if depth >= 1 else None
        if form is None:
            return None
        _, _, tower, element = form
        terms = list(element.num.to_dict().items())
        if not 2 <= len(terms) <= 12:
            return None
        groups: dict[tuple[int, ...], Any] = {}
        variables = {k for k, g in tower.generators.items() if g.kind == "var"}
        for exponents, c in terms:
            key = tuple(0 if k in variables else int(e) for k, e in enumerate(exponents))
            groups.setdefault(key, []).append((exponents, c))
        for key, group in sorted(groups.items(), key=lambda g: (len(g[1]), g[0]), reverse=True):
            divisor = tower.ring.ctx.from_dict(dict(group))
            if divisor.is_constant() or (len(groups) == 1):
                continue
            scale = tower.term_of(divisor)
            quotient = None
            for other, members in groups.items():
                piece = (
                    tower.term_of_quotient(tower.ring.make(tower.ring.ctx.from_dict(dict(members)), divisor))
                    if other != key
                    else num(1)
                )
                quotient = piece if quotient is None else Term("+", quotient, piece)
            assert quotient is not None
            parts = [(scale, 1), (quotient, 1)]
            if not element.den.is_one():
                parts.append((tower.term_of(element.den), -1))
            proof = self._product(goal, Fraction(1), parts, depth - 1)
            if proof is not None:
                return proof
        return None

    def _turned(self, goal: Goal, depth: int) -> Proof | None:
        """x stands for 1/x on an interval that reaches infinity."""
        for name, i in goal.box:
            turned = turned_over(i)
            if turned is None or depth < 2 or i.low == 0 or i.high == 0 or len(goal.box) > 1:
                continue
            f = substitute(goal.f, {name: Term("/", num(1), sym(name))})
            holes = frozenset(h for h in goal.holes if h[0] != name)
            proof = self.search(replace(with_side(goal, name, turned), f=f, holes=holes), depth - 2)
            if proof is not None:
                return {"by": "reciprocal", "variable": name, "proof": proof}
        return None

    # -- cuts --------------------------------------------------------------------------------------------------

    def _split(self, goal: Goal, name: str, at: Fraction, depth: int) -> Proof | None:
        interval = goal.sides[name]
        by, is_open = ("hole", True) if (name, at) in goal.holes else ("split", False)
        left = interval.meet(Interval(high=at, high_open=is_open))
        right = interval.meet(Interval(low=at, low_open=is_open))
        parts = []
        for side in (left, right):
            proof = self.search(with_side(goal, name, side), depth - 1)
            if proof is None:
                return None
            parts.append(proof)
        return {"by": by, "variable": name, "at": number_text(at), "parts": parts}

    def _at_hole(self, goal: Goal, depth: int) -> Proof | None:
        for name, value in sorted(goal.holes):
            if name in goal.sides and _strictly_inside(value, goal.sides[name]):
                return self._split(goal, name, value, depth)
        return None

    def _zeros(self, u: Term, goal: Goal, name: str) -> list[Fraction]:
        """Exact rational zeros of u in the interval of a variable, for every value of the others."""
        interval = goal.sides[name]
        within = Interval(interval.low, interval.high)
        candidates = [c for c in SIMPLE if within.contains(c)]
        candidates += [c for c in _fitted_zeros(u, name, interval) if c not in candidates] if len(goal.box) == 1 else []
        found = []
        for c in candidates:
            at = substitute(u, {name: num(c)})
            if at.free and len(at.free) > 2:
                continue
            if sign_at(at, {}) == 0 if not at.free else _looks_zero(at, goal, self.budget.seed):
                found.append(c)
            elif not at.free and sign_at(at, {}) is None:
                there = replace(without_side(goal, name), f=at, relation="==")
                if _defined(at) and normally_zero(there):
                    found.append(c)
        return sorted(found)

    def _at_zero(self, goal: Goal, depth: int) -> Proof | None:
        """Cut at an interior zero; a strict goal has none outside the holes."""
        if goal.relation != ">=" or depth < 1:
            return None
        for name, i in goal.box:
            for c in self._zeros(goal.f, goal, name):
                if _strictly_inside(c, i):
                    return self._split(goal, name, c, depth)
        return None

    def _cut(self, goal: Goal, depth: int) -> Proof | None:
        """Cut where the sign of the slope stops being constant near an end, or a tail from a bounded part."""
        if depth < 2:
            return None
        tried = 0
        for name, i in goal.box:
            for at in self._cuts(goal, name, i):
                if _strictly_inside(at, i) and sign_at_any(goal.f, name, at, goal, self.budget.seed):
                    proof = self._split(goal, name, at, depth - 1)
                    if proof is not None:
                        return proof
                    tried += 1
                    if tried >= 3:
                        return None
        return None

    def _cuts(self, goal: Goal, name: str, i: Interval) -> list[Fraction]:
        slope = derivative(goal.f, name)
        values = points_of(i)
        others = {n: points_of(j)[len(points_of(j)) // 2] for n, j in goal.box if n != name}
        signs = [(v, sign_at(slope, {**others, name: v})) for v in values]
        cuts = []
        known = [(v, s) for v, s in signs if s is not None]
        changes = [k for k in range(1, len(known)) if known[k][1] != known[k - 1][1]]
        if changes:
            first, last = changes[0], changes[-1]
            cuts += [known[first - 1][0], known[last][0]]
            if first == last:
                cuts.append(_rounded((known[first - 1][0] + known[first][0]) / 2))
        if not i.bounded:
            base = i.low if i.low is not None else i.high if i.high is not None else Fraction(0)
            step = 1 if i.high is None else -1
            cuts += [base + step, base + 4 * step, base + 16 * step]
        elif i.low is not None and i.high is not None:
            cuts.append((i.low + i.high) / 2)
        return list(dict.fromkeys(cuts))

    # -- derivatives and boxes ---------------------------------------------------------------------------------

    def _monotone(self, goal: Goal, depth: int) -> Proof | None:
        if depth < 1:
            return None
        for name, i in sorted(goal.box, key=lambda side: side[1].bounded and len(goal.box) > 1):
            slope = derivative(goal.f, name)
            inside = with_side(goal, name, Interval(i.low, i.high, True, True))
            signs = {sign_at(slope, p) for p in points_in(inside.sides, self.budget.seed)} - {None}
            if -1 not in signs:
                proof = self._from_end(goal, name, True, slope, inside, depth)
            elif 1 not in signs:
                proof = self._from_end(goal, name, False, negated(slope), inside, depth)
            else:
                continue
            if proof is not None:
                return proof
        return None

    def _from_end(self, goal: Goal, name: str, low: bool, slope: Term, inside: Goal, depth: int) -> Proof | None:
        interval = goal.sides[name]
        end = interval.low if low else interval.high
        if end is None:
            if goal.f.free != {name}:
                return None
            limit = limit_at_infinity(goal.f, name, -1 if low else 1)
            value = num(limit) if isinstance(limit, int) else limit
        else:
            value = substitute(goal.f, {name: num(end)})
            if not goal.sides.keys() - {name} and sign_at(value, {}) is None and not _defined(value):
                return None
        there = replace(without_side(goal, name), f=value)
        relation, at_end = goal.relation, self.search(there, depth - 1)
        if at_end is None and goal.relation == ">" and not (end is not None and interval.contains(end)):
            relation, at_end = ">=", self.search(replace(there, relation=">="), depth - 1)
        if at_end is None:
            return None
        proof: Proof = {"by": "monotone", "variable": name, "end": "low" if low else "high", "value": at_end}
        inner = replace(inside, holes=frozenset())
        conditions = self._conditions(goal, name, low)
        if conditions is None:
            return None
        if conditions:
            proof["conditions"] = conditions
        if relation != goal.relation:
            steep = self.search(inner.about(slope, ">"), depth - 1)
            if steep is not None:
                return {**proof, "slope relation": ">", "slope": steep}
            point = next((p for p in points_in(inside.sides, 0) if sign_at(slope, p) == 1), None)
            if point is None or len(goal.box) > 1:
                return None
            proof["somewhere"] = number_text(point[name])
        gentle = self.search(inner.about(slope, ">="), depth - 1)
        return None if gentle is None else {**proof, "slope relation": ">=", "slope": gentle}

    def _conditions(self, goal: Goal, name: str, low: bool) -> dict[str, Proof] | None:
        """Proofs of the side conditions of ``monotone`` that are not evident; None where one fails."""
        interval = goal.sides[name]
        closed = replace(interval, low_open=False) if low else replace(interval, high_open=False)
        whole = replace(with_side(goal, name, closed), holes=frozenset())
        try:
            range_of(goal.f, whole.sides)
            return {}
        except NoRange:
            pass
        needed = defining(goal.f)
        if needed is None:
            return None
        table: dict[str, Proof] = {}
        for u, r in needed:
            side = whole.about(u, r)
            if evident(side):
                continue
            proof = self.search(side, 3)
            if proof is None:
                return None
            table[f"{u} {r} 0"] = proof
        return table

    def _touches(self, goal: Goal) -> bool:
        """Whether f vanishes at an end of the interval of its one variable, which no boxes can settle."""
        if len(goal.box) != 1:
            return False
        name, i = goal.box[0]
        return any(sign_at(goal.f, {name: end}) == 0 for end in (i.low, i.high) if end is not None)

    def _boxes(self, goal: Goal, depth: int) -> Proof | None:
        from verify.provers.enclosure import tree_for

        if not all(i.bounded for _, i in goal.box) or self.late or self._touches(goal):
            return None
        seconds = min(0.3 + 0.1 * depth, self.stop - time.monotonic())
        tree = tree_for(goal.f, goal.relation, goal.sides, (), seconds, 64, most=400 * len(goal.box))
        return None if tree is None else {"by": "boxes", "tree": tree, "precision": 64}


def _in_hole(point: dict[str, Fraction], holes: set[tuple[str, Fraction]]) -> bool:
    return any(point.get(name) == value for name, value in holes)


def _strictly_inside(c: Fraction, i: Interval) -> bool:
    return (i.low is None or c > i.low) and (i.high is None or c < i.high)


def _rounded(value: Fraction) -> Fraction:
    for bound in (1, 4, 16, 256):
        near = value.limit_denominator(bound)
        if abs(near - value) <= abs(value) / 8:
            return near
    return value


def _defined(at: Term) -> bool:
    try:
        range_of(at, {})
        return True
    except NoRange:
        return False


def _looks_zero(at: Term, goal: Goal, seed: int) -> bool:
    box = {n: i for n, i in goal.box if n in at.free}
    if not all(sign_at(at, p) in (0, None) for p in points_in(box, seed)[:12]):
        return False
    return normally_zero(Goal(at, "==", tuple(box.items())))


def sign_at_any(f: Term, name: str, at: Fraction, goal: Goal, seed: int) -> bool:
    """Whether f is certainly positive at the cut for some values of the other variables, and nowhere negative."""
    cut = substitute(f, {name: num(at)})
    box = {n: i for n, i in goal.box if n != name}
    signs = {sign_at(cut, p) for p in (points_in(box, seed)[:12] if box else [{}])}
    return 1 in signs and -1 not in signs


def _fitted_zeros(u: Term, name: str, interval: Interval) -> list[Fraction]:
    """Simple rationals near a sign change or a small local minimum of abs(u), by bisection of exact signs."""
    from verify.language.evaluate import to_float

    try:
        g = to_float(u)
        values = [(float(p), abs(g({name: float(p)}))) for p in points_of(interval) if abs(p) < 10**6]
    except (ArithmeticError, ValueError, TypeError):
        return []
    found: list[Fraction] = []
    for k in range(1, len(values) - 1):
        (a, _), (b, at), (c, _) = values[k - 1], values[k], values[k + 1]
        if not at <= min(values[k - 1][1], values[k + 1][1]):
            continue
        for _ in range(60):
            left, right = a + 0.382 * (c - a), a + 0.618 * (c - a)
            try:
                down = abs(g({name: left})) < abs(g({name: right}))
            except (ArithmeticError, ValueError):
                break
            a, c = (a, right) if down else (left, c)
        b = (a + c) / 2
        for bound in (12, 100):
            near = Fraction(b).limit_denominator(bound)
            if abs(float(near) - b) < 1e-3 * max(1.0, abs(b)) and near not in found:
                found.append(near)
    return found
