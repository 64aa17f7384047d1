"""Right-hand sides as tapes: straight-line programs of exact constants and elementary operations.

A tape lists its nodes in an order in which each uses earlier ones alone; equal nodes are one. It runs in any
``Algebra`` (balls, power series of balls, mpmath numbers, expressions of a compiler), so that every engine integrates
the same field, and its derivatives are tapes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

UNARY = frozenset({
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh",
    "erf", "abs", "sign",
})  # fmt: skip
Node = tuple[Any, ...]  # ("x", i), ("num", Fraction), ("pi",), (binary, a, b), ("power", a, Fraction), (unary, a)


class Algebra(Protocol):
    """What a tape runs in, besides + - * and the sign of its values."""

    def number(self, value: Fraction) -> Any: ...
    def pi(self) -> Any: ...
    def divide(self, a: Any, b: Any) -> Any: ...
    def power(self, a: Any, exponent: Fraction) -> Any: ...
    def unary(self, name: str, a: Any) -> Any: ...


@dataclass(frozen=True)
class Tape:
    """size: how many variables; outputs: the nodes that are the entries of the right-hand side."""

    size: int
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]

    def run(self, algebra: Algebra, state: Sequence[Any]) -> list[Any]:
        """The outputs at a state."""
        values: list[Any] = []
        for op, *a in self.nodes:
            values.append(_value(op, a, values, algebra, state))
        return [values[k] for k in self.outputs]

    @property
    def switches(self) -> tuple[int, ...]:
        """The nodes under a sign or an absolute value."""
        return tuple(dict.fromkeys(a[0] for op, *a in self.nodes if op in ("sign", "abs")))

    def selecting(self, nodes: Iterable[int]) -> Tape:
        """The same variables, other nodes as outputs."""
        return Tape(self.size, self.nodes, tuple(nodes)).pruned()

    def pruned(self) -> Tape:
        """Without the nodes that no output needs."""
        return rebuilt(self, lambda build, op, args: build.node(op, *args))

    def branch(self, signs: Mapping[int, int]) -> Tape:
        """The smooth branch for the given signs (1 or -1) of the switches; it continues past their zeros."""
        chosen = dict(signs)

        def put(build: Builder, op: str, args: list[Any], origin: list[int]) -> int:
            if op in ("sign", "abs") and origin[0] in chosen:
                s = build.number(Fraction(chosen[origin[0]]))
                return s if op == "sign" else build.multiply(s, args[0])
            return build.node(op, *args)

        return _rebuilt(self, put)


def _value(op: str, a: list[Any], values: list[Any], algebra: Algebra, state: Sequence[Any]) -> Any:
    if op == "x":
        return state[a[0]]
    if op == "num":
        return algebra.number(a[0])
    if op == "pi":
        return algebra.pi()
    if op == "+":
        return values[a[0]] + values[a[1]]
    if op == "-":
        return values[a[0]] - values[a[1]]
    if op == "*":
        return values[a[0]] * values[a[1]]
    if op == "neg":
        return -values[a[0]]
    if op == "/":
        return algebra.divide(values[a[0]], values[a[1]])
    if op == "power":
        return algebra.power(values[a[0]], a[1])
    return algebra.unary(op, values[a[0]])


@dataclass
class Builder:
    """Makes a tape node by node; numbers are worked out, and neutral ones dropped."""

    size: int
    nodes: list[Node] = field(default_factory=list)
    _known: dict[Node, int] = field(default_factory=dict)

    def tape(self, outputs: Iterable[int]) -> Tape:
        return Tape(self.size, tuple(self.nodes), tuple(outputs)).pruned()

    def node(self, op: str, *a: Any) -> int:
        """The node of an operation on nodes; raises ZeroDivisionError for a division by the number 0."""
        if op == "x":
            return self._made("x", *a)
        if op == "num":
            return self.number(a[0])
        by_name: dict[str, Callable[..., int]] = {
            "+": self.add, "-": self.subtract, "*": self.multiply, "/": self.divide, "neg": self.negative,
            "power": self.power, "abs": self.size_of, "sign": self.sign,
        }  # fmt: skip
        return by_name[op](*a) if op in by_name else self._made(op, *a)

    def number(self, value: Fraction | int) -> int:
        return self._made("num", Fraction(value))

    def variable(self, k: int) -> int:
        return self._made("x", k)

    def _made(self, *node: Any) -> int:
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]

    def known(self, k: int) -> Fraction | None:
        """The number that a node is, if it is one."""
        return self.nodes[k][1] if self.nodes[k][0] == "num" else None

    def add(self, a: int, b: int) -> int:
        p, r = self.known(a), self.known(b)
        if p is not None and r is not None:
            return self.number(p + r)
        if p == 0 or r == 0:
            return b if p == 0 else a
        if self.nodes[b][0] == "neg":
            return self._made("-", a, self.nodes[b][1])
        return self._made("+", *sorted((a, b)))

    def subtract(self, a: int, b: int) -> int:
        if a == b:
            return self.number(0)
        return self.add(a, self.negative(b)) if self.known(b) is not None else self._made("-", a, b)

    def negative(self, a: int) -> int:
        p = self.known(a)
        if p is not None:
            return self.number(-p)
        return self.nodes[a][1] if self.nodes[a][0] == "neg" else self._made("neg", a)

    def multiply(self, a: int, b: int) -> int:
        p, r = self.known(a), self.known(b)
        if p is not None and r is not None:
            return self.number(p * r)
        for value, other in ((p, b), (r, a)):
            if value in (0, 1, -1):
                return self.number(0) if value == 0 else other if value == 1 else self.negative(other)
        return self._made("*", *sorted((a, b)))

    def divide(self, a: int, b: int) -> int:
        p, r = self.known(a), self.known(b)
        if r is not None:
            return self.multiply(a, self.number(1 / r))
        return a if p == 0 else self._made("/", a, b)

    def power(self, a: int, r: Fraction) -> int:
        """a**r for a rational r; negative powers as quotients."""
        r, p = Fraction(r), self.known(a)
        if r == 0 or r == 1:
            return a if r else self.number(1)
        if p is not None and r.denominator == 1:
            return self.number(p**r.numerator)
        if r < 0:
            return self.divide(self.number(1), self.power(a, -r))
        if self.nodes[a][0] == "abs" and r.denominator == 1 and r.numerator % 2 == 0:
            a = self.nodes[a][1]
        return self._made("power", a, r)

    def sign(self, a: int) -> int:
        """The sign of a product is that of its factors, so that each surface has a switch of its own."""
        op, *b = self.nodes[a]
        if op == "num":
            return self.number((b[0] > 0) - (b[0] < 0))
        if op in ("*", "/"):
            return self.multiply(self.sign(b[0]), self.sign(b[1]))
        if op == "neg":
            return self.negative(self.sign(b[0]))
        if op == "power" and b[1].denominator == 1:
            return self.power(self.sign(b[0]), Fraction(1 if b[1].numerator % 2 else 2))
        return self.number(1) if op in ("exp", "cosh", "pi") else self._made("sign", a)

    def size_of(self, a: int) -> int:
        op, *b = self.nodes[a]
        if op == "num":
            return self.number(abs(b[0]))
        if op in ("*", "/"):
            return self.node(op, self.size_of(b[0]), self.size_of(b[1]))
        if op == "neg":
            return self.size_of(b[0])
        if op == "power" and b[1].denominator == 1:
            return self.power(self.size_of(b[0]), b[1])
        return a if op in ("exp", "cosh", "pi", "abs") else self._made("abs", a)


def rebuilt(tape: Tape, make: Callable[[Builder, str, list[Any]], int]) -> Tape:
    """The tape of the nodes that the outputs need, each made anew from its made arguments."""
    return _rebuilt(tape, lambda build, op, args, origin: make(build, op, args))


def _rebuilt(tape: Tape, make: Callable[[Builder, str, list[Any], list[int]], int]) -> Tape:
    build = Builder(tape.size)
    made: dict[int, int] = {}
    for k in sorted(needed(tape)):
        op, *a = tape.nodes[k]
        origin = operands(tape.nodes[k])
        args = [made[j] for j in origin] + a[len(origin) :]
        made[k] = make(build, op, args, origin)
    return Tape(tape.size, tuple(build.nodes), tuple(made[k] for k in tape.outputs))


def operands(node: Node) -> list[int]:
    """The nodes that a node uses."""
    op, *a = node
    return [] if op in ("x", "num", "pi") else a[:1] if op == "power" else list(a)


def needed(tape: Tape) -> set[int]:
    """The nodes that the outputs use, directly or not."""
    found: set[int] = set()
    left = list(tape.outputs)
    while left:
        k = left.pop()
        if k not in found:
            found.add(k)
            left += operands(tape.nodes[k])
    return found
