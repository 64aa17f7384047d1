"""Deep pointwise factorisation of weights: w = w_1 * ... * w_L, entry by entry, for any module.

The factors are the parameters that an optimizer sees, so that gradients, momenta and decay act on them. Where w is used
more than once in a pass, ``torch.nn.utils.parametrize.cached()`` forms the product once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

STARTS = ("first", "balanced", "closed")
LISTS = "_lists_of_factors"  # the hooks on a recurrent layer


class _Product(torch.autograd.Function):
    """x = w_1 ... w_L keeping the factors alone; its slopes are the products of all the others, zeros or not."""

    generate_vmap_rule = True

    @staticmethod
    def forward(*factors: Tensor) -> Tensor:
        product = factors[0].clone()
        for w in factors[1:]:
            product.mul_(w)
        return product

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, ...]:
        factors = ctx.saved_tensors
        after = [slopes[0]]
        for w in reversed(factors[1:]):
            after.append(after[-1] * w)
        after.reverse()
        before, answers = None, []
        for w, rest in zip(factors, after, strict=True):
            answers.append(rest if before is None else before * rest)
            before = w if before is None else before * w
        return tuple(answers)

    @staticmethod
    def jvp(ctx: Any, *ways: Tensor) -> Tensor:
        factors = ctx.saved_tensors
        whole, along = factors[0], ways[0]
        for w, way in zip(factors[1:], ways[1:], strict=True):
            whole, along = whole * w, along * w + whole * way
        return along


def product(*factors: Tensor) -> Tensor:
    """w_1 ... w_L, differentiable twice; the memory of the backward pass is that of the factors."""
    if len(factors) == 1 or torch.compiler.is_compiling():  # the compiler sees to the memory itself
        return reduce(torch.mul, factors)
    return _Product.apply(*factors)


def first(x: Tensor, depth: int, scale: float = 1.0) -> tuple[Tensor, ...]:
    """w_1 = x/scale^(L-1) and w_i = scale for i > 1: |w_i|^q - |w_1|^q is near scale^q where x is small.

    Source: "Never Saddle", the sparsity experiment (scale 1) and the initialization of Corollary 4.10 (x = 0).
    """
    return (x / scale ** (depth - 1), *(torch.full_like(x, scale) for _ in range(depth - 1)))


def balanced(x: Tensor, depth: int) -> tuple[Tensor, ...]:
    """|w_i| = |x|^(1/L), the sign in w_1: lam = 0. A weight of 0 stays at the saddle."""
    size = torch.abs(x).pow(1 / depth)
    return (torch.copysign(size, x), *(size.clone() for _ in range(depth - 1)))


def closed(x: Tensor, depth: int = 2, gamma: float = 0.5) -> tuple[Tensor, ...]:
    """m = (v + gamma/v)/sqrt(2), w = (v - gamma/v)/sqrt(2) with v^2 = x + sqrt(x^2 + gamma^2).

    Then m w = x and m^2 - w^2 = 2 gamma. Depth 2 alone. Source: "Never Saddle", the sparsity experiment at depth 2.
    """
    if depth != 2:
        raise ValueError(f"the closed form is one of two factors, not of {depth}")
    root = torch.hypot(x, torch.full_like(x, gamma))
    square = torch.where(x >= 0, x + root, gamma**2 / (root - x))  # no difference of nearly equal numbers
    v = torch.sqrt(square)
    m = (v + gamma / v) / 2**0.5
    return m, x / m


class Factors(nn.Module):
    """The parametrization of a weight as a product; ``depth`` parameters original0, original1, ..."""

    def __init__(self, depth: int, start: Callable[[Tensor, int], tuple[Tensor, ...]]) -> None:
        super().__init__()
        self.depth, self.start = depth, start

    def forward(self, *factors: Tensor) -> Tensor:
        return product(*factors)

    def right_inverse(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(f.contiguous() for f in self.start(x, self.depth))


def factorize(
    module: nn.Module,
    depth: int,
    *,
    start: str = "auto",
    scale: float = 1.0,
    gamma: float = 0.5,
    choose: Callable[[str, nn.Module, str], bool] | None = None,
) -> list[str]:
    """Replaces weights by products of ``depth`` factors, in place; returns the names of the weights.

    start: "first", "balanced" or "closed" (functions of that name), or "auto", the papers' choice: "closed" at depth 2
    and "first" deeper. choose(name of the submodule, submodule, name of the parameter): which; unless told, every
    ``weight`` of a linear or convolutional layer. Optimizers are built afterwards: the parameters are new ones.
    Raises ValueError for a depth below 1, an unknown start, a weight without a shape, already parametrized or shared by
    two modules, and where nothing is chosen.
    """
    begin = _start(depth, start, scale, gamma)
    found = [(n, m, p) for n, m in module.named_modules() for p in list(m._parameters) if m._parameters[p] is not None]
    chosen = [t for t in found if (choose or _weights)(*t)]
    if not chosen:
        raise ValueError("no weight to factorise: choose(name, module, parameter) admits none")
    owners: dict[int, list[str]] = {}
    for name, owner, parameter in found:
        owners.setdefault(id(owner._parameters[parameter]), []).append(_joined(name, parameter))
    for name, owner, parameter in chosen:
        shared = owners[id(owner._parameters[parameter])]
        if len(shared) > 1:
            raise ValueError(f"{' and '.join(shared)} are one tensor: untie them before they are factorised")
        if ".parametrizations." in f".{name}." or parametrize.is_parametrized(owner, parameter):
            raise ValueError(f"{_joined(name, parameter)} is parametrized already")
        if isinstance(owner._parameters[parameter], nn.UninitializedParameter):
            raise ValueError(f"{_joined(name, parameter)} has no shape yet: let the model see a batch before")
    for _, owner, parameter in chosen:
        parametrize.register_parametrization(owner, parameter, Factors(depth, begin))
        if isinstance(owner, nn.RNNBase) and not hasattr(owner, LISTS):
            setattr(owner, LISTS, [owner.register_forward_pre_hook(_listed), owner.register_forward_hook(_unlisted)])
    return [_joined(name, parameter) for name, _, parameter in chosen]


def fold(module: nn.Module) -> list[str]:
    """Replaces every product of ``factorize`` by its value, a plain parameter again; returns their names."""
    names = []
    for name, owner in list(module.named_modules()):
        for parameter in list(getattr(owner, "parametrizations", {})):
            if isinstance(owner.parametrizations[parameter][0], Factors):  # type: ignore[union-attr, index]
                parametrize.remove_parametrizations(owner, parameter, leave_parametrized=True)
                names.append(_joined(name, parameter))
        if hasattr(owner, LISTS) and not parametrize.is_parametrized(owner):
            for hook in getattr(owner, LISTS):
                hook.remove()
            delattr(owner, LISTS)
            _listed(owner)
    return names


def _listed(owner: Any, *_: Any) -> None:
    """Recurrent layers keep a list of their weights beside them, which is made anew for every pass."""
    owner._flat_weights = [getattr(owner, name) for name in owner._flat_weights_names]


def _unlisted(owner: Any, *_: Any) -> None:
    owner._flat_weights = [w.detach() for w in owner._flat_weights]  # what has a graph cannot be copied


def factors(module: nn.Module) -> dict[str, list[Tensor]]:
    """Name of a factorised weight -> its factors."""
    found: dict[str, list[Tensor]] = {}
    for name, owner in module.named_modules():
        for parameter, parts in getattr(owner, "parametrizations", {}).items():
            if isinstance(parts[0], Factors):
                count = parts[0].depth
                originals: Iterable[str] = (f"original{i}" for i in range(count))
                found[_joined(name, parameter)] = [getattr(parts, o) for o in originals]
    return found


def balances(parts: list[Tensor], q: float) -> list[Tensor]:
    """|w_1|^q - |w_i|^q for i = 2, ..., L, entry by entry: conserved by steepest flows without decay."""
    return [torch.abs(parts[0]).pow(q) - torch.abs(w).pow(q) for w in parts[1:]]


def _start(depth: int, start: str, scale: float, gamma: float) -> Callable[[Tensor, int], tuple[Tensor, ...]]:
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise ValueError(f"the depth must be an integer of at least 1, not {depth!r}")
    if not (0 < scale < float("inf") and 0 < gamma < float("inf")):
        raise ValueError(f"scale and gamma must be positive and finite, not {scale} and {gamma}")
    if start == "auto":
        start = "closed" if depth == 2 else "first"
    if start not in STARTS:
        raise ValueError(f"start must be auto or one of {', '.join(STARTS)}, not {start!r}")
    if start == "closed" and depth != 2:
        raise ValueError(f"the start 'closed' is one of two factors, not of {depth}")
    if start == "balanced":
        return balanced
    return (lambda x, n: closed(x, n, gamma)) if start == "closed" else (lambda x, n: first(x, n, scale))


def _weights(name: str, owner: nn.Module, parameter: str) -> bool:
    return parameter == "weight" and isinstance(owner, (nn.Linear, nn.modules.conv._ConvNd))


def _joined(name: str, parameter: str) -> str:
    return f"{name}.{parameter}" if name else parameter
