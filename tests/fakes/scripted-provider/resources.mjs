// SPDX-License-Identifier: LGPL-2.1-or-later
// What access tokens open: userinfo (OIDC Core 5.3), and the interfaces by which large providers
// tell who somebody is and in which groups: GitHub's, Microsoft Graph's, Google's Cloud Identity,
// and a directory asked with the client's own token. Lists come in pages, one entry each unless
// "page_size" says otherwise.

import { jsonAnswer } from './answers.mjs';
import { checkProof, resourceRefusal, withNonce } from './dpop.mjs';
import { documentAnswer, finish, nextStep } from './steps.mjs';
import { accessTokenOf, scopesOf, withoutNull } from './tokens.mjs';

const PAGES_WITHOUT_END = 100000;

// { grant } or { refusal }: whoever shows a token that counts here, by the right scheme, with the
// proof of its key.
function bearer(issuer, request, endpoint) {
        const [scheme, token] = (request.headers.authorization ?? '').split(' ');
        const grant = accessTokenOf(issuer, token)?.grant;
        request.auth = { Bearer: 'bearer', DPoP: 'dpop' }[scheme] ?? 'none';
        if (!grant || request.auth !== (grant.jkt ? 'dpop' : 'bearer'))
                return { refusal: jsonAnswer(401, { error: 'invalid_token' }) };
        const proof = grant.jkt ? checkProof(issuer, request, token) : {};
        if (proof.error || proof.jkt !== grant.jkt)
                return { refusal: resourceRefusal(issuer, { error: 'invalid_token', ...proof }) };
        const needed = issuer.row.needs_scope?.[endpoint];
        if (needed && !scopesOf(grant.scope).includes(needed))
                return { refusal: jsonAnswer(403, { error: 'insufficient_scope' }) };
        return { grant };
}

// An endpoint for a person's token (or, with "client", for the client's own).
const forToken = (endpoint, whose, answer) => (issuer, request) => {
        const { refusal, grant } = bearer(issuer, request, endpoint);
        if (refusal) return refusal;
        const owner = grant.user === undefined ? 'client' : 'person';
        const isNameless = endpoint.startsWith('github-') && !request.headers['user-agent'];
        if (owner !== whose || isNameless)
                return jsonAnswer(403, { error: 'insufficient_scope' });
        return withNonce(issuer, answer(issuer, request, grant.user));
};

function userinfo(issuer, _, user) {
        const claims = { ...issuer.claimsOf(user), ...issuer.row.userinfo_claims };
        const shown = issuer.row.claims_in === 'id_token' ? { sub: claims.sub } : claims;
        return documentAnswer(issuer, 'userinfo', 200, withoutNull(shown));
}

// ---- pages ----

// Where the next page is said to be: a step's "next" makes it elsewhere (the other port), http, or
// the same page again; endless never comes to the last.
const NEXT = {
        normal: (address) => address,
        endless: (address) => address,
        elsewhere: (address, issuer) => address.replace(issuer.root, issuer.elsewhere),
        http: (address) => address.replace('https:', 'http:'),
        same: (address) => address.replace(/(page(Token)?=|skiptoken=)\d+/, '$11'),
};

export const nextNames = Object.keys(NEXT);

// { items, next }: the page that the parameter asks for, and the address of the one after.
function pageOf(issuer, request, list, parameter, step) {
        const url = new URL(request.url, issuer.root);
        const number = Number(url.searchParams.get(parameter) ?? 1);
        const size = issuer.row.page_size ?? 1;
        const kind = step.next ?? 'normal';
        const pages = kind === 'endless' ? PAGES_WITHOUT_END : Math.ceil(list.length / size);
        const first = kind === 'endless' ? 0 : (number - 1) * size;
        url.searchParams.delete(parameter);
        const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('='));
        const more = [...query, `${parameter}=${number + 1}`].join('&');
        const address = `${url.origin}${url.pathname}?${more}`;
        return {
                items: list.slice(first, first + size),
                next: number < pages ? NEXT[kind](address, issuer) : undefined,
                nextNumber: number < pages ? String(number + 1) : undefined,
        };
}

function finishPage(issuer, endpoint, step, value, next) {
        const answer = finish(issuer, endpoint, jsonAnswer(200, value), step);
        const link = `<${next}>; rel="next", <${issuer.root}/api/last>; rel="last"`;
        return next ? { ...answer, headers: { ...answer.headers, link } } : answer;
}

// ---- GitHub: numbers as ids, pages by the Link header (RFC 8288) ----

const numberOf = (text) =>
        [...text].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7) % 1e9;

const linkPages = (endpoint, listOf) => (issuer, request, user) => {
        const step = nextStep(issuer, endpoint);
        const { items, next } = pageOf(issuer, request, listOf(issuer, user), 'page', step);
        return finishPage(issuer, endpoint, step, items, next);
};

function githubUser(issuer, _, user) {
        const claims = issuer.claimsOf(user);
        return documentAnswer(issuer, 'github-user', 200, {
                login: claims.preferred_username,
                id: issuer.numberOf(user),
                node_id: `MDQ6VXNlcj${issuer.numberOf(user)}`,
                type: 'User',
                name: claims.name,
                email: null,
        });
}

const githubEmails = (issuer, user) => {
        const {
                email,
                email_verified: verified,
                preferred_username: login,
        } = issuer.claimsOf(user);
        return [
                { email: `${login}@users.noreply.example`, primary: false, verified: true },
                { email, primary: true, verified, visibility: 'private' },
        ];
};

const githubOrgs = (issuer, user) =>
        issuer.groupsOf(user).map((login) => ({ login, id: numberOf(login), description: null }));

const githubTeams = (issuer, user) =>
        issuer.groupsOf(user).map((name) => ({
                id: numberOf(`${name}-team`),
                slug: `${name}-team`,
                name: `The ${name} team`,
                organization: { login: 'acme', id: numberOf('acme') },
        }));

// ---- Microsoft Graph: ids that are not names, pages by @odata.nextLink ----

const guidOf = (name) =>
        `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(-12)}`;

function graphGroups(issuer, request, user) {
        const step = nextStep(issuer, 'graph-groups');
        const groups = issuer.groupsOf(user).map((name) => ({
                '@odata.type': '#microsoft.graph.group',
                id: guidOf(name),
                displayName: name,
        }));
        const { items, next } = pageOf(issuer, request, groups, '$skiptoken', step);
        const value = { '@odata.context': `${issuer.root}/graph/$metadata`, value: items };
        return finish(
                issuer,
                'graph-groups',
                jsonAnswer(200, next ? { ...value, '@odata.nextLink': next } : value),
                step,
        );
}

// ---- Cloud Identity: pages by nextPageToken; a query that names the member ----

function cloudGroups(issuer, request, user) {
        const step = nextStep(issuer, 'cloud-groups');
        const query = new URL(request.url, issuer.root).searchParams.get('query') ?? '';
        if (!query.includes(`member_key_id == '${issuer.claimsOf(user).email}'`))
                return jsonAnswer(400, { error: { code: 400, status: 'INVALID_ARGUMENT' } });
        const groups = issuer.groupsOf(user).map((name) => ({
                group: `groups/${numberOf(name)}`,
                groupKey: { id: `${name}@example.com` },
                displayName: name,
        }));
        const { items, nextNumber } = pageOf(issuer, request, groups, 'pageToken', step);
        const value = { memberships: items, ...(nextNumber && { nextPageToken: nextNumber }) };
        return finish(issuer, 'cloud-groups', jsonAnswer(200, value), step);
}

// ---- a directory that the client asks by itself ----

function personAt(issuer, request) {
        const path = request.url.split('?')[0];
        return issuer.personCalled(
                decodeURIComponent(path.match(/\/directory\/users\/([^/]*)/)[1]),
        );
}

function directoryUser(issuer, request) {
        const person = personAt(issuer, request);
        if (!person) return jsonAnswer(404, { error: 'Request_ResourceNotFound' });
        const { sub, email } = issuer.claimsOf(person);
        const value = { id: sub, userPrincipalName: email, accountEnabled: true };
        return documentAnswer(issuer, 'directory-user', 200, value);
}

function directoryGroups(issuer, request) {
        const person = personAt(issuer, request);
        if (!person) return jsonAnswer(404, { error: 'Request_ResourceNotFound' });
        return linkPages('directory-groups', githubOrgs)(issuer, request, person);
}

export const RESOURCES = {
        userinfo: forToken('userinfo', 'person', userinfo),
        'github-user': forToken('github-user', 'person', githubUser),
        'github-emails': forToken(
                'github-emails',
                'person',
                linkPages('github-emails', githubEmails),
        ),
        'github-orgs': forToken('github-orgs', 'person', linkPages('github-orgs', githubOrgs)),
        'github-teams': forToken(
                'github-teams',
                'person',
                linkPages('github-teams', githubTeams),
        ),
        'graph-groups': forToken('graph-groups', 'person', graphGroups),
        'cloud-groups': forToken('cloud-groups', 'person', cloudGroups),
        'directory-user': forToken('directory-user', 'client', directoryUser),
        'directory-groups': forToken('directory-groups', 'client', directoryGroups),
};

// Paths below the issuer that are not called as their endpoint is.
export const RESOURCE_PATHS = [
        [/^api\/user$/, 'github-user'],
        [/^api\/user\/emails$/, 'github-emails'],
        [/^api\/user\/orgs$/, 'github-orgs'],
        [/^api\/user\/teams$/, 'github-teams'],
        [/^graph\/me\/transitiveMemberOf$/, 'graph-groups'],
        [/^cloud-identity\/groups\/-\/memberships:searchTransitiveGroups$/, 'cloud-groups'],
        [/^directory\/users\/[^/]+$/, 'directory-user'],
        [/^directory\/users\/[^/]+\/groups$/, 'directory-groups'],
];
