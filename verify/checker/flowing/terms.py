"""Terms of flows: arithmetic that works out numbers, factors of products, and the kinks of branching functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from verify.language.terms import ONE, RELATIONS, ZERO, Term, num, rebuild, walk

HALF = num(Fraction(1, 2))


# Constructors that work out numbers and drop zeros and ones. They are used on terms that are known to be defined.
def add(a: Term, b: Term) -> Term:
    if a.is_number and b.is_number:
        return num(a.args[0] + b.args[0])
    if a == ZERO:
        return b
    return a if b == ZERO else Term("+", a, b)


def neg(a: Term) -> Term:
    if a.is_number:
        return num(-a.args[0])
    return a.children[0] if a.op == "neg" else Term("neg", a)


def sub(a: Term, b: Term) -> Term:
    if a == b:
        return ZERO
    if b.op == "neg":
        return add(a, b.children[0])
    if a.is_number and b.is_number:
        return num(a.args[0] - b.args[0])
    if b == ZERO:
        return a
    return neg(b) if a == ZERO else Term("-", a, b)


def mul(a: Term, b: Term) -> Term:
    if a == ZERO or b == ZERO:
        return ZERO
    if a.is_number and b.is_number:
        return num(a.args[0] * b.args[0])
    if a == ONE:
        return b
    if b == ONE:
        return a
    if a == num(-1):
        return neg(b)
    return neg(a) if b == num(-1) else Term("*", a, b)


def div(a: Term, b: Term) -> Term:
    if b.is_number and b != ZERO:
        return mul(num(1 / b.args[0]), a)
    if a == ZERO and b != ZERO:
        return ZERO
    return Term("/", a, b)


def power(a: Term, r: Term) -> Term:
    if r == ONE:
        return a
    if r == ZERO and a != ZERO:
        return ONE
    if a == ONE:
        return ONE
    if a.is_number and is_integer(r) and abs(r.args[0]) <= 64 and (a != ZERO or r.args[0] > 0):
        return num(a.args[0] ** int(r.args[0]))
    if a == ZERO and r.is_number and r.args[0] > 0:
        return ZERO
    return Term("**", a, r)


_FOLD: dict[str, Callable[[Term, Term], Term]] = {"+": add, "-": sub, "*": mul, "/": div, "**": power}


def fold(term: Term) -> Term:
    """The term with its numeric parts worked out; zero factors are dropped, so it must be defined."""
    t = rebuild(term, fold)
    if t.op in _FOLD:
        return _FOLD[t.op](t.args[0], t.args[1])
    if t.op == "neg":
        return neg(t.args[0])
    if t.op in ("abs", "sign") and t.args[0].is_number:
        value = t.args[0].args[0]
        return num(abs(value)) if t.op == "abs" else num((value > 0) - (value < 0))
    if t.op == "sqrt" and t.args[0] in (ZERO, ONE):
        return t.children[0]
    return t


def without_extrema(term: Term) -> Term:
    """Max(a, b) = (a + b + |a - b|)/2 and Min(a, b) = (a + b - |a - b|)/2, from left to right."""
    t = rebuild(term, without_extrema)
    if t.op not in ("Max", "Min"):
        return t
    value = t.children[0]
    for other in t.args[1:]:
        join = Term("+" if t.op == "Max" else "-", Term("+", value, other), Term("abs", Term("-", value, other)))
        value = Term("/", join, num(2))
    return value


# ---- factors ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Factored:
    """u = scale * prod sign(a)^odd |a|^r over (a, odd, r) in parts."""

    scale: Fraction
    parts: tuple[tuple[Term, bool, Term], ...]


def factored(u: Term) -> Factored:
    """The factors of u that its syntax shows; a factor that cannot be split is one atom with power one."""
    op, a = u.op, u.args
    if op == "num":
        return Factored(a[0], ())
    if op == "neg":
        inner = factored(a[0])
        return Factored(-inner.scale, inner.parts)
    if op in ("*", "/"):
        left, right = factored(a[0]), factored(a[1])
        if op == "/":
            if right.scale == 0:
                return Factored(Fraction(1), ((u, True, ONE),))
            right = Factored(1 / right.scale, tuple((t, odd, neg(r)) for t, odd, r in right.parts))
        return Factored(left.scale * right.scale, left.parts + right.parts)
    if op == "**" and a[1].is_number and a[1].args[0].denominator == 1 and abs(a[1].args[0]) <= 64:
        inner, n = factored(a[0]), int(a[1].args[0])
        if n < 0 and inner.scale == 0:
            return Factored(Fraction(1), ((u, True, ONE),))
        return Factored(inner.scale**n, tuple((t, odd and n % 2 == 1, mul(r, a[1])) for t, odd, r in inner.parts))
    if op == "abs":
        inner = factored(a[0])
        return Factored(abs(inner.scale), tuple((t, False, r) for t, odd, r in inner.parts))
    return Factored(Fraction(1), ((u, True, ONE),))


def kink_argument(t: Term) -> Term | None:
    """The argument whose sign decides the branch of t, if t has branches."""
    u: Term = t.args[0] if t.args and isinstance(t.args[0], Term) else ONE
    if t.op in ("abs", "sign", "spow", "sqrt"):
        return u
    if t.op == "**" and not is_integer(t.args[1]):
        return u
    return None


def atoms_of(terms: list[Term]) -> list[Term]:
    """The factors of all kinks, inner ones before those that contain them."""
    found: dict[Term, int] = {}
    for term in terms:
        for t in walk(term):
            u = kink_argument(t)
            if u is not None:
                for atom, _, _ in factored(u).parts:
                    found.setdefault(atom, sum(1 for _ in walk(atom)))
    return sorted(found, key=lambda a: (a.op != "sym", found[a]))


def is_jump(t: Term) -> bool:
    """sign(u), and spow(u, 0), which is the same."""
    return t.op == "sign" or (t.op == "spow" and t.args[1] == ZERO)


def jump_atoms(terms: list[Term]) -> list[Term]:
    found: dict[Term, None] = {}
    for term in terms:
        for t in walk(term):
            if is_jump(t):
                found.update((atom, None) for atom, _, _ in factored(t.args[0]).parts)
    return list(found)


def hides_a_jump(term: Term) -> bool:
    """Whether a jump stands inside the argument or the exponent of another branching function."""
    for t in walk(term):
        inside = t.args if t.op in ("**", "spow") else (kink_argument(t),)
        if any(is_jump(s) for a in inside if a is not None for s in walk(a)) and kink_argument(t) is not None:
            return True
    return False


def is_integer(r: Term) -> bool:
    return bool(r.is_number and r.args[0].denominator == 1)


def fold_top(t: Term) -> Term:
    if t.op in _FOLD:
        return _FOLD[t.op](t.args[0], t.args[1])
    if t.op == "neg":
        return neg(t.args[0])
    return t


def is_natural_power(t: Term) -> bool:
    return t.op == "**" and is_integer(t.args[1]) and bool(t.args[1].args[0] > 0)


def is_plain(h: Term) -> bool | None:
    """The truth of a relation between numbers; None for anything else."""
    if h.op not in RELATIONS or not (h.args[0].is_number and h.args[1].is_number):
        return None
    a, b = h.args[0].args[0], h.args[1].args[0]
    return bool({"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[h.op])


def affine(term: Term, name: str) -> tuple[Term, Term] | None:
    """(A, B) with term = A*name + B and both free of the name, where the syntax shows it."""
    if name not in term.free:
        return ZERO, term
    op, a = term.op, term.args
    if op == "sym":
        return ONE, ZERO
    if op == "neg":
        inner = affine(a[0], name)
        return None if inner is None else (neg(inner[0]), neg(inner[1]))
    if op not in ("+", "-", "*", "/"):
        return None
    left, right = affine(a[0], name), affine(a[1], name)
    if left is None or right is None:
        return None
    if op in ("+", "-"):
        join = add if op == "+" else sub
        return join(left[0], right[0]), join(left[1], right[1])
    if op == "*" and name not in a[0].free:
        return mul(a[0], right[0]), mul(a[0], right[1])
    if op in ("*", "/") and name not in a[1].free:
        join = mul if op == "*" else div
        return join(left[0], a[1]), join(left[1], a[1])
    return None
