"""Terms in double precision, for searches that prove nothing: nan where a term is undefined or out of range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from verify.language.calculus import NotDifferentiable, expand
from verify.language.terms import Term

Numbers = Mapping[str, float]
_MOST_TERMS = 2_000


def _spow(u: float, r: float) -> float:
    return math.copysign(math.pow(abs(u), r), u) if u else 0.0


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": math.pow, "neg": lambda a: -a, "abs": abs, "sign": lambda a: float((a > 0) - (a < 0)), "spow": _spow,
    "Min": min, "Max": max, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "asin": math.asin, "acos": math.acos,
    "atan": math.atan, "asinh": math.asinh, "acosh": math.acosh, "atanh": math.atanh, "erf": math.erf,
    "gamma": math.gamma,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "E": math.e, "oo": math.inf}


class _FloatProgram:
    def __init__(self, term: Term) -> None:
        self._slots: dict[Term, int] = {}
        self._template: list[float] = []
        self._inputs: list[tuple[str, int]] = []
        self._steps: list[tuple[int, Callable[..., float], tuple[int, ...] | None]] = []
        self._output = self._place(term)

    def _place(self, term: Term) -> int:
        if term in self._slots:
            return self._slots[term]
        op, a = term.op, term.args
        step: tuple[Callable[..., float], tuple[int, ...] | None] | None = None
        if op in _FUNCTIONS:
            step = (_FUNCTIONS[op], tuple(self._place(t) for t in a))
        elif op in ("Sum", "Product"):
            step = (_repeated(term), None)
        elif op in ("integrate", "expect"):
            step = (_integral(term), None)
        slot = self._slots[term] = len(self._template)
        self._template.append(math.nan)
        if step is not None:
            self._steps.append((slot, *step))
        elif op == "num":
            self._template[slot] = _number(term)
        elif op == "const":
            self._template[slot] = _CONSTANTS[a[0]]
        elif op == "sym":
            self._inputs.append((a[0], slot))
        return slot

    def __call__(self, env: Numbers) -> float:
        registers = self._template.copy()
        try:
            for name, slot in self._inputs:
                registers[slot] = env[name]
            for slot, function, arguments in self._steps:
                if arguments is None:
                    registers[slot] = function(env)
                else:
                    registers[slot] = function(*[registers[k] for k in arguments])
        except (ValueError, ArithmeticError, KeyError):
            return math.nan
        return registers[self._output]


def _number(term: Term) -> float:
    try:
        return float(term.args[0])
    except OverflowError:
        return math.inf if term.args[0] > 0 else -math.inf


def _repeated(term: Term) -> Callable[[Numbers], float]:
    body, index, low, high = term.args
    inner, first, last = _FloatProgram(body), _FloatProgram(low), _FloatProgram(high)

    def value(env: Numbers) -> float:
        a, b = first(env), last(env)
        if not (a.is_integer() and b.is_integer() and b - a < _MOST_TERMS):
            return math.nan
        parts = [inner({**env, index.args[0]: float(k)}) for k in range(int(a), int(b) + 1)]
        return math.fsum(parts) if term.op == "Sum" else math.prod(parts)

    return value


def _integral(term: Term) -> Callable[[Numbers], float]:
    name = term.args[1].args[0]
    inner = _FloatProgram(term.args[0])
    limits = [_FloatProgram(t) for t in term.args[2:]]

    def value(env: Numbers) -> float:
        import warnings

        from scipy.integrate import quad

        def integrand(z: float) -> float:
            weight = 1.0 if limits else math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
            return inner({**env, name: z}) * weight

        ends = [end(env) for end in limits] or [-12.0, 12.0]
        if any(math.isnan(e) for e in ends):
            return math.nan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(quad(integrand, *ends, limit=100)[0])

    return value


@lru_cache(maxsize=4096)
def compile_float(term: Term) -> Callable[[Numbers], float]:
    """The term as a function of named doubles; derivatives are worked out by rule first."""
    try:
        return _FloatProgram(expand(term))
    except (NotDifferentiable, RecursionError):
        return lambda env: math.nan
