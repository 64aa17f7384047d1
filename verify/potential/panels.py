"""What each panel of the picture of a potential shows. Numbers in double precision: a picture proves nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from verify.drawing import shortened, values
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, enclose
from verify.language.evaluate import Unknown as NotSettled
from verify.language.parse import parse_term
from verify.language.terms import ONE, TWO, Term, fn, sym
from verify.potential.analysis import Report
from verify.potential.reading import Subject
from verify.reparam.answers import Answer

POINTS = 161
FAR, NEAR = 400.0, 1e-3
LAYERS = 2  # of the network whose loss is drawn
GREY = "#444444"


@dataclass(frozen=True)
class Curve:
    """One potential with its parameters put in, and what is known of its horizon there."""

    report: Report
    at: dict[str, Fraction]
    low: float
    high: float

    @property
    def subject(self) -> Subject:
        return self.report.subject

    @property
    def others(self) -> dict[str, float]:
        return {n: float(v) for n, v in self.at.items()}

    @property
    def label(self) -> str:
        told = ", ".join(f"{n} = {v}" for n, v in self.at.items())
        return shortened(self.subject.title + (f", {told}" if told else ""), 72)

    @property
    def x(self) -> Term:
        return sym(self.subject.x)

    @cached_property
    def slope(self) -> Term:
        return expand(fn("diff", self.subject.R, self.x, ONE))

    @cached_property
    def bend(self) -> Term:
        return expand(fn("diff", self.subject.R, self.x, TWO))

    @cached_property
    def D(self) -> Term:
        """Q(R')"""
        return fn("-", fn("*", self.x, self.slope), self.subject.R)

    @cached_property
    def grid(self) -> list[float]:
        inset = 1e-6 * (self.high - self.low)
        return [self.low + inset + (self.high - self.low - 2 * inset) * k / (POINTS - 1) for k in range(POINTS)]

    def on(self, term: Term, xs: Sequence[float]) -> list[float]:
        return values(term, self.subject.x, xs, self.others)

    def number(self, text: str) -> float:
        """The value of a term of the parameters; nan where there is none."""
        try:
            return float(enclose(parse_term(text, list(self.at), where="values"), self.at).mid())
        except (LanguageError, Undefined, NotSettled, ValueError, OverflowError):
            return math.nan

    def answer(self, id: str) -> Answer | None:
        return next((a for a in self.report if a.id == id), None)

    def value(self, id: str, key: str) -> float:
        found = self.answer(id)
        return math.nan if found is None or not found.values else self.number(str(found.values.get(key, "")))

    @property
    def side(self) -> int:
        """The side on which the horizon is drawn."""
        found = self.answer("degree")
        return 1 if found is None or "1" in (found.values or {}).get("coefficients", {"1": ""}) else -1

    @cached_property
    def far(self) -> tuple[float, float] | None:
        """(alpha, c) with D ~ c |x|^alpha, where that is proved."""
        found = self.answer("degree")
        if found is None or found.verdict != "holds":
            return None
        alpha = self.number(str(found.values["alpha"]))
        c = self.number(str(found.values["coefficients"][str(self.side)]))
        return (alpha, c) if alpha > 0 and c > 0 else None


@dataclass(frozen=True)
class Panel:
    """shows: the ids of the answers that it is a picture of. always: drawn whatever was asked."""

    title: str
    across: str
    shows: tuple[str, ...]
    draw: Callable[[Any, Curve, str, bool], None]
    always: bool = False


def _line(axes: Any, xs: Sequence[float], ys: Sequence[float], colour: str, **more: Any) -> None:
    first = not axes.lines
    axes.plot(xs, ys, **{"color": colour, "linewidth": 1.6, **more})
    finite = sorted(y for y in ys if math.isfinite(y))
    if finite and axes.get_yscale() == "linear":  # a pole at an end must not flatten all the rest
        low, high = finite[len(finite) // 50], finite[-1 - len(finite) // 50]
        room = 0.15 * (high - low) or 1.0
        old = (low, high) if first else axes.get_ylim()
        axes.set_ylim(min(old[0], low - room), max(old[1], high + room))


def _sizes(low: float, high: float, points: int = POINTS) -> list[float]:
    a, b = math.log10(low), math.log10(high)
    return [10 ** (a + (b - a) * k / (points - 1)) for k in range(points)]


def _potential(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    _line(axes, curve.grid, curve.on(curve.subject.R, curve.grid), colour)


def _gradient(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    _line(axes, curve.grid, curve.on(curve.slope, curve.grid), colour)
    for key in ("low", "high"):
        end = curve.value("gradient-range", key)
        if math.isfinite(end):
            axes.axhline(end, color=GREY, linewidth=0.9, linestyle="--")


def _metric(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    _line(axes, curve.grid, curve.on(fn("/", ONE, curve.bend), curve.grid), colour)
    c, found = curve.value("coercivity", "constant"), curve.answer("coercivity")
    if math.isfinite(c) and found is not None and not several:
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, c - 0.15 * (high - c)), high)
        axes.axhline(c, color=GREY, linewidth=0.9, linestyle="--")
        said = {"holds": "coercive", "fails": "not coercive"}.get(found.verdict, "not proved")
        axes.annotate(f"infimum {c:.3g}: {said}", (0.02, c), xytext=(0, -2), textcoords="offset points", fontsize=8,
                      xycoords=("axes fraction", "data"), va="top")  # fmt: skip


def _growth(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """1/R'' in logarithms: its slopes are the metric exponent far out and the order at 0."""
    side = 1 if curve.subject.interval.high is None or curve.high > 0 else -1
    top = FAR if curve.subject.interval.high is None or side < 0 else max(curve.high, 10 * NEAR)
    xs = _sizes(NEAR, top)
    ys = curve.on(fn("/", ONE, curve.bend), [side * x for x in xs])
    shown = [(x, y) for x, y in zip(xs, ys, strict=True) if 1e-9 < y < 1e9]
    if not shown:
        return
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.plot(*zip(*shown, strict=True), color=colour, linewidth=1.6)
    if several:
        return
    for id, key, end, name in (("metric-exponent", "exponent", -1, "m"), ("mirror-mup", "order", 0, "order at 0")):
        power, found = curve.value(id, key), curve.answer(id)
        if found is not None and found.verdict == "holds" and math.isfinite(power):
            x0, y0 = shown[end]
            x1 = x0 / 30 if end else x0 * 30
            up = 2.5  # beside the curve
            axes.plot([x0, x1], [up * y0, up * y0 * (x1 / x0) ** power], color=GREY, linewidth=1.0, linestyle="--")
            place = (0.98, 0.04) if end else (0.02, 0.9)
            axes.annotate(f"{name} = {power:.3g}", place, xycoords="axes fraction", fontsize=8,
                          ha="right" if end else "left")  # fmt: skip


def _conjugate(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """(R'(x), Q(R'(x))) over x, and the enclosures that were proved."""
    wide, it = curve.high - curve.low, curve.subject.interval
    ends = [wide * 10 ** (-k / 4) for k in range(8, 25)]
    low = [curve.low + e for e in ends if it.low is not None]
    xs = sorted([*low, *curve.grid, *(curve.high - e for e in ends if it.high is not None)])
    pairs = zip(curve.on(curve.slope, xs), curve.on(curve.D, xs), strict=True)
    shown = [(y, q) for y, q in pairs if math.isfinite(y) and math.isfinite(q)]
    if not shown:
        return
    seen = sorted(y for y in curve.on(curve.slope, curve.grid) if math.isfinite(y))
    if seen:  # a pole of R' at an end must not flatten all the rest
        low_y, high_y = seen[len(seen) // 50], seen[-1 - len(seen) // 50]
        room = 0.15 * (high_y - low_y)
        shown = [p for p in shown if low_y - room <= p[0] <= high_y + room]
    axes.plot(*zip(*shown, strict=True), color=colour, linewidth=1.6)
    found = curve.answer("conjugate-values")
    for row in (found.values or {}).get("enclosures", ()) if found is not None else ():
        middle = sum(float(Fraction(v)) for v in row["Q"]) / 2
        axes.plot([float(Fraction(row["y"]))], [middle], marker="o", markersize=4, color="black", linestyle="none")


def _dual(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """(alpha D)^(1/alpha) and the horizon function; D itself where there is none."""
    D = curve.on(curve.D, curve.grid)
    if curve.far is None and several:
        return
    if curve.far is None:
        _line(axes, curve.grid, D, colour)
        found = curve.answer("degree")
        said = "not asked" if found is None else "none" if found.verdict == "fails" else "open"
        axes.annotate(f"Q(R') itself; horizon: {said}", (0.03, 0.92), xycoords="axes fraction", fontsize=8)
        return
    alpha = curve.far[0]
    _line(axes, curve.grid, [(alpha * d) ** (1 / alpha) if d >= 0 else math.nan for d in D], colour)
    coefficients = curve.report["degree"].values["coefficients"]
    factor = {s: (alpha * curve.number(str(v))) ** (1 / alpha) for s, v in coefficients.items()}
    phi = [factor.get("1" if x >= 0 else "-1", math.nan) * abs(x) for x in curve.grid]
    _line(axes, curve.grid, phi, GREY if not several else colour, linewidth=1.0, linestyle="--")


def _approach(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """The quotient to the side where dom R is unbounded, and the band of 10 %."""
    if curve.far is None:
        return _missing(axes, curve, several)
    (alpha, c), side = curve.far, curve.side
    xs = _sizes(0.1, FAR)
    D = curve.on(curve.D, [side * x for x in xs])
    ratio = [(d / c) ** (1 / alpha) / x if d / c > 0 else math.nan for d, x in zip(D, xs, strict=True)]
    axes.semilogx(xs, ratio, color=colour, linewidth=1.6)
    axes.axhspan(0.9, 1.1, color="#888888", alpha=0.12, linewidth=0)
    axes.axhline(1, color=GREY, linewidth=0.8)
    finite = [r for r in ratio if math.isfinite(r)]
    top = min(max([2.0, *(r for r in finite if r < 3)]), 3.0)
    axes.set_ylim(0.0, max(top, axes.get_ylim()[1]) if several else top)
    for percent in (1, 10):
        near = curve.answer(f"within-{percent}%" + ("-left" if side < 0 else ""))
        start = curve.value(near.id, "threshold") if near is not None else math.nan
        if near is not None and math.isfinite(start) and start > 0 and near.verdict == "holds" and not several:
            axes.axvline(start, color=GREY, linewidth=0.8, linestyle=":")
            axes.annotate(f"{percent} % from {start:.3g}", (start, top), fontsize=8, rotation=90, va="top", ha="right")
    return None


def _missing(axes: Any, curve: Curve, several: bool) -> None:
    found = curve.answer("degree")
    if several:
        return
    refuted = found is not None and found.verdict == "fails"
    said = "R has no horizon function" if refuted else "no horizon is known"
    why = shortened(found.answer, 44) if found else "its degree was not asked"
    axes.text(0.5, 0.5, f"{said}:\n{why}", ha="center", va="center", fontsize=8, transform=axes.transAxes)


def _margin(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """Where Q at s (x, y) is as large as on the axis at (s, 0) far out: the balls of the normalizer, to that of phi."""
    if curve.far is None:
        return _missing(axes, curve, several)
    import numpy as np

    alpha, c = curve.far
    whole = curve.subject.interval.whole
    side = [(-1.25 if whole else 0.0) + (2.5 if whole else 1.25) * (k + 0.5) / 80 for k in range(80)]
    at = np.array(side) * (1 if whole else curve.side)
    ball = np.abs(at) ** alpha
    axes.set_aspect("equal")
    for scale, width, style in ((1.0, 0.7, "dotted"), (10.0, 1.0, "dashed"), (math.inf, 1.6, "solid")):
        if math.isinf(scale):
            one = ball
        elif several:
            continue
        else:
            one = np.array(curve.on(curve.D, (scale * at).tolist())) / (c * scale**alpha)
        level = np.ma.masked_invalid(one[:, None] + one[None, :])
        if level.count() and level.min() < 1 < level.max():
            axes.contour(at, at, level, levels=[1.0], colors=colour, linewidths=width, linestyles=style)
    if not several:
        place = {"xy": (0.5, 0.5), "ha": "center"} if whole else {"xy": (0.97, 0.85), "ha": "right"}
        axes.annotate("solid: phi\ndashed, dotted:\nQ at sizes 10, 1", **place, xycoords="axes fraction", fontsize=7,
                      va="center")  # fmt: skip
    return None


def _radial(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """x^2 R'' over alpha D: at most 1 where Assumption 4.4 holds, to 1 far out where G.1 holds on the rays."""
    if curve.far is None:
        return _missing(axes, curve, several)
    alpha, _ = curve.far
    xs = _sizes(1e-2, FAR)
    places = [curve.side * x for x in xs]
    pairs = zip(curve.on(curve.bend, places), curve.on(curve.D, places), xs, strict=True)
    axes.semilogx(xs, [x * x * h / (alpha * d) if d > 0 else math.nan for h, d, x in pairs], color=colour,
                  linewidth=1.6)  # fmt: skip
    axes.axhline(1, color=GREY, linewidth=0.8, linestyle="--")
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), max(1.2, min(axes.get_ylim()[1], 3.0)))
    return None


def _bias(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """n^(1 - alpha/2), what n equal neurons cost over one."""
    if curve.far is None:
        return _missing(axes, curve, several)
    neurons = list(range(1, 33))
    axes.plot(neurons, [n ** (1 - curve.far[0] / 2) for n in neurons], color=colour, marker=".", linewidth=1.0)
    axes.axhline(1, color=GREY, linewidth=0.8, linestyle="--")
    return None


def _rate(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    if curve.far is None:
        return _missing(axes, curve, several)
    found = curve.answer("rate")
    ts = _sizes(10.0, 1e12, 60)
    style = "solid" if found is not None and found.verdict == "holds" else "dotted"
    axes.loglog(ts, [1 / (t * math.log(t) ** (2 - curve.far[0] / LAYERS)) for t in ts], color=colour, linewidth=1.6,
                linestyle=style)  # fmt: skip
    if not several and found is not None:
        kind = str((found.values or {}).get("class", "")) if found.verdict == "holds" else "not proved:"
        axes.annotate(f"{kind} 1/(t (log t)^(2 - alpha/L))", (0.03, 0.05), xycoords="axes fraction", fontsize=8)
    return None


PANELS = (
    Panel("R, the potential", "{x}", ("legendre", "bregman", "strictly-convex", "convex", "domain", "even",
                                      "homogeneous"), _potential, always=True),
    Panel("R', the gradient", "{x}", ("gradient-range", "2.3-coercive"), _gradient, always=True),
    Panel("1/R'', the inverse metric", "{x}", ("coercivity", "inverse-metric", "2.3-twice", "2.3-lipschitz"), _metric,
          always=True),
    Panel("1/R'' in logarithms", "|{x}|", ("metric-exponent", "mirror-mup"), _growth),
    Panel("Q, the conjugate", "y = R'({x})", ("conjugate", "conjugate-values"), _conjugate),
    Panel("(alpha Q(R'))^(1/alpha); dashed: phi", "{x}", ("degree", "horizon", "dual", "homogeneous-dual"), _dual),
    Panel("the same over the horizon function", "|{x}|", ("within-1%", "within-10%", "within-1%-left",
                                                          "within-10%-left"), _approach),
    Panel("margin: balls in two coordinates", "{x}", ("margin",), _margin),
    Panel("x^2 R''/(alpha Q(R')), by 4.4 up to 1", "|{x}|", ("assumption-4.4", "assumption-G.1"), _radial),
    Panel("bias: what n equal neurons cost", "n", ("bias",), _bias),
    Panel(f"rate: the loss at L = {LAYERS}", "t", ("rate",), _rate),
)  # fmt: skip
