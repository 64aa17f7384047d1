"""What the commands that run experiments share: interrupts, figures, how results are shown."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import refuse

if TYPE_CHECKING:
    from numerics.experiments import Run

INTERRUPTED = 130


def known(name: str, names: Iterable[str], as_json: bool) -> None:
    """Refuse a name that no experiment of the command has; where the other command has it, say so."""
    if name in names:
        return
    from numerics.experiments import NAMES as SIMULATED
    from training.experiments import NAMES as TRAINED
    from verify.language.errors import did_you_mean

    for command, others in (("simulate", SIMULATED), ("train", TRAINED)):
        if name in others:
            refuse(f"{name} is run by: mirrorproof {command} {name}", as_json)
    hint = did_you_mean(name, names) or f"; there are {', '.join(names)}"
    refuse(f"no experiment is called {name!r}{hint}", as_json)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
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


def figure(chosen: Any, found: Run, folder: Path) -> Path | None:
    from numerics.experiments.plots import NoPlots, draw

    try:
        return draw(chosen, found.outcome, folder)
    except NoPlots as error:
        click.echo(str(error), err=True)
        return None


def show(found: Run, drawn: Path | None) -> None:
    for name, values in found.results["measured"].items():
        click.echo(f"{name}: {', '.join('not finite' if v is None else f'{v:.6g}' for v in values)}")
    for note in found.results["notes"]:
        click.echo(f"note: {note}")
    click.echo(f"results: {found.file}")
    if drawn is not None:
        click.echo(f"figure: {drawn}")
