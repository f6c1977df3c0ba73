/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/http-failure.h"

static void a_refused_certificate_is_told_from_a_broken_answer(void **state)
{
        static const struct {
                CURLcode code;
                const char *text;
                enum http_failure failure;
        } rows[] = {
                {CURLE_RECV_ERROR, "x:SSL routines::tlsv13 alert certificate required, errno 0",
                 HTTP_UNTRUSTED},
                {CURLE_SEND_ERROR, "x:SSL routines::sslv3 alert certificate revoked, errno 0",
                 HTTP_UNTRUSTED},
                {CURLE_SSL_CONNECT_ERROR, "x:SSL routines::tlsv1 alert unknown ca", HTTP_UNTRUSTED},
                {CURLE_SSL_CONNECT_ERROR, "x:SSL routines::sslv3 alert handshake failure",
                 HTTP_UNREACHABLE},
                {CURLE_RECV_ERROR, "x:SSL routines::tlsv1 alert internal error", HTTP_BROKEN},
                {CURLE_RECV_ERROR, "certificate required", HTTP_BROKEN},
                {CURLE_RECV_ERROR, "", HTTP_BROKEN},
                /* another code says it better, whatever the text */
                {CURLE_OPERATION_TIMEDOUT, "x alert unknown ca", HTTP_TIMEOUT},
                {CURLE_SSL_CERTPROBLEM, "", HTTP_UNTRUSTED},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(http_failure_from_code(rows[i].code, rows[i].text),
                                 rows[i].failure);
}

static void no_address_password_or_pin_is_told(void **state)
{
        static const char *const texts[] = {
                "Could not resolve https://id.example/device?user_code=WDJB",
                "Could not resolve proxy: user:word@proxy.example",
                "no key pkcs11:token=host;pin-value=1234",
                "GET /token?code=x failed",
                "",
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                assert_string_equal(http_failure_text(CURLE_SSL_CERTPROBLEM, texts[i]),
                                    curl_easy_strerror(CURLE_SSL_CERTPROBLEM));
        assert_string_equal(http_failure_text(CURLE_RECV_ERROR, "it hung up"), "it hung up");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_refused_certificate_is_told_from_a_broken_answer),
                cmocka_unit_test(no_address_password_or_pin_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
