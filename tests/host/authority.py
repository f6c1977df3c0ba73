# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority made at run time by openssl, for servers on loopback and their clients."""

import os
import subprocess
from pathlib import Path

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
CERTIFICATE_SETTINGS = """\
[ca]
default_ca = here
[here]
database = {directory}/index
serial = {directory}/serial
new_certs_dir = {directory}
default_md = sha256
default_days = 30
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:{host}
authorityKeyIdentifier = keyid
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
"""


class OpensslFailed(Exception):
    """openssl said no."""


class Authority:
    """A certificate authority of its own, made by openssl in directory."""

    def __init__(self, directory, name="badged test authority"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.key_file = self.directory / "ca.key"
        self.ca_file = self.directory / "ca.pem"
        openssl("req", "-x509", *NEW_KEY, "-keyout", self.key_file, "-out", self.ca_file,
                "-subj", f"/CN={name}", "-days", "30",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue_client(self, name):
        """Returns (key file, certificate file) of a client, whose subject is its name."""
        return self.issue(name, name, purpose="client")

    def issue(self, name="server", host="localhost", expired=False, purpose="server"):
        """Returns (key file, certificate file) of a server called host."""
        key, ask, certificate = (self.directory / f"{name}.{end}" for end in ("key", "csr", "pem"))
        settings = self.directory / f"{name}.cnf"
        settings.write_text(CERTIFICATE_SETTINGS.format(directory=self.directory, host=host))
        (self.directory / "index").write_text("")
        (self.directory / "serial").write_text(f"00{os.urandom(8).hex()}\n")
        (self.directory / "index.attr").write_text("unique_subject = no\n")
        openssl("req", *NEW_KEY, "-keyout", key, "-out", ask, "-subj", f"/CN={host}")
        dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] if expired else []
        openssl("ca", "-batch", "-notext", "-config", settings, "-extensions", purpose,
                "-keyfile", self.key_file, "-cert", self.ca_file, "-in", ask, "-out", certificate,
                *dates)
        return key, certificate


def openssl(*arguments):
    return openssl_bytes(*arguments).decode()


def openssl_bytes(*arguments, stdin=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True)
    if done.returncode != 0:
        raise OpensslFailed(f"openssl {arguments[0]}: {done.stderr.decode()[-1000:]}")
    return done.stdout
