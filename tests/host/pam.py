# SPDX-License-Identifier: LGPL-2.1-or-later
"""PAM, sudo, login and sshd of the private host: the distribution's own files with the shipped
snippets put in as those say that the administrator should."""

import pathlib
import shutil

from host import paths

SERVICES = ("sshd", "sudo", "su", "login")
PAM = pathlib.Path("/etc/pam.d")
DROP_INS = pathlib.Path("/usr/share/badged/sshd_config.d")
ORIGINALS = paths.STATE / "pam.d"
COMMON_AUTH = "@include common-auth"

# What a fresh Debian has. The machine's own may ask directories that the private host has not.
COMMON = {
    "common-auth": "auth [success=1 default=ignore] pam_unix.so nullok\n"
                   "auth requisite pam_deny.so\nauth required pam_permit.so\n",
    "common-account": "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
                      "account requisite pam_deny.so\naccount required pam_permit.so\n",
    "common-session": "session required pam_unix.so\n",
    "common-session-noninteractive": "session required pam_unix.so\n",
    "common-password": "password required pam_deny.so\n",
}

# One try: a second one would be a second login. Nothing is remembered between them.
SUDOERS = """\
Defaults env_reset, timestamp_timeout=0, lecture=never, passwd_tries=1
root ALL=(ALL:ALL) ALL
alice ALL=(ALL:ALL) ALL
bob ALL=(ALL:ALL) ALL
carol ALL=(ALL:ALL) ALL
ops ALL=(ALL:ALL) ALL
mallory ALL=(ALL:ALL) ALL
lockeduser ALL=(ALL:ALL) ALL
"""

LOGIN_TIMEOUT_SEC = 300
FAIL_DELAY = "pam_faildelay.so"     # three seconds after each refusal by login, su has one of its own


def set_up() -> None:
    for name, text in COMMON.items():
        (PAM / name).write_text(text)
    ORIGINALS.mkdir()
    for service in SERVICES:
        shutil.copy(PAM / f"badge-{service}", ORIGINALS)
        write_service(service)
    sudoers = pathlib.Path("/etc/sudoers")
    sudoers.write_text(SUDOERS)
    sudoers.chmod(0o440)
    put_sshd_drop_in()
    with open("/etc/login.defs", "a", encoding="utf-8") as file:
        file.write(f"LOGIN_TIMEOUT {LOGIN_TIMEOUT_SEC}\nFAIL_DELAY 0\n")
    login = PAM / "login"
    login.write_text("".join(line for line in login.read_text().splitlines(keepends=True)
                             if FAIL_DELAY not in line))


def write_service(service: str, options: str = "") -> None:
    """The snippet that was installed, with the options added to its lines of the module, and the line
    that includes it in the distribution's file."""
    name = f"badge-{service}"
    lines = (ORIGINALS / name).read_text().splitlines()
    if options:
        lines = [f"{line} {options}" if "pam_badge.so" in line and not line.startswith("#") else line
                 for line in lines]
    (PAM / name).write_text("\n".join(lines) + "\n")
    text = (PAM / service).read_text()
    if COMMON_AUTH in text:
        (PAM / service).write_text(text.replace(COMMON_AUTH, f"@include {name}"))
    elif f"@include {name}" not in text:
        raise RuntimeError(f"/etc/pam.d/{service} of this distribution has no '{COMMON_AUTH}'")


def put_sshd_drop_in() -> None:
    target = pathlib.Path("/etc/ssh/sshd_config.d")
    target.mkdir(exist_ok=True)
    for old in target.glob("*.conf"):
        old.unlink()
    for file in DROP_INS.glob("*.conf"):
        shutil.copy(file, target)
