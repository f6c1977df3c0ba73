// SPDX-License-Identifier: LGPL-2.1-or-later
// The token endpoint, one function for each grant. "token" in a row lists what the polls of one
// code get, "refresh" what refreshes get.

import crypto from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { jsonAnswer } from './answers.mjs';
import { openRequest } from './client-authentication.mjs';
import { checkProof, proofRefusal, withNonce } from './dpop.mjs';
import { CIBA_GRANT, DEVICE_GRANT } from './metadata.mjs';
import { finish, nextStep } from './steps.mjs';
import { nextOf, stepOf } from './table.mjs';
import { newGrant, scopesOf, tokensFor } from './tokens.mjs';

const PENDING = jsonAnswer(400, { error: 'authorization_pending' });
const SLOW_DOWN = jsonAnswer(400, { error: 'slow_down' });
const EXPIRED = jsonAnswer(400, { error: 'expired_token' });
const INVALID = jsonAnswer(400, { error: 'invalid_grant' });
export const DENIED = jsonAnswer(400, { error: 'access_denied' });

// ---- device codes and auth_req_ids (RFC 8628 sections 3.4, 3.5; CIBA 10.1, 11) ----

// What "*" in a list of steps means: pending until somebody approves or declines by control.
function stepFor(issuer, code) {
        const list = issuer.row.token ?? ['pending', 'success'];
        const step = nextOf(list, code.at);
        if (step === '*' && code.as === null) return { answer: 'pending' };
        code.at++;
        return step === '*' ? stepFor(issuer, code) : stepOf(step, 'success');
}

function success(issuer, code, jkt) {
        const user = code.as ?? issuer.row.as ?? code.person ?? 'alice';
        return jsonAnswer(200, tokensFor(issuer, newGrant(issuer, { ...code, user, jkt })));
}

function stepAnswer(issuer, code, step, jkt) {
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
                        if (!step.as && !step.status) code.ended = INVALID;
                        return finish(issuer, 'token', success(issuer, code, jkt), step);
                default:
                        throw new Error(`no such step in ${issuer.name}: ${step.answer}`);
        }
}

function codeAnswer(issuer, code, jkt) {
        const early = performance.now() - code.lastPoll < issuer.row.strict_sec * 1000;
        code.lastPoll = performance.now();
        if (code.ended) return code.ended;
        return early ? SLOW_DOWN : stepAnswer(issuer, code, stepFor(issuer, code), jkt);
}

// RFC 7636 section 4.6: a code that came with a challenge wants the verifier, others want none.
function verifierIsRight({ challenge }, form) {
        const verifier = form.get('code_verifier');
        if (!challenge) return verifier === null;
        if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier ?? '')) return false;
        return crypto.createHash('sha256').update(verifier).digest('base64url') === challenge;
}

function codeOf(issuer, { client, form }, kind, parameter) {
        const code = issuer.codes.get(form.get(parameter));
        const isRight =
                code?.kind === kind && code.client === client && verifierIsRight(code, form);
        return isRight ? code : undefined;
}

const onCode = (kind, parameter) => (issuer, request, asked) => {
        const code = codeOf(issuer, asked, kind, parameter);
        request.login = code?.login;
        return code ? codeAnswer(issuer, code, asked.jkt) : INVALID;
};

function onAuthorizationCode(issuer, request, asked) {
        const code = codeOf(issuer, asked, 'code', 'code');
        if (!code || code.ended || asked.form.get('redirect_uri') !== code.redirect_uri)
                return INVALID;
        request.login = code.login;
        code.ended = INVALID;
        const step = nextStep(issuer, 'code');
        return finish(issuer, 'token', success(issuer, code, asked.jkt), step);
}

// ---- refresh (RFC 6749 section 6, RFC 9700 section 4.14.2, RFC 9449 section 5) ----

// A step that says that nothing was done does nothing; whatever else it says, the tokens changed.
const isIdle = ({ as }) => /^(status|retry-after):/.test(as ?? '');

function refreshFault(issuer, found, { client, form, jkt }) {
        if (!found || found.grant.client !== client || found.grant.is_dead) return 'unknown';
        if (found.grant.jkt && found.grant.jkt !== jkt) return 'the key is another';
        if (issuer.isClosed) return 'the account is disabled';
        if (found.is_used) {
                found.grant.is_dead = true;
                return 'it came before: nothing of this grant counts any more';
        }
        const wider = scopesOf(form.get('scope')).filter(
                (one) => !scopesOf(found.grant.scope).includes(one),
        );
        return wider.length ? 'the scope grew' : undefined;
}

function onRefresh(issuer, _, asked) {
        const found = issuer.refreshTokens.get(asked.form.get('refresh_token'));
        const why = refreshFault(issuer, found, asked);
        if (why) return jsonAnswer(400, { error: 'invalid_grant', error_description: why });
        const step = nextStep(issuer, 'refresh');
        if (isIdle(step)) return finish(issuer, 'token', INVALID, step);
        if (step.answer === 'refused') return finish(issuer, 'token', INVALID, step);
        const withRefresh = issuer.row.rotation !== false;
        found.is_used = withRefresh;
        issuer.rotated ||= issuer.row.rotate === 'refresh';
        const claims = issuer.row.refresh_claims ?? {};
        const tokens = tokensFor(issuer, found.grant, { claims, withRefresh });
        return finish(issuer, 'token', jsonAnswer(200, tokens), step);
}

// ---- the client for itself (RFC 6749 section 4.4) ----

function onClientCredentials(issuer, request, { client, form, jkt }) {
        if (request.auth === 'none') return jsonAnswer(401, { error: 'invalid_client' });
        const scope = form.get('scope') ?? '';
        const grant = newGrant(issuer, { client, scope, jkt });
        const step = nextStep(issuer, 'client_credentials');
        return finish(issuer, 'token', jsonAnswer(200, tokensFor(issuer, grant)), step);
}

const GRANTS = {
        [DEVICE_GRANT]: { name: 'device_code', answer: onCode('device', 'device_code') },
        [CIBA_GRANT]: { name: 'ciba', answer: onCode('ciba', 'auth_req_id') },
        authorization_code: { name: 'code', answer: onAuthorizationCode },
        refresh_token: { name: 'refresh', answer: onRefresh },
        client_credentials: { name: 'client_credentials', answer: onClientCredentials },
};

export function onToken(issuer, request, body) {
        const { refusal, client, form } = openRequest(issuer, 'token', request, body);
        const grant = GRANTS[form?.get('grant_type')];
        request.told = { grant: grant?.name };
        if (refusal) return refusal;
        if (!grant || !(grant.name === 'device_code' || issuer.offers(grant.name)))
                return jsonAnswer(400, { error: 'unsupported_grant_type' });
        const proof = checkProof(issuer, request);
        if (proof.error) return proofRefusal(issuer, proof);
        const answer = grant.answer(issuer, request, { client, form, jkt: proof.jkt });
        return withNonce(issuer, answer);
}
