/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-failure.h"

#include <stdbool.h>
#include <string.h>

/* In TLS 1.3 the server's word on the client's certificate comes when libcurl reads already, and to
 * libcurl it is an error like any other; OpenSSL's name of the alert tells them apart. */
static bool certificate_is_refused(CURLcode code, const char *text)
{
        if (code != CURLE_RECV_ERROR && code != CURLE_SEND_ERROR && code != CURLE_SSL_CONNECT_ERROR)
                return false;
        const char *alert = strstr(text, " alert ");
        return alert && (strstr(alert, "certificate") || strstr(alert, "unknown ca"));
}

enum http_failure http_failure_from_code(CURLcode code, const char *text)
{
        static const struct {
                CURLcode code;
                enum http_failure failure;
        } failures[] = {
                {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT},
                {CURLE_COULDNT_RESOLVE_PROXY, HTTP_UNREACHABLE},
                {CURLE_COULDNT_RESOLVE_HOST, HTTP_UNREACHABLE},
                {CURLE_COULDNT_CONNECT, HTTP_UNREACHABLE},
                {CURLE_PROXY, HTTP_UNREACHABLE},
                {CURLE_SSL_CONNECT_ERROR, HTTP_UNREACHABLE},
                {CURLE_PEER_FAILED_VERIFICATION, HTTP_UNTRUSTED},
                {CURLE_SSL_CACERT_BADFILE, HTTP_UNTRUSTED},
                {CURLE_SSL_ISSUER_ERROR, HTTP_UNTRUSTED},
                {CURLE_SSL_CERTPROBLEM, HTTP_UNTRUSTED},
                {CURLE_SSL_CLIENTCERT, HTTP_UNTRUSTED},
                {CURLE_FILESIZE_EXCEEDED, HTTP_TOO_LARGE},
        };

        if (certificate_is_refused(code, text))
                return HTTP_UNTRUSTED;
        for (size_t i = 0; i < ELEMENTSOF(failures); i++)
                if (failures[i].code == code)
                        return failures[i].failure;
        return HTTP_BROKEN;
}

/* libcurl quotes an address in some of its texts, a proxy's with the password in it, and a PKCS#11
 * URI, with the PIN: then the plain name of the error has to do. */
const char *http_failure_text(CURLcode code, const char *text)
{
        if (text[0] == '\0' || strpbrk(text, "?@") || strstr(text, "://") ||
            strstr(text, "pkcs11:"))
                return curl_easy_strerror(code);
        return text;
}
