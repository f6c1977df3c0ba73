# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws what README shows: a real login by ssh in a window of 80x24, as the terminal had it.

    tests/host/enter -- /usr/bin/python3 -m host.portrait FOLDER

writes FOLDER/login-code.png and FOLDER/login-shell.png. Build first: tests/run layout does.
"""

import pathlib
import sys
import tempfile

from host import paths
from host.daemon import Daemon, settings_for, write_settings
from host.glewlwyd import Glewlwyd
from host.terminal import draw
from system.person import Person


def portray(folder: pathlib.Path) -> None:
    with Glewlwyd() as provider:
        provider.start(tempfile.mkdtemp(prefix="provider-", dir=paths.STATE))
        write_settings(*settings_for(provider))
        daemon = Daemon()
        try:
            daemon.start()
            with Person("sshd", "alice") as person:
                challenge = person.see_challenge()
                draw(person.drawn(), cursor=True).save(folder / "login-code.png")
                provider.approve(challenge.user_code, "alice")
                person.press_enter()
                person.see_shell()
                draw(person.drawn(), cursor=True).save(folder / "login-shell.png")
                person.leave()
        finally:
            daemon.kill()


if __name__ == "__main__":
    portray(pathlib.Path(sys.argv[1]))
