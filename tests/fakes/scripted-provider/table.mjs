// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads scenarios.json; README.md says how a row reads.

import fs from 'node:fs';

import { shapeNames } from './answers.mjs';
import { forgeryNames } from './id-tokens.mjs';

const DEFAULTS = { alg: 'RS256', interval: 1, expires_in: 600, claims_in: 'both' };
// Lists of steps that are no endpoint's: of grants at the token endpoint.
const STEPS = ['code', 'refresh', 'client_credentials'];
const MEMBERS =
        `expect requests reason account accounts map provider seconds why for mend as strict_sec interval
        expires_in alg claims id_claims userinfo_claims refresh_claims claims_in metadata forgery
        rotate rotation offers auth mtls pkce dpop dpop_nonce openid speaks page_size needs_scope
        refresh_scope issuer_path token_lifetime demands`.split(/\s+/);

const rows = JSON.parse(fs.readFileSync(new URL('scenarios.json', import.meta.url)));

// The row of an issuer called "ROW" or "ROW~ANYTHING"; undefined when there is none.
export function rowOf(name) {
        const row = name.split('~')[0];
        return Object.hasOwn(rows, row) ? { ...DEFAULTS, ...rows[row] } : undefined;
}

// The next entry of a list that a row gives for an endpoint; the last one stays.
export function nextOf(list, at) {
        return list[Math.min(at, list.length - 1)];
}

// A step is "name", "name|shape" or { answer, as, set, status, next, twice }.
export function stepOf(step, natural) {
        if (typeof step !== 'string') return { answer: natural, ...step };
        const [name, shape] = step.split('|');
        const isShape = shapeNames.includes(name.split(':')[0]);
        return isShape ? { answer: natural, as: name } : { answer: name, as: shape };
}

// A row that asks for something unknown is a mistake; so is something that no row asks for.
export function checkTable({ endpoints, offers, nexts }) {
        const lists = [...endpoints, ...STEPS];
        const steps = Object.values(rows)
                .flatMap((row) => lists.flatMap((name) => row[name] ?? []))
                .map((step) => stepOf(step, ''));
        const members = Object.values(rows).flatMap(Object.keys);
        const stranger = members.find((name) => ![...MEMBERS, ...lists].includes(name));
        if (stranger) throw new Error(`scenarios.json: unknown member: ${stranger}`);
        const from = (member) => Object.values(rows).flatMap((row) => row[member] ?? []);
        for (const [asked, known] of [
                [steps.map((step) => step.as?.split(':')[0]), shapeNames],
                [steps.map((step) => step.next ?? 'normal'), nexts],
                [from('forgery'), forgeryNames],
                [from('offers'), offers],
        ]) {
                const strange = asked.find((name) => name && !known.includes(name));
                const unused = known.find((name) => !asked.includes(name));
                if (strange || unused)
                        throw new Error(
                                `scenarios.json: unknown or unused: ${strange ?? unused}`,
                        );
        }
}
