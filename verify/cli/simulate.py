"""``mirrorproof simulate NAME``: the papers' experiments, resumable, with progress."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import emit, options, refuse

if TYPE_CHECKING:
    from numerics.experiments import Experiment, Run

INTERRUPTED = 130


@click.command("simulate")
@click.argument("name", required=False)
@click.option("--settings", type=click.Path(path_type=Path, dir_okay=False), help="A TOML file of settings.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="The folder of the run (default: .mirrorproof/experiments/NAME).")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Start again instead of from the last checkpoint.")
@click.option("--plots/--no-plots", default=True, help="Draw the figure too, where matplotlib is installed.")
@options("json")
def command(name: str | None, settings: Path | None, out: Path | None, fresh: bool, plots: bool, as_json: bool) -> None:
    """Run one of the papers' experiments; without a name, list them.

    A run that was interrupted or killed goes on from its last checkpoint and ends bitwise where it would have ended.
    Exit status: 0 done, 1 it cannot go on, 2 bad input, 130 interrupted.
    """
    from numerics.experiments import NAMES, ExperimentError, SettingsError, experiment, run
    from numerics.experiments.checkpoints import CheckpointError
    from verify.language.errors import did_you_mean
    from verify.measured import experiments_folder

    if name is None:
        _list(as_json)
        return
    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"; there are {', '.join(NAMES)}"
        refuse(f"no experiment is called {name!r}{hint}", as_json)
    chosen = experiment(name)
    folder = out or experiments_folder() / name
    with _interrupts() as asked, _progress(chosen, quiet=as_json) as progress:
        try:
            found = run(chosen, folder, settings_file=settings, fresh=fresh, progress=progress, stop=asked)
        except (SettingsError, CheckpointError) as error:
            refuse(str(error), as_json)
        except ExperimentError as error:
            if as_json:
                emit({"schema": 1, "error": str(error)})
            click.echo(f"error: {error}", err=True)
            raise click.exceptions.Exit(1) from None
    if found is None:
        click.echo(f"interrupted; the same command goes on from {folder / 'checkpoint.npz'}", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    figure = _figure(chosen, found, folder) if plots else None
    if as_json:
        emit(found.results)
    else:
        _show(found, figure)


def _list(as_json: bool) -> None:
    from numerics.experiments import NAMES, experiment

    titles = {name: experiment(name).title for name in NAMES}
    if as_json:
        emit({"schema": 1, "experiments": titles})
        return
    for name, title in titles.items():
        click.echo(f"{name}  {title}")


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C asks the run to leave off at the end of the part it is in; a second one ends it at once."""
    asked = threading.Event()

    def ask(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(chosen: Experiment, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    err = Console(stderr=True)
    if quiet or not err.is_terminal:
        yield None
        return
    columns = TextColumn(chosen.name), BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _figure(chosen: Experiment, found: Run, folder: Path) -> Path | None:
    from numerics.experiments.plots import NoPlots, draw

    try:
        return draw(chosen, found.outcome, folder)
    except NoPlots as error:
        click.echo(str(error), err=True)
        return None


def _show(found: Run, figure: Path | None) -> None:
    for name, values in found.results["measured"].items():
        click.echo(f"{name}: {', '.join('not finite' if v is None else f'{v:.6g}' for v in values)}")
    for note in found.results["notes"]:
        click.echo(f"note: {note}")
    click.echo(f"results: {found.file}")
    if figure is not None:
        click.echo(f"figure: {figure}")
