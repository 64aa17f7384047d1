"""The picture of a potential, or of several over one another: R, R', 1/R'' and the way to the horizon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.drawing import COLOURS, NoPicture, save, shortened, values
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, enclose, truth
from verify.language.evaluate import Unknown as NotSettled
from verify.language.parse import parse_term
from verify.language.terms import ONE, TWO, Term, fn, sym
from verify.potential.analysis import Report
from verify.potential.reading import Subject

POINTS = 241
WIDE = 4.0
FAR = 400.0
NICE = (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(3), Fraction(1, 10), Fraction(3, 2), Fraction(-1))


@dataclass(frozen=True)
class Curve:
    """One potential with its parameters put in."""

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
        return shortened(f"{self.subject.R!r}" + (f", {told}" if told else ""))

    def on(self, term: Term, xs: Sequence[float]) -> list[float]:
        return values(expand(term), self.subject.x, xs, self.others)

    def number(self, text: str) -> float:
        """The value of a term of the parameters; nan where there is none."""
        try:
            return float(enclose(parse_term(text, list(self.at), where="values"), self.at).mid())
        except (LanguageError, Undefined, NotSettled, ValueError, OverflowError):
            return math.nan


def draw(reports: Sequence[Report], path: Path) -> None:
    """Writes the picture; raises ``NoPicture``."""
    curves = [_curve(r) for r in reports]
    save(path, lambda figure: _fill(figure, curves), (9.0, 6.6))


def _curve(report: Report) -> Curve:
    it = report.subject
    at = _parameters(it)

    def end(term: Term | None, otherwise: float) -> float:
        if term is None:
            return otherwise
        try:
            return float(enclose(term, at).mid())
        except (Undefined, NotSettled, OverflowError):
            raise NoPicture("plot: the ends of dom R have no numbers") from None

    low, high = end(it.interval.low, -math.inf), end(it.interval.high, math.inf)
    if math.isinf(low):
        low = -WIDE if math.isinf(high) else high - 2 * WIDE
    if math.isinf(high):
        high = max(WIDE, low + 2 * WIDE if it.interval.low is not None else WIDE)
    return Curve(report, at, low, high)


def _parameters(it: Subject) -> dict[str, Fraction]:
    """Plain numbers that meet the hypotheses, one parameter after the other; what the search finds, where none do."""
    names = [n for n, _ in it.parameters]
    for shift in range(len(NICE) ** min(len(names), 3)):
        at = {}
        for k, n in enumerate(names):
            at[n] = NICE[shift // len(NICE) ** min(k, 2) % len(NICE)]
        try:
            whole = all(s != "integer" or at[n].denominator == 1 for n, s in it.parameters)
            if whole and all(truth(h, at) is True for h in it.conditions):
                return at
        except (Undefined, NotSettled):
            continue
    from verify.provers.budget import Budget
    from verify.provers.refute import find_witness

    found = find_witness(it.parameter_domain, Budget(1.0, it.request.seed))
    if found is None:
        raise NoPicture("plot: no values of the parameters were found")
    return {n: Fraction(found[n]) for n in names}


def _fill(figure: Any, curves: list[Curve]) -> None:
    ((potential, gradient), (metric, horizon)) = figure.subplots(2, 2)
    several = len(curves) > 1
    for curve, colour in zip(curves, COLOURS, strict=False):
        R, x = curve.subject.R, sym(curve.subject.x)
        inset = 1e-6 * (curve.high - curve.low)
        xs = [curve.low + inset + (curve.high - curve.low - 2 * inset) * k / (POINTS - 1) for k in range(POINTS)]
        _line(potential, xs, curve.on(R, xs), colour, curve.label)
        _line(gradient, xs, curve.on(fn("diff", R, x, ONE), xs), colour)
        _line(metric, xs, curve.on(fn("/", ONE, fn("diff", R, x, TWO)), xs), colour)
        if not several:
            _coercivity(metric, curve)
            _range(gradient, curve)
        _approach(horizon, curve, colour, several)
    name = curves[0].subject.x
    for axes, title in ((potential, "R, the potential"), (gradient, "R', the gradient"),
                        (metric, "1/R'', the inverse metric"),
                        (horizon, "(alpha D)^(1/alpha) over the horizon")):  # fmt: skip
        axes.set_title(title, loc="left")
        axes.set_xlabel(name)
    figure.legend(loc="outside lower center", ncols=1 if len(curves) < 3 else 2, frameon=False)


def _line(axes: Any, xs: list[float], ys: list[float], colour: str, label: str | None = None) -> None:
    axes.plot(xs, ys, color=colour, linewidth=1.6, label=label)
    finite = sorted(y for y in ys if math.isfinite(y))
    if finite:  # a pole at an end must not flatten all the rest
        low, high = finite[len(finite) // 50], finite[-1 - len(finite) // 50]
        room = 0.15 * (high - low) or 1.0
        old = axes.get_ylim() if len(axes.lines) > 1 else (low, high)
        axes.set_ylim(min(old[0], low - room), max(old[1], high + room))


def _answer(curve: Curve, id: str) -> Any:
    return next((a for a in curve.report if a.id == id), None)


def _coercivity(axes: Any, curve: Curve) -> None:
    found = _answer(curve, "coercivity")
    c = curve.number(str(found.values.get("constant", ""))) if found is not None and found.values else math.nan
    if math.isfinite(c):
        axes.axhline(c, color="#444444", linewidth=0.9, linestyle="--")
        verdict = "coercive" if found.verdict == "holds" else "not coercive"
        axes.annotate(f"infimum {c:.3g}: {verdict}", (0.02, c), xycoords=("axes fraction", "data"), fontsize=8,
                      va="bottom")  # fmt: skip


def _range(axes: Any, curve: Curve) -> None:
    found = _answer(curve, "gradient-range")
    for key in ("low", "high"):
        end = curve.number(str(found.values.get(key, ""))) if found is not None and found.values else math.nan
        if math.isfinite(end):
            axes.axhline(end, color="#444444", linewidth=0.9, linestyle="--")


def _approach(axes: Any, curve: Curve, colour: str, several: bool) -> None:
    """The quotient on log scale to the side where dom R is unbounded, and the band of 10 %."""
    found, it = _answer(curve, "degree"), curve.subject
    if found is None or found.verdict != "holds":
        if not several:
            refuted = found is not None and found.verdict == "fails"
            said = "R has no horizon function" if refuted else "no horizon is known"
            axes.text(0.5, 0.5, f"{said}:\n{shortened(found.answer, 60) if found else 'not asked'}", ha="center",
                      va="center", transform=axes.transAxes)  # fmt: skip
        return
    side = 1 if "1" in found.values["coefficients"] else -1
    alpha = curve.number(str(found.values["alpha"]))
    c = curve.number(str(found.values["coefficients"][str(side)]))
    xs = [10 ** (-1 + (math.log10(FAR) + 1) * k / (POINTS - 1)) for k in range(POINTS)]
    D = curve.on(fn("-", fn("*", sym(it.x), fn("diff", it.R, sym(it.x), ONE)), it.R), [side * x for x in xs])
    ratio = [(d / c) ** (1 / alpha) / x if d / c > 0 else math.nan for d, x in zip(D, xs, strict=True)]
    axes.semilogx(xs, ratio, color=colour, linewidth=1.6)
    axes.axhspan(0.9, 1.1, color="#888888", alpha=0.12, linewidth=0)
    axes.axhline(1, color="#444444", linewidth=0.8)
    finite = [r for r in ratio if math.isfinite(r)]
    top = min(max([2.0, *(r for r in finite if r < 3)]), 3.0)
    axes.set_ylim(min(0.0, axes.get_ylim()[0]) if several else 0.0, max(top, axes.get_ylim()[1]) if several else top)
    for percent in (1, 10):
        near = _answer(curve, f"within-{percent}%" + ("-left" if side < 0 else ""))
        start = curve.number(str(near.values.get("threshold", ""))) if near is not None and near.values else math.nan
        if math.isfinite(start) and start > 0 and near.verdict == "holds" and not several:
            axes.axvline(start, color="#444444", linewidth=0.8, linestyle=":")
            axes.annotate(f"{percent} % from {start:.3g}", (start, top), fontsize=8, rotation=90, va="top", ha="right")
