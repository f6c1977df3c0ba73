/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens as they are kept: what is read is sound, and writing it gives something that reads as the
 * same. */
#include <string.h>

#include "common/text.h"
#include "core/oauth-request.h"
#include "core/token-record.h"
#include "fuzz-target.h"

static void check_record(const struct token_record *record)
{
        struct secret *authorization = NULL;

        FUZZ_EXPECT(text_is_printable(record->provider) && text_is_printable(record->issuer) &&
                    text_is_printable(record->subject) && text_is_printable(record->scope));
        FUZZ_EXPECT(oauth_request_bearer(record->access_token, &authorization) == 0);
        FUZZ_EXPECT(text_is_printable(secret_bytes(authorization)));
        (void)secret_free(authorization);
        FUZZ_EXPECT(!record->refresh_token || secret_size(record->refresh_token) > 0);
        FUZZ_EXPECT(record->expires_at_sec == 0 ||
                    !token_record_is_valid(record, 0, record->expires_at_sec));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct token_record record = {0}, again = {0};
        struct secret *json = NULL, *same = NULL;
        const char *why = NULL;

        if (token_record_read((const char *)data, size, &record, &why) < 0) {
                FUZZ_EXPECT(why && !record.access_token);
                return 0;
        }
        check_record(&record);
        FUZZ_EXPECT(token_record_write(&record, &json) == 0);
        FUZZ_EXPECT(token_record_read(secret_bytes(json), secret_size(json), &again, &why) == 0);
        FUZZ_EXPECT(token_record_write(&again, &same) == 0);
        FUZZ_EXPECT(strcmp(secret_bytes(json), secret_bytes(same)) == 0);
        (void)secret_free(json);
        (void)secret_free(same);
        token_record_finish(&record);
        token_record_finish(&again);
        return 0;
}
