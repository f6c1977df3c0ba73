# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the tree against the dependency rule of README: by the include lines, and, given the built
libraries, by what their objects define and need. Speaks TAP.

Usage: test-layers.py TREE [BUILD]
"""

import pathlib
import re
import subprocess
import sys

# The spine, from the ground up: a file may include those before it and itself.
SPINE = ["log", "settings", "state-files", "state", "state-care",
         "journal-chain", "journal-bound", "accounts", "identities", "bindings", "linking",
         "factors", "enrolments", "throttling", "tickets", "tidying",
         "document", "provider", "provider-call", "api-answer", "api-inquiry", "approval-request",
         "check-mends", "provider-check", "grant-answer", "grant", "code-grant", "approval", "directory-token", "directory",
         "authority", "authorities", "identification",
         "token-refresh", "token-revocation", "token-store", "token-wait", "token-keeper", "end-session",
         "verification-plan", "verification", "proof", "sessions", "claim-check", "session-hold", "recheck-spec", "recheck",
         "login-request", "login-sentence", "login-decision", "login-picture", "login",
         "login-binding", "presentations", "attempts",
         "admission", "account-check", "session-draft", "granted-logins", "resumption", "own-tokens", "session-watch", "self-links", "registration",
         "step-up", "offline-codes",
         "service", "service-factors", "service-tokens", "link-confirmation", "main"]

# Files that are parts of another, and stand where it stands.
PART_OF = {"login-inside": "login", "login-facts": "login", "login-presentation": "login",
           "service-inside": "service", "service-logins": "service",
           "kept-tokens": "token-keeper", "kept-refresh": "token-keeper"}

# What a folder's files may include between quotes, by the first part of the path.
MAY_INCLUDE = {
    "common": {"common"},
    "pam": {"pam", "common"},
    "ctl": {"ctl", "common"},
    "daemon/core": {"core", "common"},
    "daemon/io": {"io", "common"},
    "daemon/bus": {"bus", "core", "common", ""},
    "daemon": {"bus", "core", "io", "common", ""},
}

# Outside libraries, by the header that gives them away, and the only folders that may use each.
LIBRARY_HEADERS = {
    r"curl/": {"daemon/io", "ctl"},
    r"libeconf": {"daemon/io"},
    r"json-c/|json\.h": {"daemon/core", "ctl"},
    r"cjose/": {"daemon/core"},
    r"openssl/": {"daemon/core", "daemon/io"},
    r"sodium": {"daemon/core", "daemon/io", "common"},
    r"sqlite3": {"daemon/io"},
    r"qrencode": {"daemon/core"},
    r"liboath/": {"daemon/io"},
    r"microhttpd": {"ctl"},
    r"security/": {"pam"},
    r"systemd/": {"common", "pam", "ctl", "daemon", "daemon/io", "daemon/bus"},
}

# The bus client: a library of its own, for pam and ctl.
BUS_CLIENT = {f"{stem}.{suffix}" for suffix in "ch"
              for stem in ("bus-client", "bus-dict", "bus-peer", "bus-reply", "bus-verdict", "login-context")}

# core/ decides and does nothing else: no descriptor, clock, log, process or environment.
FORBIDDEN_IN_CORE = re.compile(
    r"^(open|openat|creat|read|write|close|socket|connect|send|recv|poll|select|epoll_\w+|fopen|fdopen|"
    r"fread|fwrite|fputs|puts|printf|fprintf|vfprintf|perror|syslog|vsyslog|time|clock_gettime|"
    r"gettimeofday|sleep|usleep|nanosleep|fork|exec\w+|system|popen|kill|getenv|secure_getenv|setenv|"
    r"getpw\w+|getuid|geteuid|sd_\w+|curl_\w+|rand|random|exit|abort)(@.*)?$")


def folder_of(path: pathlib.Path) -> str:
    return str(path.parent)


def sources(tree: pathlib.Path):
    for folder in MAY_INCLUDE:
        for path in sorted((tree / folder).glob("*.[ch]")):
            yield path.relative_to(tree)


def includes(tree: pathlib.Path, path: pathlib.Path):
    text = (tree / path).read_text()
    return re.findall(r'^#include "([^"]+)"', text, re.M), re.findall(r"^#include <([^>]+)>", text, re.M)


def spine_rank(name: str) -> int:
    stem = pathlib.PurePath(name).stem
    if stem.startswith("settings"):
        stem = "settings"
    return SPINE.index(PART_OF.get(stem, stem))


def quoted_faults(tree):
    for path in sources(tree):
        folder = folder_of(path)
        for name in includes(tree, path)[0]:
            first = name.rpartition("/")[0]
            if first not in MAY_INCLUDE[folder]:
                yield f"{path} includes {name}"
            elif folder == "daemon" and first == "" and spine_rank(name) > spine_rank(path.name):
                yield f"{path} includes {name}, which stands above it"
            elif folder == "daemon" and first == "bus" and path.name != "main.c":
                yield f"{path} includes {name}: only main knows the bus"


def library_faults(tree):
    for path in sources(tree):
        for name in includes(tree, path)[1]:
            for pattern, folders in LIBRARY_HEADERS.items():
                if re.match(pattern, name) and folder_of(path) not in folders:
                    yield f"{path} includes <{name}>"


def systemd_in_common_faults(tree):
    """common/ needs libc only, but for the bus client, which is a library of its own."""
    for path in sources(tree):
        if folder_of(path) == "common" and path.name not in BUS_CLIENT:
            if any(name.startswith("systemd/") for name in includes(tree, path)[1]):
                yield f"{path} includes libsystemd"


def sodium_in_common_faults(tree):
    """Likewise: only what chains the journal's entries."""
    for path in sources(tree):
        if folder_of(path) == "common" and path.name != "decision-chain.c":
            if any(name.startswith("sodium") for name in includes(tree, path)[1]):
                yield f"{path} includes libsodium"


def form_faults(tree):
    for path in sources(tree):
        lines = (tree / path).read_text().splitlines()
        if lines[0] != "/* SPDX-License-Identifier: LGPL-2.1-or-later */":
            yield f"{path}: no SPDX line"
        if path.suffix == ".h" and "#pragma once" not in lines:
            yield f"{path}: no #pragma once"
        if len(lines) > 500:
            yield f"{path}: {len(lines)} lines"


def bus_name_faults(tree):
    for path in sources(tree):
        if path.name != "bus-names.h" and re.search(r'"[^"\n]*org[./]badged', (tree / path).read_text()):
            yield f"{path} spells a bus name"


def rfc8628_faults(tree):
    tests = "\n".join(path.read_text() for path in (tree / "tests").rglob("*")
                      if path.suffix in {".c", ".py", ".h"} and path.is_file())
    for row in range(1, 22):
        if not re.search(rf"rfc8628_0?{row}_\w+", tests):
            yield f"no test is named after row 8628-{row}"


# ---- the built libraries ----

def symbols(path: pathlib.Path, *options: str):
    out = subprocess.run(["nm", "-P", *options, str(path)], capture_output=True, text=True,
                         check=True).stdout
    rows = [line.split() for line in out.splitlines() if line and not line.endswith(":")]
    return [(row[0], row[1]) for row in rows if len(row) > 1]


def defined(path):
    return {name for name, kind in symbols(path) if kind in "TDBRV"}


def needed(path):
    return {name.partition("@")[0] for name, kind in symbols(path) if kind == "U"}


def core_io_faults(build):
    core, io = build / "daemon/core/libbadged-core.a", build / "daemon/io/libbadged-io.a"
    for user, owner in ((core, io), (io, core)):
        for name in sorted(needed(user) & defined(owner)):
            yield f"{user.name} needs {name} of {owner.name}"


def core_purity_faults(build):
    core = build / "daemon/core/libbadged-core.a"
    for name in sorted(needed(core)):
        if FORBIDDEN_IN_CORE.match(name):
            yield f"core needs {name}()"
    for name, kind in symbols(core):
        if kind in "BbDdCc" and not name.startswith(("__", ".")) and kind not in "d":
            yield f"core has the variable {name}"


def upward_faults(build):
    spine, bus = build / "daemon/libbadged-spine.a", build / "daemon/bus/libbadged-bus.a"
    for name in sorted(needed(spine) & defined(bus)):
        yield f"the spine needs {name} of the bus"


def pam_module_faults(build):
    module = build / "pam/pam_badge.so"
    exported = {name.partition("@")[0] for name, kind in symbols(module, "-D", "--defined-only")
                if kind in "TDBRVW"}
    wanted = {"pam_sm_" + name for name in ("authenticate", "setcred", "acct_mgmt", "open_session",
                                            "close_session", "chauthtok")}
    for name in sorted(exported ^ wanted):
        yield f"pam_badge.so: {name} is {'exported' if name in exported else 'missing'}"
    out = subprocess.run(["readelf", "-d", str(module)], capture_output=True, text=True, check=True)
    libraries = set(re.findall(r"NEEDED.*\[(.+?)\.so", out.stdout))
    for name in sorted(libraries - {"libpam", "libsystemd", "libc", "ld-linux-x86-64"}):
        yield f"pam_badge.so links {name}"
    for name, kind in symbols(module):
        if kind in "bBD" and not name.startswith(("__", "_", "completed")):
            yield f"pam_badge.so has the variable {name}"


def main(tree: pathlib.Path, build: pathlib.Path | None) -> int:
    rules = [(check.__name__, check, tree) for check in
             (quoted_faults, library_faults, systemd_in_common_faults, sodium_in_common_faults,
              form_faults, bus_name_faults,
              rfc8628_faults)]
    if build:
        rules += [(check.__name__, check, build) for check in
                  (core_io_faults, core_purity_faults, upward_faults, pam_module_faults)]
    print(f"1..{len(rules)}")
    failed = 0
    for number, (name, check, place) in enumerate(rules, 1):
        faults = list(check(place))
        for fault in faults:
            print(f"# {fault}")
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} {name.replace('_', ' ')}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None))
