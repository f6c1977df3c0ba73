/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody types for a ticket: whatever reads as one is written as one that reads the same. */
#include <string.h>

#include "common/secret.h"
#include "core/ticket-secret.h"
#include "fuzz-target.h"

static void check_again(const struct secret *bytes)
{
        _cleanup_secret_ struct secret *text = NULL, *again = NULL;
        const char *why = NULL;

        FUZZ_EXPECT(secret_size(bytes) == TICKET_SECRET_BYTES);
        FUZZ_EXPECT(ticket_secret_format((const unsigned char *)secret_bytes(bytes), &text) == 0);
        FUZZ_EXPECT(secret_size(text) <= TICKET_SECRET_MAX_BYTES);
        FUZZ_EXPECT(ticket_secret_parse(text, &again, &why) == 0);
        FUZZ_EXPECT(!memcmp(secret_bytes(bytes), secret_bytes(again), TICKET_SECRET_BYTES));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_secret_ struct secret *text = secret_new(data, size);
        _cleanup_secret_ struct secret *bytes = NULL;
        const char *why = NULL;

        FUZZ_EXPECT(text);
        if (ticket_secret_parse(text, &bytes, &why) < 0) {
                FUZZ_EXPECT(!bytes && why);
                return 0;
        }
        FUZZ_EXPECT(!why && size >= TICKET_SECRET_LETTERS && size <= TICKET_SECRET_MAX_BYTES);
        check_again(bytes);
        return 0;
}
