# SPDX-License-Identifier: LGPL-2.1-or-later
"""The accounts of the private host: the machine's system accounts, and people of our own.

The machine's own people are left out, so that a name means the same on every machine.
"""

import os
import pathlib
import subprocess

from host import paths

PEOPLE = ["alice", "bob", "carol", "ops", "mallory"]
LOCKED_SHELL = "lockeduser"     # a person whose shell is nologin
SERVICE = "svc"                 # a system account that somebody might map by mistake
SERVICE_UID = 900
FIRST_UID = 2001
FIRST_HUMAN, LAST_HUMAN = 1000, 60000

PROMPT = "PS1='\\u@\\h:\\w\\$ '\n"

NSSWITCH = """\
passwd: files
group: files
shadow: files
gshadow: files
hosts: files dns
services: files
protocols: files
"""


def set_up() -> None:
    drop_machine_people()
    pathlib.Path("/etc/nsswitch.conf").write_text(NSSWITCH)
    paths.HOMES.mkdir()
    for number, name in enumerate(PEOPLE + [LOCKED_SHELL]):
        shell = "/usr/sbin/nologin" if name == LOCKED_SHELL else "/bin/bash"
        add(name, FIRST_UID + number, paths.HOMES / name, shell)
    pathlib.Path("/root/.bashrc").write_text(PROMPT)
    add(SERVICE, SERVICE_UID, pathlib.Path("/nonexistent"), "/bin/bash")


def drop_machine_people() -> None:
    def is_person(line: str) -> bool:
        return FIRST_HUMAN <= int(line.split(":")[2]) <= LAST_HUMAN

    ours = set(PEOPLE + [LOCKED_SHELL, SERVICE])
    for table, shadow in (("/etc/passwd", "/etc/shadow"), ("/etc/group", "/etc/gshadow")):
        lines = pathlib.Path(table).read_text().splitlines()
        gone = {line.split(":")[0] for line in lines if ":" in line and is_person(line)} | ours
        for file in (table, shadow):
            path = pathlib.Path(file)
            if path.exists():
                kept = [line for line in path.read_text().splitlines()
                        if line.split(":")[0] not in gone]
                path.write_text("\n".join(kept) + "\n")


def add(name: str, uid: int, home: pathlib.Path, shell: str) -> None:
    """Passwordless as `*`: no password opens the account, and pam_unix's account phase is content."""
    append("/etc/passwd", f"{name}:x:{uid}:{uid}:{name}:{home}:{shell}")
    append("/etc/shadow", f"{name}:*:20000:0:99999:7:::")
    append("/etc/group", f"{name}:x:{uid}:")
    append("/etc/gshadow", f"{name}:!::")
    if home.parent == paths.HOMES:
        home.mkdir(mode=0o755)
        for file, text in {".hushlogin": "", ".bashrc": PROMPT, ".bash_profile": PROMPT}.items():
            (home / file).write_text(text)
        for path in (home, *home.iterdir()):
            os.chown(path, uid, uid)


def append(path: str, line: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def add_daemon_user() -> None:
    """The daemon's own user, from the sysusers file that was installed."""
    with open(paths.LOGS / "sysusers", "wb") as log:
        subprocess.run(["systemd-sysusers", *map(str, sysusers_files())], check=True, stdout=log,
                       stderr=log)
    # The most that a person can have: what must not be granted is tried with it.
    for name in ("alice", "mallory"):
        subprocess.run(["usermod", "-aG", "badged-users", name], check=True)


def sysusers_files() -> list[pathlib.Path]:
    return sorted(pathlib.Path("/usr/lib/sysusers.d").glob("badged*.conf"))
