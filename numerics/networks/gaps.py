"""One weight f = theta under the potential with gaps: admissible with alpha = 2, yet the loss is not of the order 1/t.

R'' = 2 D k/theta^2 with D = Q(R'), D' = 2 D k/theta and D = theta^2/2 at the start; k = 1 but within 1 of the gaps
[n^3, n^3 + n], n = 2, 3, ..., where k is the larger of e^-n and the distance from the gap. Time is the integral of R''
e^theta. On the stretches between the corners of k both log D and k are elementary, and the integral is enclosed.
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
from flint import acb, arb

from numerics.quadrature import integral

BITS = 512
FAR = 300  # from the end of a stretch, beyond which e^theta is nothing at the working precision


@dataclass(frozen=True)
class Stretch:
    """low <= theta <= high with k = level + slope (theta - low), and log D at low."""

    low: arb
    high: arb
    level: arb
    slope: int
    log_d: arb

    def log_dual(self, theta: acb, flag: bool) -> acb:
        """log D: D' = 2 D k/theta gives 2 (level - slope low) log(theta/low) + 2 slope (theta - low) more."""
        ratio = (theta / self.low).log(analytic=flag)
        return self.log_d + 2 * (self.level - self.slope * self.low) * ratio + 2 * self.slope * (theta - self.low)

    def hessian(self, theta: acb, flag: bool) -> acb:
        k = self.level + self.slope * (theta - self.low)
        return 2 * k * self.log_dual(theta, flag).exp() / theta**2

    def time(self) -> arb:
        """The time it takes, times e^-high."""
        start = self.low
        span = self.high - self.low
        total = arb(0)
        if span > FAR:
            start = self.high - FAR
            # R'' <= 2 D/theta^2 with D/theta^2 falling: at most its value at low
            most = 2 * self.log_d.exp() / self.low**2
            total = (arb(-FAR).exp() * most).union(arb(0))

        def value(theta: acb, flag: bool) -> acb:
            return (theta - self.high).exp() * self.hessian(theta, flag)

        while start < self.high:
            stop = min(start + 32, self.high, key=float) if self.high - start > 32 else self.high
            total += integral(value, start, stop)
            start = stop
        return total


@dataclass(frozen=True)
class Crossing:
    """At the end of the n-th gap: log t, z = theta = log(1/loss) and log D, as balls."""

    n: int
    log_t: arb
    z: arb
    log_d: arb


def crossings(last: int, start: int = 1) -> list[Crossing]:
    """The ends of the gaps 2, ..., last of the flow from theta = start."""
    with flint.ctx.workprec(BITS):
        theta, log_d = arb(start), 2 * arb(start).log() - arb(2).log()
        scaled, found = arb(0), []  # scaled: t e^-theta
        one = arb(1)
        for n in range(2, last + 1):
            floor = (-arb(n)).exp()
            begin, end = arb(n**3), arb(n**3 + n)
            if begin - 1 > theta:
                corners = [(begin - 1, one, 0), (begin - floor, one, -1), (end + floor, floor, 0)]
            else:
                raise ArithmeticError("the gaps overlap")
            for high, level, slope in corners:
                piece = Stretch(theta, high, level, slope, log_d)
                scaled = scaled * (theta - high).exp() + piece.time()
                log_d, theta = piece.log_dual(acb(high), False).real, high
            # within floor of the end of the gap the crossing is still on the level of the gap: t at theta = end + floor
            found.append(Crossing(n, theta + scaled.log(), theta, log_d))
            piece = Stretch(theta, end + 1, floor, 1, log_d)
            scaled = scaled * (theta - piece.high).exp() + piece.time()
            log_d, theta = piece.log_dual(acb(piece.high), False).real, piece.high
        return found
