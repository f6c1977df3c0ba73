// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads scenarios.json; README.md says how a row reads.

import fs from 'node:fs';

import { shapeNames } from './answers.mjs';
import { forgeryNames } from './id-tokens.mjs';

const DEFAULTS = { alg: 'RS256', interval: 1, expires_in: 600, as: 'alice', claims_in: 'both' };

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

// A step is "name", "name|shape" or { answer, as, set, status }.
export function stepOf(step, natural) {
        if (typeof step !== 'string') return { answer: natural, ...step };
        const [name, shape] = step.split('|');
        const isShape = shapeNames.includes(name.split(':')[0]);
        return isShape ? { answer: natural, as: name } : { answer: name, as: shape };
}

// A row that asks for something unknown is a mistake; so is something that no row asks for.
export function checkTable(endpoints) {
        const steps = Object.values(rows).flatMap((row) =>
                endpoints.flatMap((name) => row[name] ?? []),
        );
        const shapes = steps.map((step) => stepOf(step, '').as?.split(':')[0]);
        const forgeries = Object.values(rows).map((row) => row.forgery);
        for (const [asked, known] of [
                [shapes, shapeNames],
                [forgeries, forgeryNames],
        ]) {
                const strange = asked.find((name) => name && !known.includes(name));
                const unused = known.find((name) => !asked.includes(name));
                if (strange || unused)
                        throw new Error(
                                `scenarios.json: unknown or unused: ${strange ?? unused}`,
                        );
        }
}
