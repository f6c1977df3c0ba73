/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's replies to Wait, CheckAccount and OpenSession, as the module reads them from the
 * bus: the first byte says which. Only the word decides, and only in a body of exactly the right
 * shape. */
#include <errno.h>
#include <string.h>

#include "common/bus-reply.h"
#include "common/cleanup.h"
#include "common/login-details.h"
#include "common/login-verdict.h"
#include "common/text.h"
#include "fuzz-reply.h"
#include "fuzz-target.h"

#define CLAIMS_MAX_BYTES ((size_t)64 * 1024)

static const char *const keys[] = {"provider", "issuer", "subject",   "rule", "claims",
                                   "acr",      "amr",    "auth_time", NULL};

static void check_detail(const char *text, size_t max_bytes)
{
        if (text)
                FUZZ_EXPECT(text_is_printable(text) && strlen(text) <= max_bytes);
}

static void check_details(const struct login_details *details)
{
        check_detail(details->provider, 255);
        check_detail(details->issuer, 2048);
        check_detail(details->subject, 255);
        check_detail(details->rule, 2048);
        check_detail(details->claims, CLAIMS_MAX_BYTES);
        check_detail(details->acr, 2048);
        for (char **method = details->amr; method && *method; method++)
                check_detail(*method, 256);
}

static void check_verdict(sd_bus_message *reply, const struct login_verdict *verdict,
                          const char *signature)
{
        const char *word = "";

        FUZZ_EXPECT(*verdict->reason && text_is_printable(verdict->reason));
        FUZZ_EXPECT(verdict->from_daemon || verdict->outcome == LOGIN_REFUSED);
        if (!verdict->from_daemon)
                return;
        FUZZ_EXPECT(sd_bus_message_has_signature(reply, signature) > 0);
        FUZZ_EXPECT(sd_bus_message_rewind(reply, 1) >= 0);
        FUZZ_EXPECT(sd_bus_message_read(reply, "s", &word) > 0);
        FUZZ_EXPECT(strcmp(word, login_outcome_word(verdict->outcome)) == 0);
}

static void read_wait(struct fuzz_bytes *bytes)
{
        _cleanup_login_details_ struct login_details details = {0};
        sd_bus_message *reply = fuzz_reply_new(bytes, "ss", keys);
        struct login_verdict verdict = {0};

        if (!reply)
                return;
        bus_reply_read_wait(reply, &verdict, &details);
        check_details(&details);
        if (!login_verdict_is_granted(&verdict))
                FUZZ_EXPECT(memcmp(&details, &(struct login_details){0}, sizeof(details)) == 0);
        check_verdict(reply, &verdict, "ssa{sv}");
        sd_bus_message_unref(reply);
}

static void read_check(struct fuzz_bytes *bytes)
{
        sd_bus_message *reply = fuzz_reply_new(bytes, "ss", NULL);
        struct login_verdict verdict = {0};

        if (!reply)
                return;
        bus_reply_read_check(reply, &verdict);
        check_verdict(reply, &verdict, "ss");
        sd_bus_message_unref(reply);
}

static void read_session(struct fuzz_bytes *bytes)
{
        _cleanup_free_ char *session = NULL;
        sd_bus_message *reply = fuzz_reply_new(bytes, "s", NULL);

        if (!reply)
                return;
        int r = bus_reply_read_session(reply, &session);
        FUZZ_EXPECT(r == (session ? 0 : -EBADMSG));
        if (session)
                FUZZ_EXPECT(session_id_is_valid(session) &&
                            strlen(session) <= SESSION_ID_MAX_BYTES);
        sd_bus_message_unref(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static void (*const reads[])(struct fuzz_bytes * bytes) = {read_wait, read_check,
                                                                   read_session};
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        reads[fuzz_byte(&bytes) % ELEMENTSOF(reads)](&bytes);
        fuzz_bytes_finish(&bytes);
        return 0;
}
