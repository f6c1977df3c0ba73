// SPDX-License-Identifier: LGPL-2.1-or-later
// CIBA in poll mode for oidc-provider: who is meant by a hint, which requests wait, and how a test
// decides them (POST /control/backchannel). server.js is the only caller.

import { errors } from 'oidc-provider';

const BODY_LIMIT = 65536;
const MESSAGE = /^[ -~]{1,100}$/;

export const CONTROL_PATH = '/control/backchannel';

// Requests that nobody decided yet, by their binding message.
const waiting = new Map();

// features.ciba of the provider. Its own rule for messages is twenty signs without a blank.
export function backchannelFeature(users) {
        return {
                enabled: true,
                deliveryModes: ['poll'],
                processLoginHint: async (_, hint) =>
                        Object.keys(users).find((name) =>
                                [name, users[name].email].includes(hint),
                        ),
                validateBindingMessage: async (_, message) => {
                        if (message !== undefined && !MESSAGE.test(message))
                                throw new errors.InvalidBindingMessage(
                                        '1 to 100 printable signs',
                                );
                },
                validateRequestContext: async () => {},
                verifyUserCode: async () => {},
                triggerAuthenticationDevice: async (_, request) => {
                        waiting.set(request.params.binding_message, request);
                },
        };
}

async function grantFor(provider, request) {
        const { clientId, accountId, params } = request;
        const grant = new provider.Grant({ clientId, accountId });
        grant.addOIDCScope(params.scope);
        await grant.save();
        return grant;
}

// 200, or 404 when no such request waits for this person.
async function decide(provider, { binding_message, user, approve }) {
        const request = waiting.get(binding_message);
        if (request?.accountId !== user) return 404;
        waiting.delete(binding_message);
        const result = approve
                ? await grantFor(provider, request)
                : new errors.AccessDenied('the person declined');
        await provider.backchannelResult(request, result);
        return 200;
}

export function onControl(provider, request, response) {
        let body = '';
        request.setEncoding('utf8');
        request.on('data', (chunk) => (body += body.length < BODY_LIMIT ? chunk : ''));
        request.on('end', async () => {
                response.writeHead(await decide(provider, JSON.parse(body)));
                response.end();
        });
}
