# SPDX-License-Identifier: LGPL-2.1-or-later
"""A broker before a provider's token endpoint, as `token_endpoint` allows one, on whose way back an
answer can get lost."""

import http.server
import ssl
import threading

from host.authority import Authority
from host.browser import Browser

PASSED_ON = ("Authorization", "Content-Type", "DPoP")


class LossyBroker:
    """Use as a context manager. With loses on, refreshes are passed on and never answered."""

    def __init__(self, provider, directory):
        self.provider = provider
        self.loses = False
        self.authority = Authority(directory)
        broker = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
                answer = Browser(provider.ca_file).send("POST", broker.behind, body, headers)
                if broker.loses and b"grant_type=refresh_token" in body:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_):
                """Nobody reads it."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.behind = Browser(provider.ca_file).get(
            f"{provider.issuer}/.well-known/openid-configuration").json()["token_endpoint"]

    def __enter__(self):
        key, certificate = self.authority.issue()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"https://localhost:{self.server.server_port}/token"

    def trusted(self):
        """Its authority and the provider's, for ca_file."""
        return self.authority.ca_file.read_text() + self.provider.ca_file.read_text()
