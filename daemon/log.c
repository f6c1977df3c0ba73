/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define SD_JOURNAL_SUPPRESS_LOCATION

#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/text.h"

#define LINE_MAX_BYTES  512
#define VALUE_MAX_BYTES 512
#define FIELDS_MAX      32

/* The three things in the daemon that nobody owns: what stderr may show, and who says what is too
 * much, which are set once, before the loop runs; and the entry that the next one follows. */
static bool show_debug;
static struct log_bound bound;
static struct log_chain chain = {.digest = DECISION_NO_DIGEST};

void log_set_debug(bool debug)
{
        show_debug = debug;
}

/* "<N>" before the line is how systemd reads a level off stderr. */
static void write_line(int level, const char *line)
{
        (void)fprintf(stderr, "<%d>%s\n", level, line);
}

void log_line(int level, const char *format, ...)
{
        char line[LINE_MAX_BYTES];
        int saved_errno = errno;
        va_list arguments;

        if (level == LOG_DEBUG && !show_debug)
                return;
        va_start(arguments, format);
        errno = saved_errno;
        (void)vsnprintf(line, sizeof(line), format, arguments);
        va_end(arguments);

        _cleanup_free_ char *clean = text_sanitise(line, sizeof(line));
        write_line(level, clean ? clean : "out of memory");
        errno = saved_errno;
}

static const struct {
        enum log_event event;
        const char *id; /* MESSAGE_ID: stable, for journalctl and catalogs */
        const char *what;
} events[] = {
        {LOG_EVENT_LOGIN, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e11", "login"},
        {LOG_EVENT_ACCOUNT, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e12", "account check"},
        {LOG_EVENT_SESSION_OPENED, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e13", "session opened"},
        {LOG_EVENT_SESSION_CLOSED, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e14", "session closed"},
        {LOG_EVENT_CALLER, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e15", "call not allowed"},
        {LOG_EVENT_TOKEN, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e16", "token"},
        {LOG_EVENT_CHANGE, "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e1c", "change"},
};

/* The entry while it is put together. */
struct entry {
        const char *names[FIELDS_MAX];
        struct iovec fields[FIELDS_MAX];
        int n_fields;
};

static void entry_finish(struct entry *entry)
{
        for (int i = 0; i < entry->n_fields; i++)
                free(entry->fields[i].iov_base);
        entry->n_fields = 0;
}

/* A field that cannot be had for want of memory is left out: a shorter entry beats none. */
static void entry_add(struct entry *entry, const char *name, const char *value)
{
        char *field = NULL;

        if (!value || entry->n_fields == FIELDS_MAX)
                return;
        _cleanup_free_ char *clean = text_sanitise(value, VALUE_MAX_BYTES);
        if (!clean || asprintf(&field, "%s=%s", name, clean) < 0)
                return;
        entry->names[entry->n_fields] = name;
        entry->fields[entry->n_fields++] = (struct iovec){.iov_base = field,
                                                          .iov_len = strlen(field)};
}

static void entry_add_identity(struct entry *entry, const struct log_decision *decision)
{
        _cleanup_free_ char *identity = NULL;

        if (!decision->issuer || !decision->subject)
                return;
        if (asprintf(&identity, "%s %s", decision->issuer, decision->subject) < 0)
                identity = NULL;
        entry_add(entry, "IDENTITY", identity);
}

static void entry_add_uid(struct entry *entry, const char *name, uid_t uid)
{
        char digits[16];

        if (uid == LOG_NO_UID)
                return;
        (void)snprintf(digits, sizeof(digits), "%u", (unsigned)uid);
        entry_add(entry, name, digits);
}

/* ---- the chain ---- */

void log_continue_chain(const struct log_chain *from)
{
        chain = *from;
}

struct log_chain log_chain(void)
{
        return chain;
}

static int entry_digest(const struct entry *entry,
                        char ret_digest[static DECISION_DIGEST_DIGITS + 1])
{
        struct decision_field fields[FIELDS_MAX];

        for (int i = 0; i < entry->n_fields; i++) {
                size_t name_bytes = strlen(entry->names[i]) + 1; /* and the equal sign */
                fields[i] = (struct decision_field){
                        .name = entry->names[i],
                        .value = (const char *)entry->fields[i].iov_base + name_bytes,
                        .size = entry->fields[i].iov_len - name_bytes,
                };
        }
        return decision_digest(fields, (size_t)entry->n_fields, ret_digest);
}

static void entry_add_number(struct entry *entry, const char *name, uint64_t number)
{
        char digits[24];

        (void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
        entry_add(entry, name, digits);
}

/* By the clock on the wall, which the journal's own time may be behind: what is dated anew shows.
 */
static uint64_t now_realtime_usec(void)
{
        struct timespec now = {0};

        (void)clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* An entry that cannot be linked is sent all the same, and is no part of the chain. */
static void entry_link(struct entry *entry)
{
        char digest[DECISION_DIGEST_DIGITS + 1];
        int n_fields = entry->n_fields;

        entry_add_number(entry, DECISION_FIELD_TIME, now_realtime_usec());
        entry_add_number(entry, DECISION_FIELD_SEQUENCE, chain.sequence + 1);
        entry_add(entry, DECISION_FIELD_PREVIOUS, chain.digest);
        if (entry->n_fields == n_fields + 3 && entry_digest(entry, digest) == 0)
                entry_add(entry, DECISION_FIELD_DIGEST, digest);
        if (entry->n_fields != n_fields + 4)
                return;
        chain.sequence++;
        memcpy(chain.digest, digest, sizeof(digest));
        if (chain.on_grown)
                chain.on_grown(&chain, chain.userdata);
}

/* The entry's text, for those who read only that: "login denied: account=alice service=sshd …". */
static char *decision_message(const struct log_decision *decision, const char *what)
{
        _cleanup_free_ char *account = text_log_field(decision->account, VALUE_MAX_BYTES);
        _cleanup_free_ char *service = text_log_field(decision->service, VALUE_MAX_BYTES);
        _cleanup_free_ char *origin = text_log_field(decision->origin, VALUE_MAX_BYTES);
        _cleanup_free_ char *subject = text_log_field(decision->subject, VALUE_MAX_BYTES);
        char *message = NULL;

        if (!account || !service || !origin || !subject ||
            asprintf(&message, "%s %s: account=%s service=%s origin=%s subject=%s: %s", what,
                     login_outcome_word(decision->outcome), account, service, origin, subject,
                     decision->reason ? decision->reason : "") < 0)
                return NULL;
        return message;
}

void log_bound_refusals(const struct log_bound *by)
{
        bound = by ? *by : (struct log_bound){0};
}

/* Of root, and of what somebody was asked about, everything is written. */
static bool is_too_many(const struct log_decision *decision)
{
        return decision->is_idle && decision->caller_uid != 0 && bound.is_too_many &&
               bound.is_too_many(decision->caller_uid, bound.userdata);
}

void log_decision(const struct log_decision *decision)
{
        _cleanup_(entry_finish) struct entry entry = {0};
        const char *id = "", *what = "";
        bool good = decision->outcome == LOGIN_GRANTED;

        if (is_too_many(decision))
                return;
        for (size_t i = 0; i < ELEMENTSOF(events); i++)
                if (events[i].event == decision->event) {
                        id = events[i].id;
                        what = events[i].what;
                }
        _cleanup_free_ char *message = decision_message(decision, what);

        entry_add(&entry, "MESSAGE", message ? message : what);
        entry_add(&entry, "MESSAGE_ID", id);
        entry_add(&entry, "PRIORITY", good ? "5" : "4");
        entry_add(&entry, "SYSLOG_IDENTIFIER", "badged");
        entry_add(&entry, "SYSLOG_FACILITY", "10"); /* authpriv */
        entry_add(&entry, "ACCOUNT", decision->account);
        entry_add(&entry, "SERVICE", decision->service);
        entry_add(&entry, "ORIGIN", decision->origin);
        entry_add(&entry, "REQUESTED_BY", decision->requested_by);
        entry_add(&entry, "PRIOR", decision->prior);
        entry_add_uid(&entry, "CALLER_UID", decision->caller_uid);
        entry_add(&entry, "PROVIDER", decision->provider);
        entry_add_identity(&entry, decision);
        entry_add(&entry, "OUTCOME", login_outcome_word(decision->outcome));
        entry_add(&entry, "REASON", decision->reason);
        entry_add(&entry, "RULE", decision->rule);
        entry_add(&entry, "STRENGTH", decision->strength);
        entry_add(&entry, "LOGIN", decision->login);
        entry_add(&entry, "SESSION", decision->session);
        entry_link(&entry);

        if (sd_journal_sendv(entry.fields, entry.n_fields) < 0 || show_debug)
                write_line(good ? LOG_NOTICE : LOG_WARNING, message ? message : what);
}
