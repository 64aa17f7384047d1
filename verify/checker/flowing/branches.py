"""The smooth branch of a term where the signs of its kinks are known, and what makes it one.

A patch is a set of states on which the signs of some atoms are known: a sign cell, or the part of one near a point.
``branch(term, patch)`` equals the term on the patch and is defined and smooth in a neighbourhood of it; the term
itself is continuous at every point of the patch but for its jumps ``sign(u)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from verify.checker.flowing.terms import (
    HALF,
    factored,
    fold,
    fold_top,
    is_integer,
    is_jump,
    kink_argument,
    mul,
    neg,
    power,
    sub,
)
from verify.language.terms import ONE, ZERO, Term, num, rebuild, walk
from verify.statement import Domain

SMOOTH = frozenset({"exp", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "+", "-", "*", "neg"})
INSIDE = frozenset({"asin", "acos", "atanh", "acosh"})


class Refused(ValueError):
    """The term has no branch on the patch, or that is not proved."""


class Patch(Protocol):
    """signs: of atoms. proves(relation, u): whether ``u relation 0`` is certain for a smooth u on all of the patch."""

    @property
    def signs(self) -> Mapping[Term, int]: ...

    @property
    def domain(self) -> Domain: ...

    def proves(self, relation: str, u: Term) -> bool: ...


def sign_of(u: Term, patch: Patch) -> int:
    """sign(u) on the patch, by the signs of its factors."""
    parts = factored(u)
    value = (parts.scale > 0) - (parts.scale < 0)
    for atom, odd, _ in parts.parts:
        if atom not in patch.signs:
            raise Refused("a sign is not known")
        value *= patch.signs[atom] if odd else patch.signs[atom] ** 2
    return value


def branch(t: Term, patch: Patch) -> Term:
    """The smooth branch of t on the patch; coordinates that are zero there are put in. Raises Refused."""
    op, a = t.op, t.args
    if op == "sym":
        return ZERO if patch.signs.get(t) == 0 else t
    if op in ("num", "const"):
        return t
    if op == "abs":
        return _size(a[0], ONE, patch)
    if op == "sign":
        _argument(a[0], patch)
        return num(sign_of(a[0], patch))
    if op == "spow":
        s = sign_of(a[0], patch)
        return mul(num(s), _size(a[0], branch(a[1], patch), patch))
    if op == "sqrt":
        return _root(a[0], HALF, patch)
    if op == "**":
        return _power(a[0], branch(a[1], patch), whole(a[1], patch.domain), patch)
    if op not in SMOOTH and op not in INSIDE and op not in ("/", "log"):
        raise Refused(f"{op} has no branch by signs")
    parts = [branch(c, patch) for c in a]
    if op == "/":
        _require(patch.proves("!=", parts[1]), "a divisor may vanish")
    if op == "log":
        _require(patch.proves(">", parts[0]), "a logarithm of what may not be positive")
    if op in INSIDE:
        room = sub(parts[0], ONE) if op == "acosh" else sub(ONE, mul(parts[0], parts[0]))
        _require(patch.proves(">", room), f"the argument of {op} may leave its open interval")
    return fold_top(Term(op, *parts))


def _require(condition: bool, why: str) -> None:
    if not condition:
        raise Refused(why)


def _argument(u: Term, patch: Patch) -> None:
    """The argument of a kink must be defined and continuous at the patch too, though only its sign counts."""
    for atom, _, r in factored(u).parts:
        branch(atom, patch)
        _require(patch.signs.get(atom) != 0 or patch.proves(">", r), "a power of zero is not defined")


def _size(u: Term, exponent: Term, patch: Patch) -> Term:
    """|u|^exponent: a product of powers of positive terms; where a factor vanishes 0, if its power is positive."""
    parts = factored(u)
    if parts.scale == 0:
        _require(patch.proves(">", exponent), "a power of zero is not defined")
    value = power(num(abs(parts.scale)), exponent) if parts.scale else ZERO
    for atom, _, r in parts.parts:
        _require(atom in patch.signs, "a sign is not known")
        s, total, base = patch.signs[atom], mul(r, exponent), branch(atom, patch)
        if s == 0:
            _require(patch.proves(">", r) and patch.proves(">", total), "a power of zero is not defined")
            value = ZERO
        elif value != ZERO:
            value = mul(value, power(base if s > 0 else neg(base), total))
    return value


def _root(u: Term, exponent: Term, patch: Patch) -> Term:
    _require(sign_of(u, patch) >= 0, "a root of a negative number")
    return _size(u, exponent, patch)


def _power(base: Term, exponent: Term, parity: int | None, patch: Patch) -> Term:
    if is_integer(exponent):
        value = branch(base, patch)
        _require(exponent.args[0] > 0 or patch.proves("!=", value), "a power of zero is not defined")
        return power(value, exponent)
    if parity is None:
        return _root(base, exponent, patch)
    odd = parity == 1 and sign_of(base, patch) < 0
    return mul(num(-1 if odd else 1), _size(base, exponent, patch))


def whole(r: Term, domain: Domain) -> int | None:
    """r mod 2 where r is, by its form, an integer of one parity, such as 2*k + 1 with an integer k; else None."""
    if r.op == "num":
        return int(r.args[0]) % 2 if is_integer(r) else None
    if not all(_integral(t, domain) for t in walk(r)):
        return None
    if r.op == "neg":
        return whole(r.children[0], domain)
    if r.op == "sym":
        return None
    left, right = (whole(t, domain) for t in r.children)
    if r.op == "*":
        return 0 if 0 in (left, right) else 1 if left == right == 1 else None
    return None if left is None or right is None else (left + right) % 2


def _integral(t: Term, domain: Domain) -> bool:
    if t.op == "sym":
        return t.args[0] in domain.names and domain.sort(t.args[0]) == "integer"
    return t.op in ("+", "-", "*", "neg") or is_integer(t)


# ---- jumps -----------------------------------------------------------------------------------------------------
def jumping_atoms(fields: Mapping[str, Term]) -> list[Term]:
    """The factors of the arguments of the jumps; raises Refused where a jump lies inside the argument of another."""
    found: dict[Term, None] = {}
    for f in fields.values():
        for t in walk(f):
            if is_jump(t):
                if any(is_jump(s) for s in walk(t.args[0])):
                    raise Refused("a jump inside a jump")
                found.update((atom, None) for atom, _, _ in factored(t.args[0]).parts)
    return list(found)


def frozen(t: Term, near: Mapping[Term, int]) -> Term:
    """The term with the values of its jumps where the atoms have these signs: continuous where its branch exists."""
    if is_jump(t):
        parts = factored(t.args[0])
        value = (parts.scale > 0) - (parts.scale < 0)
        for atom, odd, _ in parts.parts:
            value *= near[atom] if odd else near[atom] ** 2
        return num(value)
    return fold(rebuild(t, lambda s: frozen(s, near)))


def lipschitz(e: Term, patch: Patch, fields: Mapping[str, Term]) -> bool:
    """True only if e is locally Lipschitz in the state at the patch, or zero kinks of it stay zero for all times.

    A kink is Lipschitz where it vanishes if its vanishing factors have powers of at least 1; it stays zero where a
    factor is constant, or a coordinate that its equation keeps at zero (Gronwall).
    """
    for t in walk(e):
        u = kink_argument(t)
        if u is None:
            continue
        zeros = [(a, r) for a, _, r in factored(u).parts if patch.signs.get(a, 0) == 0]
        if not zeros or any(_stays_zero(a, fields) for a, _ in zeros):
            continue
        if is_jump(t):
            return False
        exponent = ONE if t.op == "abs" else HALF if t.op == "sqrt" else t.args[1]
        if not all(patch.proves(">=", fold(sub(mul(r, exponent), ONE))) for _, r in zeros):
            return False
    return True


def _stays_zero(atom: Term, fields: Mapping[str, Term]) -> bool:
    if not atom.free & fields.keys():
        return True
    return atom.op == "sym" and vanishes_with(fields[atom.args[0]], atom.args[0])


def vanishing_jumps(e: Term, patch: Patch) -> bool:
    """Whether e may jump at the patch."""
    return any(is_jump(t) and sign_of(t.args[0], patch) == 0 for t in walk(e))


def vanishes_with(f: Term, name: str) -> bool:
    """True only if |f| <= C |x| near every point with x = 0 at which f is defined, x the variable of that name.

    Then x' = f keeps x = 0 for all times, forwards and backwards (Gronwall), whatever the other variables do.
    """
    op, a = f.op, f.children
    if op == "sym":
        return bool(f.args[0] == name)
    if op == "num":
        return f == ZERO
    if op in ("+", "-"):
        return vanishes_with(a[0], name) and vanishes_with(a[1], name)
    if op == "*":
        return vanishes_with(a[0], name) or vanishes_with(a[1], name)
    if op in ("neg", "/", "abs", "sin", "sinh", "tanh", "atan", "asinh", "erf"):
        return vanishes_with(a[0], name)
    if op in ("**", "spow"):
        return bool(a[1].is_number and a[1].args[0] >= 1) and vanishes_with(a[0], name)
    return False
