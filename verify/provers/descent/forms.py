"""Rewriting by normal forms: factors, division by a summand, functions of certain signs, logarithms taken away."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verify.checker.goals import Goal, as_domain
from verify.checker.ranges import NoRange, range_of
from verify.checker.rewriting import logarithm_of, negated, replaced, unfolded
from verify.clock import now
from verify.language.printing import number_text, to_text
from verify.language.terms import Term, num, size, walk
from verify.provers.descent.cuts import split, zeros
from verify.provers.descent.shared import Proof, strictly_inside
from verify.provers.probing import points_in, sign_at

if TYPE_CHECKING:
    from verify.provers.descent.search import Descent

Form = tuple[Fraction, list[tuple[Term, int]], Any, Any]


def form(d: Descent, goal: Goal) -> Form | None:
    """(constant, [(factor, power)]) of the normal form of f, with its tower and element, on one cell."""
    key = goal.about(goal.f, "==")
    if key not in d.forms:
        d.forms[key] = normal(d, key)
    return d.forms[key]


def normal(d: Descent, goal: Goal) -> Form | None:
    from verify.exact.cells import OutOfTime, explore
    from verify.exact.ring import factors

    def task(tower: Any, put: Any) -> Any:
        return tower, tower.element(put(goal.f))

    try:
        outcomes = explore(as_domain(goal), task, deadline=min(d.stop, now() + 2))
    except OutOfTime:
        return None
    if len(outcomes) != 1 or outcomes[0].stop is not None:
        return None
    found: Any = outcomes[0].value
    tower, element = found
    if element.num.is_zero():
        return None
    c, above = factors(element.num)
    e, below = factors(element.den)
    parts = [(tower.term_of(p), k) for p, k in above] + [(tower.term_of(p), -k) for p, k in below]
    return Fraction(int(c.p), int(c.q)) / Fraction(int(e.p), int(e.q)), parts, tower, element


def simpler(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Factors, where they are simpler than f or clear its denominators."""
    shape = form(d, goal)
    if shape is None:
        return None
    hard = [u for u, _ in shape[1] if not _evident_sign(u, goal)]
    if (
        len(hard) == 1
        and size(hard[0]) >= size(goal.f)
        and not any(t.op == "/" and t.args[1].free for t in walk(goal.f))
    ):
        return None
    return factors(d, goal, depth)


def factors(d: Descent, goal: Goal, depth: int) -> Proof | None:
    shape = form(d, goal)
    if shape is None:
        return None
    constant, parts, _, _ = shape
    if len(parts) == 1 and parts[0][1] == 1 and size(parts[0][0]) >= size(goal.f) and abs(constant) == 1:
        return None
    return product(d, goal, constant, parts, depth)


def product(d: Descent, goal: Goal, constant: Fraction, parts: list[tuple[Term, int]], depth: int) -> Proof | None:
    """f = constant * product of parts: the sign of each from points, then a proof of it."""
    points = points_in(goal.sides, d.budget.seed)
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
            return split_at_zero_of(d, goal, u, depth)
        else:
            positive = signs == {1}
            relation = goal.relation if positive else goal.relation.replace(">", "<")
            inner = goal.about(u if positive else negated(u), goal.relation)
        proof = d.search(inner, depth - (len(parts) > 1), normal=True)
        if proof is None:
            return None
        items.append({**item, "relation": relation, "proof": proof})
    return {"by": "product", "constant": number_text(constant), "factors": items}


def split_at_zero_of(d: Descent, goal: Goal, u: Term, depth: int) -> Proof | None:
    for name, i in goal.box:
        for c in zeros(d, u, goal, name):
            if strictly_inside(c, i):
                return split(d, goal, name, c, depth)
    return None


def divided(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Divide by one summand, so that a derivative removes it."""
    shape = form(d, goal) if depth >= 1 else None
    if shape is None:
        return None
    _, _, tower, element = shape
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
        proof = product(d, goal, Fraction(1), parts, depth - 1)
        if proof is not None:
            return proof
    return None


def unfold(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Replace the first abs, sign, spow, Min or Max whose argument has a certain sign; else cut at its zero."""
    for t in walk(goal.f):
        if t.op in ("abs", "sign", "spow"):
            u = t.args[0]
        elif t.op in ("Min", "Max") and len(t.args) == 2:
            u = Term("-", *t.args)
        else:
            continue
        for relation in (">", ">=", "<", "<="):
            inner = goal.about(u, relation) if ">" in relation else goal.about(negated(u), relation.replace("<", ">"))
            if unfolded(goal.f, {u: relation}) == goal.f:
                continue
            side = d.search(inner, 1)
            if side is not None:
                rest = d.search(goal.about(unfolded(goal.f, {u: relation}), goal.relation), depth)
                if rest is None:
                    return None
                item = {"term": to_text(u), "relation": relation, "proof": side}
                return {"by": "unfold", "signs": [item], "proof": rest}
        for name, i in goal.box:
            for c in zeros(d, u, goal, name):
                if strictly_inside(c, i):
                    return split(d, goal, name, c, depth)
        if t.op == "abs" and goal.relation in (">", ">="):
            parts = []
            for way in (u, negated(u)):
                part = d.search(goal.about(replaced(goal.f, t, way), goal.relation), depth - 1)
                if part is None:
                    return None
                parts.append(part)
            return {"by": "either", "term": to_text(u), "parts": parts}
    return None


def logarithm(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """A > B > 0 because log(A) > log(B), where an exponential is a factor of A or B."""
    if depth < 2 or goal.f.op != "-":
        return None
    logs = [logarithm_of(u) for u in goal.f.args]
    if all(v == Term("log", u) for u, v in zip(goal.f.args, logs, strict=True)):
        return None
    positive = [d.search(goal.about(u, ">"), 1) for u in goal.f.args]
    if any(p is None for p in positive):
        return None
    proof = d.search(goal.about(Term("-", *logs), goal.relation), depth - 1)
    return None if proof is None else {"by": "logarithm", "positive": positive, "proof": proof}


def exponential(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """log(A) > B because A > exp(B), where one logarithm occurs, with a constant coefficient."""
    found = _linear_in_logs(d, goal)
    if found is None or len(found[0]) != 1:
        return None
    [(c, inner)], rest = found
    gap = Term("-", inner, Term("exp", Term("*", num(-1 / c), rest)))
    proof = d.search(goal.about(gap if c > 0 else negated(gap), goal.relation), depth - 1)
    if proof is None:
        return None
    return {"by": "exponential", "coefficient": number_text(c), "inner": to_text(inner), "rest": to_text(rest),
            "proof": proof}  # fmt: skip


def joined(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """log(A/B) for log(A) - log(B): together they may be bounded where neither is."""
    found = _linear_in_logs(d, goal) if depth >= 1 else None
    if found is None or len(found[0]) != 2 or found[0][0][0] != -found[0][1][0]:
        return None
    [(c, over), (_, under)], rest = found
    if len({t for t in walk(goal.f) if t.op == "log"}) < 2:
        return None  # they are joined, and apart in the normal form alone
    positive = [d.search(goal.about(u, ">"), 1) for u in (over, under)]
    whole = Term("+", Term("*", num(c), Term("log", Term("/", over, under))), rest)
    proof = d.search(goal.about(whole, goal.relation), depth - 1) if all(positive) else None
    if proof is None:
        return None
    return {"by": "joined", "coefficient": number_text(c), "over": to_text(over), "under": to_text(under),
            "rest": to_text(rest), "positive": positive, "proof": proof}  # fmt: skip


def _linear_in_logs(d: Descent, goal: Goal) -> tuple[list[tuple[Fraction, Term]], Term] | None:
    """([(c, A), ...], rest) with f = sum of c log(A) + rest, the coefficients constants."""
    if not any(t.op == "log" for t in walk(goal.f)):
        return None
    shape = form(d, goal)
    if shape is None:
        return None
    _, _, tower, element = shape
    logs, rest = [], element.num
    for k, g in tower.generators.items():
        if g.kind != "log" or element.num.degrees()[k] == 0:
            continue
        slope = element.num.derivative(k)
        c = slope.leading_coefficient() / element.den.leading_coefficient()
        if slope != element.den * c or g.meaning.op != "log":
            return None
        logs.append((Fraction(int(c.p), int(c.q)), g.meaning.args[0]))
        rest = rest - slope * tower.gen(k)
    return (logs, tower.term_of_quotient(tower.ring.make(rest, element.den))) if logs else None


def _evident_sign(u: Term, goal: Goal) -> bool:
    try:
        return not range_of(u, goal.sides).has_zero
    except NoRange:
        return False
