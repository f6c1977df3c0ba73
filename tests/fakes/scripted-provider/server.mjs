// SPDX-License-Identifier: LGPL-2.1-or-later
// An identity provider that follows a script: every row of scenarios.json is an issuer of its
// own, https://HOST:PORT/ROW, with discovery, keys, device, token and userinfo endpoints. A
// test that wants one for itself asks for /ROW~ANYTHING. tests/host/scripted.py runs it;
// README.md says how a row reads.

import http2 from 'node:http2';
import { performance } from 'node:perf_hooks';

import { announce, listen, readSettings, tlsOptions } from '../process.mjs';
import { jsonAnswer } from './answers.mjs';
import { admit, DENIED, ENDPOINTS, isUser, newIssuer } from './endpoints.mjs';
import { heldBack, hold, release, resetConnections, watchConnections } from './faults.mjs';
import { checkTable, rowOf } from './table.mjs';

const LOG_LIMIT = 100000;
const BODY_LIMIT = 65536;

const settings = await readSettings();
const issuers = new Map();
let base;

function issuerOf(name) {
        const row = rowOf(name);
        if (row && !issuers.has(name)) issuers.set(name, newIssuer(name, row, `${base}/${name}`));
        return issuers.get(name);
}

// ---- control: how a test approves, declines and reads what came ----

const CONTROLS = {
        approve: (issuer, { user_code, as }) => {
                const code = issuer.userCodes.get(user_code);
                if (!code || code.ended || !isUser(as))
                        return jsonAnswer(404, { error: 'unknown user_code or person' });
                code.as = as;
                return jsonAnswer(200, {});
        },
        deny: (issuer, { user_code }) => {
                const code = issuer.userCodes.get(user_code);
                if (!code || code.ended) return jsonAnswer(404, { error: 'unknown user_code' });
                code.ended = DENIED;
                return jsonAnswer(200, {});
        },
        'approve-all': (issuer, { as }) => {
                if (!isUser(as)) return jsonAnswer(404, { error: 'unknown person' });
                for (const code of issuer.codes.values()) code.as = as;
                return jsonAnswer(200, {});
        },
        log: (issuer) => jsonAnswer(200, issuer.log),
        hold: (issuer, { endpoint }) => {
                hold(issuer, endpoint);
                return jsonAnswer(200, {});
        },
        held: (issuer) => jsonAnswer(200, issuer.held.map((one) => one.endpoint)),
        release: (issuer, { endpoint }) => {
                release(issuer, endpoint);
                return jsonAnswer(200, {});
        },
        'reset-connections': (issuer, _, port) => {
                resetConnections(issuer, port);
                return jsonAnswer(200, {});
        },
        clock: (issuer, { ahead_sec }) => {
                issuer.aheadSec = ahead_sec;
                return jsonAnswer(200, {});
        },
        reset: (issuer) => {
                issuers.delete(issuer.name);
                return jsonAnswer(200, {});
        },
};

function control(path, body, port) {
        const [, , name, verb] = path.split('/');
        const issuer = issuerOf(name ?? '');
        if (!issuer || !Object.hasOwn(CONTROLS, verb))
                return jsonAnswer(404, { error: 'no such scenario or verb' });
        return CONTROLS[verb](issuer, body ? JSON.parse(body) : {}, port);
}

// ---- HTTP ----

const OIDC_DISCOVERY = '/.well-known/openid-configuration';
const OAUTH_DISCOVERY = '/.well-known/oauth-authorization-server';

// { issuer, endpoint }: RFC 8414 inserts its well-known part in front of the path, OIDC appends
// it.
function route(path) {
        if (path.startsWith(`${OAUTH_DISCOVERY}/`))
                return {
                        issuer: issuerOf(path.slice(OAUTH_DISCOVERY.length + 1)),
                        endpoint: 'discovery',
                };
        const end = path.indexOf('/', 1);
        const rest = path.slice(end);
        return {
                issuer: end > 0 ? issuerOf(path.slice(1, end)) : undefined,
                endpoint: rest === OIDC_DISCOVERY ? 'discovery' : rest.slice(1),
        };
}

function record(issuer, endpoint, request, answer) {
        if (issuer.log.length >= LOG_LIMIT) return;
        issuer.log.push({
                time_ms: performance.timeOrigin + performance.now(),
                method: request.method,
                endpoint:
                        Object.hasOwn(ENDPOINTS, endpoint) || endpoint.startsWith('redirected/')
                                ? endpoint
                                : 'other',
                status: answer.status,
                auth: request.auth ?? 'none',
                http: request.httpVersion,
                login: request.login,
        });
}

// Where a redirect leads, the honest answer waits: following it would pay, so that a test can
// tell.
function endpointAnswer(issuer, endpoint, request, body) {
        if (Object.hasOwn(ENDPOINTS, endpoint)) return ENDPOINTS[endpoint](issuer, request, body);
        const name = endpoint.replace(/^redirected\//, '');
        if (!Object.hasOwn(ENDPOINTS, name)) return jsonAnswer(404, { error: 'nothing here' });
        const honest = { ...issuer, row: { ...issuer.row, [name]: undefined } };
        return ENDPOINTS[name](honest, request, body);
}

function answerTo(request, body) {
        const path = request.url.split('?')[0];
        if (path.startsWith('/control/')) return control(path, body, request.socket.remotePort);
        const { issuer, endpoint } = route(path);
        if (!issuer) return jsonAnswer(404, { error: 'no such scenario' });
        const answer = endpointAnswer(issuer, endpoint, request, body);
        record(issuer, endpoint, request, answer);
        return heldBack(issuer, endpoint, answer);
}

function onRequest(request, response) {
        let body = '';
        response.on('error', () => {});
        request.setEncoding('utf8');
        request.on('data', (chunk) => (body += body.length < BODY_LIMIT ? chunk : ''));
        request.on('end', () => {
                const answer = answerTo(request, body);
                answer.send(response, answer);
        });
}

checkTable(Object.keys(ENDPOINTS));
const server = http2.createSecureServer({ ...tlsOptions(settings), allowHTTP1: true }, onRequest);
server.on('sessionError', () => {});
watchConnections(server);
// node:http2 leaves Nagle's algorithm on, which adds 40 ms to every answer over HTTP/1.1.
server.on('connection', (socket) => socket.setNoDelay(true));
admit(settings);
const port = await listen(server, settings.port, settings.listen_address);
base = `https://${settings.host}:${port}`;
announce(port);
