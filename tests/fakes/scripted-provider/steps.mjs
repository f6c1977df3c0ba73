// SPDX-License-Identifier: LGPL-2.1-or-later
// How a row's steps change honest answers. Every endpoint uses it.

import { jsonAnswer, shaped } from './answers.mjs';
import { nextOf, stepOf } from './table.mjs';
import { withoutNull } from './tokens.mjs';

// The answer as the step wants it: members set, another status, another shape.
export function finish(issuer, endpoint, answer, step) {
        const value = step.set ? withoutNull({ ...answer.value, ...step.set }) : answer.value;
        return shaped(
                jsonAnswer(step.status ?? answer.status, value),
                step.as,
                `${issuer.root}/redirected/${endpoint}`,
        );
}

// The step for the request that came now, of an endpoint without state but how often it was asked.
export function nextStep(issuer, endpoint) {
        const list = issuer.row[endpoint] ?? ['normal'];
        const at = issuer.served[endpoint] ?? 0;
        issuer.served[endpoint] = at + 1;
        return stepOf(nextOf(list, at), 'normal');
}

export function documentAnswer(issuer, endpoint, status, value) {
        const step = nextStep(issuer, endpoint);
        return finish(issuer, endpoint, jsonAnswer(status, value), step);
}
