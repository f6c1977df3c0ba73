// SPDX-License-Identifier: LGPL-2.1-or-later
// oidc-provider (npm, certified) with every grant and client authentication that badged knows,
// behind TLS on loopback; a second port asks clients for certificates. Pinned to 8.8.x, which runs
// on Node 18. Sign-in is its development page: any password. tests/host/oidc_provider.py runs it.
//
// Behaves: no interval in the answer, never slow_down, claims beyond sub only at userinfo; refresh
// tokens only for offline_access.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';

import Provider from 'oidc-provider';

import { announce, listen, readSettings, requestLog, tlsOptions } from '../process.mjs';
import { backchannelFeature, CONTROL_PATH, onControl } from './backchannel.mjs';

const GRANTS = [
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:openid:params:grant-type:ciba',
        'authorization_code',
        'refresh_token',
];
const METHODS = [
        'none',
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
];
const NONCE_BYTES = 32;
const ENDPOINTS = {
        '/.well-known/openid-configuration': 'discovery',
        '/jwks': 'jwks',
        '/device/auth': 'device',
        '/token': 'token',
        '/me': 'userinfo',
        '/auth': 'authorization',
        '/backchannel': 'backchannel',
        '/token/revocation': 'revocation',
        '/token/introspection': 'introspection',
        '/session/end': 'end_session',
};

function signingKey() {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        return {
                ...privateKey.export({ format: 'jwk' }),
                use: 'sig',
                alg: 'RS256',
                kid: 'signing-key',
        };
}

// RFC 8252: a native application with loopback redirects, whose port may be any.
function clientFrom({ client_id, client_auth, credentials }) {
        const isPublic = client_auth === 'none';
        return {
                client_id,
                ...credentials,
                application_type: 'native',
                token_endpoint_auth_method: client_auth,
                ...(client_auth === 'client_secret_jwt' && {
                        token_endpoint_auth_signing_alg: 'HS256',
                }),
                grant_types: isPublic ? GRANTS : [...GRANTS, 'client_credentials'],
                redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
                response_types: ['code'],
                backchannel_token_delivery_mode: 'poll',
        };
}

const peerOf = (ctx) => ctx.socket.getPeerX509Certificate?.();

const mtlsFeature = {
        enabled: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: peerOf,
        certificateAuthorized: (ctx) => ctx.socket.authorized,
        certificateSubjectMatches: (ctx, property, expected) =>
                property === 'tls_client_auth_subject_dn' && peerOf(ctx).subject === expected,
};

function mtlsAliases(base) {
        return {
                device_authorization_endpoint: `${base}/device/auth`,
                token_endpoint: `${base}/token`,
                backchannel_authentication_endpoint: `${base}/backchannel`,
                revocation_endpoint: `${base}/token/revocation`,
                introspection_endpoint: `${base}/token/introspection`,
        };
}

function features({ users, dpop_nonce }) {
        return {
                deviceFlow: { enabled: true },
                devInteractions: { enabled: true },
                introspection: { enabled: true },
                revocation: { enabled: true },
                clientCredentials: { enabled: true },
                ciba: backchannelFeature(users),
                dPoP: {
                        enabled: true,
                        nonceSecret: randomBytes(NONCE_BYTES),
                        requireNonce: () => dpop_nonce,
                },
                mTLS: mtlsFeature,
        };
}

function configuration(settings, mtlsBase) {
        const { clients, users, expiration_sec, access_token_sec } = settings;
        return {
                clients: clients.map(clientFrom),
                clientAuthMethods: METHODS,
                jwks: { keys: [signingKey()] },
                cookies: { keys: [randomBytes(32).toString('base64url')] },
                claims: {
                        openid: ['sub'],
                        profile: ['preferred_username', 'name'],
                        email: ['email', 'email_verified'],
                        groups: ['groups'],
                },
                scopes: [
                        'openid',
                        'offline_access',
                        'profile',
                        'email',
                        'groups',
                        'directory.read',
                ],
                features: features(settings),
                discovery: { mtls_endpoint_aliases: mtlsAliases(mtlsBase) },
                rotateRefreshToken: true,
                clockTolerance: 0, // so that a lifetime is as short as it says
                pkce: { required: () => true, methods: ['S256'] },
                ttl: {
                        DeviceCode: expiration_sec,
                        BackchannelAuthenticationRequest: expiration_sec,
                        AccessToken: access_token_sec,
                },
                findAccount: (_, login) =>
                        users[login] && {
                                accountId: login,
                                claims: () => ({ sub: login, ...users[login] }),
                        },
        };
}

const settings = await readSettings();
const log = requestLog(settings.request_log, ENDPOINTS);
const server = https.createServer(tlsOptions(settings));
const mtlsServer = https.createServer({
        ...tlsOptions(settings),
        requestCert: true,
        rejectUnauthorized: false,
        ca: fs.readFileSync(settings.client_ca_file),
});
const port = await listen(server, settings.port);
const mtlsPort = await listen(mtlsServer);
const provider = new Provider(
        `https://localhost:${port}`,
        configuration(settings, `https://localhost:${mtlsPort}`),
);
const answer = provider.callback();

function onRequest(request, response) {
        if (request.url === CONTROL_PATH) {
                onControl(provider, request, response);
                return;
        }
        log(request, response);
        answer(request, response);
}

server.on('request', onRequest);
mtlsServer.on('request', onRequest);
announce(port);
