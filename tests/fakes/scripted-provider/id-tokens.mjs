// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys, key sets and id_tokens, honest and forged. The table FORGERIES names each forgery; a row
// of scenarios.json asks for one by that name. server.mjs is the only caller.

import crypto from 'node:crypto';

const LIFETIME_SEC = 600;
const RSA_BITS = 2048;

const rsaKey = (bits = RSA_BITS) => crypto.generateKeyPairSync('rsa', { modulusLength: bits });
const ecKey = (namedCurve) => crypto.generateKeyPairSync('ec', { namedCurve });

const rsa = rsaKey();
const CURVES = { ES256: ecKey('P-256'), ES384: ecKey('P-384'), ES512: ecKey('P-521') };

// Made when first asked for: few scenarios need them.
const made = {};
const lazily = (name, make) => (made[name] ??= make());
const nextKey = () => lazily('next', rsaKey);
const strangeKey = () => lazily('strange', rsaKey);
const smallKey = () => lazily('small', () => rsaKey(1024));

// The keys are new in each process.
const kidOf = (alg) => `${alg.toLowerCase()}-${process.pid}`;
const pairOf = (alg) => CURVES[alg] ?? rsa;

function publicJwk({ publicKey }, kid, alg) {
        return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

// The key set holds what real ones hold besides the key that counts: one to encrypt to, and one
// of a kind that few clients know.
export function keySet(alg, { rotated, small }) {
        const keys = [
                { ...publicJwk(rsa, 'for-encryption', 'RSA-OAEP'), use: 'enc' },
                lazily('ed25519', () => {
                        const { publicKey } = crypto.generateKeyPairSync('ed25519');
                        return {
                                ...publicKey.export({ format: 'jwk' }),
                                kid: 'ed',
                                alg: 'EdDSA',
                                use: 'sig',
                        };
                }),
                publicJwk(small ? smallKey() : pairOf(alg), kidOf(alg), alg),
        ];
        return { keys: rotated ? [...keys, publicJwk(nextKey(), 'next', 'RS256')] : keys };
}

const encode = (value) =>
        Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
                'base64url',
        );

function signature(alg, bytes, { privateKey }) {
        const digest = `sha${alg.slice(2)}`;
        const options = { key: privateKey, dsaEncoding: 'ieee-p1363' };
        if (alg.startsWith('PS'))
                Object.assign(options, {
                        padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
                        saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
                });
        return crypto.sign(digest, Buffer.from(bytes), options).toString('base64url');
}

function compact(header, payload, sign) {
        const bytes = `${encode(header)}.${encode(payload)}`;
        return `${bytes}.${sign(bytes)}`;
}

// OIDC Core 3.1.3.8: the left half of the digest that the algorithm uses.
function accessTokenHash(alg, accessToken) {
        const digest = crypto
                .createHash(`sha${alg.slice(2)}`)
                .update(accessToken)
                .digest();
        return digest.subarray(0, digest.length / 2).toString('base64url');
}

const publicPem = () => rsa.publicKey.export({ type: 'spki', format: 'pem' });
const hmac = (key) => (bytes) => crypto.createHmac('sha256', key).update(bytes).digest('base64url');
const withKey = (alg, pair) => (bytes) => signature(alg, bytes, pair);
const tamper = (token, part, change) => {
        const parts = token.split('.');
        parts[part] = change(parts[part]);
        return parts.join('.');
};

// What each forgery changes: claims and header (undefined removes a member), the signer, the
// payload as text, or the finished token. `now` is in seconds.
const FORGERIES = {
        'wrong-audience': () => ({ claims: { aud: 'somebody-else' } }),
        'no-audience': () => ({ claims: { aud: undefined } }),
        'strange-extra-audience': ({ claims }) => ({
                claims: { aud: [claims.aud, 'somebody-else'] },
        }),
        'audience-by-prefix': ({ claims }) => ({ claims: { aud: `${claims.aud}x` } }),
        'no-azp': () => ({ claims: { azp: undefined } }),
        'wrong-azp': () => ({ claims: { azp: 'somebody-else' } }),
        'wrong-issuer': () => ({ claims: { iss: 'https://issuer.example' } }),
        'issuer-with-slash': ({ claims }) => ({ claims: { iss: `${claims.iss}/` } }),
        'no-issuer': () => ({ claims: { iss: undefined } }),
        expired: ({ now }) => ({ claims: { iat: now - 7200, exp: now - 3600 } }),
        'no-expiry': () => ({ claims: { exp: undefined } }),
        'expiry-as-text': () => ({ claims: { exp: 'tomorrow' } }),
        'from-the-future': ({ now }) => ({ claims: { iat: now + 3600, exp: now + 7200 } }),
        'not-yet-valid': ({ now }) => ({ claims: { nbf: now + 3600 } }),
        'no-subject': () => ({ claims: { sub: undefined } }),
        'empty-subject': () => ({ claims: { sub: '' } }),
        'long-subject': () => ({ claims: { sub: 's'.repeat(256) } }),
        'subject-as-number': () => ({ claims: { sub: 1001 } }),
        'no-at-hash': () => ({ claims: { at_hash: undefined } }),
        'wrong-at-hash': () => ({ claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
        none: () => ({ header: { alg: 'none' }, sign: () => '' }),
        'none-in-capitals': () => ({ header: { alg: 'NONE' }, sign: () => '' }),
        'none-with-signature': () => ({ header: { alg: 'none' } }),
        'no-algorithm': () => ({ header: { alg: undefined } }),
        'hs256-public-key': () => ({ header: { alg: 'HS256' }, sign: hmac(publicPem()) }),
        'hs256-client-secret': ({ secret }) => ({ header: { alg: 'HS256' }, sign: hmac(secret) }),
        'unknown-kid': () => ({
                header: { kid: 'never-published' },
                sign: withKey('RS256', strangeKey()),
        }),
        'kid-of-encryption-key': () => ({ header: { kid: 'for-encryption' } }),
        're-signed': () => ({ sign: withKey('RS256', strangeKey()) }),
        'other-algorithm-than-key': () => ({
                header: { alg: 'RS512' },
                sign: withKey('RS512', rsa),
        }),
        'ec-header-rsa-key': () => ({
                header: { alg: 'ES256' },
                sign: withKey('ES256', CURVES.ES256),
        }),
        'small-key': () => ({ sign: withKey('RS256', smallKey()) }),
        'embedded-key': () => ({
                header: { jwk: publicJwk(strangeKey(), kidOf('RS256'), 'RS256') },
                sign: withKey('RS256', strangeKey()),
        }),
        'key-address': ({ claims }) => ({
                header: { jku: `${claims.iss}/attacker-keys` },
                sign: withKey('RS256', strangeKey()),
        }),
        'critical-extension': () => ({ header: { crit: ['exotic'], exotic: true } }),
        'unencoded-payload': () => ({ header: { b64: false, crit: ['b64'] } }),
        'not-base64url': () => ({
                finish: (token) => tamper(token, 2, (part) => `${part.slice(0, -1)}+`),
        }),
        'padded-base64': () => ({ finish: (token) => `${token}==` }),
        'changed-payload': () => ({
                finish: (token) =>
                        tamper(token, 1, (part) =>
                                encode(
                                        Buffer.from(part, 'base64url')
                                                .toString()
                                                .replace('example.com', 'example.net'),
                                ),
                        ),
        }),
        'two-parts': () => ({ finish: (token) => token.split('.').slice(0, 2).join('.') }),
        'four-parts': () => ({ finish: (token) => `${token}.${token.split('.')[2]}` }),
        'five-parts': () => ({ finish: (token) => `${token}.AAAA.AAAA` }),
        'not-a-token': () => ({ finish: () => 'this is not a token' }),
        'duplicate-claim': () => ({
                payload: (text) => text.replace('{', '{"sub":"subject-of-carol",'),
        }),
        'payload-not-json': () => ({ payload: () => 'sub=alice' }),
        'payload-array': () => ({ payload: (text) => `[${text}]` }),
        'nul-in-name': () => ({
                payload: (text) => text.replace(/("preferred_username":"[^"]*)"/, '$1\\u0000x"'),
        }),
        'deep-claim': () => ({
                payload: (text) => text.replace('{', `{"deep":${'['.repeat(64)}${']'.repeat(64)},`),
        }),
};

export const forgeryNames = Object.keys(FORGERIES);

// A signed id_token of RFC 7519 in compact form. claims: what the identity adds to the
// protocol's.
export function idToken({
        alg,
        issuer,
        client,
        claims,
        accessToken,
        forgery,
        rotated,
        aheadSec,
}) {
        const now = Math.floor(Date.now() / 1000) + aheadSec;
        const honest = {
                header: { alg, typ: 'JWT', kid: rotated ? 'next' : kidOf(alg) },
                claims: {
                        iss: issuer,
                        aud: client.client_id,
                        azp: client.client_id,
                        iat: now,
                        exp: now + LIFETIME_SEC,
                        auth_time: now,
                        at_hash: accessTokenHash(alg, accessToken),
                        ...claims,
                },
                sign: withKey(alg, rotated ? nextKey() : pairOf(alg)),
                payload: (text) => text,
                finish: (token) => token,
        };
        const secret = client.client_secret ?? client.client_id;
        const forged = forgery ? FORGERIES[forgery]({ claims: honest.claims, now, secret }) : {};
        const header = { ...honest.header, ...forged.header };
        const body = JSON.stringify({ ...honest.claims, ...forged.claims });
        const token = compact(
                header,
                (forged.payload ?? honest.payload)(body),
                forged.sign ?? honest.sign,
        );
        return (forged.finish ?? honest.finish)(token);
}
