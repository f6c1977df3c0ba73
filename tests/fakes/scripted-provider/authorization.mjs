// SPDX-License-Identifier: LGPL-2.1-or-later
// Where logins begin: device authorization (RFC 8628 section 3.2), backchannel authentication (CIBA
// 7.1, poll mode) and the authorization endpoint (RFC 6749 section 4.1, RFC 7636, RFC 9207), which
// approves by itself.

import crypto from 'node:crypto';

import { jsonAnswer } from './answers.mjs';
import { clientOf, openRequest } from './client-authentication.mjs';
import { documentAnswer, nextStep } from './steps.mjs';
import { scopesOf, withoutNull } from './tokens.mjs';

const USER_CODE_SIGNS = 'BCDFGHJKLMNPQRSTVWXZ'; // RFC 8628 section 6.1
const MESSAGE = /^[ -~]{1,100}$/;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\//; // RFC 8252 section 7.3

const newCode = () => crypto.randomBytes(24).toString('base64url');
const problem = (error, why) =>
        jsonAnswer(400, { error, ...(why && { error_description: why }) });

function newUserCode() {
        const signs = Array.from(
                { length: 8 },
                () => USER_CODE_SIGNS[crypto.randomInt(USER_CODE_SIGNS.length)],
        );
        return `${signs.slice(0, 4).join('')}-${signs.slice(4).join('')}`;
}

// A login that began: what the token endpoint will be asked about.
function begin(issuer, request, more) {
        const code = {
                secret: newCode(),
                at: 0,
                lastPoll: -Infinity,
                as: null,
                ended: null,
                login: issuer.codes.size + 1,
                ...more,
        };
        request.login = code.login;
        issuer.codes.set(code.secret, code);
        return code;
}

// Undefined, or what is wrong with the challenge of RFC 7636; a row with "pkce" demands one.
function challengeFault({ row }, parameters) {
        const challenge = parameters.get('code_challenge');
        if (challenge === null) return row.pkce ? 'code_challenge is missing' : undefined;
        return CHALLENGE.test(challenge) && parameters.get('code_challenge_method') === 'S256'
                ? undefined
                : 'code_challenge must be of S256';
}

// "demands": { ENDPOINT: { NAME: VALUE } }: parameters and headers without which it says no.
function demandFault({ row }, endpoint, request, form) {
        const entries = Object.entries(row.demands?.[endpoint] ?? {});
        const found = entries.find(
                ([name, value]) =>
                        (form.get(name) ?? request.headers[name.toLowerCase()]) !== value,
        );
        return found && `${found[0]} is not there`;
}

export function onDevice(issuer, request, body) {
        const { refusal, client, form } = openRequest(issuer, 'device', request, body);
        if (refusal) return refusal;
        const why = challengeFault(issuer, form) ?? demandFault(issuer, 'device', request, form);
        if (why) return problem('invalid_request', why);
        const { row, root } = issuer;
        const code = begin(issuer, request, {
                kind: 'device',
                client,
                scope: form.get('scope') ?? '',
                challenge: form.get('code_challenge'),
                user_code: newUserCode(),
        });
        issuer.userCodes.set(code.user_code, code);
        return documentAnswer(issuer, 'device', 200, {
                device_code: code.secret,
                user_code: code.user_code,
                verification_uri: `${root}/verify`,
                verification_uri_complete: `${root}/verify?user_code=${code.user_code}`,
                expires_in: row.expires_in,
                interval: row.interval,
        });
}

// ---- CIBA ----

function backchannelFault(issuer, request, form) {
        const message = form.get('binding_message');
        if (!scopesOf(form.get('scope')).includes('openid'))
                return ['invalid_scope', 'no openid'];
        if (message !== null && !MESSAGE.test(message)) return ['invalid_binding_message'];
        const hints = ['login_hint', 'login_hint_token', 'id_token_hint'];
        if (hints.filter((name) => form.has(name)).length !== 1)
                return ['invalid_request', 'hints'];
        const why = demandFault(issuer, 'backchannel', request, form);
        return why && ['invalid_request', why];
}

export function onBackchannel(issuer, request, body) {
        const { refusal, client, form } = openRequest(issuer, 'backchannel', request, body);
        if (refusal) return refusal;
        request.told = {
                binding_message: form.get('binding_message'),
                login_hint: form.get('login_hint'),
        };
        const fault = backchannelFault(issuer, request, form);
        if (fault) return problem(...fault);
        const person = issuer.personCalled(form.get('login_hint'));
        if (!person) return problem('unknown_user_id');
        const code = begin(issuer, request, {
                kind: 'ciba',
                client,
                person,
                scope: form.get('scope'),
                ...request.told,
        });
        return documentAnswer(issuer, 'backchannel', 200, {
                auth_req_id: code.secret,
                expires_in: issuer.row.expires_in,
                interval: issuer.row.interval,
        });
}

// ---- authorization code ----

function authorizationFault(issuer, query) {
        const names = [...query.keys()];
        if (new Set(names).size !== names.length) return 'a parameter stands there twice';
        if (!clientOf(query.get('client_id'))) return 'nobody knows the client';
        if (!LOOPBACK.test(query.get('redirect_uri') ?? ''))
                return 'redirect_uri is not loopback';
        if (query.get('response_type') !== 'code') return 'response_type';
        if (!query.get('state')) return 'state is missing';
        return query.has('code_challenge')
                ? challengeFault(issuer, query)
                : 'code_challenge is missing';
}

function redirect(to, parameters, twice) {
        const url = new URL(to);
        for (const [name, value] of Object.entries(withoutNull(parameters)))
                url.searchParams.append(name, value);
        if (twice) url.searchParams.append(twice, parameters[twice]);
        return { ...jsonAnswer(302, {}), headers: { location: url.href }, text: '' };
}

// A step here changes what the redirect carries; "twice" names a parameter that comes twice.
export function onAuthorization(issuer, request) {
        const query = new URL(request.url, issuer.root).searchParams;
        const why = request.method === 'GET' ? authorizationFault(issuer, query) : 'method';
        if (why) return problem('invalid_request', why);
        const code = begin(issuer, request, {
                kind: 'code',
                client: clientOf(query.get('client_id')),
                scope: query.get('scope') ?? '',
                nonce: query.get('nonce') ?? undefined,
                challenge: query.get('code_challenge'),
                redirect_uri: query.get('redirect_uri'),
        });
        const step = nextStep(issuer, 'authorization');
        const honest = { code: code.secret, state: query.get('state'), iss: issuer.address };
        return redirect(code.redirect_uri, { ...honest, ...step.set }, step.twice);
}
