"""Bar charts as SVG, by hand: a few rectangles need no library."""

from __future__ import annotations

from html import escape

BAR, GAP, LEFT, VALUE = 26, 10, 150, 60
PANEL, TOP = 300, 78
FONT = 'font-family="system-ui, sans-serif"'
INK, FAINT, FILL, PAPER = "#1f2430", "#5b6472", "#2f6f8f", "#ffffff"


def bars(title: str, panels: dict[str, dict[str, int]]) -> str:
    """One panel of horizontal bars for each entry, side by side, to one scale.

    A panel's rows are named on the left of the first; the panels have the same rows.
    """
    rows = list(next(iter(panels.values())))
    assert all(list(counts) == rows for counts in panels.values()), "the panels have the same rows"
    scale = (PANEL - VALUE) / max(max(counts.values()) for counts in panels.values())
    width = LEFT + len(panels) * (PANEL + GAP)
    height = TOP + len(rows) * (BAR + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title)}">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        _text(GAP, 26, title, size=16, weight=600),
    ]
    for row, name in enumerate(rows):
        parts.append(_text(LEFT - GAP, _middle(row), name, anchor="end"))
    for panel, (head, counts) in enumerate(panels.items()):
        x = LEFT + panel * (PANEL + GAP)
        parts.append(_text(x, TOP - 18, head, colour=FAINT, weight=600))
        parts.append(f'<rect x="{x}" y="{TOP - 4}" width="1" height="{height - TOP}" fill="{FAINT}"/>')
        for row, name in enumerate(rows):
            length = counts[name] * scale
            y = TOP + row * (BAR + GAP)
            parts.append(f'<rect x="{x}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{FILL}"/>')
            parts.append(_text(x + length + 6, _middle(row), str(counts[name])))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _middle(row: int) -> int:
    return TOP + row * (BAR + GAP) + BAR // 2 + 5


def _text(
    x: float, y: float, text: str, size: int = 13, weight: int = 400, colour: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" {FONT} font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
