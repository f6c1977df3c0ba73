// SPDX-License-Identifier: LGPL-2.1-or-later
// What clients sign: assertions of who they are (RFC 7523) and proofs that they hold a key (RFC
// 9449), checked as strictly as the strictest provider does. A fault is a sentence for whoever
// writes a client. client-authentication.mjs and dpop.mjs are the callers.

import crypto from 'node:crypto';

const EARLY_SEC = 60;
const LONGEST_SEC = 600;
const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const LEAST_HMAC_BYTES = 32; // RFC 7518 section 3.2

const now = () => Math.floor(Date.now() / 1000);
const isBase64url = (text) => /^[A-Za-z0-9_-]+$/.test(text);

function decoded(part) {
        const value = JSON.parse(Buffer.from(part, 'base64url'));
        if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
        return value;
}

// { header, claims, bytes, signature }; undefined when it is no JWS in compact form.
export function jwsOf(token) {
        const parts = token.split('.');
        if (parts.length !== 3 || !parts.every(isBase64url)) return undefined;
        try {
                return {
                        header: decoded(parts[0]),
                        claims: decoded(parts[1]),
                        bytes: Buffer.from(`${parts[0]}.${parts[1]}`),
                        signature: Buffer.from(parts[2], 'base64url'),
                };
        } catch {
                return undefined;
        }
}

function fits(alg, jwk) {
        return jwk.kty === 'RSA' ? /^[RP]S(256|384|512)$/.test(alg) : CURVES[alg] === jwk.crv;
}

// Whether the public key in a JWK made the signature, by an algorithm that goes with it.
export function isSignedBy({ header, bytes, signature }, jwk) {
        const { alg } = header;
        if (typeof alg !== 'string' || !fits(alg, jwk)) return false;
        const options = {
                key: crypto.createPublicKey({ key: jwk, format: 'jwk' }),
                dsaEncoding: 'ieee-p1363',
        };
        if (alg.startsWith('PS'))
                Object.assign(options, {
                        padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
                        saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
                });
        return crypto.verify(`sha${alg.slice(2)}`, bytes, options, signature);
}

function isHmacOf({ header, bytes, signature }, secret) {
        if (header.alg !== 'HS256' || Buffer.byteLength(secret) < LEAST_HMAC_BYTES) return false;
        const right = crypto.createHmac('sha256', secret).update(bytes).digest();
        return right.length === signature.length && crypto.timingSafeEqual(right, signature);
}

// What is wrong with the time, the jti or their absence; jti: those that came before.
export function datesFault({ iat, exp, jti }, jtis, needsExpiry) {
        if (needsExpiry && !(exp > now() && exp <= now() + LONGEST_SEC))
                return 'exp is out of range';
        if (!(Math.abs(iat - now()) <= (needsExpiry ? LONGEST_SEC : EARLY_SEC)))
                return 'iat is out of range';
        if (typeof jti !== 'string' || !jti || jtis.has(jti))
                return 'jti is missing or came before';
        jtis.add(jti);
        return undefined;
}

function signer(jws, client) {
        if (!client.keys) return client.client_secret && isHmacOf(jws, client.client_secret);
        return client.keys.some(
                (key) => (jws.header.kid ?? key.kid) === key.kid && isSignedBy(jws, key),
        );
}

// Undefined, or what is wrong with a client's assertion (RFC 7523 section 3; the issuer is the
// only audience).
export function assertionFault(jws, client, issuer) {
        if (!jws) return 'it is no JWS';
        const { claims } = jws;
        if (!signer(jws, client)) return 'the signature is not of a key of the client';
        if (claims.iss !== client.client_id || claims.sub !== client.client_id)
                return 'iss and sub are not the client';
        if (claims.aud !== issuer.address) return 'aud is not the issuer';
        return datesFault(claims, issuer.jtis, true);
}
