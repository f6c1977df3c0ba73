// SPDX-License-Identifier: LGPL-2.1-or-later
// oidc-provider (npm, certified) with the device grant, behind TLS on loopback. Pinned to 8.8.x,
// which runs on Node 18. Sign-in is its development page: any password.
// tests/host/oidc_provider.py runs it.
//
// Behaves: no interval in the answer, never slow_down, claims beyond sub only at userinfo.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import https from 'node:https';

import Provider from 'oidc-provider';

import { announce, listen, readSettings, requestLog, tlsOptions } from '../process.mjs';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ENDPOINTS = {
        '/.well-known/openid-configuration': 'discovery',
        '/jwks': 'jwks',
        '/device/auth': 'device',
        '/token': 'token',
        '/me': 'userinfo',
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

function clientFrom({ client_id, client_secret, client_auth }) {
        return {
                client_id,
                ...(client_secret && { client_secret }),
                token_endpoint_auth_method: client_auth,
                grant_types: [DEVICE_GRANT, 'refresh_token'],
                redirect_uris: [],
                response_types: [],
        };
}

function configuration({ clients, users, expiration_sec }) {
        return {
                clients: clients.map(clientFrom),
                jwks: { keys: [signingKey()] },
                cookies: { keys: [randomBytes(32).toString('base64url')] },
                claims: {
                        openid: ['sub'],
                        profile: ['preferred_username', 'name'],
                        email: ['email', 'email_verified'],
                        groups: ['groups'],
                },
                scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
                features: {
                        deviceFlow: { enabled: true },
                        devInteractions: { enabled: true },
                        introspection: { enabled: true },
                        revocation: { enabled: true },
                },
                ttl: { DeviceCode: expiration_sec },
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
const port = await listen(server, settings.port);
const provider = new Provider(`https://localhost:${port}`, configuration(settings));
const answer = provider.callback();

server.on('request', (request, response) => {
        log(request, response);
        answer(request, response);
});
announce(port);
