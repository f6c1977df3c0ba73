// SPDX-License-Identifier: LGPL-2.1-or-later
// The tokens that an issuer gave out. A grant is what one approval led to: the person, the client,
// the scope, and every token since; it dies as a whole (RFC 9700 section 4.14.2).

import crypto from 'node:crypto';

import { idToken } from './id-tokens.mjs';

const LIFETIME_SEC = 3600;

const newToken = () => crypto.randomBytes(24).toString('base64url');
export const nowSec = () => Math.floor(Date.now() / 1000);

export function withoutNull(claims) {
        return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

export function newGrant(issuer, { client, user, scope, jkt, nonce }) {
        const at = nowSec() + issuer.aheadSec;
        return { client, user, scope, jkt, nonce, auth_time: at, is_dead: false };
}

export function scopesOf(scope) {
        return (scope ?? '').split(/[ ,]/).filter(Boolean);
}

function newAccessToken(issuer, grant) {
        const token = newToken();
        const lifetime = issuer.row.token_lifetime ?? LIFETIME_SEC;
        issuer.accessTokens.set(token, { grant, exp: nowSec() + lifetime, iat: nowSec() });
        return token;
}

function newRefreshToken(issuer, grant) {
        const token = newToken();
        issuer.refreshTokens.set(token, { grant, is_used: false });
        return token;
}

function newIdToken(issuer, grant, accessToken, claims) {
        const { row } = issuer;
        const honest = {
                ...issuer.claimsOf(grant.user),
                auth_time: grant.auth_time,
                ...(grant.nonce && { nonce: grant.nonce }),
                ...row.id_claims,
                ...claims,
        };
        const shown = ['sub', 'auth_time', 'nonce', ...Object.keys(claims)];
        const few = Object.fromEntries(
                Object.entries(honest).filter(([name]) => shown.includes(name)),
        );
        const token = idToken({
                alg: row.alg,
                issuer: issuer.address,
                client: grant.client,
                claims: withoutNull(row.claims_in === 'userinfo' ? few : honest),
                accessToken,
                forgery: row.forgery,
                rotated: issuer.rotated,
                aheadSec: issuer.aheadSec,
        });
        issuer.idTokens.set(token, grant);
        return token;
}

const isOffline = ({ refresh_scope: needed }, { scope }) =>
        !needed || scopesOf(scope).includes(needed);

// The members of a token response (RFC 6749 section 5.1). claims: what changes in the id_token.
export function tokensFor(issuer, grant, { claims = {}, withRefresh = true } = {}) {
        const { row } = issuer;
        const accessToken = newAccessToken(issuer, grant);
        const isPersons = grant.user !== undefined;
        issuer.rotated ||= row.rotate === true;
        return {
                access_token: accessToken,
                token_type: grant.jkt ? 'DPoP' : 'Bearer',
                expires_in: row.token_lifetime ?? LIFETIME_SEC,
                scope: grant.scope,
                ...(isPersons &&
                        row.openid !== false && {
                                id_token: newIdToken(issuer, grant, accessToken, claims),
                        }),
                ...(isPersons &&
                        withRefresh &&
                        issuer.offers('refresh') &&
                        isOffline(row, grant) && {
                                refresh_token: newRefreshToken(issuer, grant),
                        }),
        };
}

// The live access token: { grant, exp, iat }, or undefined.
export function accessTokenOf(issuer, token) {
        const found = issuer.accessTokens.get(token);
        return found && !found.grant.is_dead && found.exp > nowSec() ? found : undefined;
}

// How many tokens still count.
export function countLive(issuer) {
        const access = [...issuer.accessTokens.keys()].filter((one) =>
                accessTokenOf(issuer, one),
        );
        const refresh = [...issuer.refreshTokens.values()].filter(
                ({ grant, is_used }) => !grant.is_dead && !is_used,
        );
        return { access: access.length, refresh: refresh.length };
}

// The grant that a token of any kind belongs to.
export function grantOf(issuer, token) {
        return (issuer.accessTokens.get(token) ?? issuer.refreshTokens.get(token))?.grant;
}
