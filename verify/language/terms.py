"""Terms: the syntax trees of statements, kept exactly as they were written.

A term is an operator with arguments; nothing is evaluated or simplified when a term is built, so that
``x/x`` stays a quotient with its condition x != 0 and two sides that merely look alike stay two sides.

Shapes (``op``: ``args``)

- ``num``: one exact ``Fraction``; ``sym``: one name; ``const``: one of ``pi``, ``E``, ``oo``
- ``+ - * / **`` (two terms), ``neg`` (one term)
- elementary functions (see ``FUNCTIONS``): one or more terms; ``spow(u, r) = sign(u)*abs(u)**r``
- binders: ``diff(f, x, n)``, ``integrate(f, x, a, b)``, ``limit(f, x, a, side)``, ``Sum(f, i, a, b)``,
  ``Product(f, i, a, b)``, ``expect(f, z)``; the bound name is a ``sym`` term, ``side`` a ``text`` term
  (``"+"``, ``"-"`` or ``"+-"``), ``n`` a ``num`` term
- formulas: ``== != < <= > >=`` (two terms), ``and``/``or`` (two or more), ``not``, ``implies``,
  ``forall(x, A)``, ``exists(x, A)``, ``true``, ``false``
- predicates (see ``PREDICATES``) and, along a flow, ``ddt(e)`` (a term) and ``conserved(e)`` (a formula)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

ARITHMETIC = ("+", "-", "*", "/", "**", "neg")
RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
CONNECTIVES = ("and", "or", "not", "implies", "forall", "exists", "true", "false")

# name -> (fewest, most) arguments
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1), "sign": (1, 1), "spow": (2, 2), "sqrt": (1, 1), "exp": (1, 1), "log": (1, 1),
    "sin": (1, 1), "cos": (1, 1), "tan": (1, 1), "sinh": (1, 1), "cosh": (1, 1), "tanh": (1, 1),
    "asin": (1, 1), "acos": (1, 1), "atan": (1, 1), "asinh": (1, 1), "acosh": (1, 1), "atanh": (1, 1),
    "Min": (2, 16), "Max": (2, 16), "erf": (1, 1), "gamma": (1, 1),
}  # fmt: skip
CONSTANTS = ("pi", "E", "oo")

# binder -> (fewest, most) arguments as stored
BINDERS: Mapping[str, tuple[int, int]] = {
    "diff": (3, 3), "integrate": (4, 4), "limit": (4, 4), "Sum": (4, 4), "Product": (4, 4), "expect": (2, 2),
}  # fmt: skip

# predicate -> number of arguments; the argument at position 1 (or 2, see PREDICATE_VARIABLE) is the variable
PREDICATES: Mapping[str, int] = {
    "convex": 2, "strictly_convex": 2, "increasing": 2, "strictly_increasing": 2, "even": 2, "odd": 2,
    "bounded": 2, "legendre": 2, "bregman": 2, "homogeneous": 3, "asymptotic": 4, "bigtheta": 4,
    "bigo": 4, "littleo": 4,
}  # fmt: skip
PREDICATE_VARIABLE: Mapping[str, int] = dict.fromkeys(PREDICATES, 1) | {
    "asymptotic": 2, "bigtheta": 2, "bigo": 2, "littleo": 2,
}  # fmt: skip
ALONG_FLOW = ("ddt", "conserved")


class Term:
    """An immutable syntax tree; equality and hash are structural."""

    __slots__ = ("_free", "_hash", "args", "op")

    op: str
    args: tuple
    _hash: int
    _free: frozenset[str] | None

    def __init__(self, op: str, *args: object) -> None:
        object.__setattr__(self, "op", op)
        object.__setattr__(self, "args", args)
        object.__setattr__(self, "_hash", hash((op, args)))
        object.__setattr__(self, "_free", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("terms are immutable")

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term):
            return NotImplemented
        return self._hash == other._hash and self.op == other.op and self.args == other.args

    def __reduce__(self) -> tuple:
        return (Term, (self.op, *self.args))

    def __repr__(self) -> str:
        from verify.language.printing import to_text

        return to_text(self)

    @property
    def is_number(self) -> bool:
        return self.op == "num"

    @property
    def is_formula(self) -> bool:
        return self.op in FORMULA_OPS

    @property
    def free(self) -> frozenset[str]:
        """Names that occur free."""
        cached = self._free
        if cached is None:
            cached = _free_names(self)
            object.__setattr__(self, "_free", cached)
        return cached

    @property
    def children(self) -> tuple[Term, ...]:
        return tuple(a for a in self.args if isinstance(a, Term))


FORMULA_OPS = frozenset(RELATIONS) | frozenset(CONNECTIVES) | frozenset(PREDICATES) | {"conserved"}


def _free_names(term: Term) -> frozenset[str]:
    if term.op == "sym":
        return frozenset((term.args[0],))
    bound, scope, outside = binding(term)
    if bound is None:
        return frozenset().union(*(child.free for child in term.children)) if term.children else frozenset()
    inner = frozenset().union(*(t.free for t in scope)) - {bound}
    return inner.union(*(t.free for t in outside))


def binding(term: Term) -> tuple[str | None, tuple[Term, ...], tuple[Term, ...]]:
    """(bound name, terms inside its scope, terms outside it); the name is None where nothing is bound.

    ``diff(f, x, n)`` and the predicates do not bind: x is a free variable there, taken at its value or over
    its stated domain.
    """
    op, a = term.op, term.args
    if op in ("integrate", "Sum", "Product"):
        return a[1].args[0], (a[0],), (a[2], a[3])
    if op == "limit":
        return a[1].args[0], (a[0],), (a[2],)
    if op == "expect":
        return a[1].args[0], (a[0],), ()
    if op in ("forall", "exists"):
        return a[0].args[0], (a[1],), ()
    return None, (), ()


def num(value: int | Fraction | str) -> Term:
    return Term("num", Fraction(value))


def sym(name: str) -> Term:
    return Term("sym", name)


ZERO, ONE, TWO = num(0), num(1), num(2)
TRUE, FALSE = Term("true"), Term("false")
PI, EULER, INFINITY = Term("const", "pi"), Term("const", "E"), Term("const", "oo")


def fn(name: str, *args: Term) -> Term:
    return Term(name, *args)


def conjunction(parts: list[Term] | tuple[Term, ...]) -> Term:
    parts = tuple(p for p in parts if p.op != "true")
    if not parts:
        return TRUE
    return parts[0] if len(parts) == 1 else Term("and", *parts)


def negation(formula: Term) -> Term:
    """The negation, pushed inwards where that is exact for real-valued, defined terms."""
    flip = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
    op = formula.op
    if op in flip:
        return Term(flip[op], *formula.args)
    if op == "not":
        return formula.args[0]
    if op == "and":
        return Term("or", *(negation(a) for a in formula.args))
    if op == "or":
        return Term("and", *(negation(a) for a in formula.args))
    if op == "implies":
        return Term("and", formula.args[0], negation(formula.args[1]))
    if op == "forall":
        return Term("exists", formula.args[0], negation(formula.args[1]))
    if op == "exists":
        return Term("forall", formula.args[0], negation(formula.args[1]))
    if op == "true":
        return FALSE
    if op == "false":
        return TRUE
    return Term("not", formula)


def walk(term: Term) -> Iterator[Term]:
    """Every subterm, parents first."""
    stack = [term]
    while stack:
        t = stack.pop()
        yield t
        stack.extend(t.children)


def held_names(term: Term) -> frozenset[str]:
    """Names in which a derivative is taken or over which a property of a function speaks: no value may be put in."""
    held: set[str] = set()
    for t in walk(term):
        if t.op in PREDICATES or t.op == "diff":
            held |= t.args[PREDICATE_VARIABLE.get(t.op, 1)].free
    return frozenset(held)


def size(term: Term) -> int:
    return sum(1 for _ in walk(term))


def rebuild(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term with ``change`` applied to each direct subterm."""
    if not term.children:
        return term
    args = tuple(change(a) if isinstance(a, Term) else a for a in term.args)
    return term if args == term.args else Term(term.op, *args)


def substitute(term: Term, values: Mapping[str, Term]) -> Term:
    """Capture-avoiding substitution of free names.

    A derivative taken with respect to a replaced name is only renamed when the replacement is a name; callers
    that put a value in must work derivatives out first (``verify.language.calculus.expand``).
    """
    if not values or not (term.free & values.keys()):
        return term
    if term.op == "sym":
        return values.get(term.args[0], term)
    bound, scope, _ = binding(term)
    if bound is None:
        return rebuild(term, lambda t: substitute(t, values))
    inner = {k: v for k, v in values.items() if k != bound}
    incoming = frozenset().union(*(inner[k].free for k in inner if any(k in s.free for s in scope)))
    if bound in incoming:
        fresh = fresh_name(bound, incoming | term.free | frozenset().union(*(s.free for s in scope)))
        renamed = {bound: sym(fresh)}
        name_at = 0 if term.op in ("forall", "exists") else 1
        body_at = 1 - name_at
        args = list(term.args)
        args[name_at] = sym(fresh)
        args[body_at] = substitute(args[body_at], renamed)
        return substitute(Term(term.op, *args), values)
    name_at = 0 if term.op in ("forall", "exists") else 1
    body_at = 1 - name_at
    args = list(term.args)
    for k, a in enumerate(args):
        if k == name_at or not isinstance(a, Term):
            continue
        args[k] = substitute(a, inner if k == body_at else values)
    return Term(term.op, *args)


def fresh_name(base: str, taken: frozenset[str]) -> str:
    k = 1
    while f"{base}_{k}" in taken:
        k += 1
    return f"{base}_{k}"


@lru_cache(maxsize=4096)
def depth(term: Term) -> int:
    return 1 + max((depth(c) for c in term.children), default=0)
