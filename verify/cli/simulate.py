"""``mirrorproof simulate NAME...``: the papers' experiments, resumable, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import emit, executor, options, refuse
from verify.cli.experimenting import INTERRUPTED, figure, interrupts, known, show

if TYPE_CHECKING:
    from numerics.experiments import Run
    from numerics.experiments.spreading import Wanted


@click.command("simulate")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--settings", type=click.Path(path_type=Path, dir_okay=False), multiple=True,
              help="A TOML file of settings; given again, the experiment is run with each.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="The folder of the run, or above those of several.")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Start again instead of from the last checkpoint.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu",
              help="Where one run's steps are taken: cuda, on a GPU, for the experiments that can.")  # fmt: skip
@click.option("--plots/--no-plots", default=True, help="Draw the figures too, where matplotlib is installed.")
@options("jobs", "cluster", "json")
def command(
    names: tuple[str, ...], settings: tuple[Path, ...], out: Path | None, fresh: bool, device: str, plots: bool,
    jobs: int | None, cluster: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Run the papers' experiments named; without a name, list them.

    Several experiments, several --settings of one (each in a folder called after its file), --jobs and --cluster
    spread the seeds over processes or machines; what comes out is bitwise the same. A run that was interrupted or
    killed goes on from its last checkpoint and ends bitwise where it would have ended.
    Exit status: 0 done, 1 it cannot go on, 2 bad input, 130 interrupted.
    """
    from numerics.experiments import ExperimentError, SettingsError
    from numerics.experiments.checkpoints import CheckpointError
    from verify.cluster import ClusterError

    if not names:
        _list(as_json)
        return
    wanted = _wanted(names, settings, out, as_json)
    try:
        found = _run(wanted, fresh, device, jobs, cluster, as_json)
    except (SettingsError, CheckpointError) as error:
        refuse(str(error), as_json)
    except ExperimentError as error:
        if isinstance(error.__cause__, ClusterError):
            refuse(str(error.__cause__), as_json)
        if as_json:
            emit({"schema": 1, "error": str(error)})
        click.echo(f"error: {error}", err=True)
        raise click.exceptions.Exit(1) from None
    if found is None:
        places = ", ".join(str(w.folder) for w in wanted)
        click.echo(f"interrupted; the same command goes on from the checkpoints in {places}", err=True)
        raise click.exceptions.Exit(INTERRUPTED)
    figures = [figure(w.experiment, run, w.folder) if plots else None for w, run in zip(wanted, found, strict=True)]
    if as_json:
        emit(found[0].results if len(found) == 1 else {"schema": 1, "runs": [run.results for run in found]})
        return
    for run, drawn in zip(found, figures, strict=True):
        if len(found) > 1:
            click.echo(f"{run.results['experiment']}: {run.results['title']}")
        show(run, drawn)


def _wanted(names: tuple[str, ...], settings: tuple[Path, ...], out: Path | None, as_json: bool) -> list[Wanted]:
    """The runs asked for, each with a folder of its own."""
    from numerics.experiments import NAMES, experiment
    from numerics.experiments.spreading import Wanted
    from verify.measured import experiments_folder

    for name in names:
        known(name, NAMES, as_json)
    if len(set(names)) < len(names):
        refuse("an experiment is named twice", as_json)
    if settings and len(names) > 1:
        refuse("--settings goes with one experiment", as_json)
    stems = [file.stem for file in settings]
    if len(set(stems)) < len(stems):
        refuse("two files of settings bear the same name, after which their folders are called", as_json)
    if len(names) > 1:
        return [Wanted(experiment(name), (out or experiments_folder()) / name) for name in names]
    folder = out or experiments_folder() / names[0]
    if len(settings) > 1:
        return [Wanted(experiment(names[0]), folder / file.stem, file) for file in settings]
    return [Wanted(experiment(names[0]), folder, settings[0] if settings else None)]


def _run(
    wanted: list[Wanted], fresh: bool, device: str, jobs: int | None, cluster: str | None, as_json: bool
) -> list[Run] | None:
    """The runs, None where they were interrupted: a single one here, unless it was begun elsewhere; else spread."""
    from numerics.experiments import run
    from numerics.experiments.spreading import SHARES, spread
    from verify.runner import cores, pool

    first = wanted[0]
    if device != "cpu" and (len(wanted) > 1 or jobs is not None or cluster is not None):
        refuse(f"--device {device} goes with one run in this process, not with several, --jobs or --cluster", as_json)
    if len(wanted) == 1 and jobs is None and cluster is None and (fresh or not (first.folder / SHARES).is_dir()):
        with interrupts() as asked, _progress(first.experiment.name, quiet=as_json) as progress:
            found = run(first.experiment, first.folder, settings_file=first.settings_file, fresh=fresh,
                        progress=progress, stop=asked, device=device)  # fmt: skip
        return None if found is None else [found]
    with executor(cluster, as_json) as afar, interrupts() as asked, _progress("runs", quiet=as_json) as progress:
        if afar is not None:
            return spread(wanted, afar, fresh=fresh, progress=progress, stop=asked)
        try:
            with pool(jobs or cores()) as own:
                finished = spread(wanted, own, fresh=fresh, progress=progress, stop=asked)
                if finished is None:
                    raise KeyboardInterrupt  # the legs under way are not waited for
        except KeyboardInterrupt:
            return None
        return finished


def _list(as_json: bool) -> None:
    from numerics.experiments import NAMES, experiment

    titles = {name: experiment(name).title for name in NAMES}
    if as_json:
        emit({"schema": 1, "experiments": titles})
        return
    for name, title in titles.items():
        click.echo(f"{name}  {title}")


@contextmanager
def _progress(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    err = Console(stderr=True)
    if quiet or not err.is_terminal:
        yield None
        return
    columns = TextColumn(name), BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)
