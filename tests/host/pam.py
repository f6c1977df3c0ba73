# SPDX-License-Identifier: LGPL-2.1-or-later
"""PAM, sudo and login of the private host: the distribution's own service files with the shipped
snippet put in, as the administrator does by hand.

A snippet's auth lines take the place of `@include common-auth`; its account and session lines come
before the common ones.
"""

import pathlib

from host import paths

SERVICES = ("sshd", "sudo", "su", "login")
SNIPPETS = (paths.TREE / "etc" / "pam.d", paths.TREE / "etc" / "pam", paths.TREE / "etc")
SSHD_DROP_INS = ("etc/sshd_config.d/*.conf", "etc/*sshd*.conf", "etc/ssh/*.conf")

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

# su asks for the target's sign-in, sudo for the caller's own.
SUDOERS = """\
Defaults env_reset, timestamp_timeout=0, lecture=never
root ALL=(ALL:ALL) ALL
alice ALL=(ALL:ALL) ALL
bob ALL=(ALL:ALL) ALL
carol ALL=(ALL:ALL) ALL
ops ALL=(ALL:ALL) ALL
mallory ALL=(ALL:ALL) ALL
lockeduser ALL=(ALL:ALL) ALL
"""

LOGIN_TIMEOUT_SEC = 300


def set_up() -> None:
    folder = pathlib.Path("/etc/pam.d")
    for name, text in COMMON.items():
        (folder / name).write_text(text)
    for service in SERVICES:
        write_service(service)
    sudoers = pathlib.Path("/etc/sudoers")
    sudoers.write_text(SUDOERS)
    sudoers.chmod(0o440)
    put_sshd_drop_in()
    with open("/etc/login.defs", "a", encoding="utf-8") as file:
        file.write(f"LOGIN_TIMEOUT {LOGIN_TIMEOUT_SEC}\n")


def write_service(service: str, options: str = "") -> None:
    """Puts the snippet into the distribution's file; options are added to every line of the module."""
    path = pathlib.Path("/etc/pam.d") / service
    original = paths.STATE / "pam.d" / service
    if not original.exists():
        original.parent.mkdir(exist_ok=True)
        original.write_text(path.read_text())
    snippet = find_snippet(service).read_text()
    if options:
        snippet = add_options(snippet, options)
    path.write_text(compose(original.read_text(), snippet))


def find_snippet(service: str) -> pathlib.Path:
    for folder in SNIPPETS:
        if (folder / service).is_file():
            return folder / service
    raise RuntimeError(f"no PAM snippet for {service} in etc/")


def compose(original: str, snippet: str) -> str:
    parts = split_by_type(snippet)
    lines = []
    for line in original.splitlines():
        if line.startswith("@include common-auth"):
            lines += parts["auth"]
            continue
        if line.startswith("@include common-account"):
            lines += parts["account"]
        elif line.startswith("@include common-session"):
            lines += parts["session"]
        lines.append(line)
    return "\n".join(lines) + "\n"


def split_by_type(snippet: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"auth": [], "account": [], "session": [], "password": []}
    for line in snippet.replace("\\\n", " ").splitlines():
        word = line.split()[0].lstrip("-") if line.split() else "#"
        if word in parts:
            parts[word].append(line)
        elif line.startswith("@include common-auth"):
            parts["auth"].append(line)
    return parts


def add_options(snippet: str, options: str) -> str:
    return "".join(f"{line} {options}\n" if "pam_badge.so" in line and not line.startswith("#")
                   else f"{line}\n" for line in snippet.replace("\\\n", " ").splitlines())


def put_sshd_drop_in() -> None:
    """The shipped one, unless it was installed already. It goes first: the first value counts."""
    target = pathlib.Path("/etc/ssh/sshd_config.d")
    for old in target.glob("*.conf"):
        old.unlink()
    for pattern in SSHD_DROP_INS:
        for file in sorted(paths.TREE.glob(pattern)):
            (target / file.name).write_text(file.read_text())
            return
    raise RuntimeError("no sshd drop-in in etc/")
