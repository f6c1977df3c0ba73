// SPDX-License-Identifier: LGPL-2.1-or-later
// What the device and the token endpoint demand of every request: its form, and the client behind
// it (RFC 6749 section 2.3). endpoints.mjs is the only caller.

import { jsonAnswer } from './answers.mjs';

const refusal = (status, error) => ({ refusal: jsonAnswer(status, { error }) });
const formDecode = (text) => decodeURIComponent(text.replaceAll('+', ' '));

function basicCredentials(header) {
        const text = Buffer.from(header.slice('Basic '.length), 'base64').toString();
        const at = text.indexOf(':');
        return [formDecode(text.slice(0, at)), formDecode(text.slice(at + 1))];
}

// { client } or { refusal }. Never two methods at once; a client with a secret must use it.
function authenticate(clients, request, form) {
        const header = request.headers.authorization;
        let [id, secret] = [form.get('client_id'), form.get('client_secret')];
        request.auth = secret === null ? 'none' : 'client_secret_post';
        if (header) {
                if (secret !== null || !header.startsWith('Basic '))
                        return refusal(400, 'invalid_request');
                request.auth = 'client_secret_basic';
                try {
                        [id, secret] = basicCredentials(header);
                } catch {
                        return refusal(401, 'invalid_client');
                }
                if (form.has('client_id') && form.get('client_id') !== id)
                        return refusal(400, 'invalid_request');
        }
        const client = clients.get(id);
        if (!client || (client.client_secret ?? null) !== secret)
                return refusal(401, 'invalid_client');
        return { client };
}

// { form, client } or { refusal }: what device and token endpoint demand of every request.
export function openRequest(clients, request, body) {
        const type = request.headers['content-type'] ?? '';
        if (request.method !== 'POST' || !type.startsWith('application/x-www-form-urlencoded'))
                return refusal(400, 'invalid_request');
        const form = new URLSearchParams(body);
        const names = [...form.keys()];
        if (new Set(names).size !== names.length) return refusal(400, 'invalid_request');
        return { form, ...authenticate(clients, request, form) };
}
