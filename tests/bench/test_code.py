# SPDX-License-Identifier: LGPL-2.1-or-later
"""Code on screen: what badged adds to the round trip that nobody can save, and what SSSD's way costs."""

import pytest

from bench.conftest import ACCOUNT
from bench.programs import measure

ROUNDS = 100
WARM_UP_ROUNDS = 30     # of bench-start-login
OIDC_CHILD = "/usr/libexec/sssd/oidc_child"
GROUP = "code on screen"


def oidc_child(provider):
    """As SSSD calls it for a provider whose endpoints it was told: without discovery."""
    return [OIDC_CHILD, "--get-device-code", f"--ca-db={provider.ca_file}",
            f"--client-id={provider.public_client_id}", f"--scope={provider.scope}",
            f"--device-auth-endpoint={provider.issuer}/device",
            f"--token-endpoint={provider.issuer}/token",
            f"--userinfo-endpoint={provider.issuer}/userinfo"]


@pytest.mark.usefixtures("turn")
def test_code(provider, scripted, serve_many, report):
    """oidc_child asks an issuer of its own, since it polls once without being asked to."""
    serve_many(provider)
    form = f"client_id={provider.public_client_id}&scope={provider.scope}"
    figures = measure("bench-start-login", ROUNDS, ACCOUNT, f"{provider.issuer}/device",
                      provider.ca_file, form, *oidc_child(scripted.scenario(provider.name)))
    assert provider.count("device") == 3 * (ROUNDS + WARM_UP_ROUNDS), "one question for each code"
    login, plain, post = (figures[name] for name in ("login", "login-without-picture", "post"))
    assert len(login) == len(plain) == len(post) == ROUNDS
    report.compare(GROUP, "code, address, picture", login, "warm POST", post)
    report.compare(GROUP, "code and address", plain, "warm POST", post)
    report.compare(GROUP, "code, address, picture", login, "oidc_child", figures["command"])
