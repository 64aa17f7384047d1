"""The 50 largest eigenvalues of a Hessian: ours, SciPy's eigsh, and what common libraries do unless told otherwise.

    python benchmarks/spectra_speed.py [--out benchmarks/results/spectra_speed.json] [--k 50] [--compiled]

Two small networks, trained for some steps on points drawn with a fixed seed: a perceptron and a ResNet-20 of few
channels. Times are of the processor, one thread, the least of ``--rounds`` rounds in turns.

- ours: ``training.spectra``, to a residual of 1e-4 of the largest eigenvalue.
- eigsh: ARPACK over curvlinops' Hessian as a SciPy operator (``pip install --no-deps curvlinops-for-pytorch
  backpack-for-pytorch einops einconv linear_operator opt-einsum tqdm unfoldNd``), and over a plain double backward
  pass; of its tolerances 1e-1, 1e-2, ... the loosest that keeps the worst residual within what is asked of ours (or
  within ours, should that be larger). The products by which its residuals are found out are not counted; ours are.
- Lanczos as hessian-eigenthings has it: 2 k steps, without full reorthogonalisation; power iteration with deflation as
  PyHessian has it: at most 100 steps for each, until a relative change of 1e-3. Both are written anew here, from their
  descriptions. They are judged by the errors of their k values and by copies of one eigenvalue among them, against ours
  in double precision.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import alone, processor
from torch import Tensor, nn

from training.models.resnet import resnet20
from training.spectra import Hessian, top_eigenvalues

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-4
Problem = tuple[nn.Module, list[tuple[Tensor, Tensor]]]


def perceptron() -> Problem:
    model = nn.Sequential(nn.Linear(64, 96), nn.Tanh(), nn.Linear(96, 64), nn.Tanh(), nn.Linear(64, 10))
    return trained(model, *drawn((64,), 1024))


def residual_network() -> Problem:
    return trained(resnet20(4), *drawn((3, 16, 16), 32))


def drawn(shape: tuple[int, ...], count: int) -> tuple[Tensor, Tensor]:
    """Ten clouds of points around centers of their own."""
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(count) % 10
    centers = torch.randn(10, *shape, generator=generator)
    return 0.7 * centers[labels] + torch.randn(count, *shape, generator=generator), labels


def trained(model: nn.Module, inputs: Tensor, labels: Tensor) -> Problem:
    torch.manual_seed(0)
    for p in model.parameters():
        if p.ndim > 1:
            nn.init.kaiming_normal_(p)
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    for _ in range(30):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    return model.eval(), [(inputs, labels)]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def double_backward(model: nn.Module, batches: list[tuple[Tensor, Tensor]]) -> Callable[[np.ndarray], np.ndarray]:
    """The product by a gradient of the gradient along v: what eigsh is given where curvlinops is not installed."""
    params = list(model.parameters())
    (inputs, labels), = batches

    def product(v: np.ndarray) -> np.ndarray:
        loss = nn.functional.cross_entropy(model(inputs), labels)
        slope = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, params, create_graph=True)])
        along = torch.from_numpy(np.asarray(v, dtype=np.float32).reshape(-1))
        return torch.cat([h.reshape(-1) for h in torch.autograd.grad(slope @ along, params)]).numpy()

    return product


def operators(model: nn.Module, batches: list[tuple[Tensor, Tensor]], size: int) -> dict[str, Any]:
    from scipy.sparse.linalg import LinearOperator

    plain = LinearOperator((size, size), matvec=double_backward(model, batches), dtype=np.float32)
    found = {"eigsh over double backward": plain}
    try:
        from curvlinops import HessianLinearOperator
    except ImportError as missing:
        print(f"curvlinops cannot be imported ({missing}): its row is left out", flush=True)
        return found
    params = [p for p in model.parameters() if p.requires_grad]
    hessian = HessianLinearOperator(model, nn.CrossEntropyLoss(), params, batches, check_deterministic=False)
    return {"eigsh over curvlinops": hessian.to_scipy(np.float32), **found}


def eigsh(operator: Any, k: int, exact: Hessian, bound: float) -> tuple[float, dict[str, Any]]:
    """Seconds at the loosest tolerance that keeps the bound, and what became of it."""
    from scipy.sparse.linalg import ArpackNoConvergence
    from scipy.sparse.linalg import eigsh as solve

    start = np.random.default_rng(0).standard_normal(operator.shape[0]).astype(np.float32)
    for tolerance in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5):
        begun = time.process_time()
        try:
            values, vectors = solve(operator, k, which="LA", tol=tolerance, v0=start)
        except ArpackNoConvergence:
            break
        seconds = time.process_time() - begun
        worst = 0.0
        for value, v in zip(values, torch.from_numpy(np.ascontiguousarray(vectors.T)), strict=True):
            worst = max(worst, float(torch.linalg.vector_norm(exact(v / v.norm()) - float(value) * v / v.norm())))
        if worst <= bound:
            return seconds, {"tolerance": tolerance, "worst residual": worst}
    return float("nan"), {"tolerance": None, "worst residual": None}


def bare_lanczos(product: Callable[[Tensor], Tensor], size: int, k: int) -> Tensor:
    """2 k steps of the three-term recurrence; the k largest Ritz values."""
    steps = min(2 * k, size - 1)
    v = torch.randn(size, generator=torch.Generator().manual_seed(0))
    v, before, beta = v / v.norm(), torch.zeros(size), 0.0
    alphas, betas = [], []
    for _ in range(steps):
        w = product(v) - beta * before
        alphas.append(float(w @ v))
        w = w - alphas[-1] * v
        beta = float(w.norm())
        betas.append(beta)
        before, v = v, w / beta
    T = torch.diag(torch.tensor(alphas, dtype=torch.float64))
    off = torch.tensor(betas[:-1], dtype=torch.float64)
    return torch.linalg.eigvalsh(T + torch.diag(off, 1) + torch.diag(off, -1)).flip(0)[:k]


def power(product: Callable[[Tensor], Tensor], size: int, k: int) -> Tensor:
    """One after another, each made orthogonal to those before; they come by absolute value."""
    generator = torch.Generator().manual_seed(0)
    values: list[float] = []
    found: list[Tensor] = []
    for _ in range(k):
        v, value = torch.randn(size, generator=generator), None
        for _ in range(100):
            for u in found:
                v = v - (v @ u) * u
            v = v / v.norm()
            w = product(v)
            last, value = value, float(w @ v)
            v = w
            if last is not None and abs(value - last) / (abs(last) + 1e-6) < 1e-3:
                break
        values.append(float(value or 0.0))
        found.append(v / v.norm())
    return torch.tensor(values, dtype=torch.float64).sort(descending=True).values


def judged(values: Tensor, exact: Tensor) -> dict[str, Any]:
    """The worst and the median error over the largest eigenvalue, and how many values are copies of one.

    A copy: nearest to an eigenvalue that another value is nearest to, and nearer to that one than to the next.
    """
    k = len(values)
    gaps = (values.double() - exact[:k]).abs() / exact[0].abs()
    nearest = (values.double()[:, None] - exact[None, :]).abs().argmin(1).tolist()
    return {"worst error": float(gaps.max()), "median error": float(gaps.median()), "copies": k - len(set(nearest))}


def compared(name: str, problem: Problem, k: int, rounds: int, compiled: bool) -> dict[str, Any]:
    model, batches = problem
    size = sum(p.numel() for p in model.parameters())
    ways = {"ours": Hessian(model, nn.functional.cross_entropy, batches)}
    if compiled:
        ways["ours, compiled"] = Hessian(model, nn.functional.cross_entropy, batches, compiled=True)
    double = Hessian(
        model.double(), nn.functional.cross_entropy, [(x.double(), y) for x, y in batches]
    )  # its parameters are copies only where the type changes
    with torch.no_grad():
        double.parameters = [p.double() for p in ways["ours"].parameters]
        exact = top_eigenvalues(double, size, 2 * k, tolerance=1e-9, dtype=torch.float64).values
    model.float()
    found: dict[str, Any] = {}
    for way, hessian in ways.items():
        hessian(torch.ones(size))
        taken = [timed(lambda h=hessian: h.top(k, tolerance=TOLERANCE)) for _ in range(rounds)]
        spectrum = taken[-1][1]
        found[way] = {"seconds": min(t for t, _ in taken), "products": spectrum.products,
                      "worst residual": float(spectrum.residuals.max()), **judged(spectrum.values, exact)}  # fmt: skip
    bound = max(found["ours"]["worst residual"], TOLERANCE * float(exact[0]))
    for way, operator in operators(model, batches, size).items():
        taken = [eigsh(operator, k, ways["ours"], bound) for _ in range(rounds)]
        found[way] = {"seconds": min(t for t, _ in taken), **taken[-1][1]}
    for way, method in (("Lanczos, not reorthogonalised", bare_lanczos), ("power iteration", power)):
        with torch.no_grad():
            seconds, values = timed(lambda method=method: method(ways["ours"], size, k))
        found[way] = {"seconds": seconds, **judged(values, exact)}
    best = min(found[way]["seconds"] for way in ways)
    for way, row in found.items():
        row["times ours"] = round(row["seconds"] / best, 2)
        row["seconds"] = round(row["seconds"], 3)
        print(f"{name:10} {way:32} " + "  ".join(f"{key} {_short(value)}" for key, value in row.items()), flush=True)
    return {"parameters": size, "largest": float(exact[0]), "last": float(exact[k - 1]), "ways": found}


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "spectra_speed.json")
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--compiled", action="store_true", help="our product compiled as well")
    options = parser.parse_args()
    alone()
    torch.set_num_threads(1)
    record: dict[str, Any] = {
        "command": "python benchmarks/spectra_speed.py", "date": time.strftime("%Y-%m-%d"), "machine": processor(),
        "torch": torch.__version__, "k": options.k, "tolerance": TOLERANCE, "dtype": "float32", "threads": 1,
        "networks": {},
    }  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name, make in (("perceptron", perceptron), ("ResNet-20", residual_network)):
        record["networks"][name] = compared(name, make(), options.k, options.rounds, options.compiled)
        options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
