"""Conditions under which a term is defined, continuous, analytic; and its limit at infinity.

Each condition is a pair (u, relation): ``u relation 0``. They are exact for definedness of elementary terms: the term
is defined wherever all of them hold.
"""

from __future__ import annotations

from fractions import Fraction

from verify.checker.polynomials import NotPolynomial, fraction, number_value, polynomial, univariate
from verify.language.terms import BINDERS, ONE, PI, TWO, ZERO, Term, num, walk

Condition = tuple[Term, str]


class NoLimit(ArithmeticError):
    """The rules do not give the limit."""


def defining(f: Term) -> list[Condition] | None:
    """Where the elementary term f is defined; None where it has parts for which this is not known."""
    found: list[Condition] = []
    for t in walk(f):
        op, a = t.op, t.args
        if op == "/":
            found.append((a[1], "!="))
        elif op == "**":
            r = number_value(a[1])
            if r is None or (r.denominator > 1 and r < 0):
                found.append((a[0], ">"))
            elif r.denominator > 1:
                found.append((a[0], ">="))
            elif r <= 0:
                found.append((a[0], "!="))
        elif op == "sqrt":
            found.append((a[0], ">="))
        elif op in ("log", "gamma"):
            found.append((a[0], ">"))
        elif op in ("asin", "acos", "atanh"):
            relation = ">" if op == "atanh" else ">="
            found += [(Term("-", ONE, a[0]), relation), (Term("+", ONE, a[0]), relation)]
        elif op == "acosh":
            found.append((Term("-", a[0], ONE), ">="))
        elif op == "tan":
            found.append((Term("cos", a[0]), "!="))
        elif op in BINDERS or op == "ddt" or (op == "const" and a[0] == "oo"):
            return None
    return [c for c in dict.fromkeys(found) if not _plain(c)]


def _plain(condition: Condition) -> bool:
    value = number_value(condition[0])
    if value is None:
        return False
    return {">": value > 0, ">=": value >= 0, "!=": value != 0}[condition[1]]


def jumps(f: Term) -> list[Condition]:
    """What must not vanish for f to be continuous where it is defined."""
    found: list[Condition] = []
    for t in walk(f):
        if t.op == "sign":
            found.append((t.args[0], "!="))
        elif t.op == "spow":
            r = number_value(t.args[1])
            if r is None or r <= 0:
                found.append((t.args[0], "!="))
    return list(dict.fromkeys(found))


def analytic(f: Term, x: str) -> list[Condition]:
    """Where f, if it is defined, is real analytic in x (besides the kinks of its derivative)."""
    found: list[Condition] = []
    for t in walk(f):
        op, a = t.op, t.args
        if x not in t.free:
            continue
        if op == "sqrt":
            found.append((a[0], ">"))
        elif op == "**":
            r = number_value(a[1])
            if r is None or r.denominator > 1:
                found.append((a[0], ">"))
        elif op in ("abs", "sign", "spow"):
            found.append((a[0], "!="))
        elif op in ("Min", "Max"):
            found += [(Term("-", u, v), "!=") for k, u in enumerate(a) for v in a[k + 1 :]]
        elif op in ("asin", "acos"):
            found += [(Term("-", ONE, a[0]), ">"), (Term("+", ONE, a[0]), ">")]
        elif op == "acosh":
            found.append((Term("-", a[0], ONE), ">"))
        elif op in ("integrate", "Sum", "Product", "expect", "limit", "diff"):
            raise NoLimit(f"{op} is not known to be analytic")
    return [c for c in dict.fromkeys(found) if not _plain(c)]


Limit = Term | int
_TO_PLUS = {"exp": 1, "sqrt": 1, "log": 1, "sinh": 1, "cosh": 1, "asinh": 1, "acosh": 1, "abs": 1}
_TO_MINUS: dict[str, Limit] = {"exp": ZERO, "sinh": -1, "cosh": 1, "asinh": -1, "abs": 1, "tanh": Term("neg", ONE),
                               "erf": Term("neg", ONE), "atan": Term("neg", Term("/", PI, TWO))}  # fmt: skip
_BOUNDED: dict[str, Limit] = {"tanh": ONE, "erf": ONE, "atan": Term("/", PI, TWO)}


def limit_at_infinity(f: Term, x: str, side: int) -> Limit:
    """The limit of f as x tends to oo (side 1) or -oo: a term that must be defined, or 1 or -1 for an infinity.

    f is defined near that infinity and x is its only variable. Raises NoLimit where the rules do not apply.
    """
    op, a = f.op, f.args
    if x not in f.free:
        return f
    if op == "sym":
        return side
    if op in ("integrate", "Sum", "Product", "expect", "limit", "diff", "sign", "spow", "gamma", "tan"):
        raise NoLimit(f"no rule for {op}")
    if op in ("+", "-", "*", "/") and (found := _rational(f, x, side)) is not None:
        return found
    u = limit_at_infinity(a[0], x, side)
    if op == "neg":
        return -u if isinstance(u, int) else Term("neg", u)
    if op in ("+", "-", "*", "/"):
        v = limit_at_infinity(a[1], x, side)
        if op == "-":
            op, v = "+", (-v if isinstance(v, int) else Term("neg", v))
        return _sum(u, v) if op == "+" else _product(u, v) if op == "*" else _ratio(u, v)
    if op == "**":
        return _power(f, u, x, side)
    if op in ("Min", "Max"):
        raise NoLimit("no rule for extrema")
    if isinstance(u, Term):
        if op == "log" and u == ZERO:
            return -1
        return Term(op, u)
    table: dict[str, Limit] = {**_TO_PLUS, **_BOUNDED} if u > 0 else _TO_MINUS
    if op not in table:
        raise NoLimit(f"no limit of {op} at infinity")
    return table[op]


def _rational(f: Term, x: str, side: int) -> Limit | None:
    """The limit of a polynomial, or of a quotient of two, from its leading terms; None where f is neither."""
    try:
        p, q = (univariate(polynomial(t, (x,))) for t in (f.args if f.op == "/" else (f, ONE)))
    except NotPolynomial:
        return None
    if q == 0:
        raise NoLimit("a quotient by 0")
    rise = p.degree() - q.degree()
    if p == 0 or rise < 0:
        return ZERO
    ratio = fraction(p.leading_coefficient() / q.leading_coefficient())
    return num(ratio) if rise == 0 else (1 if ratio > 0 else -1) * side**rise


def _sum(u: Limit, v: Limit) -> Limit:
    if isinstance(u, int) and isinstance(v, int):
        if u != v:
            raise NoLimit("oo - oo")
        return u
    if isinstance(u, int):
        return u
    return v if isinstance(v, int) else Term("+", u, v)


def _certain_sign(u: Term) -> int:
    from verify.checker.ranges import NoRange, range_of

    try:
        r = range_of(u, {}, 128)
    except NoRange as error:
        raise NoLimit(str(error)) from None
    if r.satisfies(">"):
        return 1
    if r.satisfies("<"):
        return -1
    raise NoLimit("0 * oo")


def _product(u: Limit, v: Limit) -> Limit:
    if isinstance(u, Term) and isinstance(v, Term):
        return Term("*", u, v)
    return (u if isinstance(u, int) else _certain_sign(u)) * (v if isinstance(v, int) else _certain_sign(v))


def _ratio(u: Limit, v: Limit) -> Limit:
    if isinstance(v, int):
        if isinstance(u, int):
            raise NoLimit("oo/oo")
        return ZERO
    if isinstance(u, int):
        return u * _certain_sign(v)
    return Term("/", u, v)


def _power(f: Term, u: Limit, x: str, side: int) -> Limit:
    base, exponent = f.args
    r = number_value(exponent)
    if r is None:
        if x not in exponent.free and isinstance(u, Term):
            return Term("**", u, exponent)
        return limit_at_infinity(Term("exp", Term("*", exponent, Term("log", base))), x, side)
    if isinstance(u, Term):
        return Term("**", u, exponent)
    if r < 0:
        return ZERO
    if r == 0:
        return ONE
    if u > 0:
        return 1
    if r.denominator > 1:
        raise NoLimit("a real power of a negative number")
    return 1 if r % 2 == Fraction(0) else -1
