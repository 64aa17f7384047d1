"""How long a user waits: for the help, for one claim, for fifty mixed claims with and without a cache.

    python benchmarks/check_speed.py [--out benchmarks/results/check_speed.json] [--repeat 3]

Each figure is the wall time of a whole command in seconds, the best of its repetitions (fifty claims run once).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from common import processor

from verify.cache import library_versions
from verify.records import version, write_json
from verify.runner import cores

HERE = Path(__file__).resolve().parent
ONE = '[[claim]]\nid = "young"\ngiven = ["x real", "y real"]\nclaim = "x*y <= x**2/2 + y**2/2"\n'
JOBS = 2


def timed(arguments: list[str], cache: str) -> tuple[float, str]:
    """Seconds and standard output of one command."""
    environment = os.environ | {"MIRRORPROOF_CACHE": cache, "PYTHONPATH": str(HERE.parent)}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mirrorproof", *arguments], env=environment, capture_output=True, text=True
    )
    seconds = time.perf_counter() - begun
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return seconds, done.stdout


def measure(repeat: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "one.toml"
        one.write_text(ONE, encoding="utf-8")
        fifty = str(HERE / "fifty.toml")
        seconds = {
            "help": min(timed(["--help"], folder)[0] for _ in range(repeat)),
            "one claim, cold": min(timed(["check", str(one), "--no-cache"], folder)[0] for _ in range(repeat)),
        }
        command = ["check", fifty, "--json", "--jobs", str(JOBS)]
        seconds["fifty claims, cold"], out = timed(command, folder)
        seconds["fifty claims, warm"], again = timed(command, folder)
    verdicts = [claim["verdict"] for claim in json.loads(out)["claims"]]
    if verdicts != [claim["verdict"] for claim in json.loads(again)["claims"]]:
        raise RuntimeError("the cache changed a verdict")
    return {
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "jobs": JOBS,
        "verdicts": dict(Counter(verdicts)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "check_speed.json")
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]  # of others: a busy machine makes every figure worse
    found = measure(chosen.repeat) | {
        "machine": {
            "processor": processor(),
            "cores": cores(),
            "system": platform.system(),
            "load before": round(load, 1),
        },
        "versions": {"mirrorproof": version(), **library_versions()},
    }
    write_json(chosen.out, found)
    print(json.dumps(found["seconds"], indent=1))


if __name__ == "__main__":
    main()
