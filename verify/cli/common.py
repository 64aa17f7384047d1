"""What the commands share: their options, how claims are loaded, how the run is spread, how errors are told."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from verify.judge import Settings

RESULTS = Path(".mirrorproof") / "results.json"
SEED = 20250101
PAPER_SECONDS = 16.0  # twice what a stranger's statement gets: a slow machine must not decide about a paper's claim
MUTANTS = 6
MUTANT_SECONDS = 0.5


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


class OnFormulas(click.Command):
    """A command on formulas, which may begin with a minus: its options have two of them, but for -h."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {a}" if a.startswith("-") and not _option(a) else a for a in args])


def _option(argument: str) -> bool:
    return argument == "-h" or argument.startswith("--")


class Formula(click.ParamType):
    """A formula as it was typed, without blanks around it."""

    name = "formula"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value.strip()


class Seconds(click.FloatRange):
    """A time above 0 and up to a day; what is no number is refused."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True, max=86400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is no number.", param, ctx) if math.isnan(found) else found


def _seconds(default: float) -> Callable[..., Any]:
    return click.option(
        "--seconds", type=Seconds(), default=default, show_default=True,
        help="Time that one statement may take.",
    )  # fmt: skip


_OPTIONS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    "seconds": _seconds(8.0),
    "paper-seconds": _seconds(PAPER_SECONDS),
    "jobs": click.option("--jobs", type=click.IntRange(1, 1024), help="Processes at a time (default: the cores)."),
    "no-cache": click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
    "seed": click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True,
                         help="Seed of every random draw."),
    "cluster": click.option("--cluster", metavar="ADDRESS", help="Work on the Dask cluster at this address."),
    "plot": click.option("--plot", type=click.Path(path_type=Path), metavar="FILE",
                         help="Draw a picture, FILE.svg or FILE.png (needs matplotlib)."),
    "lock": click.option("--lock", type=click.Path(path_type=Path), help="Lock file (default: claims.lock)."),
}  # fmt: skip


def settings(
    seconds: float, seed: int, *, mutants: int, mutant_seconds: float = MUTANT_SECONDS, hypotheses: bool = True
) -> Settings:
    from verify.judge import Settings

    return Settings(
        seconds=seconds, seed=seed, mutants=mutants, mutant_seconds=mutant_seconds, hypotheses=hypotheses
    )


def cache_folder(no_cache: bool) -> Path | None:
    from verify.cache import default_root

    return None if no_cache else default_root()


@contextmanager
def executor(address: str | None, as_json: bool = False) -> Iterator[Executor | None]:
    """The executor of the Dask cluster at an address; None, which means the local pool, for None."""
    if address is None:
        yield None
        return
    from verify.cluster import ClusterError, connected

    try:
        with connected(address, waiting=lambda text: click.echo(text, err=True)) as found:
            yield found
    except ClusterError as error:
        refuse(str(error), as_json)
