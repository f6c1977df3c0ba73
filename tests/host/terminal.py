#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A terminal as a picture: feeds the bytes that a program wrote to a terminal through pyte and
draws the window that a person would have seen. A module for tests and README's picture, and a
command:

    terminal.py --columns 80 --lines 24 [--inverse] [--plain] < stream > out.png
"""

import argparse
import sys

import pyte
from PIL import Image, ImageDraw, ImageFont

FONT_FILE = "DejaVuSansMono{}.ttf"  # looked for where the system keeps its fonts
FONT_SIZE = 16
MARGIN = 12

DARK = {"default": "#d8dee9", "background": "#14181f"}
LIGHT = {"default": "#1b1f27", "background": "#ffffff"}
NAMED = {
    "black": "#3b4252", "red": "#e06c75", "green": "#8fbf6f", "brown": "#d7a55b",
    "blue": "#6ea8dc", "magenta": "#c08bd0", "cyan": "#6cc0c8", "white": "#e5e9f0",
    "brightblack": "#6b7689", "brightred": "#f08a92", "brightgreen": "#a8d88a",
    "brightbrown": "#ecc27d", "brightblue": "#8fc0ee", "brightmagenta": "#d8a8e6",
    "brightcyan": "#8ad8e0", "brightwhite": "#ffffff",
}

# Blocks as parts of a cell (left, top, right, bottom): fonts leave hairlines between them.
BLOCKS = {
    "█": (0, 0, 1, 1),
    "▀": (0, 0, 1, 0.5),
    "▄": (0, 0.5, 1, 1),
    "▌": (0, 0, 0.5, 1),
    "▐": (0.5, 0, 1, 1),
}


def read_stream(stream, columns=80, lines=24, plain=False):
    """The pyte screen after these bytes. Plain text never passed a terminal driver, which would have
    made CR LF of every newline."""
    screen = pyte.Screen(columns, lines)
    if plain:
        screen.set_mode(pyte.modes.LNM)
    pyte.ByteStream(screen).feed(stream)
    return screen


def window_text(screen):
    """The lines of the window, blanks at their ends removed."""
    return [line.rstrip() for line in screen.display]


class Pen:
    """Draws cells of one size with one pair of fonts."""

    def __init__(self, colours, font_size):
        self.colours = colours
        self.fonts = {
            False: ImageFont.truetype(FONT_FILE.format(""), font_size),
            True: ImageFont.truetype(FONT_FILE.format("-Bold"), font_size),
        }
        # Even, so that half a cell is a whole number of pixels.
        self.width = 2 * round(self.fonts[False].getlength("M") / 2)
        self.height = 2 * self.width
        ascent, descent = self.fonts[False].getmetrics()
        self.baseline = (self.height - ascent - descent) // 2 + ascent

    def colour(self, name, otherwise):
        if name == "default":
            return self.colours[otherwise]
        return NAMED.get(name, "#" + name)

    def draw_cell(self, canvas, column, line, cell):
        ink, paper = self.colour(cell.fg, "default"), self.colour(cell.bg, "background")
        if cell.reverse:
            ink, paper = paper, ink
        left, top = MARGIN + column * self.width, MARGIN + line * self.height
        if paper != self.colours["background"]:
            self.fill(canvas, left, top, (0, 0, 1, 1), paper)
        if cell.data in BLOCKS:
            self.fill(canvas, left, top, BLOCKS[cell.data], ink)
        elif cell.data.strip():
            canvas.text((left, top + self.baseline), cell.data, ink, self.fonts[cell.bold], "ls")

    def fill(self, canvas, left, top, part, colour):
        x0, y0, x1, y1 = part
        canvas.rectangle((left + x0 * self.width, top + y0 * self.height,
                          left + x1 * self.width - 1, top + y1 * self.height - 1), colour)


def draw(screen, inverse=False, font_size=FONT_SIZE, cursor=False):
    """A PIL image of the window; inverse: dark on light."""
    pen = Pen(LIGHT if inverse else DARK, font_size)
    size = (2 * MARGIN + screen.columns * pen.width, 2 * MARGIN + screen.lines * pen.height)
    image = Image.new("RGB", size, pen.colours["background"])
    canvas = ImageDraw.Draw(image)
    for line in range(screen.lines):
        for column in range(screen.columns):
            pen.draw_cell(canvas, column, line, screen.buffer[line][column])
    if cursor and screen.cursor.x < screen.columns:
        pen.fill(canvas, MARGIN + screen.cursor.x * pen.width,
                 MARGIN + screen.cursor.y * pen.height, BLOCKS["█"], pen.colours["default"])
    return image


def render(stream, columns=80, lines=24, inverse=False, plain=False):
    """The bytes as a PIL image of the window that they left behind."""
    return draw(read_stream(stream, columns, lines, plain), inverse)


def main():
    parser = argparse.ArgumentParser(description="Draw what a terminal shows after a stream.")
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--lines", type=int, default=24)
    parser.add_argument("--inverse", action="store_true", help="dark on light")
    parser.add_argument("--plain", action="store_true", help="lines end with LF alone")
    options = parser.parse_args()
    image = render(sys.stdin.buffer.read(), options.columns, options.lines, options.inverse,
                   options.plain)
    image.save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    main()
