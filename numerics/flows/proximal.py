"""Sign flow x' in -Sign(grad f(x)) by implicit steps, for many coordinates.

The implicit Euler step x_+ = x - h s, s_i in Sign(d_i f(x_+)), is the optimality condition of

    min f(x_+)   subject to   |x_+ - x|_inf <= h,

the proximal step of steepest descent for the maximum norm: a coordinate moves by h where the gradient keeps its sign,
and comes to rest where d_i f = 0 inside the box, without chattering. It is solved by a semismooth Newton method: the
coordinates at the walls of the box are held, the others solve H y = -g. Of first order; on a convex f the step is
unique and f never rises, however large h is.

Source: the catching-up scheme of J. J. Moreau for differential inclusions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Gradient = Callable[[Array], Array]


class NotSolved(ArithmeticError):
    """The box-constrained problem of one step was not solved; take a smaller step."""


def sign_step(
    gradient: Gradient, hessian: Callable[[Array], Array], x: Array, h: float, *, tolerance: float = 1e-12
) -> tuple[Array, Array]:
    """(x_+, s): the implicit step of size h > 0 and the selection s in [-1, 1]^n with x_+ = x - h s."""
    if not h > 0:
        raise ValueError(f"the step must be positive, not {h}")
    y = x - h * np.sign(gradient(x))
    low, high = x - h, x + h
    scale = 1.0 + float(np.max(np.abs(gradient(x)), initial=0.0))
    best = np.inf
    stalled = 0
    for _ in range(60 + 4 * len(x)):
        g = gradient(y)
        held = ((y <= low) & (g > 0)) | ((y >= high) & (g < 0))
        free = ~held
        residual = float(np.max(np.abs(np.clip(y - g, low, high) - y), initial=0.0))
        if residual <= tolerance * scale:
            return y, (x - y) / h
        stalled = 0 if residual < 0.9 * best else stalled + 1
        best = min(best, residual)
        curvature = hessian(y)
        if stalled > 12:  # cycling between active sets: a step of projected gradient breaks the cycle
            length = 1.0 / max(float(np.linalg.norm(curvature, 2)), 1e-300)
            y, stalled = np.clip(y - length * g, low, high), 0
            continue
        block = curvature[np.ix_(free, free)]
        shift = 1e-14 * max(1.0, float(np.max(np.abs(block), initial=0.0)))
        move = np.zeros_like(y)
        move[free] = np.linalg.lstsq(block + shift * np.eye(len(block)), -g[free], rcond=None)[0]
        if float(g @ move) > 0:
            move[free] = -g[free]
        y = np.clip(y + move, low, high)
    raise NotSolved(f"the step of size {h} is not solved: residual {best:.2g}")


def proximal_sign_flow(
    gradient: Gradient, hessian: Callable[[Array], Array], x0: Array, duration: float, steps: int
) -> Array:
    """The states after each of ``steps`` implicit steps over the duration, x0 first: (steps + 1, n)."""
    x = np.asarray(x0, dtype=float)
    out = [x]
    for _ in range(steps):
        x, _s = sign_step(gradient, hessian, x, duration / steps)
        out.append(x)
    return np.array(out)
