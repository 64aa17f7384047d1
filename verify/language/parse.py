"""Expressions of the claims file as terms: parsed through a whitelist, never evaluated.

The text first passes ``verify.language.scan`` (alphabet, limits), then Python's own expression parser, and what
comes out is walked node by node; a node that is not listed here is an error. Every term has a sort, number or
formula, and each place of the grammar says which it needs.

An abbreviation stands for its text: inlined where it is used, its names are those in force there, so that with
``R = x**2`` the integral ``integrate(R, (x, 0, 1))`` is one third.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from verify.language.errors import ALIASES, LanguageError, did_you_mean, quote
from verify.language.scan import CALLABLES, RESERVED, name_fault, scan
from verify.language.syntax import MAX_DEPTH, syntax_tree, tree_measure
from verify.language.terms import (
    ALONG_FLOW,
    CONSTANTS,
    FUNCTIONS,
    PREDICATE_VARIABLE,
    PREDICATES,
    Term,
    num,
    sym,
)

MAX_EXPANDED = 20_000
MAX_DERIVATIVE = 8
MAX_OPEN = 50

Wanted = Literal["number", "formula", "either"]

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_RELATION = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_RANGES = ("integrate", "Sum", "Product")
_ORDERS = ("asymptotic", "bigtheta", "bigo", "littleo")


@dataclass(frozen=True)
class Abbreviation:
    """A name that stands for a term. open: names that only the place of use can settle -> (place, column)."""

    term: Term
    open: Mapping[str, tuple[str, int]] = field(default_factory=dict)


def parse_formula(
    text: str,
    names: Collection[str],
    *,
    where: str = "",
    abbreviations: Mapping[str, Abbreviation] | None = None,
    along_flow: bool = False,
    undeclared: dict[str, tuple[str, int]] | None = None,
) -> Term:
    """The formula that the text states, every number exact; raises ``LanguageError``.

    names: the variables in force. where: what the text is called in messages. along_flow: whether ``ddt`` and
    ``conserved`` mean something. undeclared: where given, unknown names are accepted as variables and recorded
    there as (place, column) instead of being errors.
    """
    return _parse(text, names, "formula", where, abbreviations, along_flow, undeclared)


def parse_term(
    text: str,
    names: Collection[str],
    *,
    where: str = "",
    abbreviations: Mapping[str, Abbreviation] | None = None,
    along_flow: bool = False,
    undeclared: dict[str, tuple[str, int]] | None = None,
) -> Term:
    """The number-valued term that the text stands for; otherwise as ``parse_formula``."""
    return _parse(text, names, "number", where, abbreviations, along_flow, undeclared)


def parse_abbreviation(
    text: str,
    names: Collection[str],
    *,
    where: str = "",
    abbreviations: Mapping[str, Abbreviation] | None = None,
    along_flow: bool = False,
) -> Abbreviation:
    """A number or a formula that a name shall stand for; unknown names stay open until it is used."""
    open_names: dict[str, tuple[str, int]] = {}
    term = _parse(text, names, "either", where, abbreviations, along_flow, open_names)
    if len(open_names) > MAX_OPEN:
        place, column = next(iter(open_names.values()))
        raise LanguageError(f"more than {MAX_OPEN} names are unknown; declare them in given", column, place)
    return Abbreviation(term, open_names)


def _parse(
    text: str,
    names: Collection[str],
    wanted: Wanted,
    where: str,
    abbreviations: Mapping[str, Abbreviation] | None,
    along_flow: bool,
    undeclared: dict[str, tuple[str, int]] | None,
) -> Term:
    try:
        scan(text)
        flat = "".join(" " if c in "\t\r\n" else c for c in text)
        source = flat.lstrip(" ")
        shift = len(flat) - len(source) + 1
        tree = syntax_tree(source, shift)
        walker = _Walker(source, shift, frozenset(names), abbreviations or {}, along_flow, undeclared, where)
        term = walker.convert(tree, wanted)
        nodes, levels = tree_measure(term)
        if nodes > MAX_EXPANDED:
            raise LanguageError(
                f"with its abbreviations written out it has {nodes if nodes < 10**12 else 'over 10**12'} nodes, "
                f"more than the limit of {MAX_EXPANDED}; state a smaller claim"
            )
        if levels > MAX_DEPTH:
            raise LanguageError(
                f"with its abbreviations written out it is nested {levels} deep, more than the limit of {MAX_DEPTH}; "
                "state a smaller claim"
            )
        return term
    except LanguageError as error:
        if not error.place:
            raise LanguageError(error.message, error.column, where) from None
        raise
    except (RecursionError, MemoryError):
        raise LanguageError("the expression is nested too deeply; split it by abbreviations", None, where) from None


class _Walker:
    """One walk over one syntax tree; ``bound`` holds the names of the binders around the current node."""

    def __init__(
        self,
        source: str,
        shift: int,
        names: frozenset[str],
        abbreviations: Mapping[str, Abbreviation],
        along_flow: bool,
        undeclared: dict[str, tuple[str, int]] | None,
        where: str,
    ) -> None:
        self.source, self.shift, self.names, self.where = source, shift, names, where
        self.abbreviations, self.along_flow, self.undeclared = abbreviations, along_flow, undeclared
        self.bound: list[str] = []
        self.handlers: Mapping[type, Callable[..., Term]] = {
            ast.Constant: self.constant, ast.Name: self.name, ast.BinOp: self.binary, ast.UnaryOp: self.unary,
            ast.BoolOp: self.connective, ast.Compare: self.comparison, ast.Call: self.call,
        }  # fmt: skip

    def fault(self, node: ast.expr, message: str) -> LanguageError:
        return LanguageError(message, node.col_offset + self.shift)

    def convert(self, node: ast.expr, wanted: Wanted) -> Term:
        handler = self.handlers.get(type(node))
        if handler is None:
            if isinstance(node, ast.Tuple):
                raise self.fault(node, "a bracketed list belongs only in integrate, Sum and Product; remove the comma")
            raise self.fault(node, f"{type(node).__name__} is not part of the language; use names and functions")
        term = handler(node)
        if wanted == "number" and term.is_formula:
            raise self.fault(node, "a number is needed here and this is a formula; compare numbers, join formulas")
        if wanted == "formula" and not term.is_formula:
            raise self.fault(node, "a formula is needed here and this is a number; compare it, as in ... == 0")
        return term

    def constant(self, node: ast.Constant) -> Term:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.fault(node, "only numbers can stand here; strings are for the side of a limit")
        literal = self.source[node.col_offset : node.end_col_offset].replace("_", "")
        try:
            return num(Fraction(literal))
        except ValueError:
            raise self.fault(node, f"{quote(literal)} is not a decimal number; write digits, as in 0.5") from None

    def name(self, node: ast.Name) -> Term:
        name = node.id
        if name in self.bound:
            return sym(name)
        if name in self.abbreviations:
            return self.inline(node, self.abbreviations[name])
        if name in self.names:
            return sym(name)
        if name in CONSTANTS:
            return Term("const", name)
        if name in ("true", "false"):
            return Term(name)
        if name in CALLABLES:
            raise self.fault(node, f"{quote(name)} is a function; write {name}(...), or rename the variable")
        fault = name_fault(name)
        if fault:
            raise self.fault(node, fault)
        if self.undeclared is None:
            raise self.unknown(node)
        self.undeclared.setdefault(name, (self.where, node.col_offset + self.shift))
        return sym(name)

    def unknown(self, node: ast.Name) -> LanguageError:
        hint = did_you_mean(node.id, [*self.names, *self.abbreviations, *self.bound, *CONSTANTS])
        mend = hint or f"; declare it in given, as in '{node.id} real'"
        return self.fault(node, f"unknown name {quote(node.id)}{mend}")

    def inline(self, node: ast.Name, short: Abbreviation) -> Term:
        for name, (place, column) in short.open.items():
            if name in self.bound or name in self.names:
                continue
            if self.undeclared is not None:
                self.undeclared.setdefault(name, (place, column))
                continue
            hint = did_you_mean(name, [*self.names, *self.abbreviations, *self.bound, *CONSTANTS])
            mend = hint or f"; declare it in given, as in '{name} real'"
            raise LanguageError(f"unknown name {quote(name)}{mend}", column, place)
        return short.term

    def binary(self, node: ast.BinOp) -> Term:
        op = _BINARY.get(type(node.op))
        if op is None:
            raise self.fault(node, "this operator is not part of the language; use + - * / **")
        return Term(op, self.convert(node.left, "number"), self.convert(node.right, "number"))

    def unary(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            return Term("not", self.convert(node.operand, "formula"))
        inner = self.convert(node.operand, "number")
        if isinstance(node.op, ast.UAdd):
            return inner
        if isinstance(node.op, ast.USub):
            return Term("neg", inner)
        raise self.fault(node, "this operator is not part of the language; use + - or not")

    def connective(self, node: ast.BoolOp) -> Term:
        op = "and" if isinstance(node.op, ast.And) else "or"
        return Term(op, *[self.convert(part, "formula") for part in node.values])

    def comparison(self, node: ast.Compare) -> Term:
        for side in (node.left, *node.comparators):
            if isinstance(side, ast.Compare | ast.BoolOp):
                told = "for 'A if and only if B' write implies(A, B) and implies(B, A)"
                raise self.fault(side, f"a number is needed here and this is a formula; {told}")
        sides = [self.convert(side, "number") for side in (node.left, *node.comparators)]
        parts = []
        for k, op in enumerate(node.ops):
            relation = _RELATION.get(type(op))
            if relation is None:
                raise self.fault(node, "this comparison is not part of the language; use == != < <= > >=")
            parts.append(Term(relation, sides[k], sides[k + 1]))
        return parts[0] if len(parts) == 1 else Term("and", *parts)

    def call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            raise self.fault(node, "only a named function can be called; write * for a product")
        name = node.func.id
        if node.keywords:
            raise self.fault(node, f"{quote(name)} takes no named arguments; write their values in order")
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self.fault(argument, "a star before an argument is not part of the language; remove it")
        if name not in CALLABLES:
            if name in self.names or name in self.bound or name in self.abbreviations:
                raise self.fault(node, f"{quote(name)} is not a function; write * for a product, {name}*(...)")
            hint = did_you_mean(name, CALLABLES) or "; the functions are listed in the description of the language"
            if ALIASES.get(name) in ("and", "or", "not"):
                hint = f"; write {ALIASES[name]} between formulas"
            raise self.fault(node, f"unknown function {quote(name)}{hint}")
        if name in FUNCTIONS:
            self.arity(node, name, *FUNCTIONS[name])
            return Term(name, *[self.convert(a, "number") for a in node.args])
        if name in PREDICATES:
            return self.predicate(node, name)
        if name == "implies":
            self.arity(node, name, 2, 2)
            return Term(name, self.convert(node.args[0], "formula"), self.convert(node.args[1], "formula"))
        if name in ("forall", "exists"):
            self.arity(node, name, 2, 2)
            variable = self.variable(node.args[0], name, new=True)
            return Term(name, sym(variable), self.inside(variable, node.args[1], "formula"))
        if name in ALONG_FLOW:
            self.arity(node, name, 1, 1)
            if not self.along_flow:
                raise self.fault(node, f"{quote(name)} needs a flow; give the right-hand sides in 'flow'")
            return Term(name, self.convert(node.args[0], "number"))
        return self.binder(node, name)

    def arity(self, node: ast.Call, name: str, fewest: int, most: int) -> None:
        count = len(node.args)
        if not fewest <= count <= most:
            takes = str(fewest) if fewest == most else f"{fewest} to {most}"
            plural = "" if takes == "1" else "s"
            mend = "add what is missing" if count < fewest else "remove the rest"
            raise self.fault(node, f"{quote(name)} takes {takes} argument{plural}, not {count}; {mend}")

    def inside(self, variable: str, node: ast.expr, wanted: Wanted) -> Term:
        self.bound.append(variable)
        term = self.convert(node, wanted)
        self.bound.pop()
        return term

    def variable(self, node: ast.expr, of: str, new: bool) -> str:
        """A plain name; where it is not new it must be in force already."""
        if not isinstance(node, ast.Name):
            raise self.fault(node, f"the variable of {quote(of)} must be a plain name, such as x")
        name = node.id
        if name in self.abbreviations:
            raise self.fault(node, f"{quote(name)} is an abbreviation, no variable for {quote(of)}; rename it")
        if name in RESERVED:
            raise self.fault(node, name_fault(name))
        if not new:
            term = self.name(node)
            assert term.op == "sym"
        elif name_fault(name):
            raise self.fault(node, name_fault(name))
        return name

    def predicate(self, node: ast.Call, name: str) -> Term:
        count, at = PREDICATES[name], PREDICATE_VARIABLE[name]
        self.arity(node, name, count, count)
        variable = self.variable(node.args[at], name, new=name in _ORDERS)
        functions = [self.inside(variable, a, "number") for a in node.args[:at]]
        rest = [self.convert(a, "number") for a in node.args[at + 1 :]]
        return Term(name, *functions, sym(variable), *rest)

    def binder(self, node: ast.Call, name: str) -> Term:
        arguments = node.args
        if name == "expect":
            self.arity(node, name, 2, 2)
            variable = self.variable(arguments[1], name, new=True)
            return Term(name, self.inside(variable, arguments[0], "number"), sym(variable))
        if name == "diff":
            self.arity(node, name, 2, 3)
            variable = self.variable(arguments[1], name, new=False)
            order = self.order(arguments[2]) if len(arguments) == 3 else 1
            return Term(name, self.convert(arguments[0], "number"), sym(variable), num(order))
        if name in _RANGES:
            if len(arguments) != 2 or not isinstance(arguments[1], ast.Tuple) or len(arguments[1].elts) != 3:
                raise self.fault(node, f"{quote(name)} takes a term and a range; write {name}(f, (x, a, b))")
            over, low, high = arguments[1].elts
            variable = self.variable(over, name, new=True)
            body = self.inside(variable, arguments[0], "number")
            return Term(name, body, sym(variable), self.convert(low, "number"), self.convert(high, "number"))
        self.arity(node, name, 3, 4)
        variable = self.variable(arguments[1], name, new=True)
        side = self.side(arguments[3]) if len(arguments) == 4 else "+-"
        body = self.inside(variable, arguments[0], "number")
        return Term(name, body, sym(variable), self.convert(arguments[2], "number"), Term("text", side))

    def order(self, node: ast.expr) -> int:
        value = node.value if isinstance(node, ast.Constant) else None
        if type(value) is int and 1 <= value <= MAX_DERIVATIVE:
            return value
        mend = "write diff(f, x, 2)"
        if isinstance(node, ast.Name):
            mend = "write diff(f, x, 2), or diff(diff(f, x), y) for two variables"
        raise self.fault(node, f"the order of a derivative is a whole number from 1 to {MAX_DERIVATIVE}; {mend}")

    def side(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and node.value in ("+", "-", "+-"):
            return str(node.value)
        raise self.fault(node, 'the side of a limit is "+" or "-"; leave it out for the two-sided limit')
