"""Linear, logarithmic and signed scales: where a value stands between 0 and 1, and which ticks it stands among."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

APART = 300.0  # a scale is logarithmic by itself where positive values are farther apart than this factor
DECADES = 2  # at least so many on the longer side of 0 of a signed scale
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """The values from low to high, low < high; for a logarithmic scale both are positive.

    unit: of a signed scale, asinh(value/unit): straight up to about the unit, logarithmic beyond on both sides of 0.
    """

    low: float
    high: float
    log: bool = False
    unit: float = 0.0

    def at(self, value: float) -> float | None:
        """0 at low, 1 at high; None where a logarithmic scale has no place for the value."""
        if self.log:
            if value <= 0:
                return None
            return math.log(value / self.low) / math.log(self.high / self.low)
        if self.unit:
            low, at, high = (math.asinh(v / self.unit) for v in (self.low, value, self.high))
            return (at - low) / (high - low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """(value, label) for at most so many round values in the scale, and a few more where decades are too far."""
        if self.unit:
            return self._signed(most)
        return self._decades(most) if self.log else self._steps(most)

    def _signed(self, most: int) -> list[tuple[float, str]]:
        least, last = round(math.log10(self.unit)), math.floor(math.log10(max(abs(self.low), abs(self.high))) + 1e-9)
        every = max(1, math.ceil((last - least + 1) / max(1, most // 2)))
        powers = [10.0**k for k in range(last, least - 1, -every)]
        values = sorted([0.0, *powers, *(-p for p in powers)])
        return [(v, "−" * (v < 0) + (_decade(round(math.log10(abs(v)))) if v else "0")) for v in values
                if self.low <= v <= self.high]  # fmt: skip

    def _steps(self, most: int) -> list[tuple[float, str]]:
        rough = (self.high - self.low) / max(1, most - 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(k * step, number(k * step)) for k in range(first, last + 1)]

    def _decades(self, most: int) -> list[tuple[float, str]]:
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        if last - first < 1:
            shown = Scale(self.low, self.high)._steps(most)
            return [(value, label) for value, label in shown if value > 0]
        every = math.ceil((last - first + 1) / most)
        return [(10.0**k, _decade(k)) for k in range(first, last + 1) if k % every == 0]


def scale(values: Iterable[float], kind: str = "") -> Scale:
    """A scale that holds the values, with a little room; kind: ``linear``, ``log``, ``signed``, or empty to choose by
    the values, of the first two.

    A logarithmic scale leaves out what is not positive; where nothing is left it is linear.
    """
    found = [v for v in values if math.isfinite(v)]
    positive = [v for v in found if v > 0]
    whole = bool(found) and len(positive) == len(found)
    log = bool(positive) and (kind == "log" or (kind == "" and whole and max(positive) > APART * min(positive)))
    if log:
        low, high = min(positive), max(positive)
        room = max(1.05, (high / low) ** 0.04)
        return Scale(low / room, high * room, True)
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if kind == "signed" and any(found):
        unit = 10.0 ** (math.floor(math.log10(max(map(abs, found)))) - DECADES)
        room = 0.04 * (math.asinh(high / unit) - math.asinh(low / unit)) or 0.5
        low, high = (unit * math.sinh(math.asinh(v / unit) + r) for v, r in ((low, -room), (high, room)))
        return Scale(low, high, unit=unit)
    room = 0.04 * (high - low) or 0.5 * abs(high) or 0.5
    return Scale(low - room, high + room)


def number(value: float) -> str:
    """A number as a tick or a cell shows it: four digits, a power of ten where it is far from 1."""
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        digits, power = f"{value:.3e}".split("e")
        digits = digits.rstrip("0").rstrip(".")
        head = {"1": "", "-1": "−"}.get(digits, digits.replace("-", "−") + "·")
        return f"{head}{_decade(int(power))}"
    shown = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return shown.replace("-", "−")


def _decade(power: int) -> str:
    return {0: "1", 1: "10"}.get(power, f"10{str(power).translate(_RAISED)}")
