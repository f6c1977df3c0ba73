// SPDX-License-Identifier: LGPL-2.1-or-later
// The token endpoint of a service account (RFC 7523 section 2.1), as Google has one: what the
// account signs is enough, nothing is said of a client. An administrator lets it ask in their name.

import { jsonAnswer } from './answers.mjs';
import { clientOf } from './client-authentication.mjs';
import { datesFault, isSignedBy, jwsOf } from './proofs.mjs';
import { finish, nextStep } from './steps.mjs';
import { newGrant, tokensFor } from './tokens.mjs';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ACCOUNT = 'badged-key'; // has keys as a client of that name has
const ADMINISTRATOR = 'admin@example.com';

function fault(issuer, request, form) {
        if (request.headers.authorization || [...form.keys()].join() !== 'grant_type,assertion')
                return 'there is more than the statement';
        const jws = jwsOf(form.get('assertion'));
        if (!jws || !clientOf(ACCOUNT).keys.some((key) => isSignedBy(jws, key)))
                return 'the signature is not of a key of the account';
        const { iss, sub, aud } = jws.claims;
        if (iss !== ACCOUNT || sub !== ADMINISTRATOR) return 'iss or sub is somebody else';
        if (aud !== `${issuer.root}/service-token`) return 'aud is not this endpoint';
        return datesFault(jws.claims, issuer.jtis, true);
}

export function onServiceToken(issuer, request, body) {
        const form = new URLSearchParams(body);
        if (form.get('grant_type') !== GRANT)
                return jsonAnswer(400, { error: 'unsupported_grant_type' });
        const why = fault(issuer, request, form);
        if (why) return jsonAnswer(400, { error: 'invalid_grant', error_description: why });
        const { scope } = jwsOf(form.get('assertion')).claims;
        const grant = newGrant(issuer, { client: clientOf(ACCOUNT), scope });
        const step = nextStep(issuer, 'service-token');
        return finish(issuer, 'service-token', jsonAnswer(200, tokensFor(issuer, grant)), step);
}
