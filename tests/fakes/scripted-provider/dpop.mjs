// SPDX-License-Identifier: LGPL-2.1-or-later
// Proofs of possession (RFC 9449) at the token endpoint and at resources. A row switches them on:
// "offers": ["dpop"], "dpop": "required", and "dpop_nonce": once (the same nonce for all), changing
// (each counts once), loop (none is ever right).

import crypto from 'node:crypto';

import { jsonAnswer } from './answers.mjs';
import { datesFault, isSignedBy, jwsOf } from './proofs.mjs';

const newNonce = () => crypto.randomBytes(12).toString('base64url');

// RFC 7638, for the one kind of key that we announce.
function thumbprint({ crv, kty, x, y }) {
        return crypto
                .createHash('sha256')
                .update(JSON.stringify({ crv, kty, x, y }))
                .digest('base64url');
}

const hashOf = (token) => crypto.createHash('sha256').update(token).digest('base64url');

function addressOf(request) {
        const host = request.headers[':authority'] ?? request.headers.host;
        return `https://${host}${request.url.split('?')[0]}`;
}

function fault(jws, request, accessToken, jtis) {
        if (!jws) return 'it is no JWS';
        const { header, claims } = jws;
        if (header.typ !== 'dpop+jwt' || header.alg !== 'ES256') return 'typ or alg is wrong';
        const { jwk } = header;
        if (!jwk || jwk.kty !== 'EC' || jwk.d || !isSignedBy(jws, jwk)) return 'the key is wrong';
        if (claims.htm !== request.method) return 'htm is not the method';
        if (claims.htu !== addressOf(request)) return 'htu is not the address';
        if (accessToken && claims.ath !== hashOf(accessToken)) return 'ath is not of the token';
        return datesFault(claims, jtis, false);
}

function nonceIsRight(issuer, nonce) {
        if (!issuer.row.dpop_nonce) return true;
        issuer.nonce ??= newNonce();
        if (issuer.row.dpop_nonce === 'loop') return false;
        return nonce === issuer.nonce;
}

// { jkt }: the key's thumbprint, undefined when there was no proof; or { error, why }.
export function checkProof(issuer, request, accessToken) {
        const proof = request.headers.dpop;
        request.dpop = proof !== undefined;
        if (!issuer.offers('dpop')) return {};
        if (!proof)
                return issuer.row.dpop === 'required'
                        ? { error: 'invalid_dpop_proof', why: 'there is none' }
                        : {};
        const jws = jwsOf(proof);
        const why = fault(jws, request, accessToken, issuer.jtis);
        if (why) return { error: 'invalid_dpop_proof', why };
        if (!nonceIsRight(issuer, jws.claims.nonce)) {
                if (issuer.row.dpop_nonce === 'loop') issuer.nonce = newNonce();
                return { error: 'use_dpop_nonce', why: 'the nonce is not the one of now' };
        }
        if (issuer.row.dpop_nonce === 'changing') issuer.nonce = newNonce();
        return { jkt: thumbprint(jws.header.jwk) };
}

// The answer with the nonce that counts from now on (RFC 9449 sections 8 and 8.2).
export function withNonce(issuer, answer) {
        if (!issuer.row.dpop_nonce) return answer;
        return { ...answer, headers: { ...answer.headers, 'dpop-nonce': issuer.nonce } };
}

export function proofRefusal(issuer, { error, why }) {
        return withNonce(issuer, jsonAnswer(400, { error, error_description: why }));
}

// RFC 9449 section 7.1: a resource says the same in WWW-Authenticate.
export function resourceRefusal(issuer, { error }) {
        const answer = jsonAnswer(401, { error });
        const headers = { ...answer.headers, 'www-authenticate': `DPoP error="${error}"` };
        return withNonce(issuer, { ...answer, headers });
}
