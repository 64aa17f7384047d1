"""Where a term is defined, where it is continuous, and off which points it is analytic, by its composition.

Every operation of the language is analytic inside the set where it is defined, apart from a few places: |u| and
sign(u) at u = 0, a root or a non-integer power of u at u = 0, asin(u) and acos(u) at u = -1 and 1, acosh(u) at 1,
Min and Max where two arguments meet. A term is therefore analytic in x on an open interval on which it is defined
and none of its ``singular_arguments`` vanishes.
"""

from __future__ import annotations

from itertools import combinations

from verify.checker.shapes_affine import rational
from verify.checker.shapes_goals import Goals
from verify.language.terms import ONE, ZERO, Term, fresh_name, num, substitute, sym
from verify.statement import Domain

ENTIRE = frozenset({"exp", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "abs", "sign", "Min", "Max"})
ANALYTIC = frozenset(
    {"+", "-", "*", "/", "neg", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
    | {"atan", "asinh", "atanh", "erf", "gamma"}
)
_UNSUPPORTED = frozenset({"diff", "limit", "expect", "Product", "Sum", "ddt"})
MINUS_ONE = num(-1)


def integer_valued(term: Term, domain: Domain) -> bool:
    value = rational(term)
    if value is not None:
        return bool(value.denominator == 1)
    if term.op == "sym":
        return bool(term.args[0] in domain.names and domain.sort(term.args[0]) == "integer")
    return bool(term.op in ("+", "-", "*", "neg") and all(integer_valued(t, domain) for t in term.children))


def defined(term: Term, domain: Domain, goals: Goals) -> bool:
    """True only if the term is proven to have a real value at every point of the domain."""
    op, a = term.op, term.args
    if op in ("num", "sym"):
        return True
    if op == "const":
        return bool(a[0] != "oo")
    if op == "integrate":
        return _integral_defined(term, domain, goals)
    if term.is_formula or op in _UNSUPPORTED or op == "text":
        return False
    if not all(defined(t, domain, goals) for t in a):
        return False

    def proven(relation: str, u: Term, v: Term = ZERO) -> bool:
        return goals.proven(Term(relation, u, v), domain)

    if op in ENTIRE or op in ("+", "-", "*", "neg"):
        return True
    if op == "/":
        return proven("!=", a[1])
    if op == "log":
        return proven(">", a[0])
    if op == "sqrt":
        return proven(">=", a[0])
    if op == "**":
        return _power_defined(a[0], a[1], domain, goals)
    if op == "spow":
        return proven(">=", a[1]) or proven("!=", a[0])
    if op in ("asin", "acos"):
        return proven(">=", a[0], MINUS_ONE) and proven("<=", a[0], ONE)
    if op == "acosh":
        return proven(">=", a[0], ONE)
    if op == "atanh":
        return proven(">", a[0], MINUS_ONE) and proven("<", a[0], ONE)
    if op == "tan":
        return proven("!=", Term("cos", a[0]))
    if op == "gamma":
        return proven(">", a[0])
    return False


def _power_defined(u: Term, r: Term, domain: Domain, goals: Goals) -> bool:
    value = rational(r)
    if value is not None and value.denominator == 1:
        return value > 0 or goals.proven(Term("!=", u, ZERO), domain)
    if (rational(u) is not None or u.op in ("exp", "cosh", "const")) and goals.proven(Term(">", u, ZERO), domain):
        return True
    if value is not None:
        return goals.proven(Term(">=" if value > 0 else ">", u, ZERO), domain)
    if integer_valued(r, domain):
        return goals.proven(Term(">", r, ZERO), domain) or goals.proven(Term("!=", u, ZERO), domain)
    if goals.proven(Term(">", r, ZERO), domain) and goals.proven(Term(">=", u, ZERO), domain):
        return True
    return goals.proven(Term(">", u, ZERO), domain)


def _integral_defined(term: Term, domain: Domain, goals: Goals) -> bool:
    """A continuous integrand between two finite ends."""
    body, bound, low, high = term.args
    if not (defined(low, domain, goals) and defined(high, domain, goals)):
        return False
    name = fresh_name(bound.args[0], frozenset(domain.names) | term.free)
    body = substitute(body, {bound.args[0]: sym(name)})
    t = sym(name)
    for first, last in ((low, high), (high, low)):
        between = domain.declaring(name).assuming(Term(">=", t, first), Term("<=", t, last))
        if not (defined(body, between, goals) and continuous(body, name, between, goals)):
            return False
    return True


def continuous(term: Term, x: str, domain: Domain, goals: Goals) -> bool:
    """True only if x -> term is proven continuous on {x in the domain: the term is defined}."""
    if x not in term.free:
        return True
    op, a = term.op, term.args
    if op == "sym":
        return True
    if op == "integrate":
        body, bound, low, high = a
        return (
            (x == bound.args[0] or x not in body.free)
            and continuous(low, x, domain, goals)
            and continuous(high, x, domain, goals)
        )
    if term.is_formula or op in _UNSUPPORTED:
        return False
    if not all(continuous(t, x, domain, goals) for t in a):
        return False
    if op == "sign":
        return goals.proven(Term("!=", a[0], ZERO), domain)
    if op == "spow":
        if x in a[1].free:
            return goals.proven(Term("!=", a[0], ZERO), domain)
        return goals.proven(Term(">", a[1], ZERO), domain) or goals.proven(Term("!=", a[0], ZERO), domain)
    if op == "**" and x in a[1].free:
        return goals.proven(Term(">", a[0], ZERO), domain)
    return True


def singular_arguments(term: Term, x: str, domain: Domain) -> list[Term] | None:
    """Terms off whose zeros the term is analytic in x wherever it is defined; None where that is not known."""
    found: list[Term] = []

    def note(u: Term) -> None:
        if x in u.free and u not in found:
            found.append(u)

    def visit(t: Term) -> bool:
        if x not in t.free or t.op == "sym":
            return True
        op, a = t.op, t.args
        if op == "integrate":
            body, bound, low, high = a
            if bound.args[0] != x and x in body.free:
                return False
            inner = singular_arguments(body, bound.args[0], domain)
            if inner is None:
                return False
            for end in (low, high):
                if x in end.free:
                    for u in inner:
                        note(substitute(u, {bound.args[0]: end}))
            return visit(low) and visit(high)
        if t.is_formula or op in _UNSUPPORTED:
            return False
        if op in ("abs", "sign", "spow", "sqrt"):
            note(a[0])
        elif op in ("asin", "acos"):
            note(Term("-", ONE, a[0]))
            note(Term("+", ONE, a[0]))
        elif op == "acosh":
            note(Term("-", a[0], ONE))
        elif op in ("Min", "Max"):
            for u, v in combinations(a, 2):
                note(Term("-", u, v))
        elif op == "**":
            if not integer_valued(a[1], domain) or x in a[1].free:
                note(a[0])
        elif op not in ANALYTIC:
            return False
        return all(visit(s) for s in a)

    return found if visit(term) else None

