"""What a changed statement says beyond the one it was made from.

Where the original is known to hold, a part that both have needs no second look. A part whose hypothesis was widened is
new only where the old hypothesis is false. And a relation with one side changed follows from the original where the
change only loosens it: from ``a <= b`` and ``b <= c`` comes ``a <= c``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verify.language.terms import Term, held_names, negation
from verify.provers.reduce import goals, still
from verify.statement import Statement


def questions(original: Statement, changed: Statement) -> list[Statement]:
    """Goals that, with the original, say the same as the changed statement; raises ``TooManyGoals``."""
    old, new = goals(original), goals(changed)
    if len(old) != len(new):
        return [still(g) for g in new if g not in old]
    return [still(_elsewhere(a, b)) for a, b in zip(old, new, strict=True) if a != b and b not in old]


def _elsewhere(old: Statement, new: Statement) -> Statement:
    """The new goal where the hypothesis that was changed is false.

    Not so where it speaks of the state of a flow or of a function's own domain: what holds on both parts need not
    hold across them.
    """
    before, after = old.domain.hypotheses, new.domain.hypotheses
    if old.conclusion != new.conclusion or len(before) != len(after):
        return new
    gone = [h for h, k in zip(before, after, strict=True) if h != k]
    across = {name for name, _ in still(new).flow} | held_names(new.conclusion)
    if len(gone) != 1 or gone[0].free & across or negation(gone[0]).op == "not":
        return new
    return replace(new, domain=new.domain.assuming(negation(gone[0])))


def loosened(known: Sequence[Statement], goal: Statement) -> Statement | None:
    """A goal without the known one's relation from which, with it, the goal follows: one side compared with the old.

    known: goals that hold. None where none of them differs from the goal in one side alone.
    """
    for other in known:
        a, b = other.conclusion, goal.conclusion
        if other.domain != goal.domain or a.op != b.op or a.op not in ("==", "<", "<=", ">", ">="):
            continue
        changed = [k for k in (0, 1) if a.args[k] != b.args[k]]
        if len(changed) != 1:
            continue
        k = changed[0]
        weak = {"<": "<=", ">": ">="}.get(a.op, a.op)
        # old side 0 <= old side 1: a new side 0 must be <= the old one, a new side 1 >= the old one
        pair = (b.args[0], a.args[0]) if k == 0 else (a.args[1], b.args[1])
        return still(goal.concluding(Term(weak, *pair)))
    return None
