/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl's verbs, whole, before whoever has the daemon's name: any reply, error or silence. What
 * is shown are lines of printable text or one line of JSON, and nothing is called good that nobody
 * answered. Verbs that start a login or ask the web are not played here. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/bus-peer.h"
#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/command.h"
#include "ctl/factor-enrolment.h"
#include "fuzz-reply.h"
#include "fuzz-target.h"
#include "own-output.h"

#define RECORDS_MAX 8

enum shape {
        SHAPE_RAW,
        SHAPE_RECORDS,
        SHAPE_RECORD,
        SHAPE_TEXTS,
        SHAPE_NUMBER,
        SHAPE_PROVIDERS,
        SHAPE_ERROR,
        SHAPE_SILENCE,
        SHAPES,
};

static const char *const keys[] = {"id",
                                   "account",
                                   "service",
                                   "current",
                                   "opened_at",
                                   "expires_at",
                                   "has_tokens",
                                   "services",
                                   "state",
                                   "path",
                                   "failing",
                                   "accounts",
                                   "name",
                                   "locked_at",
                                   "access_token",
                                   "token_type",
                                   "userinfo_endpoint",
                                   "ca_file",
                                   "end_session_url",
                                   "end_session_url_hinted",
                                   "provider",
                                   "issuer",
                                   "version",
                                   "journal_digest",
                                   NULL};

static const char *const errors[] = {
        "org.freedesktop.DBus.Error.InvalidArgs", "org.badged.Badged1.Error.NotAuthorized",
        "org.badged.Badged1.Error.NoSuchTicket",  "org.badged.Badged1.Error.Refused",
        "org.badged.Badged1.Error.Unavailable",   "org.badged.Badged1.Error.Throttled",
        "org.badged.Badged1.Error.TooMany",
};

static const struct noun *const nouns[] = {&lone_verbs,  &account_noun, &identity_noun,
                                           &factor_noun, &session_noun, &throttle_noun,
                                           &ticket_noun, &store_noun};

/* ---- in place of the bus ---- */

struct bus_peer {
        struct fuzz_bytes *bytes;
        bool answered; /* all that was asked, and something was */
};

static struct bus_peer daemon_peer;

enum peer_answer bus_peer_new(int interrupt_fd, uint64_t deadline_usec, struct bus_peer **ret_peer)
{
        *ret_peer = &daemon_peer;
        return PEER_ANSWERED;
}

struct bus_peer *bus_peer_free(struct bus_peer *peer)
{
        return NULL;
}

/* For messages that go nowhere. */
static sd_bus *idle_bus(void)
{
        static sd_bus *bus;
        static int far;

        if (!bus)
                bus = wire_connect(&(struct wire){0}, &far);
        FUZZ_EXPECT(bus);
        return bus;
}

int bus_peer_new_call(struct bus_peer *peer, const char *path, const char *interface,
                      const char *member, sd_bus_message **ret_call)
{
        return sd_bus_message_new_method_call(idle_bus(), ret_call, ":1.1", path, interface,
                                              member);
}

static void write_records(struct fuzz_bytes *bytes, struct wire *body)
{
        size_t opened = wire_array_open(body, 4);

        for (uint8_t n = fuzz_byte(bytes) % RECORDS_MAX; n > 0; n--)
                fuzz_reply_entries(bytes, keys, body);
        wire_array_close(body, opened, 4);
}

static void write_providers(struct fuzz_bytes *bytes, struct wire *body)
{
        size_t entries = wire_array_open(body, 8);

        wire_align(body, 8);
        wire_text(body, "providers");
        wire_signature(body, "a(ssbb)");
        size_t opened = wire_array_open(body, 8);
        for (uint8_t n = fuzz_byte(bytes) % RECORDS_MAX; n > 0; n--) {
                wire_align(body, 8);
                wire_text(body, fuzz_text(bytes));
                wire_text(body, fuzz_text(bytes));
                wire_number(body, fuzz_byte(bytes) & 1, 4);
                wire_number(body, fuzz_byte(bytes) & 1, 4);
        }
        wire_array_close(body, opened, 8);
        wire_array_close(body, entries, 8);
}

static void write_raw(struct fuzz_bytes *bytes, struct wire *body, struct wire_header *header)
{
        size_t size;

        header->signature = fuzz_text(bytes);
        const uint8_t *rest = fuzz_piece(bytes, fuzz_byte(bytes), &size);
        wire_append(body, rest, size);
}

static void write_texts(struct fuzz_bytes *bytes, struct wire *body, struct wire_header *header)
{
        static const char *const signatures[] = {"s", "ss", "sss", ""};

        header->signature = signatures[fuzz_byte(bytes) % ELEMENTSOF(signatures)];
        for (size_t i = 0; i < strlen(header->signature); i++)
                wire_text(body, fuzz_text(bytes));
}

static void write_error(struct fuzz_bytes *bytes, struct wire *body, struct wire_header *header)
{
        uint8_t name = fuzz_byte(bytes) % (ELEMENTSOF(errors) + 1);

        header->type = SD_BUS_MESSAGE_METHOD_ERROR;
        header->error_name = name < ELEMENTSOF(errors) ? errors[name] : fuzz_text(bytes);
        header->signature = "s";
        wire_text(body, fuzz_text(bytes));
}

static void write_reply(struct fuzz_bytes *bytes, enum shape shape, struct wire *body,
                        struct wire_header *header)
{
        switch (shape) {
        case SHAPE_RAW:
                write_raw(bytes, body, header);
                return;
        case SHAPE_RECORDS:
                header->signature = "aa{sv}";
                write_records(bytes, body);
                return;
        case SHAPE_RECORD:
                header->signature = "a{sv}";
                fuzz_reply_entries(bytes, keys, body);
                return;
        case SHAPE_TEXTS:
                write_texts(bytes, body, header);
                return;
        case SHAPE_NUMBER:
                header->signature = "u";
                wire_number(body, fuzz_byte(bytes), 4);
                return;
        case SHAPE_PROVIDERS:
                header->signature = "a{sv}";
                write_providers(bytes, body);
                return;
        case SHAPE_ERROR:
                write_error(bytes, body, header);
                return;
        case SHAPE_SILENCE:
        case SHAPES:
                break;
        }
        FUZZ_EXPECT(false);
}

enum peer_answer bus_peer_call(struct bus_peer *peer, sd_bus_message *call, uint64_t deadline_usec,
                               sd_bus_message **ret_reply)
{
        enum shape shape = (enum shape)(fuzz_byte(peer->bytes) % SHAPES);
        struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_RETURN,
                                     .serial = 1,
                                     .reply_cookie = 1,
                                     .sender = ":1.1"};
        struct wire body = {0}, wire = {0};

        peer->answered = false;
        if (shape == SHAPE_SILENCE)
                return (enum peer_answer)(PEER_ABSENT + fuzz_byte(peer->bytes) % (PEER_INTERRUPTED -
                                                                                  PEER_ABSENT + 1));
        write_reply(peer->bytes, shape, &body, &header);
        wire_message(&wire, &header, &body);
        *ret_reply = wire_read_one(&wire);
        wire_finish(&wire);
        wire_finish(&body);
        if (!*ret_reply)
                return PEER_UNREACHABLE;
        if (sd_bus_message_is_method_error(*ret_reply, NULL) > 0)
                return PEER_ERROR;
        peer->answered = true;
        return PEER_ANSWERED;
}

void bus_peer_send(struct bus_peer *peer, sd_bus_message *call)
{
}

/* Cores of this program may be dumped. */
int prctl(int option, ...)
{
        return 0;
}

/* ---- the verbs ---- */

static bool is_played(const struct verb *verb)
{
        return verb->name && (verb->run == status_command || verb->run == token_command ||
                              verb->run == logout_command || verb->run == rekey_command);
}

static const struct verb *pick_verb(struct fuzz_bytes *bytes)
{
        const struct noun *noun = nouns[fuzz_byte(bytes) % ELEMENTSOF(nouns)];
        uint8_t pick = fuzz_byte(bytes);
        size_t n = 0;

        while (noun->verbs[n].name)
                n++;
        const struct verb *verb = &noun->verbs[pick % n];
        if (noun == &lone_verbs ? !is_played(verb) : strcmp(verb->name, "enrol") == 0)
                return NULL;
        return verb;
}

/* A browser of this machine is not called. */
static void pick_options(struct fuzz_bytes *bytes, struct command_line *line)
{
        const struct command_option *options = line->verb->options;
        size_t n = 0;

        while (options && options[n].name)
                n++;
        for (uint8_t i = fuzz_byte(bytes) % 5; i > 0 && n > 0; i--) {
                const struct command_option *option = &options[fuzz_byte(bytes) % n];
                const char *value = option->value ? fuzz_text(bytes) : NULL;
                if (strcmp(option->name, "browser") == 0 || (value && !text_is_printable(value)))
                        continue;
                line->options[line->n_options].name = option->name;
                line->options[line->n_options++].value = value;
        }
}

static void run_verb(struct fuzz_bytes *bytes, const struct verb *verb, bool json)
{
        struct command_line line = {.verb = verb, .json = json};
        _cleanup_free_ char *out = NULL, *complaints = NULL;

        for (unsigned i = 0; i < verb->max_operands; i++)
                line.operands[i] = i < verb->min_operands || fuzz_byte(bytes) % 2 == 1 ? "alice"
                                                                                       : NULL;
        pick_options(bytes, &line);
        own_output_begin();
        enum command_exit code = verb->run(&line);
        out = own_output_end(&complaints);
        FUZZ_EXPECT(code >= COMMAND_GOOD && code <= COMMAND_CANCELLED);
        FUZZ_EXPECT(code != COMMAND_GOOD || daemon_peer.answered);
        own_output_check_lines(complaints);
        if (json && *out)
                json_object_put(own_output_check_json(out));
        else
                own_output_check_lines(out);
        FUZZ_EXPECT(code == COMMAND_GOOD || *out || *complaints);
}

static void begin_enrolment(void)
{
        _cleanup_enrolment_ struct factor_enrolment enrolment = {0};
        struct complaint complaint = {0};
        bool again = false;

        if (!factor_enrolment_begin(&daemon_peer, NULL, "alice", "phone", "utf8", &enrolment,
                                    &complaint))
                return;
        FUZZ_EXPECT(daemon_peer.answered && *enrolment.id && text_is_printable(enrolment.id));
        FUZZ_EXPECT(text_is_printable(secret_bytes(enrolment.uri)));
        FUZZ_EXPECT(text_is_printable(secret_bytes(enrolment.letters)));
        if (enrolment.picture) {
                _cleanup_free_ char *lines = NULL;
                FUZZ_EXPECT(asprintf(&lines, "%s\n", secret_bytes(enrolment.picture)) > 0);
                own_output_check_lines(lines);
        }
        if (factor_enrolment_confirm(&daemon_peer, &enrolment, "123456", "654321", &again,
                                     &complaint))
                FUZZ_EXPECT(daemon_peer.answered && !again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        FUZZ_EXPECT(setenv("BADGE_SESSION", "0123456789abcdef", true) == 0);
        fuzz_bytes_init(&bytes, data, size);
        daemon_peer = (struct bus_peer){.bytes = &bytes};
        bool json = fuzz_byte(&bytes) % 2 == 1;
        const struct verb *verb = pick_verb(&bytes);
        if (verb)
                run_verb(&bytes, verb, json);
        else
                begin_enrolment();
        fuzz_bytes_finish(&bytes);
        return 0;
}
