"""Plain data out of a pickle without loading it: its opcodes are read one by one, and nothing is imported or called.

Lists, tuples, dicts, numbers, text, bytes and NumPy arrays of bytes or integers are understood: what the original
CIFAR-10 for Python consists of. Every other opcode and every other name is refused.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.data.places import Missing

MOST_BYTES = 2**28
MOST_NODES = 100_000
_MARK = object()
_ARRAY = {("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")}
_NAMES = _ARRAY | {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}
_VALUES = {
    "BININT", "BININT1", "BININT2", "LONG1", "INT", "LONG", "BINFLOAT", "FLOAT", "SHORT_BINBYTES", "BINBYTES",
    "BINBYTES8", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "SHORT_BINSTRING", "BINSTRING", "STRING",
}  # fmt: skip
_FIXED: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}


@dataclass
class _Name:
    of: tuple[str, str]


@dataclass
class _Dtype:
    code: str


@dataclass
class _Array:
    """An array whose state has not come yet."""

    value: np.ndarray | None = None


class _Refused(ValueError):
    pass


def parsed(file: Path) -> Any:
    """What a pickle of plain data holds. Raises Missing for a file that is cut short or holds anything else."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Missing(f"{file}: larger than {MOST_BYTES} bytes")
        return _plain(_read(file.read_bytes()), [MOST_NODES])
    except OSError as error:
        raise Missing(f"{file}: {error.strerror or error}") from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise Missing(f"{file}: not a pickle of plain data, or cut short: {said}") from None


def _read(raw: bytes) -> Any:
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    argument: Any
    for opcode, argument, _ in pickletools.genops(raw):
        name = opcode.name
        if name in ("PROTO", "FRAME"):
            continue
        if name == "STOP":
            return stack.pop()
        if name in _VALUES:
            stack.append(argument)
        elif name in _FIXED:
            stack.append(_FIXED[name])
        elif name in ("MARK", "EMPTY_LIST", "EMPTY_DICT"):
            stack.append(_MARK if name == "MARK" else [] if name == "EMPTY_LIST" else {})
        elif name in ("BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"):
            memo[len(memo) if name == "MEMOIZE" else int(argument)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(memo[int(argument)])
        else:
            _structure(name, argument, stack)
    raise _Refused("it has no end")


def _structure(name: str, argument: Any, stack: list[Any]) -> None:
    if name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        parts = [stack.pop() for _ in range(int(name[-1]))]
        stack.append(tuple(reversed(parts)))
    elif name in ("TUPLE", "LIST", "DICT"):
        parts = _since_mark(stack)
        stack.append(tuple(parts) if name == "TUPLE" else parts if name == "LIST" else _pairs(parts))
    elif name in ("APPEND", "APPENDS"):
        parts = [stack.pop()] if name == "APPEND" else _since_mark(stack)
        _held(stack, list).extend(parts)
    elif name in ("SETITEM", "SETITEMS"):
        parts = [stack.pop(), stack.pop()][::-1] if name == "SETITEM" else _since_mark(stack)
        _held(stack, dict).update(_pairs(parts))
    elif name in ("GLOBAL", "STACK_GLOBAL"):
        said = tuple(str(argument).split(" ", 1)) if name == "GLOBAL" else (stack.pop(), stack.pop())[::-1]
        if said not in _NAMES:
            raise _Refused(f"it names {'.'.join(map(str, said))}, which is no plain data")
        stack.append(_Name((said[0], said[1])))
    elif name == "REDUCE":
        arguments, called = stack.pop(), stack.pop()
        stack.append(_made(called, arguments))
    elif name == "BUILD":
        state = stack.pop()
        stack[-1] = _built(stack[-1], state)
    else:
        raise _Refused(f"it holds the opcode {name}")


def _since_mark(stack: list[Any]) -> list[Any]:
    parts: list[Any] = []
    while (top := stack.pop()) is not _MARK:
        parts.append(top)
    return parts[::-1]


def _held(stack: list[Any], kind: type) -> Any:
    if not isinstance(stack[-1], kind):
        raise _Refused(f"it fills what is no {kind.__name__}")
    return stack[-1]


def _pairs(parts: list[Any]) -> dict[Any, Any]:
    keys, values = parts[::2], parts[1::2]
    return {k.decode("latin-1") if isinstance(k, bytes) else k: v for k, v in zip(keys, values, strict=True)}


def _made(called: Any, arguments: Any) -> Any:
    """The three calls that stand for plain data: an array to be filled, a type, bytes written as text."""
    if not isinstance(called, _Name) or not isinstance(arguments, tuple):
        raise _Refused("it calls something")
    if called.of in _ARRAY:
        return _Array()
    if called.of == ("numpy", "dtype"):
        return _Dtype(_text(arguments[0]))
    if called.of == ("_codecs", "encode") and _text(arguments[1]) == "latin1":
        return str(arguments[0]).encode("latin-1")
    raise _Refused(f"it calls {'.'.join(called.of)}")


def _built(held: Any, state: Any) -> Any:
    if isinstance(held, _Dtype):
        order = _text(state[1])
        if order not in ("|", "<", ">", "="):
            raise _Refused(f"the order of bytes is {order!r}")
        held.code = ("" if order == "|" else order) + held.code.lstrip("|<>=")
        return held
    if not isinstance(held, _Array):
        raise _Refused("it gives a state to something")
    _, shape, kind, fortran, content = state
    if not isinstance(kind, _Dtype) or kind.code.lstrip("<>=") not in ("u1", "i1", "i2", "i4", "i8", "u2", "u4", "u8"):
        raise _Refused("an array is not of integers")
    flat = np.frombuffer(content.encode("latin-1") if isinstance(content, str) else content, dtype=kind.code)
    held.value = flat.reshape(tuple(int(n) for n in shape), order="F" if fortran else "C")
    return held


def _plain(value: Any, left: list[int]) -> Any:
    """Arrays in their places. A list may stand in itself, or often: no more than ``left`` nodes are visited."""
    left[0] -= 1
    if left[0] < 0:
        raise _Refused("it unfolds without end")
    if isinstance(value, _Array):
        if value.value is None:
            raise _Refused("an array has no content")
        return value.value
    if isinstance(value, dict):
        return {k: _plain(v, left) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(v, left) for v in value])
    if isinstance(value, (_Name, _Dtype)) or value is _MARK:
        raise _Refused("it holds a name instead of data")
    return value


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
