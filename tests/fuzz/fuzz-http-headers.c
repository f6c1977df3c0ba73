/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of the two answer headers that io/http-client reads itself. */
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "fuzz-target.h"
#include "io/http-headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *value = strndup((const char *)data, size);
        if (!value)
                return 0;
        uint64_t retry_after_sec = http_retry_after_sec(value);

        FUZZ_EXPECT(retry_after_sec <= 3600);
        FUZZ_EXPECT(retry_after_sec == 0 || strspn(value, "0123456789") == strlen(value));
        FUZZ_EXPECT(http_max_age_sec(value) <= 86400);
        return 0;
}
