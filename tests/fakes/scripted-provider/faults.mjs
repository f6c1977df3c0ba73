// SPDX-License-Identifier: LGPL-2.1-or-later
// What a test does to the server while a login is under way: answers are held back until told, all
// connections are reset, an issuer's clock runs ahead. server.mjs is the only caller.

const sockets = new Set();

export function watchConnections(server) {
        server.on('connection', (socket) => {
                sockets.add(socket);
                socket.once('close', () => sockets.delete(socket));
        });
}

export function hold(issuer, endpoint) {
        issuer.holds.add(endpoint);
}

function drop(issuer, one) {
        issuer.held = issuer.held.filter((other) => other !== one);
}

// The answer as it is; or, while its endpoint is held, one that waits for release().
export function heldBack(issuer, endpoint, answer) {
        if (!issuer.holds.has(endpoint)) return answer;
        return {
                ...answer,
                send: (response) => {
                        const one = { endpoint, response, answer };
                        issuer.held.push(one);
                        response.once('close', () => drop(issuer, one));
                },
        };
}

export function release(issuer, endpoint) {
        issuer.holds.delete(endpoint);
        const free = issuer.held.filter((one) => one.endpoint === endpoint);
        for (const one of free) {
                drop(issuer, one);
                one.answer.send(one.response, one.answer);
        }
}

// TCP resets on every connection but the one that asks; nothing is held any more.
export function resetConnections(issuer, askedFrom) {
        issuer.holds.clear();
        issuer.held = [];
        for (const socket of sockets)
                if (socket.remotePort !== askedFrom) socket.resetAndDestroy();
}
