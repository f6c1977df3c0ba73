/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's reply to StartLogin, as the module reads it from the bus. */
#include <errno.h>
#include <string.h>

#include "common/bus-reply.h"
#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/text-lines.h"
#include "common/text.h"
#include "fuzz-reply.h"
#include "fuzz-target.h"

static const char *const keys[] = {
        "user_code",  "verification_uri", "verification_uri_complete", "provider",          "qr",
        "expires_in", "interval",         "binding_message",           "authorization_url", NULL};

static void check_picture(const char *picture)
{
        _cleanup_lines_ struct text_lines lines = {0};

        FUZZ_EXPECT(strlen(picture) <= (size_t)48 * 1024);
        FUZZ_EXPECT(text_lines_add_text(&lines, picture) == 0);
}

static void check_code(const struct challenge *challenge)
{
        FUZZ_EXPECT(challenge->user_code && challenge->verification_uri);
        FUZZ_EXPECT(!challenge->binding_message && !challenge->authorization_url);
        FUZZ_EXPECT(strlen(challenge->user_code) <= 64 && text_is_printable(challenge->user_code));
        FUZZ_EXPECT(strlen(challenge->verification_uri) <= 2048);
        FUZZ_EXPECT(text_is_https_url(challenge->verification_uri));
}

/* No picture, no code: nothing that a person could take for another way to approve. */
static void check_without_code(const struct challenge *challenge)
{
        FUZZ_EXPECT(!challenge->user_code && !challenge->verification_uri);
        FUZZ_EXPECT(!challenge->verification_uri_complete && !challenge->qr);
        FUZZ_EXPECT(!challenge->binding_message != !challenge->authorization_url);
        if (challenge->binding_message)
                FUZZ_EXPECT(strlen(challenge->binding_message) <= 64 &&
                            text_is_printable(challenge->binding_message));
        else
                FUZZ_EXPECT(strlen(challenge->authorization_url) <= 8192 &&
                            text_is_https_url(challenge->authorization_url));
}

static void check_challenge(const struct challenge *challenge)
{
        const struct challenge_view view = {.prompt = true};
        _cleanup_free_ char *text = NULL;

        if (challenge->user_code)
                check_code(challenge);
        else if (challenge->binding_message || challenge->authorization_url)
                check_without_code(challenge);
        else
                FUZZ_EXPECT(challenge->wants_secret && !challenge->verification_uri &&
                            !challenge->verification_uri_complete && !challenge->qr);
        FUZZ_EXPECT(challenge->expires_in_sec >= 1 && challenge->expires_in_sec <= 1800);
        FUZZ_EXPECT(challenge->interval_sec <= 300);
        if (challenge->verification_uri_complete)
                FUZZ_EXPECT(text_is_https_url(challenge->verification_uri_complete));
        if (challenge->provider)
                FUZZ_EXPECT(text_is_printable(challenge->provider));
        if (challenge->qr)
                check_picture(challenge->qr);
        FUZZ_EXPECT(challenge_text_new(challenge, &view, &text) ==
                    (challenge->authorization_url ? -EBADMSG : 0));
}

static void check_reply(sd_bus_message *reply)
{
        _cleanup_challenge_ struct challenge challenge = {0};
        _cleanup_free_ char *id = NULL;
        bool is_granted = false;

        int r = bus_reply_read_start(reply, &id, &challenge, &is_granted);
        if (r != 0) {
                FUZZ_EXPECT(r == -EBADMSG);
                FUZZ_EXPECT(!id && !is_granted &&
                            memcmp(&challenge, &(struct challenge){0}, sizeof(challenge)) == 0);
                return;
        }
        FUZZ_EXPECT(id && login_id_is_valid(id) && !strchr(id, '/'));
        FUZZ_EXPECT(challenge_is_empty(&challenge) ==
                    (memcmp(&challenge, &(struct challenge){0}, sizeof(challenge)) == 0));
        FUZZ_EXPECT(!is_granted || challenge_is_empty(&challenge));
        if (!challenge_is_empty(&challenge))
                check_challenge(&challenge);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        sd_bus_message *reply = fuzz_reply_new(&bytes, "o", keys);
        if (reply) {
                check_reply(reply);
                sd_bus_message_unref(reply);
        }
        fuzz_bytes_finish(&bytes);
        return 0;
}
