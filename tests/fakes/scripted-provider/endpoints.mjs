// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of one issuer, and which function answers at which endpoint. An endpoint takes the
// issuer, the request and its body, and returns an answer; server.mjs sends it.

import { onAuthorization, onBackchannel, onDevice } from './authorization.mjs';
import { admitClients } from './client-authentication.mjs';
import { onToken } from './grants.mjs';
import { onDiscovery, onKeys } from './metadata.mjs';
import { RESOURCE_PATHS, RESOURCES } from './resources.mjs';
import { onServiceToken } from './service-account.mjs';
import { onEndSession, onIntrospection, onRevocation } from './upkeep.mjs';

const FIRST_NUMBER = 1001;
const users = {};

export function admit(settings) {
        admitClients(settings.clients);
        Object.assign(users, settings.users);
}

export const isUser = (name) => Object.hasOwn(users, name);

// The person whom a hint or a path means: name, e-mail or subject.
function personCalled(hint) {
        return Object.keys(users).find((name) => {
                const { email, sub } = users[name];
                return [name, email, sub].includes(hint);
        });
}

// The codes and tokens that it gave out, and how often it was asked. address: what it calls itself;
// root: what all its paths begin with; elsewhere: the same on the port that asks for certificates.
export function newIssuer(name, row, base, elsewhere) {
        return {
                name,
                row,
                root: `${base}/${name}`,
                address: `${base}/${name}${row.issuer_path ?? ''}`,
                elsewhere: `${elsewhere}/${name}`,
                codes: new Map(),
                userCodes: new Map(),
                accessTokens: new Map(),
                refreshTokens: new Map(),
                idTokens: new Map(),
                jtis: new Set(),
                served: {},
                log: [],
                rotated: false,
                holds: new Set(),
                held: [],
                aheadSec: 0,
                offers: (what) => (row.offers ?? []).includes(what),
                claimsOf: (user) => ({ ...users[user], ...row.claims }),
                groupsOf: (user) => users[user].groups,
                numberOf: (user) => Object.keys(users).indexOf(user) + FIRST_NUMBER,
                personCalled,
        };
}

export const ENDPOINTS = {
        discovery: onDiscovery,
        jwks: onKeys,
        device: onDevice,
        token: onToken,
        backchannel: onBackchannel,
        authorization: onAuthorization,
        revocation: onRevocation,
        introspection: onIntrospection,
        end_session: onEndSession,
        'service-token': onServiceToken,
        ...RESOURCES,
};

// Endpoints that are there only for rows that offer them.
const OFFERED = {
        backchannel: 'ciba',
        authorization: 'code',
        revocation: 'revocation',
        introspection: 'introspection',
        end_session: 'end_session',
        'service-token': 'service_account',
};

const PATHS = [
        [/^bc-authorize$/, 'backchannel'],
        [/^authorize$/, 'authorization'],
        [/^revoke$/, 'revocation'],
        [/^introspect$/, 'introspection'],
        [/^end-session$/, 'end_session'],
        ...RESOURCE_PATHS,
];

export const endpointAt = (path) => PATHS.find(([form]) => form.test(path))?.[1] ?? path;

export const isThere = (issuer, endpoint) =>
        Object.hasOwn(ENDPOINTS, endpoint) &&
        (!OFFERED[endpoint] || issuer.offers(OFFERED[endpoint])) &&
        !(issuer.row.openid === false && ['discovery', 'jwks', 'userinfo'].includes(endpoint));
