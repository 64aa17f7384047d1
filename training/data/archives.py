"""Members of a zip, read whole and checked; its directory is believed in nothing."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.data.places import Missing

MOST_MEMBER = 2**28  # bytes unpacked


class Archive:
    """A zip that is open. Every way in which it can be bad raises Missing with one line that names it."""

    def __init__(self, file: Path, opened: zipfile.ZipFile) -> None:
        self.file, self._opened = file, opened
        self.names = [n for n in opened.namelist() if not n.endswith("/")]

    def read(self, name: str) -> bytes:
        try:
            info = self._opened.getinfo(name)
            if info.file_size > MOST_MEMBER:
                raise Missing(f"{self.file}: {name} says that it unpacks to {info.file_size} bytes, too many")
            return self._opened.read(info)
        except KeyError:
            raise Missing(f"{self.file}: holds no {name}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
            if isinstance(error, Missing):
                raise
            raise Missing(f"{self.file}: {name} cannot be read: {_line(error)}; fetch the file again") from None


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Raises Missing where the file is no zip or is cut short."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Missing(f"{file}: not a whole zip: {_line(error)}; fetch the file again") from None
    with archive:
        yield Archive(file, archive)


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
