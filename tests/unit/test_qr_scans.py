#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures must scan: draws what print-challenge prints as a terminal would and reads it back with
zbarimg, an independent decoder. TAP on standard output; the program is the only argument.
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host"))

ADDRESS = "https://sso.example.com/device"
PREFIX = "(alice@web01.example.com) "  # what OpenSSH clients print before the first line

# Bytes of an address: the edges of versions 2 to 5, and far beyond any terminal's usual size.
PICTURES = [(style, size)
            for style in ("utf8", "utf8-inverse", "ascii")
            for size in (24, 32, 33, 53, 54, 62, 78, 79, 200, 400)]

# Style, window, mode, prefix, length of the address in the picture, whether there is room for it.
TEXTS = [
    ("utf8", 80, 24, "prompt", "", 62, True),
    ("utf8", 80, 24, "prompt", PREFIX, 62, True),
    ("utf8", 80, 24, "prompt", PREFIX, 78, True),
    ("utf8", 80, 24, "wait", "", 78, True),
    ("utf8-inverse", 80, 24, "prompt", PREFIX, 78, True),
    ("utf8-inverse", 80, 24, "wait", "", 62, True),
    ("utf8", 80, 24, "prompt", "", 79, False),
    ("ascii", 80, 24, "prompt", "", 62, False),
    ("utf8", 120, 40, "prompt", "", 106, True),
    ("utf8", 40, 40, "wait", "", 62, True),
    ("ascii", 120, 50, "prompt", "", 62, True),
    ("ascii", 80, 60, "wait", "", 62, True),
]


def address_of(size):
    start = ADDRESS + "?user_code=WDJB-MJHT&session=" if size > 60 else "https://sso.example/"
    return start + "".join(chr(ord("a") + i * 7 % 26) for i in range(size - len(start)))


def scan(image, style):
    """All that zbarimg reads in the image, without the newline that it adds."""
    from PIL import ImageFilter
    if style == "ascii":  # an eye, or a phone, sees areas where there are letters
        image = image.filter(ImageFilter.GaussianBlur(3))
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        image.save(file, "PNG")
        file.flush()
        run = subprocess.run(["zbarimg", "--quiet", "--raw", file.name], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
    return run.stdout.decode().removesuffix("\n")


def check_picture(program, style, size):
    import terminal
    address = address_of(size)
    text = subprocess.run([program, "picture", style, "400", "200", address],
                          stdout=subprocess.PIPE, check=True).stdout
    lines = text.decode().split("\n")
    image = terminal.render(text, len(lines[0]) + 2, len(lines) + 1, style == "utf8-inverse",
                            plain=True)
    read = scan(image, style)
    return [] if read == address else [f"read {read!r} instead of {address!r}"]


def check_text(program, style, columns, lines, mode, prefix, size, room):
    import terminal
    complete = address_of(size)
    text = subprocess.run([program, "text", style, str(columns), str(lines), mode, ADDRESS,
                           complete], stdout=subprocess.PIPE, check=True).stdout
    earlier = b"an earlier line\n" * lines + prefix.encode()
    screen = terminal.read_stream(earlier + text, columns, lines, plain=True)
    shown = terminal.window_text(screen)
    read = scan(terminal.draw(screen, style == "utf8-inverse"), style)

    last = [f"Address: {ADDRESS}", "Code:    WDJB-MJHT",
            "Press Enter after approving:" if mode == "prompt" else ""]
    problems = []
    if read != (complete if room else ""):
        problems.append(f"read {read!r}, picture of {complete!r} expected: {room}")
    if shown[-3:] != last:
        problems.append(f"last lines are {shown[-3:]!r}")
    if "Sign in as alice on web01.example.com" not in "\n".join(shown):
        problems.append("who signs in is not in the window")
    if prefix and not any(line == prefix.rstrip() for line in shown):
        problems.append("the text scrolled its first line away")
    return problems


def missing():
    try:
        import terminal
        terminal.Pen(terminal.DARK, terminal.FONT_SIZE)
    except (ImportError, OSError) as error:
        return f"cannot draw a terminal: {error}"
    return None if shutil.which("zbarimg") else "zbarimg is not installed"


def main():
    reason = missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return
    cases = [(check_picture, case) for case in PICTURES] + [(check_text, case) for case in TEXTS]
    print(f"1..{len(cases)}")
    for number, (check, case) in enumerate(cases, 1):
        problems = check(sys.argv[1], *case)
        verdict = "not ok" if problems else "ok"
        print(verdict, number, check.__name__, *map(repr, case), flush=True)
        for problem in problems:
            print("#", problem)


if __name__ == "__main__":
    main()
