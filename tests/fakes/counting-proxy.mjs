// SPDX-License-Identifier: LGPL-2.1-or-later
// Ends TLS in front of a provider that keeps no request log, and counts. Changes nothing that
// passes. Only for tests that count: all others talk to the provider itself.
// tests/host/glewlwyd.py runs it.

import http from 'node:http';
import https from 'node:https';

import { announce, listen, readSettings, requestLog, tlsOptions } from './process.mjs';

const settings = await readSettings();
const agent = new http.Agent({ keepAlive: true });
const log = requestLog(settings.request_log, settings.endpoints);

function onRequest(request, response) {
        log(request, response);
        const target = { port: settings.upstream_port, host: '127.0.0.1', agent };
        const { method, url: path, headers } = request;
        const upstream = http.request({ ...target, method, path, headers }, (answer) => {
                response.writeHead(answer.statusCode, answer.headers);
                answer.pipe(response);
        });
        upstream.on('error', () => response.destroy());
        request.pipe(upstream);
}

announce(await listen(https.createServer(tlsOptions(settings), onRequest)));
