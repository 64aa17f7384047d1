"""What the commands share: their options, how claims are loaded, how the run is spread, how errors are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from verify.judge import Settings
    from verify.runner import Job

RESULTS = Path(".mirrorproof") / "results.json"
SEED = 20250101


class BadInput(click.ClickException):
    """Told in one line on standard error; exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"error: {' '.join(self.message.split())}", err=True)


def refuse(message: str, as_json: bool) -> NoReturn:
    """End with one line on standard error and, for ``--json``, one object on standard output."""
    if as_json:
        emit({"schema": 1, "error": message})
    raise BadInput(message)


def emit(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))


def options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The shared options of these names, for a command."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            function = _OPTIONS[name](function)
        return function

    return add


_OPTIONS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    "seconds": click.option(
        "--seconds", type=click.FloatRange(min=0, min_open=True, max=86400), default=8.0, show_default=True,
        help="Time that one statement may take.",
    ),
    "jobs": click.option("--jobs", type=click.IntRange(1, 1024), help="Processes at a time (default: the cores)."),
    "no-cache": click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
    "seed": click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True,
                         help="Seed of every random draw."),
    "dask": click.option("--dask", metavar="ADDRESS", help="Verify on the Dask cluster at this address."),
    "lock": click.option("--lock", type=click.Path(path_type=Path), help="Lock file (default: claims.lock)."),
}  # fmt: skip


def settings(seconds: float, seed: int, *, mutants: bool, hypotheses: bool = True) -> Settings:
    from verify.judge import Settings

    return Settings(seconds=seconds, seed=seed, mutants=mutants, hypotheses=hypotheses)


def cache_folder(no_cache: bool) -> Path | None:
    from verify.cache import default_root

    return None if no_cache else default_root()


def executor(address: str | None) -> Executor | None:
    """The executor of a Dask cluster, or None for the local pool."""
    if address is None:
        return None
    try:
        from distributed import Client
    except ImportError:
        raise BadInput("--dask needs the package distributed: pip install distributed") from None
    found: Executor = Client(address).get_executor()
    return found


def file_jobs(path: Path) -> list[Job]:
    """The claims of a file; raises ``BadInput``. A Python file is executed, a TOML file is only read."""
    from verify.runner import Job

    if path.suffix == ".py":
        from verify.sandbox import Done, run

        outcome = run(_load_python, (path,), seconds=120, memory_mb=4096)
        loaded = outcome.value if isinstance(outcome, Done) else f"{path}: loading it failed: {outcome}"
        if isinstance(loaded, str):
            raise BadInput(loaded)
        return [Job.of(claim) for claim in loaded]

    from verify.claim import Claim
    from verify.language.claims_file import ClaimsFileError, load_toml

    try:
        found = load_toml(path)
    except ClaimsFileError as error:
        raise BadInput(str(error)) from None
    claims = [Claim(c.id, c.ref, c.ref, c.statement, paper=found.paper_id) for c in found.claims]
    return [Job.of(claim) for claim in claims]


def _load_python(path: Path) -> Any:
    """The claims of a Python file, or one line that says what is wrong with it and where."""
    import traceback

    from verify.claim import load_python

    if not path.is_file():
        return f"{path}: the file is not there or is no plain file"
    sys.path.insert(0, str(path.resolve().parent))
    try:
        claims = load_python(path)
    except BaseException as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        line = frames[-1].lineno if frames else getattr(error, "lineno", None)
        place = f"{path}: line {line}" if line else str(path)
        return f"{place}: {type(error).__name__}: {' '.join(str(error).split())}"
    return claims or f"{path}: no claim is declared; a claim is a function under @claim(...)"
