"""Sign cells of the terms of a flow: where every kink has a known sign, terms are smooth.

The kinks of a term are the arguments of ``abs``, ``sign``, ``spow``, of even roots and of non-integer powers.
Each is split into factors a_k (``g*w1*w2`` into g, w1, w2), so that on a cell, a choice of signs
s_k = sign(a_k), one has |prod a_k| = prod s_k a_k and sign(prod a_k) = prod s_k: what is left is smooth near the
cell, and 0 where a factor vanishes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from verify.checker.flowing.terms import (
    HALF,
    factored,
    fold,
    fold_top,
    is_integer,
    is_plain,
    kink_argument,
    mul,
    neg,
    power,
    sub,
)
from verify.evidence import Evidence
from verify.language.terms import ONE, ZERO, Term, num, substitute, sym, walk
from verify.statement import Domain, Statement

SMOOTH = frozenset({"exp", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "log"})
INSIDE = frozenset({"asin", "acos", "atanh", "acosh"})


class NotSmooth(Exception):
    """A term has no smooth branch on the cell, or the tool cannot tell."""


@dataclass(frozen=True)
class Cell:
    """The set {sign(a) = signs[a] for every atom a} inside the domain, grown atom by atom from its parent."""

    domain: Domain
    signs: Mapping[Term, int] = field(default_factory=dict)
    parent: Cell | None = None

    def grown(self, atom: Term, s: int) -> Cell:
        return Cell(self.domain, {**self.signs, atom: s}, self)

    @cached_property
    def reflection(self) -> dict[str, Term]:
        """Variables that are negative on the cell, turned over; zeros put in: positive symbols remain."""
        bare = {a.args[0]: s for a, s in self.signs.items() if a.op == "sym"}
        return {name: ZERO if s == 0 else neg(sym(name)) for name, s in bare.items() if s <= 0}

    @cached_property
    def local(self) -> Domain:
        """The cell as a domain in the turned-over coordinates."""
        if self.signs and self.parent is not None:
            atom, s = list(self.signs.items())[-1]
            if atom.op != "sym":
                try:
                    here = self.turned(on_cell(atom, self.parent))
                except NotSmooth:
                    return self.parent.local
                return self.parent.local.assuming(Term({1: ">", -1: "<", 0: "=="}[s], here, ZERO))
        zero = {name for name, value in self.reflection.items() if value == ZERO}
        hypotheses = [fold(substitute(h, self.reflection)) for h in self.domain.hypotheses]
        hypotheses += [Term(">", a, ZERO) for a, s in self.signs.items() if a.op == "sym" and s]
        kept = tuple(dict.fromkeys(h for h in hypotheses if is_plain(h) is not True))
        return Domain(tuple(v for v in self.domain.variables if v[0] not in zero), kept)

    @property
    def empty(self) -> bool:
        """True only if a hypothesis is plainly false on the cell."""
        return any(is_plain(h) is False for h in self.local.hypotheses)

    def turned(self, term: Term) -> Term:
        return fold(substitute(term, self.reflection))

    def signs_of(self, term: Term) -> frozenset[int]:
        """The signs that a smooth branch may take on the cell."""
        from verify.exact.signs import signs

        here = self.turned(term)
        if here.is_number:
            value = here.args[0]
            return frozenset({(value > 0) - (value < 0)})
        return frozenset(signs(here, self.local))

    def satisfies(self, relation: str, term: Term) -> bool:
        """True only if ``term relation 0`` is proved on the whole cell."""
        allowed = {">": {1}, ">=": {0, 1}, "!=": {-1, 1}}[relation]
        return self.signs_of(term) <= allowed or identically(Term(relation, self.turned(term), ZERO), self.local)

    def vanishes(self, term: Term) -> bool:
        """True only if a smooth branch is zero on the whole cell."""
        here = self.turned(term)
        return here == ZERO or identically(Term("==", here, ZERO), self.local)

    @property
    def pattern(self) -> str:
        from verify.language.printing import to_text

        names = [f"{to_text(a)} {({1: '>', -1: '<', 0: '=='})[s]} 0" for a, s in self.signs.items()]
        return ", ".join(names) or "everywhere"


def identically(relation: Term, domain: Domain) -> bool:
    """True only if exact normal forms prove the relation on the whole domain."""
    plain = is_plain(relation)
    return plain if plain is not None else _exactly(relation, domain).result == "holds"


def with_help(relation: Term, domain: Domain) -> bool:
    """Whether what holds identically took more than normal forms, such as solvers that find cells empty."""
    if is_plain(relation) is not None:
        return False
    trees = [(_exactly(relation, domain).certificate or {}).get("tree")]
    while trees:
        node = trees.pop()
        if not isinstance(node, dict) or node.get("leaf", "exact") != "exact":
            return True
        trees.extend(node.get("parts", {}).values())
    return False


@lru_cache(maxsize=4096)
def _exactly(relation: Term, domain: Domain) -> Evidence:
    from verify.provers import exact
    from verify.provers.budget import Budget

    return exact.prove(Statement(domain, relation), Budget(4.0))


def on_cell(term: Term, cell: Cell, jumps: Mapping[Term, int] | None = None) -> Term:
    """The smooth branch that term has on the cell, proven defined there.

    jumps: signs that ``sign(u)`` and ``spow(u, 0)`` shall see instead of the zeros of the cell: the limit from the
    neighbouring cell with these signs. Raises NotSmooth where a branch is not decided on the cell, or where the
    term may be undefined.
    """
    op = term.op
    if op == "sym":
        return ZERO if cell.signs.get(term) == 0 else term
    if op in ("num", "const"):
        return term
    if op == "abs":
        return _magnitude(term.args[0], ONE, cell)
    if op == "sign":
        return num(_sign(term.args[0], cell, jumps))
    if op == "spow":
        exponent = on_cell(term.args[1], cell)
        if exponent == ZERO:
            return num(_sign(term.args[0], cell, jumps))
        size = _magnitude(term.args[0], exponent, cell)
        return mul(num(_sign(term.args[0], cell, None)), size)
    if op == "sqrt":
        return _root(term.args[0], HALF, cell)
    if op == "**":
        exponent = on_cell(term.args[1], cell)
        parity = None if is_integer(exponent) else integer_parity(term.args[1], cell.domain)
        if parity is not None:
            odd = -1 if parity and _sign(term.args[0], cell, None) < 0 else 1
            return mul(num(odd), _magnitude(term.args[0], exponent, cell))
        if not is_integer(exponent):
            return _root(term.args[0], exponent, cell)
        base = on_cell(term.args[0], cell, jumps)
        if exponent.args[0] <= 0:
            _require(cell.satisfies("!=", base), "a power of zero is not defined or not known")
        return power(base, exponent)
    if op not in SMOOTH and op not in INSIDE and op not in ("+", "-", "*", "/", "neg"):
        raise NotSmooth(f"{op} has no branch by signs")
    args = [on_cell(t, cell, jumps) for t in term.args]
    if op == "/":
        _require(cell.satisfies("!=", args[1]), "a divisor may vanish")
    if op == "log":
        _require(cell.satisfies(">", args[0]), "the argument of a logarithm may be nonpositive")
    if op in INSIDE:
        room = sub(args[0], ONE) if op == "acosh" else sub(ONE, mul(args[0], args[0]))
        _require(cell.satisfies(">", room), f"the argument of {op} may leave the open interval where it is smooth")
    return fold_top(Term(op, *args))


def integer_parity(r: Term, domain: Domain) -> int | None:
    """r mod 2 where that is the same for all integers in r, such as for 2*k + 1; None where it is not known."""
    if r.op == "num":
        return int(r.args[0]) % 2 if is_integer(r) else None
    if not all(t.op in ("num", "sym", "+", "-", "*", "neg") for t in walk(r)):
        return None
    if any(t.is_number and not is_integer(t) for t in walk(r)):
        return None
    if any(name not in domain.names or domain.sort(name) != "integer" for name in r.free):
        return None
    if r.op == "neg":
        return integer_parity(r.children[0], domain)
    if r.op == "sym":
        return None
    left, right = (integer_parity(t, domain) for t in r.children)
    if r.op == "*":
        return 0 if 0 in (left, right) else 1 if left == right == 1 else None
    return None if left is None or right is None else (left + right) % 2


def _require(condition: bool, why: str) -> None:
    if not condition:
        raise NotSmooth(why)


def _sign(u: Term, cell: Cell, jumps: Mapping[Term, int] | None) -> int:
    parts = factored(u)
    value = (parts.scale > 0) - (parts.scale < 0)
    for atom, odd, _ in parts.parts:
        s = cell.signs.get(atom)
        if s is None:
            raise NotSmooth("a sign is not decided on the cell")
        if jumps is not None and s == 0:
            s = jumps.get(atom, 0)
        value *= s if odd else s * s
    return value


def _magnitude(u: Term, exponent: Term, cell: Cell) -> Term:
    """|u|^exponent on the cell: a product of powers of positive terms, or 0."""
    parts = factored(u)
    if parts.scale == 0:
        _require(cell.satisfies(">", exponent), "a power of zero is not defined or not known")
    value = power(num(abs(parts.scale)), exponent) if parts.scale else ZERO
    for atom, _, r in parts.parts:
        s = cell.signs.get(atom)
        if s is None:
            raise NotSmooth("a sign is not decided on the cell")
        total = mul(r, exponent)
        base = on_cell(atom, cell)
        if s == 0:
            _require(cell.satisfies(">", total), "a power of zero is not defined or not known")
            base = ONE
            value = ZERO
        value = mul(value, power(base if s > 0 else neg(base), total)) if value != ZERO else ZERO
    return value


def _root(u: Term, exponent: Term, cell: Cell) -> Term:
    """u^exponent for a base that must be nonnegative on the cell."""
    _require(_sign(u, cell, None) >= 0, "a root of a negative number")
    return _magnitude(u, exponent, cell)


def cells(domain: Domain, atoms: list[Term]) -> Iterator[Cell]:
    """All cells that may be met: a superset of those with points in the domain."""

    def grow(cell: Cell, rest: list[Term]) -> Iterator[Cell]:
        if cell.empty:
            return
        if not rest:
            yield cell
            return
        try:
            possible = cell.signs_of(on_cell(rest[0], cell))
        except NotSmooth:
            possible = frozenset({-1, 0, 1})
        for s in sorted(possible, reverse=True):
            yield from grow(cell.grown(rest[0], s), rest[1:])

    yield from grow(Cell(domain), atoms)


def two_sided(fields: list[Term], cell: Cell) -> bool:
    """True only if no root or logarithm of the fields ends where a factor vanishes on the cell."""
    for f in fields:
        for t in walk(f):
            u = kink_argument(t) if t.op in ("sqrt", "**") else None
            if u is not None and any(cell.signs.get(a, 0) == 0 for a, _, _ in factored(u).parts):
                return False
    return True
