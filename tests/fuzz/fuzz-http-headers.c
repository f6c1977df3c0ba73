/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of the answer headers that io/http-client reads itself. */
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "fuzz-target.h"
#include "io/http-headers.h"
#include "io/http-link.h"

static void check_link(const char *value)
{
        _cleanup_free_ char *url = NULL;

        if (http_link_next(value, &url) < 0)
                return;
        FUZZ_EXPECT(text_is_https_url(url) && strlen(url) <= HTTP_LINK_MAX_BYTES);
        FUZZ_EXPECT(strstr(value, url) && strcasestr(value, "next"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *value = strndup((const char *)data, size);
        if (!value)
                return 0;
        uint64_t retry_after_sec = http_retry_after_sec(value);

        FUZZ_EXPECT(retry_after_sec <= 3600);
        FUZZ_EXPECT(retry_after_sec == 0 || strspn(value, "0123456789") == strlen(value));
        FUZZ_EXPECT(http_max_age_sec(value) <= 86400);
        if (http_nonce_is_valid(value))
                FUZZ_EXPECT(text_is_printable(value) && strlen(value) <= HTTP_NONCE_MAX_BYTES);
        check_link(value);
        return 0;
}
