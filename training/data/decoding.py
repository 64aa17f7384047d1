"""Pictures to bytes by Pillow: lossless strips, and photographs cut to squares."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from training.data.places import Missing

MOST_PIXELS = 2**27


def pillow() -> Any:
    """The module PIL.Image. Raises Missing where Pillow is not installed."""
    try:
        from PIL import Image
    except ImportError:
        raise Missing("pictures need Pillow, which is not installed: pip install 'mirrorproof[train]'") from None
    return Image


def pixels(raw: bytes, where: str) -> np.ndarray:
    """(height, width, 3), uint8. Raises Missing, naming ``where``, for what is no whole picture."""
    return np.asarray(_picture(raw, where))


def square(raw: bytes, size: int, where: str) -> np.ndarray:
    """(3, size, size), uint8: the middle square of a picture, brought to the size.

    Source: the usual way to look at ImageNet, without its margin of an eighth.
    """
    picture = _picture(raw, where, size)
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    box = (left, top, left + side, top + side)
    if side != size or width != height:
        picture = picture.resize((size, size), pillow().Resampling.BILINEAR, box=box)
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1))


def _picture(raw: bytes, where: str, size: int | None = None) -> Any:
    image = pillow()
    try:
        picture = image.open(io.BytesIO(raw))
        if picture.width * picture.height > MOST_PIXELS:
            raise Missing(f"{where}: {picture.width} x {picture.height} pixels are too many")
        if size is not None:
            picture.draft("RGB", (size, size))  # a JPEG decodes to an eighth, a quarter or a half where that is enough
        return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise Missing(f"{where}: no whole picture: {said}") from None
