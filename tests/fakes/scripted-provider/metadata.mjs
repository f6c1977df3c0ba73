// SPDX-License-Identifier: LGPL-2.1-or-later
// The discovery document and the key set. A row says by "offers" which grants and endpoints there
// are beyond the device grant, and by "mtls" where clients with certificates go.

import { keySet } from './id-tokens.mjs';
import { documentAnswer } from './steps.mjs';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

const METHODS = [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
        'none',
];

// What each word of "offers" adds; base is where its endpoints are.
const OFFERS = {
        ciba: (base) => ({
                backchannel_authentication_endpoint: `${base}/bc-authorize`,
                backchannel_token_delivery_modes_supported: ['poll'],
                grant: CIBA_GRANT,
        }),
        code: (base) => ({
                authorization_endpoint: `${base}/authorize`,
                authorization_response_iss_parameter_supported: true,
                code_challenge_methods_supported: ['S256'],
                response_types_supported: ['code'],
                grant: 'authorization_code',
        }),
        refresh: () => ({ grant: 'refresh_token' }),
        client_credentials: () => ({ grant: 'client_credentials' }),
        revocation: (base) => ({ revocation_endpoint: `${base}/revoke` }),
        introspection: (base) => ({ introspection_endpoint: `${base}/introspect` }),
        end_session: (base) => ({ end_session_endpoint: `${base}/end-session` }),
        service_account: () => ({}),
        dpop: () => ({ dpop_signing_alg_values_supported: ['ES256'] }),
};

export const offerNames = Object.keys(OFFERS);

function endpointsAt(base, offers) {
        const all = [
                {
                        device_authorization_endpoint: `${base}/device`,
                        token_endpoint: `${base}/token`,
                        userinfo_endpoint: `${base}/userinfo`,
                        grant: DEVICE_GRANT,
                },
                ...offers.map((name) => OFFERS[name](base)),
        ];
        const { grant: _, ...members } = Object.assign({}, ...all);
        return { ...members, grants: all.map(({ grant }) => grant).filter(Boolean) };
}

const onlyEndpoints = (members) =>
        Object.fromEntries(
                Object.entries(members).filter(([name]) => name.endsWith('_endpoint')),
        );

function metadata({ root, elsewhere, address, row }) {
        const offers = row.offers ?? [];
        const isApart = row.mtls === 'aliases';
        const { grants, ...members } = endpointsAt(
                row.mtls && !isApart ? elsewhere : root,
                offers,
        );
        return {
                issuer: address,
                jwks_uri: `${root}/jwks`,
                ...members,
                ...(isApart && {
                        mtls_endpoint_aliases: onlyEndpoints(endpointsAt(elsewhere, offers)),
                }),
                grant_types_supported: [...new Set([...grants, 'refresh_token'])],
                token_endpoint_auth_methods_supported: METHODS,
                token_endpoint_auth_signing_alg_values_supported: [
                        'RS256',
                        'PS256',
                        'ES256',
                        'HS256',
                ],
                response_types_supported: members.response_types_supported ?? [],
                subject_types_supported: ['public'],
                id_token_signing_alg_values_supported: [row.alg],
                ...row.metadata,
        };
}

export const onDiscovery = (issuer) => documentAnswer(issuer, 'discovery', 200, metadata(issuer));

export function onKeys(issuer) {
        const { row, rotated } = issuer;
        const keys = keySet(row.alg, { rotated, small: row.forgery === 'small-key' });
        return documentAnswer(issuer, 'jwks', 200, keys);
}
