// SPDX-License-Identifier: LGPL-2.1-or-later
// How the servers of this folder live: settings come as one JSON line on standard input, the port
// goes out on standard output once it listens, and the end of standard input is the end of the
// process, so that none outlives the test that started it. Every server imports this.

import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import readline from 'node:readline';

export async function readSettings() {
        const lines = readline.createInterface({ input: process.stdin });
        lines.on('close', () => process.exit(0));
        return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line))));
}

// Listens, on loopback unless told; resolves to the port, which is any free one when the port given
// is 0.
export function listen(server, port = 0, address = '127.0.0.1') {
        return new Promise((resolve, reject) => {
                server.once('error', reject);
                server.listen(port, address, () => resolve(server.address().port));
        });
}

export function announce(port) {
        process.stdout.write(`listening ${port}\n`);
}

export function tlsOptions(settings) {
        return {
                key: fs.readFileSync(settings.key_file),
                cert: fs.readFileSync(settings.certificate_file),
        };
}

// Appends one line for each request before its answer goes out: when it came, method, endpoint,
// status (0: it never got an answer). Addresses are only looked up in the table { path: endpoint
// }, never written: they may carry codes.
export function requestLog(file, endpoints) {
        const descriptor = fs.openSync(file, 'a', 0o600);
        return (request, response) => {
                const time_ms = performance.timeOrigin + performance.now();
                const endpoint = endpoints[request.url.split('?')[0]] ?? 'other';
                const { writeHead } = response;
                let written = false;
                const write = (status) => {
                        const entry = { time_ms, method: request.method, endpoint, status };
                        if (!written) fs.writeSync(descriptor, `${JSON.stringify(entry)}\n`);
                        written = true;
                };
                response.writeHead = (status, ...more) => {
                        write(status);
                        return writeHead.call(response, status, ...more);
                };
                response.once('close', () => write(0));
        };
}
