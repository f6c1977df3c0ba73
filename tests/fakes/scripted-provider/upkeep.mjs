// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens to tokens later: introspection (RFC 7662), revocation (RFC 7009), end of the session
// (OIDC RP-Initiated Logout).

import { jsonAnswer } from './answers.mjs';
import { openRequest } from './client-authentication.mjs';
import { documentAnswer, finish, nextStep } from './steps.mjs';
import { accessTokenOf, grantOf } from './tokens.mjs';

const INVALID_CLIENT = jsonAnswer(401, { error: 'invalid_client' });

function described(issuer, token) {
        const found = accessTokenOf(issuer, token);
        const refresh = issuer.refreshTokens.get(token);
        const grant = found?.grant ?? refresh?.grant;
        if (!grant || grant.is_dead || refresh?.is_used) return { active: false };
        const person = grant.user && issuer.claimsOf(grant.user);
        return {
                active: true,
                iss: issuer.address,
                client_id: grant.client.client_id,
                sub: person?.sub ?? grant.client.client_id,
                ...(person && { username: person.preferred_username }),
                scope: grant.scope,
                ...(found && {
                        aud: grant.client.client_id,
                        token_type: grant.jkt ? 'DPoP' : 'Bearer',
                        iat: found.iat,
                        exp: found.exp,
                }),
                ...(grant.jkt && { cnf: { jkt: grant.jkt } }),
        };
}

// Whoever did not authenticate learns nothing; a client learns of its own tokens only.
export function onIntrospection(issuer, request, body) {
        const { refusal, client, form } = openRequest(issuer, 'introspection', request, body);
        if (refusal) return refusal;
        if (request.auth === 'none') return INVALID_CLIENT;
        const token = form.get('token');
        const isOwn = grantOf(issuer, token)?.client === client;
        return documentAnswer(
                issuer,
                'introspection',
                200,
                isOwn ? described(issuer, token) : { active: false },
        );
}

// A refresh token takes everything of its grant with it, an access token only itself. A step that
// sends an error or nothing has revoked nothing.
export function onRevocation(issuer, request, body) {
        const { refusal, client, form } = openRequest(issuer, 'revocation', request, body);
        if (refusal) return refusal;
        request.told = { hint: form.get('token_type_hint') };
        const token = form.get('token');
        if (token === null) return jsonAnswer(400, { error: 'invalid_request' });
        const step = nextStep(issuer, 'revocation');
        const grant = grantOf(issuer, token);
        if (!step.as && !step.status && grant?.client === client) {
                grant.is_dead ||= issuer.refreshTokens.has(token);
                issuer.accessTokens.delete(token);
        }
        return finish(issuer, 'revocation', jsonAnswer(200), step);
}

export function onEndSession(issuer, request, body) {
        const text = request.method === 'POST' ? body : request.url.split('?')[1];
        const grant = issuer.idTokens.get(new URLSearchParams(text).get('id_token_hint'));
        if (!grant) return jsonAnswer(400, { error: 'invalid_request' });
        grant.is_dead = true;
        return documentAnswer(issuer, 'end_session', 200, {});
}
