/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What any process of the machine may send with StartLogin, CheckAccount, OpenSession, BindSession
 * and EnrolFactor: bounded and printable where it is taken, and where a login comes from is root's
 * to say alone. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bus/call-context.h"
#include "common/cleanup.h"
#include "common/text.h"
#include "core/loopback-address.h"
#include "fuzz-reply.h"
#include "fuzz-target.h"
#include "log.h"

enum call {
        CALL_START, /* as CheckAccount */
        CALL_OPEN,
        CALL_BIND,
        CALL_ENROL,
        CALLS,
};

static const struct {
        const char *signature, *member;
} calls[CALLS] = {
        {"ssa{sv}", "StartLogin"},
        {"soa{sv}", "OpenSession"},
        {"sa{sv}", "BindSession"},
        {"ossa{sv}", "EnrolFactor"},
};

static const char *const keys[] = {"remote_host",   "terminal",      "requesting_user",
                                   "provider",      "prior_factors", "redirect_uri",
                                   "login_session", "login",         "qr",
                                   "columns",       "lines",         NULL};

/* Who the bus says that the caller is, for this input. */
static struct {
        uid_t uid;
        bool is_known;
} caller;

/* In place of libsystemd's: there is no bus to ask. */
int sd_bus_query_sender_creds(sd_bus_message *message, uint64_t mask, sd_bus_creds **ret_creds)
{
        *ret_creds = NULL;
        return caller.is_known ? 0 : -ESRCH;
}

int sd_bus_creds_get_euid(sd_bus_creds *creds, uid_t *ret_uid)
{
        *ret_uid = caller.uid;
        return 0;
}

/* The journal does not hear of it. */
void log_decision(const struct log_decision *decision)
{
        FUZZ_EXPECT(decision->outcome == LOGIN_REFUSED);
}

static sd_bus_message *new_call(struct fuzz_bytes *bytes, enum call call)
{
        struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_CALL,
                                     .serial = 1,
                                     .sender = ":1.7",
                                     .path = "/org/badged/Badged1",
                                     .interface = "org.badged.Badged1",
                                     .member = calls[call].member,
                                     .signature = calls[call].signature};
        struct wire body = {0}, wire = {0};
        char fixed[4] = "";
        const char *own_signature; /* sd-bus passes on what is of the verb's signature alone */

        (void)strncat(fixed, header.signature, strcspn(header.signature, "a"));
        fuzz_reply_body(bytes, fixed, keys, &body, &own_signature);
        wire_message(&wire, &header, &body);
        sd_bus_message *message = wire_read_one(&wire);
        wire_finish(&wire);
        wire_finish(&body);
        return message;
}

static int read_call(sd_bus_message *message, enum call call, struct call_context *context,
                     const char **ret_other, sd_bus_error *error)
{
        int r = 0;

        switch (call) {
        case CALL_OPEN:
                return call_context_read_claim(message, context, ret_other, error);
        case CALL_BIND:
                return call_context_read_session(message, context, ret_other, error);
        case CALL_ENROL:
                r = sd_bus_message_read(message, "o", ret_other);
                break;
        case CALL_START:
        case CALLS:
                break;
        }
        return r < 0 ? r : call_context_read(message, context, error);
}

static void check_text(const char *text)
{
        FUZZ_EXPECT(!text || (*text && strlen(text) <= CONTEXT_TEXT_MAX_BYTES));
        FUZZ_EXPECT(!text || text_is_printable(text));
}

static void check_origin(const struct call_context *context)
{
        char expected[32];

        if (caller.uid == 0)
                return;
        (void)snprintf(expected, sizeof(expected), "uid %u", (unsigned)caller.uid);
        FUZZ_EXPECT(!context->remote_host && !context->requesting_user && !context->prior);
        FUZZ_EXPECT(!context->login_session && !context->login);
        FUZZ_EXPECT(context->terminal && strcmp(context->terminal, expected) == 0);
}

static void check_context(const struct call_context *context, enum call call)
{
        struct login_request request = call_context_request(context);

        FUZZ_EXPECT(caller.is_known && context->caller_uid == caller.uid);
        FUZZ_EXPECT((call == CALL_BIND) == !context->account);
        FUZZ_EXPECT((call == CALL_BIND || call == CALL_OPEN) == !context->service);
        check_text(context->provider);
        check_text(context->remote_host);
        check_text(context->terminal);
        check_text(context->requesting_user);
        check_text(context->login);
        FUZZ_EXPECT(!context->redirect_uri || loopback_address_is_valid(context->redirect_uri));
        FUZZ_EXPECT(!context->login_session ||
                    strlen(context->login_session) <= CONTEXT_LOGIN_SESSION_MAX_BYTES);
        FUZZ_EXPECT(!context->prior ||
                    (text_is_printable(context->prior) &&
                     strlen(context->prior) <= (CONTEXT_TEXT_MAX_BYTES + 1) * CONTEXT_PRIOR_MAX));
        check_origin(context);
        FUZZ_EXPECT(request.source && request.caller_uid == caller.uid);
}

static void check_call(sd_bus_message *message, enum call call)
{
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        struct call_context context = {0};
        const char *other = NULL;

        int r = read_call(message, call, &context, &other, &error);
        if (r < 0) {
                FUZZ_EXPECT(memcmp(&context, &(struct call_context){0}, sizeof(context)) == 0);
                return;
        }
        FUZZ_EXPECT(r == 0 && !sd_bus_error_is_set(&error));
        FUZZ_EXPECT((call == CALL_START) == !other);
        check_context(&context, call);
        call_context_finish(&context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        uint8_t who = fuzz_byte(&bytes);
        caller.is_known = who != UINT8_MAX;
        caller.uid = who % 2 == 0 ? 0 : who;
        enum call call = (enum call)(fuzz_byte(&bytes) % CALLS);
        sd_bus_message *message = new_call(&bytes, call);
        if (message) {
                check_call(message, call);
                sd_bus_message_unref(message);
        }
        fuzz_bytes_finish(&bytes);
        return 0;
}
