"""Existence by exhibiting: exists(x, A) holds where A holds at one explicit term, for all values of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from verify.checker.reduction import goals
from verify.checker.witnesses import denied, exact_point, instance, no_witness
from verify.evidence import Evidence, Tier, undecided
from verify.language.calculus import NotDifferentiable, derivative, is_total
from verify.language.evaluate import Undefined, truth
from verify.language.printing import to_text
from verify.language.terms import RELATIONS, ZERO, Term, fn, held_names, num, substitute, sym, walk
from verify.provers.attacks.solving import isolate
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.provers.recording import recorded
from verify.statement import Domain, Statement

METHOD = "explicit witness"
POINTS = tuple(num(v) for v in ("0", "-1", "1", "2"))
# Every candidate is asked for in short, then at length; half of the time is for showing that nothing can be a witness.
ROUNDS = ((3 / 4, 0.05), (1 / 2, 0.5))
NUMBERS = ("0", "1", "-1", "2", "-2", "1/2", "10", "-10", "100", "1/10")


def applies(statement: Statement) -> bool:
    return not statement.flow and statement.conclusion.op == "exists"


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``holds`` with the witness in ``detail``, or ``fails`` where nothing can be one."""
    if not applies(statement):
        return undecided(METHOD, "not an existence statement")
    name, body = statement.conclusion.args[0].args[0], statement.conclusion.args[1]
    candidates = list(dict.fromkeys(_candidates(statement, name, body)))
    for value, (kept, most) in ((v, r) for r in ROUNDS for v in candidates):
        if budget.left < kept * budget.seconds:
            continue
        whole = instance(statement, value)
        if whole is None or (whole.domain is statement.domain and not _plausible(whole.domain, whole.conclusion)):
            continue
        found = [_part(goal, budget, most) for goal in goals(whole)]
        if all(e.result == "holds" for e in found):
            tier = min((e.tier for e in found), default=Tier.certified)
            certificate = recorded("witness", statement, {"value": to_text(value), "parts": found})
            return Evidence(tier, METHOD, "holds", detail=f"with {name} = {value}", certificate=certificate)
    return _impossible(statement, budget)


def _impossible(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` where at one exact point of the domain the negation is proved for every x."""
    names = statement.domain.names
    for values in product(POINTS, repeat=len(names)) if len(names) <= 2 else ():
        if budget.spent:
            break
        point = {n: v.args[0] for n, v in zip(names, values, strict=True)}
        parts = denied(statement, point)
        if parts is None:
            continue
        only = not names  # there is no other point to try
        share = max(0.1, budget.left / (1 if only else 3))
        found = [_part(g, Budget(share, budget.seed), 2.0 if only else 0.5) for g in parts]
        if all(e.result == "holds" for e in found):
            shown = exact_point(point)
            claim = substitute(no_witness(statement.conclusion), {n: num(v) for n, v in point.items()})
            detail = f"at that point it is proved that {claim}"
            certificate = recorded("no witness", statement, {"point": shown, "parts": found})
            return Evidence(Tier.certified, METHOD, "fails", detail, counterexample=shown, certificate=certificate)
    return undecided(METHOD, "no witness among the terms tried")


def _part(goal: Statement, budget: Budget, most: float = 0.5) -> Evidence:
    if goal.conclusion.op == "exists":
        return prove(goal, Budget(budget.left / 2, budget.seed))
    return prove_relation(goal, Budget(max(0.05, min(most, budget.left / 2)), budget.seed))


def _plausible(domain: Domain, claim: Term) -> bool:
    """No small point of the domain speaks against the claim; saves proofs that must fail."""
    names = domain.names
    for values in product(POINTS, repeat=len(names)) if len(names) <= 2 else ():
        point = {n: v.args[0] for n, v in zip(names, values, strict=True)}
        try:
            if all(truth(h, point) is True for h in domain.hypotheses) and truth(claim, point) is False:
                return False
        except Undefined:
            return False
    return True


def _candidates(statement: Statement, name: str, body: Term) -> Iterator[Term]:
    names = [sym(n) for n in statement.domain.names if n in body.free]
    simple = (*_solutions(name, body), *_between(name, body), num(0), num(1), *names)
    for value in dict.fromkeys((*simple, *_roomy(name, body), *(num(n) for n in NUMBERS))):
        inner = value.free - frozenset(statement.domain.names) - {name}  # bound by quantifiers further inside
        for at in ("0", "1") if inner else ():
            yield substitute(value, {n: num(at) for n in inner})
        if not inner:
            yield value
    for s in names:
        yield from (fn("+", s, num(1)), fn("-", s, num(1)), fn("neg", s), fn("/", num(1), s), fn("/", s, num(2)))
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            for op in ("+", "-", "*", "/"):
                yield fn(op, a, b)
            yield fn("/", fn("+", a, b), num(2))


def _solutions(name: str, body: Term) -> Iterator[Term]:
    """Sides of relations with the variable alone on one side, or with one outer function to undo."""
    undo = {"exp": "log", "log": "exp", "sinh": "asinh", "tanh": "atanh", "tan": "atan", "asinh": "sinh", "sqrt": None}
    for t in walk(body):
        if t.op not in RELATIONS:
            continue
        for left, right in (t.args, t.args[::-1]):
            if name in right.free or name not in left.free:
                continue
            if left == sym(name):
                yield right
                yield fn("+", right, num(1))
                yield fn("-", right, num(1))
            elif left.op in undo and left.args[0] == sym(name):
                inverse = undo[left.op]
                yield fn("**", right, num(2)) if inverse is None else fn(inverse, right)
            elif left.op == "**" and left.args[0] == sym(name):
                yield fn("spow", right, fn("/", num(1), left.args[1]))
                yield fn("**", right, fn("/", num(1), left.args[1]))
        yield from isolate(*t.args, name)


def _between(name: str, body: Term) -> Iterator[Term]:
    """Values above every lower bound in the body, below every upper one, and midway between the two."""
    above = {">": 0, ">=": 0, "<": 1, "<=": 1}
    bounds: tuple[list[Term], list[Term]] = ([], [])
    for t in walk(body):
        for k in (0, 1) if t.op in above else ():
            if t.args[k] == sym(name) and name not in t.args[1 - k].free:
                bounds[(above[t.op] + k) % 2].append(t.args[1 - k])
    low, high = (
        fn(op, *items) if len(items) > 1 else items[0] if items else None
        for op, items in zip(("Max", "Min"), (list(dict.fromkeys(b)) for b in bounds), strict=True)
    )
    if low is not None and high is not None:
        yield fn("/", fn("+", low, high), num(2))
    elif low is not None:
        yield fn("+", low, num(1))
    elif high is not None:
        yield fn("-", high, num(1))


def _roomy(name: str, body: Term) -> Iterator[Term]:
    """Where a relation has room: one side is the other by 1, or as much as can be; and the zeros of quadratics."""
    for t in walk(body):
        if t.op not in RELATIONS or name not in t.free or name in held_names(t):
            continue
        gap = fn("-", *t.args)
        try:
            slope = derivative(gap, name)
            bend = derivative(slope, name)
        except NotDifferentiable:
            continue
        yield from isolate(slope, ZERO, name)
        if is_total(gap) and name not in bend.free and bend != ZERO:  # a quadratic
            first, last = (substitute(f, {name: ZERO}) for f in (slope, gap))
            root = fn("sqrt", fn("-", fn("**", first, num(2)), fn("*", fn("*", num(2), bend), last)))
            yield from (fn("/", fn(op, fn("neg", first), root), bend) for op in ("+", "-"))
        yield from (value for one in (num(1), num(-1)) for value in isolate(gap, one, name))
