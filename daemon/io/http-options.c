/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-options.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

#include "io/tls-options.h"

#define USER_AGENT           "badged/" PROJECT_VERSION
#define CONNECT_TIMEOUT_USEC (UINT64_C(5) * 1000 * 1000)
#define UNHEARD_MAX_MSEC     5000
/* Answers and forms are small, and many at once would take 80 KiB each with libcurl's own sizes. */
#define RECEIVE_BUFFER_BYTES (4L * 1024)
#define SEND_BUFFER_BYTES    (16L * 1024)

#define AUTHORITIES_CACHE_MAX_AGE_SEC 3600L

int http_options_errno(unsigned codes)
{
        if (codes == CURLE_OK)
                return 0;
        return codes == CURLE_OUT_OF_MEMORY ? -ENOMEM : -EIO;
}

/* Whom to trust, and how to get there: nothing of it from the environment. */
static int set_trust(CURL *easy, const struct http_request_spec *spec)
{
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
        bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
        bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
        bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        bad |= tls_options_set(easy);
        bad |= curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, AUTHORITIES_CACHE_MAX_AGE_SEC);
        bad |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        bad |= curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
        bad |= curl_easy_setopt(easy, CURLOPT_PROXY, spec->proxy ? spec->proxy : "");
        bad |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
        bad |= curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
        bad |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        /* libcurl would go on trusting its folder of authorities beside the file. */
        if (spec->ca_file) {
                bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, spec->ca_file);
                bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        }
        return http_options_errno(bad);
}

/* A firewall that forgot a kept connection swallows what is sent on it. Without this every request
 * would go the same way until the kernel gives up, a quarter of an hour later. */
static int on_socket_made(void *userdata, curl_socket_t fd, curlsocktype purpose)
{
        unsigned unheard_msec = UNHEARD_MAX_MSEC;

        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_msec, sizeof(unheard_msec));
        return CURL_SOCKOPT_OK;
}

static int set_manners(CURL *easy, const struct http_request_spec *spec)
{
        uint64_t connect_usec = spec->connect_timeout_usec ? spec->connect_timeout_usec
                                                           : CONNECT_TIMEOUT_USEC;
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(easy, CURLOPT_URL, spec->url);
        bad |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
        bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_usec / 1000));
        bad |= curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
        bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        bad |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER_BYTES);
        bad |= curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER_BYTES);
        /* Otherwise giving up waits, in this thread, until the resolver gives up. */
        bad |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
        return http_options_errno(bad);
}

/* Only on a connection that was kept does libcurl send again what got no answer. */
static int set_reuse(CURL *easy, const struct http_request_spec *spec)
{
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, spec->is_sent_once ? 1L : 0L);
        bad |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, spec->is_sent_once ? 1L : 0L);
        return http_options_errno(bad);
}

int http_options_set(CURL *easy, const struct http_request_spec *spec)
{
        int r = set_trust(easy, spec);
        if (r >= 0)
                r = set_manners(easy, spec);
        return r < 0 ? r : set_reuse(easy, spec);
}
