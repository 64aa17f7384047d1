"""Between terms and SymPy expressions.

``to_sympy`` hands a term to the computer-algebra engine, which rewrites at once what it likes (x/x becomes 1):
its answers are conjectures about the term, never facts. ``from_sympy`` reads an expression of ``theory/`` as a
term that prints the way it would be written by hand, and refuses whatever has no exact counterpart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from verify.language.errors import quote
from verify.language.scan import name_fault
from verify.language.terms import ARITHMETIC, EULER, INFINITY, ONE, PI, Term, fn, fresh_name, num, sym

if TYPE_CHECKING:
    from verify.statement import Domain

MAX_BITS = 100_000
MAX_EXPONENT = 10_000
MAX_DERIVATIVE = 8

_SAME = (
    "sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh",
    "atanh", "erf", "gamma", "sign", "Min", "Max",
)  # fmt: skip
_WORKED = frozenset((*_SAME, *ARITHMETIC, "abs", "spow", "and", "or", "not", "implies"))
_QUOTIENTS = {
    "cot": ("cos", "sin"), "sec": ("", "cos"), "csc": ("", "sin"),
    "coth": ("cosh", "sinh"), "sech": ("", "cosh"), "csch": ("", "sinh"),
}  # fmt: skip
_RELATIONS = {"==": "Eq", "!=": "Ne", "<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge"}


class BridgeError(ValueError):
    """A term or an expression that has no counterpart on the other side."""


def symbols_of(term: Term, domain: Domain | None = None) -> dict[str, Any]:
    """The SymPy symbol of every free name: real, integer where declared so, positive where a hypothesis says so."""
    names = sorted(term.free | frozenset(domain.names if domain else ()))
    return {name: _symbol(name, domain) for name in names}


def to_sympy(term: Term, domain: Domain | None = None) -> Any:
    """The SymPy expression (or boolean) of a term; derivatives, integrals, sums and limits stay unevaluated.

    Raises ``BridgeError`` for predicates, quantifiers, rates along a flow, and numbers too large to be worked out.
    """
    try:
        return _forth(term, symbols_of(term, domain))
    except (TypeError, ValueError, ArithmeticError, AttributeError, NotImplementedError, RecursionError) as error:
        if isinstance(error, BridgeError):
            raise
        raise BridgeError(f"SymPy refuses the term ({type(error).__name__})") from error


def from_sympy(expr: Any) -> Term:
    """The term of a SymPy expression or relation; negative powers become quotients, half powers roots.

    Raises ``BridgeError`` for floats, piecewise and indefinite expressions, complex numbers, unknown functions, and
    for two different symbols of one name.
    """
    import sympy

    expr = sympy.sympify(expr) if isinstance(expr, (int, Fraction)) else expr
    if not isinstance(expr, sympy.Basic):
        raise BridgeError(f"{type(expr).__name__} is no SymPy expression")
    names: dict[Any, str] = {}
    for symbol in sorted(expr.free_symbols, key=str):
        if symbol.name in names.values():
            raise BridgeError(f"two different symbols are both called {quote(symbol.name)}")
        names[symbol] = _name_of(symbol)
    return _Back(names).term(expr)


def _symbol(name: str, domain: Domain | None) -> Any:
    import sympy

    kind: dict[str, bool] = {"real": True}
    if domain is not None:
        if (name, "integer") in domain.variables:
            kind = {"integer": True}
        if any(_says_positive(h, name) for h in domain.hypotheses):
            kind["positive"] = True
    return sympy.Symbol(name, **kind)


def _says_positive(hypothesis: Term, name: str) -> bool:
    op, a = hypothesis.op, hypothesis.args
    if op in ("<", "<="):
        op, a = {"<": ">", "<=": ">="}[op], (a[1], a[0])
    if op not in (">", ">=") or a[0] != sym(name) or not a[1].is_number:
        return False
    return bool(a[1].args[0] > 0 or (op == ">" and a[1].args[0] == 0))


def _forth(term: Term, symbols: Mapping[str, Any]) -> Any:
    import sympy

    op, a = term.op, term.args
    if op == "num":
        return sympy.Rational(a[0].numerator, a[0].denominator)
    if op == "sym":
        return symbols[a[0]]
    if op == "const":
        return {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo}[a[0]]
    if op in ("true", "false"):
        return sympy.true if op == "true" else sympy.false
    if op in ("integrate", "Sum", "Product", "limit", "expect"):
        return _forth_binder(term, symbols)
    if op == "diff":
        return sympy.Derivative(_forth(a[0], symbols), symbols[a[1].args[0]], int(a[2].args[0]))
    if op in _RELATIONS:
        return getattr(sympy, _RELATIONS[op])(_forth(a[0], symbols), _forth(a[1], symbols), evaluate=False)
    if op not in _WORKED:
        raise BridgeError(f"{quote(op)} has no counterpart in SymPy")
    parts = [_forth(t, symbols) for t in term.children]
    if op in ("and", "or", "not", "implies"):
        return {"and": sympy.And, "or": sympy.Or, "not": sympy.Not, "implies": sympy.Implies}[op](*parts)
    if op == "**":
        return _power(parts[0], parts[1])
    if op == "spow":
        return sympy.sign(parts[0]) * _power(sympy.Abs(parts[0]), parts[1])
    if op == "gamma" and parts[0].is_Rational and abs(parts[0]) > MAX_EXPONENT:
        raise BridgeError(f"gamma({parts[0]}) is too large to be worked out")
    if op == "exp" and parts[0].has(sympy.log) and abs(parts[0].as_coeff_Mul()[0]) > MAX_EXPONENT:
        raise BridgeError("an exponential of a large multiple of a logarithm is too large to be worked out")
    arithmetic: dict[str, Callable[..., Any]] = {
        "+": lambda u, v: u + v, "-": lambda u, v: u - v, "*": lambda u, v: u * v, "/": lambda u, v: u / v,
        "neg": lambda u: -u, "abs": sympy.Abs,
    }  # fmt: skip
    if op in arithmetic:
        return arithmetic[op](*parts)
    return getattr(sympy, op)(*parts)


def _forth_binder(term: Term, symbols: Mapping[str, Any]) -> Any:
    import sympy

    op, a = term.op, term.args
    name = a[1].args[0]
    kind = {"integer": True} if op in ("Sum", "Product") else {"real": True}
    variable = sympy.Symbol(name, **kind)
    body = _forth(a[0], {**symbols, name: variable})
    if op == "expect":
        density = sympy.exp(-(variable**2) / 2) / sympy.sqrt(2 * sympy.pi)
        return sympy.Integral(body * density, (variable, -sympy.oo, sympy.oo))
    if op == "limit":
        return sympy.Limit(body, variable, _forth(a[2], symbols), dir=a[3].args[0])
    low, high = _forth(a[2], symbols), _forth(a[3], symbols)
    return {"integrate": sympy.Integral, "Sum": sympy.Sum, "Product": sympy.Product}[op](body, (variable, low, high))


def _power(base: Any, exponent: Any) -> Any:
    """base**exponent, unless SymPy would start to work out an astronomically large number."""
    if exponent.is_Rational:
        size = abs(exponent)
        coefficient = base.as_coeff_Mul()[0]
        bits = 1
        if coefficient.is_Rational and abs(coefficient) != 1:
            bits = max(int(abs(coefficient.p)).bit_length(), int(coefficient.q).bit_length())
        towering = size > MAX_EXPONENT and not base.is_Symbol and base not in (0, 1, -1)
        if towering or (bits > 1 and bits * size > MAX_BITS):
            raise BridgeError("a power is too large to be worked out")
    return base**exponent


def _unevaluated(e: Any) -> bool:
    """Whether SymPy's usual order of terms, found by numerical evaluation, may take for ever."""
    import sympy

    return bool(e.has(sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.Derivative))


def _factors(e: Any) -> list[Any]:
    import sympy

    return list(sympy.Mul.make_args(e)) if _unevaluated(e) else list(e.as_ordered_factors())


def _ordered(parts: Any) -> list[Any]:
    import sympy

    return sorted(parts, key=cmp_to_key(sympy.Basic.compare))


def _name_of(symbol: Any) -> str:
    fault = name_fault(symbol.name)
    if fault:
        raise BridgeError(fault)
    return str(symbol.name)


class _Back:
    """One reading of an expression; ``names`` gives every symbol in force its name."""

    def __init__(self, names: Mapping[Any, str]) -> None:
        self.names = names

    def term(self, e: Any) -> Term:
        import sympy

        if e.is_Symbol:
            return sym(self.called(e))
        if e.is_Float:
            raise BridgeError(f"the float {e} is not exact; write a fraction")
        if e.is_Rational:
            return num(Fraction(int(e.p), int(e.q)))
        constants = {sympy.pi: PI, sympy.E: EULER, sympy.oo: INFINITY, -sympy.oo: fn("neg", INFINITY),
                     sympy.true: Term("true"), sympy.false: Term("false")}  # fmt: skip
        if e in constants:
            return constants[e]
        if e is sympy.S.GoldenRatio:
            return fn("/", fn("+", ONE, fn("sqrt", num(5))), num(2))
        if e.is_Add:
            return self.sum(e)
        if e.is_Mul:
            return self.product(e)
        if e.is_Pow:
            return self.power(e)
        return self.other(e)

    def sum(self, e: Any) -> Term:
        total: Term | None = None
        for part in e.args if _unevaluated(e) else e.as_ordered_terms():
            if total is None:
                total = self.term(part)
            elif part.as_coeff_Mul()[0].is_negative:
                total = fn("-", total, self.term(-part))
            else:
                total = fn("+", total, self.term(part))
        assert total is not None
        return total

    def product(self, e: Any) -> Term:
        coefficient, rest = e.as_coeff_Mul()
        if not coefficient.is_Rational:
            coefficient, rest = e.func(), e
        above, below = [], []
        for factor in _factors(rest):
            base, exponent = factor.as_base_exp() if factor.is_Pow else (factor, None)
            if exponent is not None and exponent.is_Rational and exponent < 0:
                below.append(self.raised(base, -exponent))
            else:
                above.append(self.term(factor))
        p, q = abs(int(coefficient.p)), int(coefficient.q)
        if p != 1 or not above:
            above.insert(0, num(-p if coefficient < 0 else p))
        elif coefficient < 0:
            above[0] = fn("neg", above[0])
        if q != 1:
            below.insert(0, num(q))
        result = _chain(above)
        if below:
            result = fn("/", result, _chain(below))
        return result

    def power(self, e: Any) -> Term:
        base, exponent = e.base, e.exp
        if exponent.is_Rational and exponent < 0:
            return fn("/", ONE, self.raised(base, -exponent))
        return self.raised(base, exponent)

    def raised(self, base: Any, exponent: Any) -> Term:
        import sympy

        if exponent == 1:
            return self.term(base)
        if exponent == sympy.Rational(1, 2):
            return fn("sqrt", self.term(base))
        if base == sympy.E:
            return fn("exp", self.term(exponent))
        return fn("**", self.term(base), self.term(exponent))

    def other(self, e: Any) -> Term:
        import sympy

        name = e.func.__name__
        if name in ("Derivative", "Integral", "Sum", "Product", "Limit"):
            return self.binder(e, name)
        if isinstance(e, sympy.core.relational.Relational):
            return fn(e.rel_op, self.term(e.lhs), self.term(e.rhs))
        if name in ("And", "Or", "Not", "Implies"):
            return fn(name.lower(), *map(self.term, e.args if name == "Implies" else _ordered(e.args)))
        if name in _QUOTIENTS:
            above, below = _QUOTIENTS[name]
            inner = self.term(e.args[0])
            return fn("/", fn(above, inner) if above else ONE, fn(below, inner))
        if name == "erfc":
            return fn("-", ONE, fn("erf", self.term(e.args[0])))
        if name == "factorial":
            return fn("gamma", self.term(e.args[0] + 1))
        if name in ("Min", "Max"):
            return _nest(name, [self.term(part) for part in _ordered(e.args)])
        if name == "Abs":
            return fn("abs", self.term(e.args[0]))
        if name in _SAME and len(e.args) == 1 and getattr(sympy, name) is e.func:
            return fn(name, self.term(e.args[0]))
        if name == "Piecewise":
            raise BridgeError("a piecewise expression has no term; state each piece under its own hypothesis")
        raise BridgeError(f"{quote(str(name))} has no counterpart among the terms")

    def binder(self, e: Any, name: str) -> Term:
        import sympy

        if name == "Derivative":
            result = self.term(e.expr)
            for symbol, count in e.variable_count:
                if not symbol.is_Symbol or not count.is_Integer:
                    raise BridgeError("a derivative must be of a whole order with respect to a symbol")
                if symbol not in self.names:  # nothing depends on it
                    return num(0)
                for left in range(int(count), 0, -MAX_DERIVATIVE):
                    result = fn("diff", result, sym(self.names[symbol]), num(min(left, MAX_DERIVATIVE)))
            return result
        if name == "Limit":
            body, symbol, point, side = e.args
            told = "+-" if point in (sympy.oo, -sympy.oo) else str(side)
            inner, bound = self.entering(symbol, body)
            return fn("limit", inner.term(body), sym(bound), self.term(point), Term("text", told))
        kind = {"Integral": "integrate"}.get(name, name)
        return self.ranges(kind, e.function, list(e.limits))

    def ranges(self, kind: str, body: Any, limits: list[Any]) -> Term:
        """The body under its ranges, of which the last is the outermost."""
        if not limits:
            return self.term(body)
        *within, (symbol, *ends) = limits
        if len(ends) != 2:
            raise BridgeError(f"{quote(kind)} needs both of its ends")
        inner, bound = self.entering(symbol, body, *(end for _, *pair in within for end in pair))
        return fn(kind, inner.ranges(kind, body, within), sym(bound), self.term(ends[0]), self.term(ends[1]))

    def called(self, symbol: Any) -> str:
        if symbol in self.names:
            return self.names[symbol]
        name = _name_of(symbol)
        if name in self.names.values():
            raise BridgeError(f"two different symbols are both called {quote(name)}")
        return name

    def entering(self, symbol: Any, *bodies: Any) -> tuple[_Back, str]:
        """The reading inside of a binder; its variable is renamed where its name means another symbol there."""
        import sympy

        name = _name_of(symbol)
        inside = frozenset().union(*(body.atoms(sympy.Symbol) for body in bodies)) - {symbol}
        taken = frozenset(self.names[s] for s in inside if s in self.names)
        if name in taken:
            name = fresh_name(name, taken)
        return _Back({**self.names, symbol: name}), name


def _chain(factors: list[Term]) -> Term:
    result = factors[0]
    for factor in factors[1:]:
        result = fn("*", result, factor)
    return result


def _nest(name: str, parts: list[Term], most: int = 16) -> Term:
    while len(parts) > most:
        parts = [fn(name, *parts[:most]), *parts[most:]]
    return fn(name, *parts)
