"""Verifying the papers' claims in front of a reader: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from verify.cli.show import STYLE, table
from verify.measured import standing

if TYPE_CHECKING:
    from verify.records import Record

SHOWN = 12


class Display:
    """A context in which ``update`` may be called with each finished record."""

    def __init__(self, out: Console, total: int, *, quiet: bool = False) -> None:
        self.out = out
        self.total = total
        self.quiet = quiet
        self.counts: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()  # of the measured claims
        self.latest: deque[Record] = deque(maxlen=SHOWN)
        self.bar = Progress(
            TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out
        )
        self.task = self.bar.add_task("", total=total)
        # No thread of its own redraws the table: processes are forked while it is shown.
        self.live = Live(self._view(), console=out, auto_refresh=False, transient=True)

    def __enter__(self) -> Callable[[Record, int, int], None]:
        if self._is_live:
            self.live.start(refresh=True)
        return self.update

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_live:
            self.live.stop()

    @property
    def _is_live(self) -> bool:
        return self.out.is_terminal and not self.quiet

    def update(self, record: Record, done: int, total: int) -> None:
        seen = standing(record)
        self.counts[record["verdict"]] += 1
        self.seen[seen] += 1
        self.latest.append(record)
        self.bar.update(self.task, completed=done, total=total)
        if self._is_live:
            self.live.update(self._view(), refresh=True)
        elif not self.quiet:
            tier = "" if record["tier"] == "none" else f" {record['tier']}"
            told = f"{record['verdict']}{tier}{f' ({seen})' if seen else ''}"
            self.out.print(f"[{done}/{total}] {record['id']}: {told} {record['seconds']:.2f} s")

    def _view(self) -> Group:
        tally = Text("   ").join(Text(f"{n} {verdict}", STYLE.get(verdict, "")) for verdict, n in self.counts.items())
        if seen := ", ".join(f"{n} {word}" for word, n in self.seen.items() if word):
            tally.append(f" (measured: {seen})", "dim")
        return Group(table(self.latest), tally, self.bar)
