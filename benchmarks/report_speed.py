"""How long a reader waits: for the report of 450 claims to be written, and for a browser to open, search and focus.

    python benchmarks/report_speed.py [--results .mirrorproof/results.json] [--out benchmarks/results/report_speed.json]

Writing is a whole command in a process of its own, from a cold start. The page is opened in headless Chromium from the
file, without a network: until its load event has ended; then a search, and views of the graph of what rests on what.
Beside the wall time, which a busy machine makes longer, stands the processor time of the command and of the page's
own thread. Each figure is the best of its repetitions. Without Chromium and playwright only the writing is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import processor

from verify.cache import library_versions
from verify.records import read_results, version, write_json
from verify.runner import cores

HERE = Path(__file__).resolve().parent
COUNTS = (450, 0)  # claims; 0: all that the results hold
LIMITS = {"write": 20.0, "open": 2.0, "view": 0.2}  # seconds for 450 claims
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SEARCH = """() => { const begun = performance.now(); const field = document.querySelector("#filter-text");
  field.value = "horizon"; field.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.getBoundingClientRect(); return (performance.now() - begun) / 1000; }"""
VIEWS = """() => { const field = document.querySelector("#graph-focus"), taken = [];
  const marks = [...document.querySelectorAll(".network .node")].filter((_, k) => k % 40 === 0);
  for (const id of [...marks.map((m) => m.dataset.id), ""]) { const begun = performance.now();
    field.value = id; field.dispatchEvent(new Event("input", {bubbles: true}));
    document.querySelector(".network").getBoundingClientRect(); taken.push((performance.now() - begun) / 1000); }
  return {nodes: document.querySelectorAll(".network .node").length, views: taken.length,
    mean: taken.reduce((a, b) => a + b) / taken.length, worst: Math.max(...taken)}; }"""


def written(results: Path, folder: Path) -> tuple[dict[str, float], Path]:
    """Wall and processor seconds of the command that writes the page, and the page."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-m", "mirrorproof", "report", "--results", str(results), "--out", str(folder)]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"write": wall, "write, processor": spent}, folder / "report.html"


def opened(page: Path, repeat: int) -> dict[str, Any]:
    """What a browser takes; empty where there is none."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        browser = None
    if browser is None:
        return {}
    found: dict[str, Any] = {}
    with sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        found["browser"] = chromium.version
        for _ in range(repeat):
            shown = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
            session = shown.context.new_cdp_session(shown)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            shown.goto(page.as_uri())
            loaded = shown.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000")
            metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
            views = shown.evaluate(VIEWS)
            once = {
                "open": loaded, "open, processor": metrics["TaskDuration"], "search": shown.evaluate(SEARCH),
                "view": views["mean"], "slowest view": views["worst"],
            }  # fmt: skip
            found |= {k: min(v, found.get(k, v)) for k, v in once.items()}
            found["graph"] = {"nodes": views["nodes"], "views": views["views"]}
            shown.context.close()
        chromium.close()
    return found


def measure(results: Path, repeat: int) -> list[dict[str, Any]]:
    whole, rows = read_results(results), []
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.json"
            some = whole["claims"][: count or None]
            write_json(file, whole | {"claims": some})
            runs = [written(file, Path(folder)) for _ in range(repeat)]
            page = runs[-1][1]
            row = {"claims": len(some), "megabytes": page.stat().st_size / 1e6}
            row |= {key: min(seconds[key] for seconds, _ in runs) for key in runs[0][0]} | opened(page, repeat)
        rows.append({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=Path(".mirrorproof/results.json"))
    parser.add_argument("--out", type=Path, default=HERE / "results" / "report_speed.json")
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]  # of others: a busy machine makes every wall time worse
    rows = measure(chosen.results, chosen.repeat)
    machine = {"processor": processor(), "cores": cores(), "system": platform.system(), "load before": round(load, 1)}
    versions = {"mirrorproof": version(), **library_versions()}
    write_json(chosen.out, {"limits": LIMITS, "rows": rows, "machine": machine, "versions": versions})
    print(json.dumps(rows, indent=1))
    late = [f"{k}: {rows[0][k]} s" for k, most in LIMITS.items() if rows[0].get(k, 0.0) > most]
    if late:
        sys.exit(f"longer than it may: {'; '.join(late)}")


if __name__ == "__main__":
    main()
