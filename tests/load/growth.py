# SPDX-License-Identifier: LGPL-2.1-or-later
"""The result of the load tests: how each figure grows with the number of pending logins, as a table
and as a picture, and the notes beneath them. Nothing here passes or fails."""

import dataclasses
import math
import os
import pathlib

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
WIDTH, HEIGHT, MARGIN, TOP = 560, 400, 70, 60
INK, FAINT = "#202020", "#d8d8d8"
COLOURS = ("#1b6ac9", "#d1495b", "#2e8b57")


@dataclasses.dataclass
class Panel:
    """One diagram; both axes are logarithmic. lines: name → {number of logins: figure}."""

    title: str
    unit: str
    lines: dict[str, dict[int, float]]


class Growth:
    def __init__(self) -> None:
        self._cells: dict[str, dict[int, str]] = {}     # what → logins → text
        self._panels: dict[str, Panel] = {}
        self._notes: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._cells or self._notes)

    def add(self, logins: int, what: str, text: str) -> None:
        self._cells.setdefault(what, {})[logins] = text

    def draw(self, logins: int, panel: str, unit: str, line: str, figure: float) -> None:
        """Beside add(), for what the picture shows. Figures that are not positive are left out."""
        lines = self._panels.setdefault(panel, Panel(panel, unit, {})).lines
        if figure > 0:
            lines.setdefault(line, {})[logins] = figure

    def note(self, text: str) -> None:
        self._notes.append(text)

    def text(self) -> str:
        levels = sorted({logins for row in self._cells.values() for logins in row})
        rows = [["pending logins", *(f"{level:,}" for level in levels)]]
        rows += [[what, *(row.get(level, "") for level in levels)]
                 for what, row in self._cells.items()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(levels) + 1)]
        lines = ["  ".join([row[0].ljust(widths[0]),
                            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
                 for row in rows]
        lines.insert(1, "-" * len(lines[0]))
        load = os.getloadavg()[0]
        machine = f"on {os.cpu_count()} processors, load {load:.1f}: times are this machine's today"
        return "\n".join([*(lines if levels else []), "", *self._notes, machine]) + "\n"

    def save_picture(self, path: pathlib.Path) -> None:
        panels = [panel for panel in self._panels.values() if panel.lines]
        image = Image.new("RGB", (WIDTH * max(1, len(panels)), HEIGHT), "white")
        for number, panel in enumerate(panels):
            part = Image.new("RGB", (WIDTH, HEIGHT), "white")
            draw_panel(ImageDraw.Draw(part), panel)
            image.paste(part, (WIDTH * number, 0))
        image.save(path)


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def powers(values: list[float]) -> list[int]:
    """Exponents of ten that enclose the values."""
    low, high = 0, 0
    while 10 ** low > min(values):
        low -= 1
    while 10 ** (low + 1) <= min(values):
        low += 1
    high = low + 1
    while 10 ** high < max(values):
        high += 1
    return list(range(low, high + 1))


def draw_panel(draw: ImageDraw.ImageDraw, panel: Panel) -> None:
    across = powers([x for line in panel.lines.values() for x in line])
    up = powers([y for line in panel.lines.values() for y in line.values()])
    bottom, right = HEIGHT - MARGIN, WIDTH - 30

    def place(value: float, exponents: list[int], begin: float, end: float) -> float:
        part = (math.log10(value) - exponents[0]) / (exponents[-1] - exponents[0])
        return begin + (end - begin) * part

    draw.text((MARGIN, 12), f"{panel.title} ({panel.unit})", INK, font(17))
    for exponent in across:
        x = place(10 ** exponent, across, MARGIN, right)
        draw.line((x, TOP, x, bottom), FAINT)
        draw.text((x, bottom + 6), f"{10 ** exponent:,}", INK, font(12), anchor="mt")
    for exponent in up:
        y = place(10 ** exponent, up, bottom, TOP)
        draw.line((MARGIN, y, right, y), FAINT)
        draw.text((MARGIN - 6, y), f"{10.0 ** exponent:,g}", INK, font(12), anchor="rm")
    draw.text(((MARGIN + right) / 2, HEIGHT - 34), "pending logins", INK, font(13), anchor="mt")
    for number, (name, line) in enumerate(panel.lines.items()):
        points = [(place(x, across, MARGIN, right), place(y, up, bottom, TOP))
                  for x, y in sorted(line.items())]
        colour = COLOURS[number % len(COLOURS)]
        draw.line(points, colour, 2)
        for x, y in points:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        draw.text((MARGIN + 10 + 160 * number, 38), name, colour, font(13))
