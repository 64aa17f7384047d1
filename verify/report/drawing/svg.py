"""SVG elements as escaped text; attributes named ``class_`` and ``text_anchor`` are ``class`` and ``text-anchor``."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Value = str | float


def element(name: str, *children: Markup | str, **attributes: Value) -> Markup:
    """An element with its children; text among them is escaped."""
    inner = Markup("").join(escape(child) for child in children)
    head = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), shown(value)) for key, value in attributes.items()
    )
    return Markup("<{}{}>{}</{}>").format(Markup(name), head, inner, Markup(name))


def shown(value: Value) -> str:
    """A length with the digits that can be seen, or the text."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0").replace("-0", "0", value == 0)


def path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """The data of a path through the points."""
    parts = [f"{'L' if k else 'M'}{shown(x)} {shown(y)}" for k, (x, y) in enumerate(points)]
    return "".join(parts) + ("Z" if closed else "")


def figure(width: float, height: float, *children: Markup, id: str, title: str, text: str, class_: str) -> Markup:
    """A whole drawing with its title and description for those who do not see it."""
    return element(
        "svg", element("title", title, id=f"{id}-title"), element("desc", text, id=f"{id}-text"), *children,
        viewBox=f"0 0 {shown(width)} {shown(height)}", width=width, height=height, role="img", class_=class_,
        aria_labelledby=f"{id}-title {id}-text",
    )  # fmt: skip
