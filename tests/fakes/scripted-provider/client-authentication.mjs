// SPDX-License-Identifier: LGPL-2.1-or-later
// What every endpoint that clients call demands of a request: its form, and the client behind it
// (RFC 6749 section 2.3, RFC 7523, RFC 8705). A row says by "auth" which method counts.

import { jsonAnswer } from './answers.mjs';
import { assertionFault, jwsOf } from './proofs.mjs';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const clients = new Map();

export function admitClients(list) {
        for (const client of list) clients.set(client.client_id, client);
}

const refusal = (status, error, why) => ({
        refusal: jsonAnswer(status, { error, ...(why && { error_description: why }) }),
});
const invalidClient = (why) => refusal(401, 'invalid_client', why);
const formDecode = (text) => decodeURIComponent(text.replaceAll('+', ' '));

function pairOf(header, isPlain) {
        const text = Buffer.from(header.slice('Basic '.length), 'base64').toString();
        const at = text.indexOf(':');
        const pair = [text.slice(0, at), text.slice(at + 1)];
        return isPlain ? pair : pair.map(formDecode);
}

function bySecret(client, secret) {
        return (client.client_secret ?? null) === secret
                ? { client }
                : invalidClient('the secret');
}

function byBasic(form, header, isPlain) {
        if (!header.startsWith('Basic ')) return refusal(400, 'invalid_request');
        try {
                const [id, secret] = pairOf(header, isPlain);
                if (form.has('client_id') && form.get('client_id') !== id)
                        return refusal(400, 'invalid_request');
                const client = clients.get(id);
                return client ? bySecret(client, secret) : invalidClient('nobody knows it');
        } catch {
                return invalidClient('the secret is not form-encoded');
        }
}

function byAssertion(form, issuer) {
        if (form.get('client_assertion_type') !== ASSERTION_TYPE)
                return refusal(400, 'invalid_request', 'client_assertion_type');
        const jws = jwsOf(form.get('client_assertion'));
        const client = clients.get(form.get('client_id') ?? jws?.claims.sub);
        if (!client) return invalidClient('nobody knows it');
        const why = assertionFault(jws, client, issuer);
        return why ? invalidClient(why) : { client };
}

// RFC 8705: a certificate of the client authority with the client's subject (2.1), or the very one
// that the client registered (2.2).
function byCertificate(client, request) {
        const peer = request.socket.getPeerCertificate?.() ?? {};
        const isRight = client.certificate_sha256
                ? peer.fingerprint256 === client.certificate_sha256
                : request.socket.authorized && peer.subject?.CN === client.certificate_subject;
        return isRight ? { client } : invalidClient('the certificate');
}

function byNothing(client, request, method) {
        if (client.certificate_sha256 || client.certificate_subject)
                return byCertificate(client, request);
        const isEnough = method === 'none' || !(client.client_secret || client.keys);
        return isEnough ? { client } : invalidClient('it must authenticate');
}

function methodOf(client, form, header) {
        if (header) return 'client_secret_basic';
        if (form.has('client_secret')) return 'client_secret_post';
        if (form.has('client_assertion'))
                return client?.keys ? 'private_key_jwt' : 'client_secret_jwt';
        if (client?.certificate_subject) return 'tls_client_auth';
        return client?.certificate_sha256 ? 'self_signed_tls_client_auth' : 'none';
}

function tryEach(issuer, request, form, demanded) {
        const header = request.headers.authorization;
        const ways = [Boolean(header), form.has('client_secret'), form.has('client_assertion')];
        if (ways.filter(Boolean).length > 1)
                return refusal(400, 'invalid_request', 'two methods');
        if (header) return byBasic(form, header, demanded === 'client_secret_basic_plain');
        if (form.has('client_assertion')) return byAssertion(form, issuer);
        const client = clients.get(form.get('client_id'));
        if (!client) return invalidClient('nobody knows it');
        return form.has('client_secret')
                ? bySecret(client, form.get('client_secret'))
                : byNothing(client, request, demanded);
}

// What a row demands at an endpoint: "auth": METHOD, or { ENDPOINT: METHOD, "*": METHOD }.
function demandOf({ auth }, endpoint) {
        return typeof auth === 'object' ? (auth[endpoint] ?? auth['*']) : auth;
}

// { client } or { refusal }. Never two methods at once; a client with a credential must use it,
// where the row does not demand another method.
function authenticate(issuer, endpoint, request, form) {
        const demanded = demandOf(issuer.row, endpoint);
        const found = tryEach(issuer, request, form, demanded);
        const known = found.client ?? clients.get(form.get('client_id'));
        request.auth = methodOf(known, form, request.headers.authorization);
        if (found.client && demanded && demanded.replace('_plain', '') !== request.auth)
                return invalidClient(`${demanded} is the method here`);
        return found;
}

// { form, client } or { refusal }: what the endpoints for clients demand of every request.
export function openRequest(issuer, endpoint, request, body) {
        const type = request.headers['content-type'] ?? '';
        if (request.method !== 'POST' || !type.startsWith('application/x-www-form-urlencoded'))
                return refusal(400, 'invalid_request');
        const form = new URLSearchParams(body);
        const names = [...form.keys()];
        if (new Set(names).size !== names.length) return refusal(400, 'invalid_request');
        return { form, ...authenticate(issuer, endpoint, request, form) };
}

export const clientOf = (id) => clients.get(id);
