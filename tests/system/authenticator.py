# SPDX-License-Identifier: LGPL-2.1-or-later
"""An authenticator app (RFC 6238, written down once more): what it makes of an otpauth address, and how
its owner sets it up with badgectl."""

import base64
import hashlib
import hmac
import json
import struct
import subprocess
import time
import urllib.parse

from system.person import as_user

END_SEC = 30
STEP_SEC = 30
SETTLE_SEC = 10     # left of a step, at least, for codes of before: those of now count for 30 seconds more


class Authenticator:
    """The app on a phone, with one secret."""

    def __init__(self, uri):
        parts = urllib.parse.urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp"), uri
        self.label = urllib.parse.unquote(parts.path.lstrip("/"))
        query = urllib.parse.parse_qs(parts.query)
        self.issuer = query["issuer"][0]
        digits = query["secret"][0]
        self.secret = base64.b32decode(digits + "=" * (-len(digits) % 8))

    def code(self):
        """The one of now."""
        return self.codes(0)[0]

    def codes(self, *ahead):
        """Those of so many steps ahead, all of them seen from one moment."""
        left = STEP_SEC - time.time() % STEP_SEC
        if min(ahead) < 0 and left < SETTLE_SEC:
            time.sleep(left)
        step = int(time.time()) // STEP_SEC
        return [self._code_of(step + one) for one in ahead]

    def _code_of(self, step):
        digest = hmac.new(self.secret, struct.pack(">Q", step), hashlib.sha1).digest()
        at = digest[-1] & 15
        number = struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF
        return f"{number % 1000000:06}"

    def wrong_code(self):
        """None of those that count now."""
        right = self.codes(-2, -1, 0, 1, 2, 3)
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555")
                    if code not in right)


def confirm(process, uri):
    """Two codes of the past, so that those of now are left."""
    app = Authenticator(uri)
    process.stdin.write("".join(f"{code}\n" for code in app.codes(-2, -1)))
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"confirmed": True}
    assert process.wait(END_SEC) == 0
    return app


def enrol_as_root(account, *options):
    """badgectl, for programs: the app that has the secret."""
    with subprocess.Popen(["badgectl", "factor", "enrol", "totp", "--account", account, "--json", *options],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        return confirm(process, json.loads(process.stdout.readline())["secret_uri"])


def enrol(account, provider, *options):
    """Likewise by the account's own person, who approves a login for it."""
    with subprocess.Popen([*as_user(account), "badgectl", "factor", "enrol", "totp", "--json", *options],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        provider.approve(json.loads(process.stdout.readline())["user_code"], account)
        return confirm(process, json.loads(process.stdout.readline())["secret_uri"])


def list_factors(account=""):
    done = subprocess.run(["badgectl", "factor", "list", "--json", *([account] if account else [])],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["factors"]
