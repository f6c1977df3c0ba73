// SPDX-License-Identifier: LGPL-2.1-or-later
// An identity provider that follows a script: every row of scenarios.json is an issuer of its
// own, https://HOST:PORT/ROW. A test that wants one for itself asks for /ROW~ANYTHING. A second
// port asks clients for a certificate. tests/host/scripted.py runs it; README.md says how a row
// reads.

import fs from 'node:fs';
import http2 from 'node:http2';
import { performance } from 'node:perf_hooks';

import { announce, listen, readSettings, tlsOptions } from '../process.mjs';
import { formUnlessAsked, jsonAnswer } from './answers.mjs';
import { admit, endpointAt, ENDPOINTS, isThere, isUser, newIssuer } from './endpoints.mjs';
import { heldBack, hold, release, resetConnections, watchConnections } from './faults.mjs';
import { DENIED } from './grants.mjs';
import { offerNames } from './metadata.mjs';
import { nextNames } from './resources.mjs';
import { checkTable, rowOf } from './table.mjs';
import { countLive } from './tokens.mjs';

const LOG_LIMIT = 100000;
const BODY_LIMIT = 65536;

const settings = await readSettings();
const issuers = new Map();
let base;
let mtlsBase;

function issuerOf(name) {
        const row = rowOf(name);
        if (row && !issuers.has(name)) issuers.set(name, newIssuer(name, row, base, mtlsBase));
        return issuers.get(name);
}

// ---- control: how a test approves, declines and reads what came ----

const waitingRequests = (issuer) =>
        [...issuer.codes.values()].filter(
                ({ kind, as, ended }) => kind === 'ciba' && as === null && !ended,
        );

// The login that a person means: by the code typed, or by the message that the phone shows.
function meantBy(issuer, { user_code, binding_message }) {
        const code =
                user_code === undefined
                        ? waitingRequests(issuer).find(
                                  (one) => one.binding_message === binding_message,
                          )
                        : issuer.userCodes.get(user_code);
        return code?.ended ? undefined : code;
}

const CONTROLS = {
        approve: (issuer, { as, ...what }) => {
                const code = meantBy(issuer, what);
                if (!code || !isUser(as))
                        return jsonAnswer(404, { error: 'unknown login or person' });
                code.as = as;
                return jsonAnswer(200, {});
        },
        deny: (issuer, what) => {
                const code = meantBy(issuer, what);
                if (!code) return jsonAnswer(404, { error: 'unknown login' });
                code.ended = DENIED;
                return jsonAnswer(200, {});
        },
        waiting: (issuer) =>
                jsonAnswer(
                        200,
                        waitingRequests(issuer).map(
                                ({ binding_message, login_hint, scope, login }) => ({
                                        binding_message,
                                        login_hint,
                                        scope,
                                        login,
                                }),
                        ),
                ),
        where: ({ root, elsewhere }) => jsonAnswer(200, { root, elsewhere }),
        tokens: (issuer) => jsonAnswer(200, countLive(issuer)),
        'revoke-all': (issuer) => {
                for (const { grant } of issuer.accessTokens.values()) grant.is_dead = true;
                return jsonAnswer(200, {});
        },
        // What was given out stays; nothing new is.
        disable: (issuer) => {
                issuer.isClosed = true;
                for (const code of issuer.codes.values()) code.ended = DENIED;
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
        held: (issuer) =>
                jsonAnswer(
                        200,
                        issuer.held.map((one) => one.endpoint),
                ),
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
        if (path.startsWith(`${OAUTH_DISCOVERY}/`)) {
                const [name] = path.slice(OAUTH_DISCOVERY.length + 1).split('/');
                return { issuer: issuerOf(name), endpoint: 'discovery' };
        }
        const end = path.indexOf('/', 1);
        const issuer = end > 0 ? issuerOf(path.slice(1, end)) : undefined;
        const rest = path.slice(end);
        const between = issuer?.row.issuer_path?.replace(/\/$/, '') ?? '';
        const isDiscovery = rest === `${between}${OIDC_DISCOVERY}`;
        return { issuer, endpoint: isDiscovery ? 'discovery' : endpointAt(rest.slice(1)) };
}

const isMtls = (request) => request.socket.localPort === mtlsServer.address().port;

// What the log calls it. The port for certificates is "elsewhere" to rows that do without.
function nameInLog(issuer, endpoint, request) {
        const isKnown = Object.hasOwn(ENDPOINTS, endpoint) || endpoint.startsWith('redirected/');
        const name = isKnown ? endpoint : 'other';
        return isMtls(request) && !issuer.row.mtls ? `elsewhere/${name}` : name;
}

function record(issuer, endpoint, request, answer) {
        if (issuer.log.length >= LOG_LIMIT) return;
        issuer.log.push({
                time_ms: performance.timeOrigin + performance.now(),
                method: request.method,
                endpoint: nameInLog(issuer, endpoint, request),
                status: answer.status,
                auth: request.auth ?? 'none',
                http: request.httpVersion,
                login: request.login,
                dpop: request.dpop,
                mtls: isMtls(request) || undefined,
                ...request.told,
        });
}

// Where a redirect leads, the honest answer waits: following it would pay, so that a test can
// tell.
function endpointAnswer(issuer, endpoint, request, body) {
        if (isThere(issuer, endpoint)) return ENDPOINTS[endpoint](issuer, request, body);
        const name = endpoint.replace(/^redirected\//, '');
        if (name === endpoint || !isThere(issuer, name))
                return jsonAnswer(404, { error: 'nothing here' });
        const honest = { ...issuer, row: { ...issuer.row, [name]: undefined } };
        return ENDPOINTS[name](honest, request, body);
}

function answerTo(request, body) {
        const path = request.url.split('?')[0];
        if (path.startsWith('/control/')) return control(path, body, request.socket.remotePort);
        const { issuer, endpoint } = route(path);
        if (!issuer) return jsonAnswer(404, { error: 'no such scenario' });
        const answer = formUnlessAsked(
                issuer.row,
                endpoint,
                request,
                endpointAnswer(issuer, endpoint, request, body),
        );
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

function newServer(more) {
        const options = { ...tlsOptions(settings), allowHTTP1: true, ...more };
        const server = http2.createSecureServer(options, onRequest);
        server.on('sessionError', () => {});
        watchConnections(server);
        // node:http2 leaves Nagle's algorithm on, which adds 40 ms to every answer over HTTP/1.1.
        server.on('connection', (socket) => socket.setNoDelay(true));
        return server;
}

checkTable({ endpoints: Object.keys(ENDPOINTS), offers: offerNames, nexts: nextNames });
const server = newServer({});
const mtlsServer = newServer({
        requestCert: true,
        rejectUnauthorized: false,
        ca: fs.readFileSync(settings.client_ca_file),
});
admit(settings);
const port = await listen(server, settings.port, settings.listen_address);
const mtlsPort = await listen(mtlsServer, 0, settings.listen_address);
base = `https://${settings.host}:${port}`;
mtlsBase = `https://${settings.host}:${mtlsPort}`;
announce(port);
