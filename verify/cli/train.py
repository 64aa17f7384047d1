"""``mirrorproof train NAME``: the papers' experiments that train networks, resumable, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import emit, options, refuse
from verify.cli.experimenting import INTERRUPTED, figure, interrupts, known, show

if TYPE_CHECKING:
    from numerics.experiments import Run
    from training.experiments.running import Progress

LINE_SECONDS = 60.0


@click.command("train")
@click.argument("name", required=False)
@click.option("--form", default="small", show_default=True,
              help="The settings: small, for two cores in minutes, or full, the paper's, for a GPU.")  # fmt: skip
@click.option("--settings", type=click.Path(path_type=Path, dir_okay=False), help="A TOML file of settings instead.")
@click.option("--data", type=click.Path(path_type=Path),
              help="The folder of data and weights (default: MIRRORPROOF_DATA).")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The folder of the run.")
@click.option("--fresh", is_flag=True, help="Start again instead of from the last checkpoints.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
              help="Where networks are trained.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024),
              help="Cells trained at a time (default: the cores; on a GPU one).")  # fmt: skip
@click.option("--plots/--no-plots", default=True, help="Draw the figure too, where matplotlib is installed.")
@options("json")
def command(
    name: str | None, form: str, settings: Path | None, data: Path | None, out: Path | None, fresh: bool, device: str,
    jobs: int | None, plots: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run the experiment NAME, which trains networks; without a name, list them.

    Each arm of the comparison with each seed is a cell of its own, spread over processes by --jobs. A run that was
    interrupted or killed goes on from the last checkpoints and ends bitwise where it would have ended, whatever --jobs
    is. A cell that fails is recorded with its reason, and the others go on.
    Exit status: 0 done, 1 a cell failed, 2 bad input, missing data or what keeps it from going on, 130 interrupted.
    """
    from numerics.experiments import ExperimentError, SettingsError
    from numerics.experiments.checkpoints import CheckpointError
    from training.data.places import Missing
    from training.experiments import NAMES
    from verify.measured import experiments_folder

    try:
        if name is None:
            _list(as_json)
            return
        known(name, NAMES, as_json)
        folder = out or experiments_folder() / name
        more = {"form": form, "settings_file": settings, "data": data, "device": device, "fresh": fresh}
        with interrupts() as asked, _progress(name, quiet=as_json) as progress:
            found = _run(name, folder, jobs, progress, asked, more)
    except (SettingsError, CheckpointError, Missing, ExperimentError) as error:
        refuse(str(error), as_json)
    if found is None:
        click.echo(f"interrupted; the same command goes on from the checkpoints in {folder}", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    try:
        drawn = figure(_chosen(name), found, folder) if plots else None
    except OSError as error:
        refuse(f"{folder}: no figure can be written: {error.strerror or error}", as_json)
    if as_json:
        emit(found.results)
    else:
        show(found, drawn)
    failed = [key for key, cell in found.results["cells"].items() if "failure" in cell]
    if failed:
        click.echo(f"error: {len(failed)} of {len(found.results['cells'])} cells failed: {', '.join(failed)}", err=True)
        raise click.exceptions.Exit(1)


def _run(
    name: str, folder: Path, jobs: int | None, progress: Progress | None, asked: Callable[[], bool],
    more: dict[str, Any],
) -> Run[Any] | None:  # fmt: skip
    from training.experiments.running import require_torch, train
    from verify.runner import cores, pool

    require_torch()
    on_gpu = more["device"] != "cpu"
    workers = jobs or (1 if on_gpu else cores())
    here = workers == 1 and not on_gpu  # a lost GPU is lost to its process for good
    try:
        return train(name, folder, pool=None if here else pool, workers=workers, progress=progress, stop=asked, **more)
    except KeyboardInterrupt:
        return None


def _chosen(name: str) -> Any:
    from training.experiments import experiment

    return experiment(name)


def _list(as_json: bool) -> None:
    from training.experiments import NAMES
    from training.experiments.running import require_torch

    require_torch()
    titles = {name: _chosen(name).title for name in NAMES}
    if as_json:
        emit({"schema": 1, "experiments": titles})
        return
    for name, title in titles.items():
        click.echo(f"{name}  {title}")


@contextmanager
def _progress(name: str, *, quiet: bool) -> Iterator[Progress | None]:
    """A bar with the time left on a terminal; elsewhere a line for each cell that is finished."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    err = Console(stderr=True)
    if quiet:
        yield None
    elif not err.is_terminal:
        yield _lines()
    else:
        cells = TextColumn("{task.description}")
        columns = TextColumn(name), BarColumn(), cells, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("")

            def tell(done: float, total: int, finished: Any) -> None:
                bar.update(task, completed=done, total=total, description=f"{int(done)} of {total} cells")

            yield tell


def _lines() -> Progress:
    """A line for every cell that is finished, and one a minute of those that take longer."""
    begun = last = time.monotonic()
    first: float | None = None

    def tell(done: float, total: int, finished: Any) -> None:
        nonlocal first, last
        first, now = done if first is None else first, time.monotonic()
        if (finished is None and now - last < LINE_SECONDS) or done == first:
            return
        last = now
        left = f"about {(now - begun) * (total - done) / (done - first) / 60:.0f} min left"
        if finished is None:
            click.echo(f"{done:.1f} of {total}  {left}", err=True)
            return
        said = f"failed: {finished.failure}" if finished.failure else f"{finished.seconds:.0f} s"
        click.echo(f"{int(done)} of {total}  {finished.cell.key}  {said}  {left}", err=True)

    return tell
