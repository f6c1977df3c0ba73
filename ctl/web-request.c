/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/web-request.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "common/text.h"

#define CONNECT_TIMEOUT_SEC 10L
#define REQUEST_TIMEOUT_SEC 60L
#define WHY_MAX_BYTES       256
#define HEADER_MAX_BYTES    ((size_t)64 * 1024)

struct transfer {
        CURL *easy;
        struct curl_slist *headers;
        struct secret *authorization, *body;
        bool is_too_large;
        char text[CURL_ERROR_SIZE];
};

/* libcurl has a copy of the header of its own. */
static void headers_erase(struct curl_slist *headers)
{
        for (struct curl_slist *one = headers; one; one = one->next)
                secret_erase(one->data, strlen(one->data));
        curl_slist_free_all(headers);
}

static void transfer_finish(struct transfer *transfer)
{
        curl_easy_cleanup(transfer->easy);
        headers_erase(transfer->headers);
        (void)secret_free(transfer->authorization);
        (void)secret_free(transfer->body);
}

void web_answer_finish(struct web_answer *answer)
{
        answer->body = secret_free(answer->body);
}

bool web_method_is_known(const char *method)
{
        static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

        for (size_t i = 0; i < ELEMENTSOF(known); i++)
                if (strcmp(known[i], method) == 0)
                        return true;
        return false;
}

/* What comes after a limit is not taken: libcurl ends the transfer. */
static size_t on_body(char *bytes, size_t size, size_t n, void *userdata)
{
        struct transfer *transfer = userdata;

        int r = secret_append(transfer->body, bytes, size * n, WEB_BODY_MAX_BYTES);
        transfer->is_too_large = r == -E2BIG;
        return r < 0 ? 0 : size * n;
}

static bool add_header(struct transfer *transfer, const char *line)
{
        struct curl_slist *longer = curl_slist_append(transfer->headers, line);

        if (longer)
                transfer->headers = longer;
        return longer != NULL;
}

static int make_headers(struct transfer *transfer, const struct secret *bearer)
{
        static const char start[] = "Authorization: Bearer ";

        transfer->authorization = secret_new_text(start);
        if (!transfer->authorization)
                return -ENOMEM;
        int r = secret_append(transfer->authorization, secret_bytes(bearer), secret_size(bearer),
                              HEADER_MAX_BYTES);
        if (r < 0)
                return r;
        return add_header(transfer, secret_bytes(transfer->authorization)) &&
                               add_header(transfer, "Accept: application/json, */*;q=0.5") &&
                               add_header(transfer, "Content-Type:")
                       ? 0
                       : -ENOMEM;
}

static CURLcode set_method(CURL *easy, const char *method)
{
        bool has_body = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
                        strcmp(method, "PATCH") == 0;
        CURLcode code = CURLE_OK;

        if (strcmp(method, "HEAD") == 0)
                return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        if (has_body)
                code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "");
        return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method) : code;
}

static CURLcode set_options(struct transfer *transfer, const struct web_request *request)
{
        CURL *easy = transfer->easy;
        const struct {
                CURLoption option;
                const char *text;
        } texts[] = {
                {CURLOPT_URL, request->url},
                {CURLOPT_PROTOCOLS_STR, "https"},
                {CURLOPT_PROXY, request->proxy ? request->proxy : ""},
                {CURLOPT_USERAGENT, "badgectl/" PROJECT_VERSION},
                {CURLOPT_CAINFO, request->ca_file},
                {CURLOPT_CAPATH, NULL},
        };
        const struct {
                CURLoption option;
                long number;
        } numbers[] = {
                {CURLOPT_FOLLOWLOCATION, 0},
                {CURLOPT_NETRC, CURL_NETRC_IGNORED},
                {CURLOPT_NOSIGNAL, 1},
                {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
                {CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_SEC},
                {CURLOPT_TIMEOUT, REQUEST_TIMEOUT_SEC},
        };
        CURLcode code = set_method(easy, request->method);

        /* Without a file of its own, libcurl's own choice stays. */
        size_t n_texts = request->ca_file ? ELEMENTSOF(texts) : ELEMENTSOF(texts) - 2;
        for (size_t i = 0; code == CURLE_OK && i < n_texts; i++)
                code = curl_easy_setopt(easy, texts[i].option, texts[i].text);
        for (size_t i = 0; code == CURLE_OK && i < ELEMENTSOF(numbers); i++)
                code = curl_easy_setopt(easy, numbers[i].option, numbers[i].number);
        if (code == CURLE_OK)
                code = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
        if (code == CURLE_OK)
                code = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->text);
        if (code == CURLE_OK)
                code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) : code;
}

/* A proxy's address may have a password in it, and libcurl quotes addresses. */
static int fail(const struct transfer *transfer, CURLcode code, char **ret_why)
{
        const char *text = curl_easy_strerror(code);

        if (code == CURLE_OUT_OF_MEMORY)
                return -ENOMEM;
        if (transfer->is_too_large)
                text = "the answer is too large";
        else if (transfer->text[0] && !strpbrk(transfer->text, "?@") &&
                 !strstr(transfer->text, "://"))
                text = transfer->text;
        *ret_why = text_sanitise(text, WHY_MAX_BYTES);
        return -EIO;
}

int web_request_send(const struct web_request *request, struct web_answer *ret_answer,
                     char **ret_why)
{
        _cleanup_(transfer_finish) struct transfer transfer = {.easy = curl_easy_init(),
                                                               .body = secret_new(NULL, 0)};
        long status = 0;

        *ret_why = NULL;
        if (!transfer.easy || !transfer.body)
                return -ENOMEM;
        int r = make_headers(&transfer, request->bearer);
        if (r < 0)
                return r;
        CURLcode code = set_options(&transfer, request);
        if (code == CURLE_OK)
                code = curl_easy_perform(transfer.easy);
        if (code != CURLE_OK)
                return fail(&transfer, code, ret_why);
        (void)curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
        ret_answer->status = (unsigned)status;
        ret_answer->body = TAKE_PTR(transfer.body);
        return 0;
}
