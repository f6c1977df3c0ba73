// SPDX-License-Identifier: LGPL-2.1-or-later
// The ways in which an answer can be odd, and how each goes out over HTTP/1.1 or HTTP/2. The
// table SHAPES names them; a row of scenarios.json asks for one by that name. server.mjs is the
// only caller.

const HUGE_BYTES = 10 * 1024 * 1024;
const TRICKLE_MSEC = 200;
const HTML = '<!DOCTYPE html><html><body><h1>Sign in to the guest network</h1></body></html>\n';
const JSON_TYPE = 'application/json';

// An answer: { status, value, headers, text, send }. The honest one carries JSON, or nothing, and
// goes out whole.
export function jsonAnswer(status, value) {
        return {
                status,
                value,
                headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store' },
                text: value === undefined ? '' : JSON.stringify(value),
                send: sendWhole,
        };
}

// Over HTTP/2 past node's compatibility layer, which ends a stream with a frame of its own: by then
// libcurl has read all that it was promised and resets the stream, and nghttp2 breaks a connection
// with too many of those.
function sendWhole(response, { status, headers, text }) {
        const all = { ...headers, 'content-length': Buffer.byteLength(text) };
        if (response.stream?.destroyed) return;
        if (response.stream) {
                response.stream.respond({ ':status': status, ...all });
                response.stream.end(text);
        } else {
                response.writeHead(status, all);
                response.end(text);
        }
}

function sendChunked(response, { status, headers, text }) {
        response.writeHead(status, headers);
        response.write(text.slice(0, 1));
        response.end(text.slice(1));
}

function abort(response) {
        if (response.stream) response.stream.session?.destroy();
        else response.socket?.destroy();
}

function sendCut(response, { status, headers, text }) {
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
        response.write(text.slice(0, text.length / 2), () => setTimeout(abort, 10, response));
}

function sendTrickle(response, { status, headers }) {
        response.writeHead(status, headers);
        const timer = setInterval(() => response.write(' '), TRICKLE_MSEC);
        response.once('close', () => clearInterval(timer));
}

const sendLater = (msec) => (response, answer) => {
        const timer = setTimeout(sendWhole, msec, response, answer);
        response.once('close', () => clearTimeout(timer));
};

const withText = (change) => (answer, argument) => ({
        ...answer,
        text: change(answer.text, argument, answer.value),
});
const addMember = (member) => withText((text) => text.replace(/}$/, `,${member}}`));
const nest = (depth) => `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`;
const numbersAsText = (_, value) => (typeof value === 'number' ? String(value) : value);
const huge = () => `"padding":"${'x'.repeat(HUGE_BYTES)}"`;
const page = (status) => ({
        status,
        headers: { 'content-type': 'text/html' },
        text: HTML,
        send: sendWhole,
});

function duplicated(text, name) {
        return text.replace('{', `{${JSON.stringify(name)}:"first of two",`);
}

function withNul(text, name) {
        return text.replace(new RegExp(`("${name}":"[^"]*)"`), '$1\\u0000tail"');
}

const SHAPES = {
        html: (answer) => page(answer.status),
        'html-200': () => page(200),
        status: (_, status) => page(Number(status)),
        'retry-after': (_, status) => ({
                ...page(Number(status)),
                headers: { 'retry-after': '2' },
        }),
        empty: withText(() => ''),
        truncated: withText((text) => text.slice(0, text.length / 2)),
        trailing: withText((text) => `${text}{}`),
        array: withText((text) => `[${text}]`),
        'plain-text': withText(() => 'OK'),
        'just-null': withText(() => 'null'),
        form: (answer) => ({
                ...answer,
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
                text: new URLSearchParams(answer.value).toString(),
        }),
        'json-as-html-type': (answer) => ({ ...answer, headers: { 'content-type': 'text/html' } }),
        'numbers-as-text': withText((_, _name, value) => JSON.stringify(value, numbersAsText)),
        nan: addMember('"extra":NaN'),
        duplicate: withText(duplicated),
        nul: withText(withNul),
        'bad-utf8': (answer) => ({
                ...answer,
                text: Buffer.concat([
                        Buffer.from(answer.text.slice(0, -1)),
                        Buffer.from([...Buffer.from(',"x":"'), 0xc3, 0x28, 0x22, 0x7d]),
                ]),
        }),
        deep: addMember(nest(64)),
        'very-deep': addMember(nest(10000)),
        huge: (answer) => addMember(huge())(answer),
        'huge-chunked': (answer) => ({ ...addMember(huge())(answer), send: sendChunked }),
        cut: (answer) => ({ ...answer, send: sendCut }),
        drop: (answer) => ({ ...answer, send: abort }),
        hang: (answer) => ({ ...answer, send: () => {} }),
        trickle: (answer) => ({ ...answer, send: sendTrickle }),
        slow: (answer, msec) => ({ ...answer, send: sendLater(Number(msec)) }),
        // 307 keeps the method and the body: a client that follows would hand its secrets on.
        redirect: (answer, _, elsewhere) => ({
                ...answer,
                status: 307,
                headers: { location: elsewhere },
                text: '',
        }),
};

// "speaks": "form" is a provider that answers as GitHub does: in JSON to whoever asks for it only.
export function formUnlessAsked({ speaks }, endpoint, request, answer) {
        const isForm = speaks === 'form' && ['device', 'token'].includes(endpoint) && answer.value;
        const isAsked = (request.headers.accept ?? '').includes(JSON_TYPE);
        return isForm && !isAsked ? SHAPES.form(answer) : answer;
}

export const shapeNames = Object.keys(SHAPES);

// The answer in the shape called "name" or "name:argument".
export function shaped(answer, shape, elsewhere) {
        if (!shape) return answer;
        const [name, argument] = shape.split(/:(.*)/s);
        return SHAPES[name](answer, argument, elsewhere);
}
