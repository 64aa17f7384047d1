"""Fifty digits of a gradient flow: the Taylor engine against mpmath's ``odefun``, in one run.

    python benchmarks/precise_speed.py [--out benchmarks/results/precise_speed.json] [--digits 50] [--time 5]

The flow of f = (w1 w2 w3 - 1)^2/2 from (1/10, 3/10, 1/5) to the given time, its right-hand side from the theory. Each
figure is processor time. The engine's is that of the whole call with both runs of its error budget: cold with reading
the expressions and compiling, warm the best of several calls after it. ``odefun`` has no error budget.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import time
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import sympy
from common import processor
from mpmath import mp, mpf

from numerics.flows import trajectory
from numerics.flows.compiled import missing
from theory.reparameterizations import DeepDiagonal
from verify.records import version, write_json
from verify.runner import cores

HERE = Path(__file__).resolve().parent
DEPTH = 3
REPEAT = 5
START = ("1/10", "3/10", "1/5")


def flow() -> dict[sympy.Symbol, sympy.Expr]:
    """w_i' = -df/dw_i for f(x) = (x - 1)^2/2 at the product."""
    model = DeepDiagonal(DEPTH)
    slope = model.product - 1
    return {w: -slope * J for w, J in zip(model.weights, model.jacobian, strict=True)}


def odefun(field: dict[sympy.Symbol, sympy.Expr], end: int, digits: int) -> tuple[list[mpf], float]:
    """(state, seconds) of mpmath's Taylor solver."""
    rhs = sympy.lambdify([list(field)], list(field.values()), modules="mpmath")
    with mp.workdps(digits):
        start = [mpf(v.numerator) / v.denominator for v in map(sympy.Rational, START)]
        begun = time.process_time()
        state = mp.odefun(lambda t, y: rhs(y), 0, start)(end)
        return list(state), time.process_time() - begun


def measure(end: int, digits: int) -> dict[str, Any]:
    field = flow()
    begun = time.process_time()
    path = trajectory(field, START, [end], engine="taylor", digits=digits)
    cold = time.process_time() - begun
    warm = math.inf
    for _ in range(REPEAT):
        begun = time.process_time()
        trajectory(field, START, [end], engine="taylor", digits=digits)
        warm = min(warm, time.process_time() - begun)
    state, slow = odefun(field, end, digits)
    with mp.workdps(digits + 10):
        distance = max(abs(a - b) for a, b in zip(path.states[-1], state, strict=True))
        shown = [mp.nstr(v, digits) for v in path.states[-1]]
    return {
        "flow": f"gradient flow of a product of {DEPTH}, to {end}, {digits} digits",
        "state": shown, "distance": mp.nstr(distance, 3), "error budget": mp.nstr(mpf(path.budget), 3),
        "processor seconds": {"taylor, cold": round(cold, 3), "taylor, warm": round(warm, 4), "odefun": round(slow, 2)},
        "times faster": {"cold": round(slow / cold, 1), "warm": round(slow / warm, 1)},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "precise_speed.json")
    parser.add_argument("--digits", type=int, default=50)
    parser.add_argument("--time", type=int, default=5)
    args = parser.parse_args()
    if missing():
        sys.exit(missing())
    load = round(os.getloadavg()[0], 1)  # of others: a busy machine makes every figure worse
    found = measure(args.time, args.digits)
    found["machine"] = {
        "processor": processor(), "cores": cores(), "system": platform.system(), "load before": load,
    }  # fmt: skip
    names = ("heyoka", "mpmath", "sympy", "numpy")
    found["versions"] = {"mirrorproof": version(), "python": platform.python_version()} | {
        n: installed(n) for n in names
    }
    write_json(args.out, found)
    print(json.dumps(found["processor seconds"] | {"times faster": found["times faster"]}, indent=1))


if __name__ == "__main__":
    main()
