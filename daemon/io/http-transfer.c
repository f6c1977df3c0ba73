/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-transfer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "io/client-certificate.h"
#include "io/header-lines.h"
#include "io/http-failure.h"
#include "io/http-headers.h"
#include "io/http-link.h"
#include "io/http-options.h"

#define BODY_MAX_BYTES         ((size_t)64 * 1024)
#define HEADER_MAX_BYTES       ((size_t)16 * 1024) /* of one answer, status lines included */
#define HEADER_MAX_LINES       100
#define FAILURE_TEXT_MAX_BYTES 200
#define CONTENT_TYPE_MAX_BYTES 120

struct http_transfer {
        CURL *easy;
        struct curl_slist *headers; /* one of them may be a secret */
        struct secret *form;
        struct secret *body;
        size_t max_body_bytes;
        size_t header_bytes;
        unsigned header_lines;
        bool header_complete; /* its empty line came */
        bool too_large;
        char *failure_text;
        char *content_type, *dpop_nonce, *next_link;
        char error[CURL_ERROR_SIZE];
};

static size_t on_body(char *bytes, size_t size, size_t count, void *userdata)
{
        struct http_transfer *transfer = userdata;
        int r = secret_append(transfer->body, bytes, size * count, transfer->max_body_bytes);

        transfer->too_large = transfer->too_large || r == -E2BIG;
        return r < 0 ? 0 : size * count;
}

/* Interim answers and trailers count too: a server may send those without end. */
static size_t on_header(char *bytes, size_t size, size_t count, void *userdata)
{
        struct http_transfer *transfer = userdata;

        if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
                transfer->header_complete = false;
        if (bytes[0] == '\r' || bytes[0] == '\n')
                transfer->header_complete = true;
        transfer->header_bytes += size * count;
        transfer->header_lines++;
        if (transfer->header_bytes <= HEADER_MAX_BYTES &&
            transfer->header_lines <= HEADER_MAX_LINES)
                return size * count;
        transfer->too_large = true;
        return 0;
}

static int set_collection(struct http_transfer *transfer)
{
        CURL *easy = transfer->easy;
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
        bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
        bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
        bad |= curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                                (curl_off_t)transfer->max_body_bytes);
        bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
        return http_options_errno(bad);
}

static int set_headers(struct http_transfer *transfer, const struct http_request_spec *spec)
{
        int r = header_lines_new(spec, &transfer->headers);
        if (r < 0)
                return r;
        return http_options_errno(
                curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers));
}

static int set_form(struct http_transfer *transfer, const struct secret *form)
{
        CURL *easy = transfer->easy;
        unsigned bad = CURLE_OK;

        transfer->form = secret_new(secret_bytes(form), secret_size(form));
        if (!transfer->form)
                return -ENOMEM;
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t)secret_size(transfer->form));
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, secret_bytes(transfer->form));
        return http_options_errno(bad);
}

/* With the secrets that only the sending needed. */
static void easy_close(struct http_transfer *transfer)
{
        curl_easy_cleanup(transfer->easy);
        transfer->easy = NULL;
        transfer->headers = header_lines_free(transfer->headers);
        transfer->form = secret_free(transfer->form);
}

struct http_transfer *http_transfer_free(struct http_transfer *transfer)
{
        if (!transfer)
                return NULL;
        easy_close(transfer);
        secret_free(transfer->body);
        free(transfer->failure_text);
        free(transfer->content_type);
        free(transfer->dpop_nonce);
        free(transfer->next_link);
        free(transfer);
        return NULL;
}

int http_transfer_new(const struct http_request_spec *spec, struct http_transfer **ret_transfer)
{
        if (!text_is_https_url(spec->url))
                return -EINVAL;

        _cleanup_(http_transfer_freep) struct http_transfer *transfer = calloc(1,
                                                                               sizeof(*transfer));
        if (!transfer)
                return -ENOMEM;
        transfer->max_body_bytes = spec->max_body_bytes ? spec->max_body_bytes : BODY_MAX_BYTES;
        transfer->body = secret_new(NULL, 0);
        transfer->easy = curl_easy_init();
        if (!transfer->body || !transfer->easy)
                return -ENOMEM;

        int r = http_options_set(transfer->easy, spec);
        if (r == 0)
                r = client_certificate_set(transfer->easy, spec->client_certificate_file,
                                           spec->client_key_file);
        if (r == 0)
                r = set_collection(transfer);
        if (r == 0)
                r = set_headers(transfer, spec);
        if (r == 0 && spec->form)
                r = set_form(transfer, spec->form);
        if (r < 0)
                return r;
        *ret_transfer = TAKE_PTR(transfer);
        return 0;
}

CURL *http_transfer_easy(const struct http_transfer *transfer)
{
        return transfer->easy;
}

/* Its value, NULL when the answer has none. */
static const char *header_value(CURL *easy, const char *name)
{
        struct curl_header *header;

        if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
                return NULL;
        return header->value;
}

/* A body that ends where the connection does is whole only if TLS was closed properly (RFC 9112
 * 9.8), which libcurl does not tell. Load balancers end their own error pages like that. */
static bool is_open_ended(const struct http_transfer *transfer)
{
        long version = CURL_HTTP_VERSION_NONE, status = 0;

        (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        return version < CURL_HTTP_VERSION_2_0 && status < 500 && status != 204 && status != 304 &&
               !header_value(transfer->easy, "Content-Length") &&
               !header_value(transfer->easy, "Transfer-Encoding");
}

static enum http_failure judge(const struct http_transfer *transfer, CURLcode code,
                               const char **ret_why)
{
        if (transfer->too_large) {
                *ret_why = "the answer is too large";
                return HTTP_TOO_LARGE;
        }
        if (code != CURLE_OK) {
                *ret_why = http_failure_text(code, transfer->error);
                return http_failure_from_code(code, transfer->error);
        }
        if (!transfer->header_complete) {
                *ret_why = "the answer ends within its header";
                return HTTP_BROKEN;
        }
        if (is_open_ended(transfer)) {
                *ret_why = "the answer does not say where it ends";
                return HTTP_BROKEN;
        }
        return HTTP_ANSWERED;
}

/* A server may spread its links over several lines. */
static char *next_link(CURL *easy)
{
        struct curl_header *header;
        char *url = NULL;

        for (size_t i = 0;
             curl_easy_header(easy, "Link", i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++)
                if (http_link_next(header->value, &url) == 0)
                        break;
        return url;
}

static void answer_fill(struct http_transfer *transfer, struct http_answer *answer)
{
        long status = 0;
        const char *content_type = NULL;
        const char *retry_after = header_value(transfer->easy, "Retry-After");
        const char *cache_control = header_value(transfer->easy, "Cache-Control");
        const char *nonce = header_value(transfer->easy, "DPoP-Nonce");

        (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &content_type);
        if (content_type)
                transfer->content_type = text_sanitise(content_type, CONTENT_TYPE_MAX_BYTES);
        if (nonce && http_nonce_is_valid(nonce))
                transfer->dpop_nonce = strdup(nonce);
        transfer->next_link = next_link(transfer->easy);
        answer->status = (unsigned)status;
        answer->content_type = transfer->content_type;
        answer->body = transfer->body;
        answer->retry_after_sec = retry_after ? http_retry_after_sec(retry_after) : 0;
        answer->max_age_sec = cache_control ? http_max_age_sec(cache_control) : 0;
        answer->dpop_nonce = transfer->dpop_nonce;
        answer->next_link = transfer->next_link;
}

void http_transfer_finish(struct http_transfer *transfer, CURLcode code,
                          struct http_answer *ret_answer)
{
        const char *why = NULL;
        struct http_answer answer = {.failure = judge(transfer, code, &why)};

        if (answer.failure == HTTP_ANSWERED) {
                answer_fill(transfer, &answer);
        } else {
                transfer->failure_text = text_sanitise(why, FAILURE_TEXT_MAX_BYTES);
                answer.failure_text = transfer->failure_text;
                if (!answer.failure_text)
                        answer.failure_text = "memory is short";
        }
        easy_close(transfer);
        *ret_answer = answer;
}
