"""The cases into which the parameters of a law are cut.

Where an exponent of the field may be 0, ``spow(u, r)`` is continuous for r > 0 and jumps for r = 0: the parameters are
cut there. Where an equation between parameters makes kinks of the state coincide, that value is put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from verify.checker.flowing.law import Law
from verify.checker.flowing.terms import affine, fold, is_plain
from verify.language.terms import ZERO, Term, walk
from verify.provers.flowing.cells import Cell, NotSmooth, on_cell


@dataclass(frozen=True)
class Cut:
    """The parameters cut at r = 0, where the name has the value: the parts of both signs that occur."""

    r: Term
    name: str
    value: Term
    zero: Tree
    parts: dict[str, Tree] = field(default_factory=dict)  # ">" and "<"


Tree = Law | Cut | None  # None: no parameters


def leaves(tree: Tree) -> Iterator[Law]:
    if isinstance(tree, Cut):
        for part in (tree.zero, *tree.parts.values()):
            yield from leaves(part)
    elif tree is not None:
        yield tree


def tree(law: Law) -> Tree:
    """Cuts the parameters where an exponent of the field decides whether it jumps."""
    from verify.exact.signs import signs

    if any(is_plain(h) is False for h in law.domain.hypotheses):
        return None
    for f in law.fields.values():
        for t in walk(f):
            if t.op != "spow" or t.args[1].is_number or t.args[1].free & law.state:
                continue
            r = t.args[1]
            possible = signs(r, law.domain)
            if 0 not in possible:
                continue
            for name in sorted(r.free):
                parts = affine(r, name)
                if parts is not None and parts[0].is_number and parts[0] != ZERO:
                    value = fold(Term("/", Term("neg", parts[1]), parts[0]))
                    if law.domain.sort(name) == "integer" and not (value.is_number and value.args[0].denominator == 1):
                        continue
                    zero = tree(law.put(name, value, f"{name} == {value}"))
                    inside = {op: tree(law.cut(Term(op, r, ZERO))) for s, op in ((1, ">"), (-1, "<")) if s in possible}
                    return Cut(r, name, value, zero, inside)
    return law


def narrower(law: Law, cell: Cell) -> tuple[str, Term] | None:
    """The parameter and its value at which factors of the cell coincide, if they are tied by an equation there.

    On {w1 = 0, w1*w2 = y} one has y = 0: with that value put in, w1*w2 falls apart into the factors w1 and w2.
    """
    from verify.exact.signs import signs

    for atom, s in cell.signs.items():
        if s or atom.op == "sym":
            continue
        try:
            tie = on_cell(atom, cell)
        except NotSmooth:
            continue
        for name in sorted(tie.free) if not tie.free & law.state else ():
            parts = affine(tie, name)
            if parts is None or parts[0] == ZERO or 0 in signs(parts[0], law.domain):
                continue
            value = fold(Term("/", Term("neg", parts[1]), parts[0]))
            if law.domain.sort(name) == "real" or (value.is_number and value.args[0].denominator == 1):
                return name, value
    return None
