"""Sign cells of the atoms of a law: sets of states and parameters on which every kink has one sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from verify.checker.flowing.branches import Refused, branch
from verify.checker.flowing.terms import fold, is_plain, neg
from verify.language.terms import ONE, ZERO, Term, substitute, sym
from verify.statement import Domain

WANTED = {
    ">": frozenset({1}), ">=": frozenset({0, 1}), "<": frozenset({-1}), "<=": frozenset({0, -1}),
    "!=": frozenset({1, -1}), "==": frozenset({0}),
}  # fmt: skip
OP = {1: ">", 0: "==", -1: "<"}
MARK = {1: "+", 0: "0", -1: "-"}


@lru_cache(maxsize=8192)
def proved(relation: str, u: Term, domain: Domain) -> bool:
    """True only if exact normal forms show ``u relation 0`` wherever the hypotheses of the domain hold."""
    from verify.exact.signs import is_zero, signs, signs_toward

    plain = is_plain(Term(relation, u, ZERO))
    if plain is True:
        return True
    if relation == "==" and is_zero(u, domain) is True:
        return True
    wanted = WANTED[relation]
    return signs(u, domain) <= wanted or (relation != "==" and signs_toward(u, domain, wanted) <= wanted)


@dataclass(frozen=True)
class Cell:
    """{sign(a) = signs[a] for every atom a} inside a domain, grown atom by atom."""

    whole: Domain
    signs: Mapping[Term, int] = field(default_factory=dict)
    parent: Cell | None = None

    def grown(self, atom: Term, s: int) -> Cell:
        return Cell(self.whole, {**self.signs, atom: s}, self)

    @cached_property
    def turn(self) -> dict[str, Term]:
        """Negative variables turned over and zeros put in, so that the variables that are left are positive."""
        bare = {a.args[0]: s for a, s in self.signs.items() if a.op == "sym"}
        return {name: ZERO if s == 0 else neg(sym(name)) for name, s in bare.items() if s <= 0}

    def turned(self, t: Term) -> Term:
        return fold(substitute(t, self.turn))

    @cached_property
    def domain(self) -> Domain:
        """The cell as a domain in the coordinates that are turned over."""
        atom, s = list(self.signs.items())[-1] if self.signs else (ONE, 1)
        if self.parent is not None and atom.op != "sym":
            try:
                here = branch(atom, self.parent)
            except Refused:  # where the atom may be undefined, a hypothesis about it would leave states out
                return self.parent.domain
            return self.parent.domain.assuming(Term(OP[s], self.turned(here), ZERO))
        gone = {name for name, value in self.turn.items() if value == ZERO}
        hypotheses = [fold(substitute(h, self.turn)) for h in self.whole.hypotheses]
        hypotheses += [Term(">", a, ZERO) for a, s in self.signs.items() if s]
        kept = tuple(dict.fromkeys(h for h in hypotheses if is_plain(h) is not True))
        return Domain(tuple(v for v in self.whole.variables if v[0] not in gone), kept)

    @property
    def empty(self) -> bool:
        """True only if no state lies in the cell."""
        from verify.exact.signs import signs

        return any(is_plain(h) is False for h in self.domain.hypotheses) or not signs(ONE, self.domain)

    def proves(self, relation: str, u: Term) -> bool:
        return proved(relation, self.turned(u), self.domain)

    @property
    def pattern(self) -> str:
        return "".join(MARK[s] for s in self.signs.values())


def cells(domain: Domain, atoms: list[Term]) -> Iterator[Cell]:
    """Cells that together contain every state of the domain: a sign is left out only where it is proved impossible."""
    if any(atoms[k].op != "sym" and a.op == "sym" for k in range(len(atoms)) for a in atoms[k:]):
        raise Refused("variables come before other atoms")

    def grow(cell: Cell, rest: list[Term]) -> Iterator[Cell]:
        if any(is_plain(h) is False for h in cell.domain.hypotheses):
            return
        if not rest:
            yield cell
            return
        for s in _possible(rest[0], cell):
            yield from grow(cell.grown(rest[0], s), rest[1:])

    yield from grow(Cell(domain), atoms)


def _possible(atom: Term, cell: Cell) -> list[int]:
    from verify.exact.signs import signs

    try:
        here = cell.turned(branch(atom, cell))
    except Refused:
        return [1, 0, -1]
    if here.is_number:
        value = here.args[0]
        return [(value > 0) - (value < 0)]
    found = signs(here, cell.domain)
    return [s for s in (1, 0, -1) if s in found]
