// SPDX-License-Identifier: LGPL-2.1-or-later
// A second opinion on id_tokens, from the jose library that oidc-provider brings along. One JSON
// line in: a list of { token, keys, issuer, audience, alg }; one out: "good" or jose's error code
// for each.

import readline from 'node:readline';

import { createLocalJWKSet, jwtVerify } from 'jose';

async function verdict({ token, keys, issuer, audience, alg }) {
        try {
                await jwtVerify(token, createLocalJWKSet(keys), {
                        issuer,
                        audience,
                        algorithms: [alg],
                });
                return 'good';
        } catch (error) {
                return error.code ?? error.message;
        }
}

for await (const line of readline.createInterface({ input: process.stdin }))
        process.stdout.write(
                `${JSON.stringify(await Promise.all(JSON.parse(line).map(verdict)))}\n`,
        );
