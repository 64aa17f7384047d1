"""Settings of an experiment: a frozen dataclass of plain values, read from a small TOML file and checked."""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
FOLDER = Path(__file__).resolve().parent
MOST_BYTES = 65536
MOST = 2**63 - 1  # what the arrays hold


class SettingsError(ValueError):
    """A file of settings that cannot be used; the message is one line."""


def read(kind: type[T], file: Path) -> T:
    """The settings in a file, every field that it leaves out at its default. Raises SettingsError."""
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            raise SettingsError(f"{file}: larger than {MOST_BYTES} bytes")
        given = tomllib.loads(raw.decode())
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from None
    try:
        return checked(kind, given)
    except SettingsError as error:
        raise SettingsError(f"{file}: {error}") from None


def checked(kind: type[T], given: dict[str, Any]) -> T:
    """The settings with these values, of the types of the defaults; their own ``check`` raises ValueError."""
    known = {f.name: f.default for f in fields(kind)}  # type: ignore[arg-type]
    values = {}
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise SettingsError(f"no setting is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        values[name] = _typed(name, value, known[name])
    settings = kind(**values)
    try:
        settings.check()  # type: ignore[attr-defined]
    except ValueError as error:
        raise SettingsError(str(error)) from None
    return settings


def _typed(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        if not isinstance(value, list) or not value:
            raise SettingsError(f"{name} must be a list of one or more values")
        return tuple(_typed(f"{name}[{k}]", v, default[0]) for k, v in enumerate(value))
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        raise SettingsError(f"{name} must be of the kind {type(default).__name__}, not {value!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"{name} must be finite, not {value}")
    if isinstance(value, int) and abs(value) > MOST:
        raise SettingsError(f"{name} must lie between -2^63 and 2^63")
    return value


def require(condition: bool, message: str) -> None:
    """Raise ValueError with the message where the condition is not met."""
    if not condition:
        raise ValueError(message)


def plain(settings: Any) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(settings).items()}
