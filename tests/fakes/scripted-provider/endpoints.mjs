// SPDX-License-Identifier: LGPL-2.1-or-later
// The five endpoints of an issuer, each following the issuer's row. An endpoint takes the issuer,
// the request and its body, and returns an answer; server.mjs sends it.

import crypto from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { jsonAnswer, shaped } from './answers.mjs';
import { openRequest } from './client-authentication.mjs';
import { idToken, keySet } from './id-tokens.mjs';
import { nextOf, stepOf } from './table.mjs';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const USER_CODE_SIGNS = 'BCDFGHJKLMNPQRSTVWXZ'; // RFC 8628 section 6.1

const clients = new Map();
const users = {};

export function admit(settings) {
        for (const client of settings.clients) clients.set(client.client_id, client);
        Object.assign(users, settings.users);
}

export const isUser = (name) => Object.hasOwn(users, name);

// What is known of one issuer: the codes and tokens that it gave out, and how often it was asked.
export function newIssuer(name, row, address) {
        return {
                name,
                row,
                address,
                codes: new Map(),
                userCodes: new Map(),
                accessTokens: new Map(),
                served: {},
                log: [],
                rotated: false,
                holds: new Set(),
                held: [],
                aheadSec: 0,
        };
}

function finish(issuer, endpoint, answer, step) {
        let { status, value } = answer;
        if (step.set)
                value = Object.fromEntries(
                        Object.entries({ ...value, ...step.set }).filter(
                                ([, member]) => member !== null,
                        ),
                );
        status = step.status ?? status;
        return shaped(
                jsonAnswer(status, value),
                step.as,
                `${issuer.address}/redirected/${endpoint}`,
        );
}

// What an endpoint answers that has no state but how often it was asked.
function documentAnswer(issuer, endpoint, status, value) {
        const list = issuer.row[endpoint] ?? ['normal'];
        const at = issuer.served[endpoint] ?? 0;
        issuer.served[endpoint] = at + 1;
        return finish(
                issuer,
                endpoint,
                jsonAnswer(status, value),
                stepOf(nextOf(list, at), 'normal'),
        );
}

// ---- discovery, keys ----

function metadata({ address, row }) {
        return {
                issuer: address,
                device_authorization_endpoint: `${address}/device`,
                token_endpoint: `${address}/token`,
                userinfo_endpoint: `${address}/userinfo`,
                jwks_uri: `${address}/jwks`,
                grant_types_supported: [DEVICE_GRANT, 'refresh_token'],
                token_endpoint_auth_methods_supported: [
                        'client_secret_basic',
                        'client_secret_post',
                        'none',
                ],
                response_types_supported: [],
                subject_types_supported: ['public'],
                id_token_signing_alg_values_supported: [row.alg],
                ...row.metadata,
        };
}

const onDiscovery = (issuer) => documentAnswer(issuer, 'discovery', 200, metadata(issuer));

function onKeys(issuer) {
        const { row, rotated } = issuer;
        return documentAnswer(
                issuer,
                'jwks',
                200,
                keySet(row.alg, { rotated, small: row.forgery === 'small-key' }),
        );
}

// ---- device authorization (RFC 8628 section 3.2) ----

function newUserCode() {
        const signs = Array.from(
                { length: 8 },
                () => USER_CODE_SIGNS[crypto.randomInt(USER_CODE_SIGNS.length)],
        );
        return `${signs.slice(0, 4).join('')}-${signs.slice(4).join('')}`;
}

function onDevice(issuer, request, body) {
        const { refusal: refused, client, form } = openRequest(clients, request, body);
        if (refused) return refused;
        const { row, address } = issuer;
        const code = {
                client,
                scope: form.get('scope') ?? '',
                device_code: crypto.randomBytes(24).toString('base64url'),
                user_code: newUserCode(),
                at: 0,
                lastPoll: -Infinity,
                as: null,
                ended: null,
                login: issuer.codes.size + 1,
        };
        request.login = code.login;
        issuer.codes.set(code.device_code, code);
        issuer.userCodes.set(code.user_code, code);
        return documentAnswer(issuer, 'device', 200, {
                device_code: code.device_code,
                user_code: code.user_code,
                verification_uri: `${address}/verify`,
                verification_uri_complete: `${address}/verify?user_code=${code.user_code}`,
                expires_in: row.expires_in,
                interval: row.interval,
        });
}

// ---- token (RFC 8628 sections 3.4, 3.5) ----

const PENDING = jsonAnswer(400, { error: 'authorization_pending' });
const SLOW_DOWN = jsonAnswer(400, { error: 'slow_down' });
const EXPIRED = jsonAnswer(400, { error: 'expired_token' });
const USED = jsonAnswer(400, { error: 'invalid_grant' });
export const DENIED = jsonAnswer(400, { error: 'access_denied' });

// What "*" in a list of steps means: pending until somebody approves or declines by control.
function nextStep(issuer, code) {
        const list = issuer.row.token ?? ['pending', 'success'];
        const step = nextOf(list, code.at);
        if (step === '*' && code.as === null) return { answer: 'pending' };
        code.at++;
        return step === '*' ? nextStep(issuer, code) : stepOf(step, 'success');
}

function identityClaims(issuer, user) {
        return { ...users[user], ...issuer.row.claims };
}

function withoutNull(claims) {
        return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function success(issuer, code) {
        const { row } = issuer;
        const user = code.as ?? row.as;
        const claims = { ...identityClaims(issuer, user), ...row.id_claims };
        const accessToken = crypto.randomBytes(24).toString('base64url');
        issuer.accessTokens.set(accessToken, user);
        issuer.rotated ||= Boolean(row.rotate);
        return jsonAnswer(200, {
                access_token: accessToken,
                token_type: 'Bearer',
                expires_in: 3600,
                scope: code.scope,
                id_token: idToken({
                        alg: row.alg,
                        issuer: issuer.address,
                        client: code.client,
                        claims: withoutNull(
                                row.claims_in === 'userinfo' ? { sub: claims.sub } : claims,
                        ),
                        accessToken,
                        forgery: row.forgery,
                        rotated: issuer.rotated,
                        aheadSec: issuer.aheadSec,
                }),
        });
}

function tokenAnswer(issuer, code) {
        const early = performance.now() - code.lastPoll < issuer.row.strict_sec * 1000;
        code.lastPoll = performance.now();
        if (code.ended) return code.ended;
        if (early) return SLOW_DOWN;
        const step = nextStep(issuer, code);
        switch (step.answer) {
                case 'pending':
                        return step.set || step.status || step.as
                                ? finish(issuer, 'token', PENDING, step)
                                : PENDING;
                case 'slow_down':
                        return finish(issuer, 'token', SLOW_DOWN, step);
                case 'denied':
                        return finish(issuer, 'token', DENIED, step);
                case 'expired':
                        return finish(issuer, 'token', EXPIRED, step);
                case 'success':
                        if (!step.as && !step.status) code.ended = USED;
                        return finish(issuer, 'token', success(issuer, code), step);
                default:
                        throw new Error(`no such step in ${issuer.name}: ${step.answer}`);
        }
}

function onToken(issuer, request, body) {
        const { refusal: refused, client, form } = openRequest(clients, request, body);
        if (refused) return refused;
        if (form.get('grant_type') !== DEVICE_GRANT)
                return jsonAnswer(400, { error: 'unsupported_grant_type' });
        const code = issuer.codes.get(form.get('device_code'));
        if (!code || code.client !== client) return jsonAnswer(400, { error: 'invalid_grant' });
        request.login = code.login;
        return tokenAnswer(issuer, code);
}

// ---- userinfo (OIDC Core 5.3) ----

function onUserinfo(issuer, request) {
        const [scheme, token] = (request.headers.authorization ?? '').split(' ');
        const user = issuer.accessTokens.get(token);
        request.auth = scheme === 'Bearer' ? 'bearer' : 'none';
        if (request.auth !== 'bearer' || !user) return jsonAnswer(401, { error: 'invalid_token' });
        const claims = { ...identityClaims(issuer, user), ...issuer.row.userinfo_claims };
        return documentAnswer(
                issuer,
                'userinfo',
                200,
                withoutNull(issuer.row.claims_in === 'id_token' ? { sub: claims.sub } : claims),
        );
}

export const ENDPOINTS = {
        discovery: onDiscovery,
        jwks: onKeys,
        device: onDevice,
        token: onToken,
        userinfo: onUserinfo,
};
