# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the phone's camera does with a terminal, and where the pictures of a test are kept."""

import pathlib
import subprocess

from PIL import Image, ImageFilter, ImageOps

from host import paths
from host.terminal import draw
from system.person import Person

ARTEFACTS = paths.BUILD / "artefacts" / "phone"
README = ARTEFACTS / "readme"
README_NAMES = {"terminal": "login-code", "approve": "login-page", "shell": "login-shell"}
README_HEIGHT = 504     # of a window of 80x24 as it is drawn
LENS_PIXELS = 2         # how far a point spreads: cells of '@' become areas, as for every camera


class Album:
    """The pictures of one test in the order in which they were taken: NAME-1-terminal.png …"""

    def __init__(self, name: str) -> None:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        for old in ARTEFACTS.glob(f"{name}-[0-9]-*.png"):
            old.unlink()
        self._name = name
        self._places: dict[str, pathlib.Path] = {}

    def place(self, what: str) -> pathlib.Path:
        """Where the next picture goes."""
        number = len(self._places) + 1
        self._places[what] = ARTEFACTS / f"{self._name}-{number}-{what}.png"
        return self._places[what]

    def keep_window(self, person: Person, what: str, is_light: bool) -> pathlib.Path:
        place = self.place(what)
        draw(person.drawn(), inverse=is_light, cursor=True).save(place)
        return place

    def copy_for_readme(self) -> None:
        """The three that README shows, of one height and with an edge on white paper."""
        README.mkdir(exist_ok=True)
        for what, name in README_NAMES.items():
            with Image.open(self._places[what]) as image:
                small = image.convert("RGB").resize(
                    (image.width * README_HEIGHT // image.height, README_HEIGHT),
                    Image.Resampling.LANCZOS)
            edged = ImageOps.expand(small, border=1, fill="#c0c4cc")
            edged.save(README / f"{name}.png", optimize=True)


def photograph(window: pathlib.Path, photo: pathlib.Path) -> str:
    """What the camera reads off the picture of a window; empty when there is nothing to read."""
    with Image.open(window) as image:
        image.filter(ImageFilter.GaussianBlur(LENS_PIXELS)).save(photo)
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(photo)], capture_output=True,
                          text=True, check=False)
    return done.stdout.removesuffix("\n")
