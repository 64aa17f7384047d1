"""Relations that contain limits, decided on a cell by the values of the limits."""

from __future__ import annotations

from verify.checker.ruling import Ruling
from verify.exact.expansion.cases import Case, GiveUp, Undefined
from verify.exact.expansion.limits import Limit, limit_on
from verify.exact.expansion.parameters import scalar
from verify.language.terms import INFINITY, Term, binding, fresh_name, rebuild, substitute, sym, walk

HOLDS_FOR_SIGN = {
    "==": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1),
}  # fmt: skip


class NoValue(Exception):
    """A limit is proven not to exist."""


def value_of(node: Term, case: Case, order: int) -> Limit:
    """The value of one ``limit`` node whose parameters live on the cell."""
    f, x, a, side = node.args
    name = x.args[0]
    if name in case.domain.names or name in case.fixed:
        fresh = fresh_name(name, frozenset(case.domain.names) | f.free)
        f, name = substitute(f, {name: sym(fresh)}), fresh
    f, a = replaced(f, case, order), replaced(a, case, order)
    found = limit_on(f, name, a, side.args[0], case, order)
    if found.kind == "none" and x.args[0] in case.domain.names and case.domain.sort(x.args[0]) == "integer":
        raise GiveUp("a limit along the integers may exist where the one along the reals does not")
    return found


def replaced(term: Term, case: Case, order: int) -> Term:
    """The term with the finite values of its limits put in."""
    if not any(t.op == "limit" for t in walk(term)):
        return term
    if term.op in ("diff", "ddt") or (term.op != "limit" and binding(term)[0] is not None):
        raise GiveUp(f"a limit inside {term.op}: its value at single points does not determine that")
    if term.op != "limit":
        return rebuild(term, lambda t: replaced(t, case, order))
    if not term.free <= frozenset(case.domain.names):
        raise GiveUp("a limit that depends on a bound variable")
    found = value_of(term, case, order)
    if found.kind == "none":
        raise NoValue(f"{term}: {found.reason}")
    if found.one_sided:
        raise GiveUp(f"{term}: there are values on one side only")
    if found.kind != "finite":
        raise GiveUp(f"{term} is {found}")
    return found.value.term


def extended(term: Term, case: Case, order: int) -> Limit:
    """A side of a relation as an extended real number."""
    if term == INFINITY:
        return Limit("oo")
    if term.op == "neg":
        inner = extended(term.args[0], case, order)
        turned = {"oo": "-oo", "-oo": "oo"}
        return Limit(turned.get(inner.kind, inner.kind), -inner.value, inner.reason, inner.one_sided)  # type: ignore[arg-type]
    if term.op == "limit":
        return value_of(term, case, order)
    return Limit("finite", scalar(replaced(term, case, order), case))


def rule_relation(conclusion: Term, case: Case, order: int) -> Ruling:
    """Whether the relation is true on the cell; an expression without a value makes it false there."""
    try:
        left, right = (extended(t, case, order) for t in conclusion.args)
    except (NoValue, Undefined) as error:
        return Ruling(False, str(error))
    for side in (left, right):
        if side.kind == "none":
            return Ruling(False, f"the limit does not exist: {side.reason}")
    if left.kind == "finite" and right.kind == "finite":
        gap = left.value - right.value
        equality = conclusion.op in ("==", "!=")
        sign = int(case.nonzero(gap)) if equality else case.sign(gap)
    else:
        rank = {"-oo": -1, "finite": 0, "oo": 1}
        sign = (rank[left.kind] > rank[right.kind]) - (rank[left.kind] < rank[right.kind])
    true = sign in HOLDS_FOR_SIGN[conclusion.op]
    if true and (left.one_sided or right.one_sided):
        raise GiveUp("the function has values on one side of the point only")
    return Ruling(true, f"{left} {conclusion.op} {right}")
