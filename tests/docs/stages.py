"""Where pages are followed that ask for an installation, data, a cluster or a GPU: in small, and on this machine.

Each stage is a clean clone with an environment of its own, made from the lock file; what else a page needs it installs
as the page says. Experiments are made small by their own files of settings in the clone, so that commands stay as they
are, but for what a table says: each entry must occur in a block of the page that is ``staged``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs import props
from tests.docs.reader import LIMIT, ROOT, Reader, blocks

# that of whoever runs the tests is not that of the reader: arguments of pytest and make, packages, environments
FOREIGN = ("PYTHONPATH", "PYTEST_ADDOPTS", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "VIRTUAL_ENV")
FEW = "mf-tab1-hom-phi fig3-path-length"  # claims
LOCKS = ("core", "dev", "train")


@dataclass(frozen=True)
class Stage:
    """replaced: what stands in the page for another machine, in this order; props: what is there beforehand."""

    replaced: Mapping[str, str]
    props: tuple[Callable[[Reader], None], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    made: bool = True  # the environment of the clone; not where the page itself makes it

    def page(self, text: str) -> str:
        """The page as it is followed here. Raises AssertionError where it does not say what is replaced."""
        for there, here in self.replaced.items():
            assert any(there in b.text for b in blocks(text) if "staged" in b.words), f"no staged block says {there!r}"
            text = text.replace(there, here)
        return text

    def enter(self, reader: Reader) -> None:
        """Clone, install and lay out, as this reader's root, environment and home."""
        shutil.rmtree(reader.root)
        shutil.rmtree(reader.bin)
        reader.bin.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(reader.root)], check=True, timeout=LIMIT)
        own = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        reader.environment = {"PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip")} | own | {
            "HOME": str(reader.root), "PYTHON": sys.executable,
            "PATH": f"{reader.bin}:{reader.root / '.venv' / 'bin'}:{os.environ['PATH']}",
            "PIP_CONSTRAINT": " ".join(str(reader.root / "requirements" / f"{lock}.txt") for lock in LOCKS),
            "MIRRORPROOF_CACHE": reader.environment["MIRRORPROOF_CACHE"],
        } | self.environment  # fmt: skip
        if self.made:
            reader.end(["make", ".venv/core"], "the installation")
        for prop in self.props:
            prop(reader)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def front_page() -> Stage:
    """Both environments whole, lint, types and layers too; of the claims and the tests a few."""
    tests = "PYTEST_ADDOPTS=tests/theory/test_margins_and_rates.py make test HEAVY=tests/training/data/test_places.py"
    return Stage({"make verify ": f"make verify CLAIMS='{FEW}' ", "make test ": f"{tests} "}, made=False)


def cluster() -> Stage:
    """A scheduler and two workers of Dask, and jobs of a SLURM that begins them at once."""
    port, slurm = free_port(), free_port()

    def behind(log: str, until: str) -> str:
        return f"> {log} 2>&1 & until grep -q '{until}' {log}; do sleep 0.2; done"

    return Stage(
        {
            "0.0.0.0:8786": f"127.0.0.1:{slurm}", "10.0.0.5:8786": f"127.0.0.1:{slurm}",
            "HOST:8786": f"127.0.0.1:{port}", "--port 8786": f"--host 127.0.0.1 --port {port}",
            "# on one of them": behind("scheduler.log", "Scheduler at"),
            "--nworkers 16": "--nworkers 2", "# on each of the others": "> worker.log 2>&1 &",
            "mirrorproof run ": f"mirrorproof run {FEW} ",
            "cores=16, processes=16": "cores=2, processes=2", "jobs=8": "jobs=1",
            "python cluster.py ": f"sleep 900 | python -u cluster.py {behind('slurm.log', 'tcp:')} ",
        },
        (props.small_experiments, props.sweep_settings, props.slurm),
    )  # fmt: skip


def gpu() -> Stage:
    """The same kernels, gone through by Triton's interpreter on the CPU."""
    small = {"range(1000)": "range(2)", "steps=100_000": "steps=3", "steps=10_000, every=100": "steps=4, every=2",
             "python benchmarks/gpu_sweep.py": "python benchmarks/gpu_sweep.py --lanes 3 --steps 2"}  # fmt: skip
    return Stage(small, (props.small_experiments,), {"TRITON_INTERPRET": "1"})


def train() -> Stage:
    replaced = {"--device cuda": "--device cpu", "--data /data ": "--data data ",
                "--images 50000 --workers 8": "--images 16 --batch 8 --workers 1"}  # fmt: skip
    put = (props.small_experiments, props.small_trainings, props.pictures, props.weights, props.checkpoints)
    return Stage(replaced, put, {"OMP_NUM_THREADS": "1"})


STAGES: dict[str, Callable[[], Stage]] = {
    "README.md": front_page,
    "docs/how-to/cluster.md": cluster,
    "docs/how-to/gpu.md": gpu,
    "docs/how-to/train.md": train,
}
