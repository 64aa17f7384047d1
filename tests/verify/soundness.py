"""A seeded hunt for wrong verdicts: random statements, tried at exact points by an evaluator of their own.

``python -m tests.verify.soundness [SEED] [COUNT] [PROVER...]`` prints every proof that a sampled point speaks
against, and what share of the statements that survived all points was proved. The evaluator works with mpmath at 60
digits and shares no code with ``verify.language.evaluate``.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from itertools import product, takewhile
from typing import Any

from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.statement import Statement

Point = dict[str, Any]
FORMS = """
values: 0 1 -1 2 -2 1/2 -1/2 3 -3 1/3 5/4 -7/5 1/100 -1/100 10 -10
unary: abs(#) sign(#) sqrt(#) exp(#) log(#) (#)**2 -(#) 1/(#) (#)**(1/2) (#)**(2/3) sin(#) cos(#) tanh(#) atan(#)
 asinh(#) (#)**3 spow(#,1/2) spow(#,2) cosh(#) 1/(#-1/2) log(1+#) sqrt(#**2+y) Max(#,0)
binary: (#+#) (#-#) (#)*(#) (#)/(#) Max(#,#) Min(#,#) (#)**(#) abs(#)**(#) spow(#,#) (#)**n (-1)**(#)
derived: diff(#,x) x*diff(#,x) diff(#,y) diff(#,x,2)
rewrites: (#)*1 ((#)**2)**(1/2) sqrt((#)**2) exp(log(#)) log(exp(#)) (#)**3/(#)**2 abs(#)*sign(#)
 spow(#,1/2)*abs(#)**(1/2) ((#)+1)**2-(#)**2-(#)-1 1/(1/(#)) Max(#,-(#)) sin(asin(#)) sinh(asinh(#)) tan(atan(#))
 2*atan((#)/(1+sqrt(1+(#)**2))) (sqrt(#))**2 ((#)**(1/3))**3 asin(sin(#)) atan(tan(#)) acosh(cosh(#))
 log((#)**2)/2 -log(1/(#)) diff((#)*x,x)-x*diff(#,x) ((#)+abs(#))/2-Max(-(#),0) 1/(1/(#-1/2))+1/2
 -log(1/(exp(#)-1/2))+log(1-exp(-(#))/2) -pi/2+acos(-(#))-acos(#)
"""


def _forms(kind: str) -> list[str]:
    """The forms listed after a kind's name; # stands for a term."""
    words = FORMS.split(f"\n{kind}: ")[1].split("\n")
    return " ".join([words[0], *takewhile(lambda line: line.startswith(" "), words[1:])]).split()


PROVERS = ("exact", "powers", "constancy", "anchored")
EQUATIONS = ("x + y == 1", "x*y == 1", "1/x + 1/y == 1")
GIVENS = (
    ["x real", "y real"], ["x > 0", "y real"], ["x >= 0", "y >= 0"], ["x != 0", "y > 0"], ["-1 < x < 1", "y >= 1"],
    ["0 <= x <= 1", "0 < y <= 2"], ["x > 0", "y > x"], ["x >= 0", "n >= 1 integer"], ["x real", "n integer"],
    ["x real", "y real", "x + y == 1"], ["x > 1", "1/x + 1/y == 1"], ["-y <= x <= y"],
    ["x > 0", "y > 0", "x*y == 1"], ["x*y >= 0", "x real"], ["x real", "y > 0", "x**2 <= y"], ["n, m integer"],
    ["x <= 0", "y <= 0"], ["x real", "y real", "abs(x) <= 1", "x*y != 0"],
    ["x > 0", "1 < y < 2"], ["x >= 1", "y <= 1", "log(x) <= y"],
)  # fmt: skip
UNARY, BINARY, DERIVED = _forms("unary"), _forms("binary"), _forms("derived")
REWRITES = _forms("rewrites")  # of a term t: terms that equal it for some values of t, or for all, or never
VALUES = [Fraction(v) for v in _forms("values")]


class NoValue(Exception):
    """The term is undefined at the point."""


class Unclear(Exception):
    """0**0, a derivative at a kink, or a comparison within the precision."""


def random_text(rng: random.Random, names: list[str], depth: int) -> str:
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([*names, *names, "1", "2", "1/2", "0", "3"])
    form = rng.choice(UNARY if rng.random() < 0.45 else BINARY)
    while "#" in form:
        form = form.replace("#", random_text(rng, names, depth - 1).replace("#", ""), 1)
    return form


def evaluate(t: Term, env: Point) -> Any:
    """The value at 60 digits; raises NoValue or Unclear."""
    import mpmath as mp

    op, a = t.op, t.args
    if op == "num":
        return mp.mpf(a[0].numerator) / a[0].denominator
    if op == "sym":
        return env[a[0]]
    if op == "const":
        return {"pi": mp.pi, "E": mp.e}[a[0]] + mp.mpf(0)
    if op == "diff":
        return _slope(a[0], a[1].args[0], int(a[2].args[0]), env)
    v = [evaluate(c, env) for c in t.children]
    if any(abs(x) > mp.mpf(10) ** 400 for x in v):
        raise Unclear
    return _apply(op, v)


def _slope(f: Term, x: str, order: int, env: Point) -> Any:
    import mpmath as mp

    def at(shift: Any) -> Any:
        return evaluate(f, {**env, x: env[x] + shift})

    if order != 1:
        raise Unclear
    at(0)
    h = mp.mpf(10) ** -18
    try:
        left, right, centre = (at(0) - at(-h)) / h, (at(h) - at(0)) / h, (at(h) - at(-h)) / (2 * h)
    except NoValue:
        raise Unclear from None
    if abs(left - right) > mp.mpf(10) ** -12 * (1 + abs(centre)):
        raise Unclear
    return centre


def _apply(op: str, v: list) -> Any:
    import mpmath as mp

    u = v[0]
    tiny = mp.mpf(10) ** -45
    if op in ("+", "-", "*"):
        return u + v[1] if op == "+" else u - v[1] if op == "-" else u * v[1]
    if op == "neg":
        return -u
    if op in ("/", "**", "spow", "log", "sqrt", "sign", "asin", "acos", "acosh", "atanh") and op not in ("**", "spow"):
        w = v[1] if op == "/" else u
        if w != 0 and abs(w) < tiny:
            raise Unclear
    if op == "/":
        if v[1] == 0:
            raise NoValue
        return u / v[1]
    if op == "**":
        return _power(u, v[1])
    if op == "spow":
        if abs(u) < tiny and u != 0:
            raise Unclear
        return mp.mpf(0) if u == 0 else mp.sign(u) * _power(abs(u), v[1])
    if op == "sqrt":
        return _power(u, mp.mpf(1) / 2)
    if op == "log":
        if u <= 0:
            raise NoValue
        return mp.log(u)
    if op in ("Min", "Max"):
        return min(v) if op == "Min" else max(v)
    if op in ("asin", "acos"):
        if abs(abs(u) - 1) < tiny and abs(u) != 1:
            raise Unclear
        if abs(u) > 1:
            raise NoValue
    if op == "acosh":
        if abs(u - 1) < tiny and u != 1:
            raise Unclear
        if u < 1:
            raise NoValue
    if op in ("exp", "sinh", "cosh", "gamma") and abs(u) > 900:
        raise Unclear
    if op == "abs":
        return abs(u)
    return getattr(mp, op)(u)


def _power(u: Any, e: Any) -> Any:
    import mpmath as mp

    if abs(u) < mp.mpf(10) ** -45 and u != 0:
        raise Unclear
    if u == 0:
        if abs(e) < mp.mpf(10) ** -45:
            raise Unclear
        if e < 0:
            raise NoValue
        return mp.mpf(0)
    if abs(e) > 500 or abs(e * mp.log(abs(u))) > 900:
        raise Unclear
    if e == mp.nint(e):
        return u ** int(e)
    if u < 0:
        if abs(e - mp.nint(e)) < mp.mpf(10) ** -40:
            raise Unclear
        raise NoValue
    return u**e


def relation(formula: Term, env: Point) -> bool | None:
    """Whether a relation is true; False where a side is undefined; None where that is unclear."""
    import mpmath as mp

    try:
        a, b = (evaluate(s, env) for s in formula.args)
    except NoValue:
        return False
    except (Unclear, ZeroDivisionError, OverflowError, ValueError, KeyError):
        return None
    slack = mp.mpf(10) ** (-9 if any(c.op == "diff" for c in _nodes(formula)) else -40) * (1 + abs(a) + abs(b))
    if abs(a - b) <= slack:
        return None if formula.op in ("<", ">", "!=") and a != b else formula.op in ("==", "<=", ">=")
    return {"==": False, "!=": True, "<": a < b, "<=": a < b, ">": a > b, ">=": a > b}[formula.op]


def _nodes(t: Term) -> Iterator[Term]:
    from verify.language.terms import walk

    return walk(t)


def points(statement: Statement) -> list[Point]:
    """Exact points of the domain, at most some hundreds."""
    import mpmath as mp

    out = []
    names = statement.domain.names
    choices = [
        [v for v in VALUES if v.denominator == 1 or statement.domain.sort(n) == "real"]
        + ([] if statement.domain.sort(n) == "real" else [Fraction(4)])
        for n in names
    ]
    for values in product(*choices):
        env = {n: mp.mpf(v.numerator) / v.denominator for n, v in zip(names, values, strict=True)}
        for n in names:  # equations among the hypotheses are met by solving for the last name
            if n == "y" and any(str(h) in EQUATIONS for h in statement.domain.hypotheses):
                text = [str(h) for h in statement.domain.hypotheses]
                x = env["x"]
                if "x + y == 1" in text:
                    env["y"] = 1 - x
                elif x in (0, 1):
                    break
                else:
                    env["y"] = 1 / x if "x*y == 1" in text else x / (x - 1)
        if all(relation(h, env) is True for h in statement.domain.hypotheses):
            out.append(env)
    return out


def cases(rng: random.Random, count: int) -> Iterator[tuple[list[str], str]]:
    """(given, claim) whose claim is true at most of the sampled points."""
    made = 0
    while made < count:
        given = rng.choice(GIVENS)
        names = list(parse_given(given).names)
        left = random_text(rng, names, rng.choice((1, 2, 2, 3)))
        if rng.random() < 0.5:
            right = rng.choice(REWRITES).replace("#", left)
            if rng.random() < 0.3:
                right = rng.choice(REWRITES).replace("#", right)
            claim = f"{left} {rng.choice(('==', '==', '<=', '>='))} {right}"
        else:
            if rng.random() < 0.2:
                left = rng.choice(DERIVED).replace("#", left)
            right = rng.choice(["0", "1", *names, random_text(rng, names, 1), random_text(rng, names, 2)])
            claim = f"{left} {rng.choice(('==', '!=', '<', '<=', '>', '>=', '<=', '>='))} {right}"
        if "y)" in claim and "y" not in names and "diff" in claim:
            continue
        made += 1
        yield given, claim


def check(given: list[str], claim: str, provers: tuple[str, ...], seconds: float) -> tuple[str, str]:
    """("skipped" | "wrong" | "proved" | "open" | "false", which prover and point)."""
    domain = parse_given(given)
    try:
        statement = Statement(domain, parse_formula(claim, set(domain.names)))
    except Exception:  # a text that the language refuses
        return "skipped", ""
    answers = [(env, relation(statement.conclusion, env)) for env in points(statement)]
    bad = [env for env, answer in answers if answer is False]
    if not answers or len(bad) > len(answers) * 0.6:
        return "skipped", ""
    for name in provers:
        prover = import_module(f"verify.provers.{name}")
        if not prover.applies(statement):
            continue
        found = prover.prove(statement, Budget(seconds))
        if found.result == "holds" and not found.scope:
            if bad:
                return "wrong", f"{name} at { {k: float(v) for k, v in bad[0].items()} }: {found.detail[:100]}"
            return "proved", name
        if found.result == "fails" and not bad and all(a is True for _, a in answers):
            return "doubt", f"{name} fails at {found.counterexample}: {found.detail[:100]}"
    return ("false" if bad else "open"), ""


def main(seed: int = 1, count: int = 300, provers: tuple[str, ...] = PROVERS) -> None:
    import mpmath as mp

    mp.mp.dps = 60
    rng = random.Random(seed)
    tally: dict[str, int] = {}
    for given, claim in cases(rng, count):
        started = time.monotonic()
        try:
            outcome, detail = check(given, claim, provers, 1.0)
        except Exception as error:  # a crash of a prover is a finding
            outcome, detail = "crash", repr(error)[:200]
        tally[outcome] = tally.get(outcome, 0) + 1
        took = time.monotonic() - started
        if outcome in ("wrong", "crash", "doubt") or took > 12:
            print(outcome, given, "|", claim, "|", detail, f"{took:.1f} s", flush=True)
        elif outcome == "open" and "-v" in sys.argv:
            print("open", given, "|", claim, flush=True)
    print(tally, flush=True)


if __name__ == "__main__":
    words = [w for w in sys.argv[1:] if w != "-v"]
    main(int(words[0]) if words else 1, int(words[1]) if len(words) > 1 else 300, tuple(words[2:]) or PROVERS)
