"""Changes of variable: about a place where f vanishes for every value of the others, and x for 1/x."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.checker.calculus import normally_zero
from verify.checker.goals import Goal, ordered, scaled, shifted, with_side, without_side
from verify.checker.problem import Interval
from verify.checker.rewriting import turned_over
from verify.language.printing import to_text
from verify.language.terms import Term, num, substitute, sym, walk
from verify.provers.descent.shared import Proof
from verify.provers.probing import points_in, sign_at

if TYPE_CHECKING:
    from verify.provers.descent.search import Descent


def touching(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Where f vanishes at x = e: x stands for e*x, for e + x, or the larger of two variables for a sum."""
    if depth < 1:
        return None
    for name, i in goal.box:
        cone = all(end in (None, 0) for end in (i.low, i.high))
        for e in places(d, goal, name):
            at = substitute(goal.f, {name: e})
            rest = replace(without_side(goal, name), f=at)
            box = {n: j for n, j in rest.box if n in at.free}
            if any(sign_at(at, p) not in (0, None) for p in (points_in(box, 0)[:8] if box else [{}])):
                continue
            if not normally_zero(rest.about(at, "==")):
                continue
            if cone and i != Interval():
                positive = d.search(rest.about(e, ">"), 1)
                moved = scaled(goal, name, e)
                if positive is not None and moved is not None:
                    proof = d.search(moved, depth - 1)
                    if proof is not None:
                        return {"by": "scale", "variable": name, "by what": to_text(e), "positive": positive,
                                "proof": proof}  # fmt: skip
            if i == Interval():
                moved = shifted(goal, name, e)
                proof = d.search(moved, depth - 1) if moved is not None else None
                if proof is not None:
                    return {"by": "shift", "variable": name, "by what": to_text(e), "proof": proof}
            if e.op == "sym" and i.low is not None and i.high is None:
                y = e.args[0]
                parts = [d.search(ordered(goal, name, y), depth - 1)]
                if parts[0] is not None:
                    parts.append(d.search(ordered(goal, y, name), depth - 1))
                if all(p is not None for p in parts):
                    return {"by": "order", "variables": [name, y], "parts": parts}
    return None


def places(d: Descent, goal: Goal, name: str) -> list[Term]:
    """Terms at which f may vanish: other variables and their roots, the constants of f and their inverses."""
    if name not in goal.f.free:
        return []
    constants = {t for t in walk(goal.f) if t.op == "const"}
    found = [sym(n) for n, _ in goal.box if n != name]
    for n, i in goal.box:
        if n != name and i.low is not None and i.low >= 0:
            found.append(Term("sqrt", sym(n)))
    for c in sorted(constants, key=str):
        found += [c, Term("/", num(1), c)]
    return found


def turned(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """x stands for 1/x on an interval that reaches infinity."""
    for name, i in goal.box:
        turned = turned_over(i)
        if turned is None or depth < 2 or i.low == 0 or i.high == 0 or len(goal.box) > 1:
            continue
        f = substitute(goal.f, {name: Term("/", num(1), sym(name))})
        proof = d.search(replace(with_side(goal.released(name), name, turned), f=f), depth - 2)
        if proof is not None:
            return {"by": "reciprocal", "variable": name, "proof": proof}
    return None
