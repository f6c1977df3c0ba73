/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "warm-post.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

#define BODY_MAX_BYTES ((size_t)65536)

struct warm_post {
        CURL *easy;
        size_t size;
        char body[BODY_MAX_BYTES + 1];
};

static size_t on_body(char *bytes, size_t one, size_t size, void *userdata)
{
        struct warm_post *post = userdata;

        if (size > BODY_MAX_BYTES - post->size)
                return 0;
        memcpy(post->body + post->size, bytes, size);
        post->size += size;
        return size;
}

static bool set_up(struct warm_post *post, const char *ca_file)
{
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(post->easy, CURLOPT_CAINFO, ca_file);
        bad |= curl_easy_setopt(post->easy, CURLOPT_PROXY, "");
        bad |= curl_easy_setopt(post->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        bad |= curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, on_body);
        bad |= curl_easy_setopt(post->easy, CURLOPT_WRITEDATA, post);
        return bad == CURLE_OK;
}

struct warm_post *warm_post_new(const char *ca_file)
{
        _cleanup_(warm_post_freep) struct warm_post *post = calloc(1, sizeof(*post));
        if (!post)
                return NULL;

        post->easy = curl_easy_init();
        if (!post->easy || !set_up(post, ca_file))
                return NULL;
        return TAKE_PTR(post);
}

struct warm_post *warm_post_free(struct warm_post *post)
{
        if (!post)
                return NULL;
        curl_easy_cleanup(post->easy);
        free(post);
        return NULL;
}

long warm_post_send(struct warm_post *post, const char *url, const char *form,
                    const char **ret_body)
{
        long status = 0;

        post->size = 0;
        (void)curl_easy_setopt(post->easy, CURLOPT_URL, url);
        (void)curl_easy_setopt(post->easy, CURLOPT_POSTFIELDS, form);
        CURLcode code = curl_easy_perform(post->easy);
        if (code != CURLE_OK) {
                *ret_body = curl_easy_strerror(code);
                return 0;
        }
        (void)curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
        post->body[post->size] = '\0';
        *ret_body = post->body;
        return status;
}
