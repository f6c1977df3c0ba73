/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/log-verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "ctl/chain-check.h"
#include "ctl/daemon-call.h"
#include "ctl/daemon-status.h"
#include "ctl/journal-reader.h"
#include "ctl/json-output.h"
#include "ctl/log-entry.h"
#include "ctl/output.h"

/* What the daemon has sent may be on its way into the journal still. */
#define ARRIVAL_TIMEOUT_USEC (3 * USEC_PER_SEC)

#define SENTENCE_CUT \
        "The journal ends before the last entry that badged wrote: entries are missing."

struct verification {
        struct chain_check *check;
        struct json_object *findings; /* NULL: for people */
        size_t n_bad;
};

static void verification_finish(struct verification *verification)
{
        (void)chain_check_free(verification->check);
        json_object_put(verification->findings);
}

static int gather(struct verification *verification, uint64_t sequence, uint64_t usec, bool is_bad,
                  const char *sentence)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add(object, "good", json_object_new_boolean(!is_bad)) < 0 ||
            (sequence > 0 && json_add(object, "sequence", json_object_new_uint64(sequence)) < 0) ||
            (usec > 0 && json_add(object, "time", json_object_new_uint64(usec / 1000000)) < 0) ||
            json_add_text(object, "what", sentence) < 0 ||
            json_object_array_add(verification->findings, object) < 0)
                return -ENOMEM;
        TAKE_PTR(object);
        return 0;
}

static int tell(struct verification *verification, uint64_t sequence, uint64_t usec, bool is_bad,
                const char *sentence)
{
        char number[32] = "", time[LOG_TIME_BYTES];

        verification->n_bad += is_bad;
        if (verification->findings)
                return gather(verification, sequence, usec, is_bad, sentence);
        log_time(usec, time);
        if (sequence > 0)
                (void)snprintf(number, sizeof(number), "entry %" PRIu64 ": ", sequence);
        output_word(is_bad ? TONE_BAD : TONE_WARNING, is_bad ? "broken" : "note", 8);
        printf("%s%s%s%s\n", time, *time ? "  " : "", number, sentence);
        return 0;
}

/* All entries that are there now. */
static int read_all(struct verification *verification, struct journal_reader *reader)
{
        const struct journal_entry *entry;
        enum chain_link link;
        uint64_t sequence;
        int r;

        while ((r = journal_reader_next(reader, &entry)) > 0) {
                r = chain_check_add(verification->check, entry, &link, &sequence);
                if (r >= 0 && link != CHAIN_GOOD)
                        r = tell(verification, sequence, entry->received_at_usec,
                                 chain_link_is_bad(link), chain_link_sentence(link));
                if (r < 0)
                        return r;
        }
        return r;
}

/* Reads on until the last entry has come, or it should have. */
static int read_until(struct verification *verification, struct journal_reader *reader,
                      const char *digest)
{
        uint64_t deadline = clock_now_usec() + ARRIVAL_TIMEOUT_USEC, now;

        int r = read_all(verification, reader);
        while (r >= 0 && digest && !chain_check_has(verification->check, digest) &&
               (now = clock_now_usec()) < deadline) {
                r = journal_reader_wait(reader, deadline - now);
                if (r >= 0)
                        r = read_all(verification, reader);
        }
        return r;
}

/* ---- the end of the chain ---- */

/* False when it cannot be asked; the digest stays NULL when there was no entry yet. */
static bool ask_end(struct daemon_status *status, struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;

        return daemon_find(-1, &peer, complaint) && daemon_status_ask(peer, status, complaint);
}

static const char *end_digest(const struct daemon_status *status)
{
        return status->journal_sequence > 0 ? status->journal_digest : NULL;
}

static int conclude_json(struct verification *verification)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        uint64_t last = chain_check_last(verification->check);

        if (!object ||
            json_add(object, "good", json_object_new_boolean(verification->n_bad == 0)) < 0 ||
            json_add(object, "entries",
                     json_object_new_uint64(chain_check_count(verification->check))) < 0 ||
            (last > 0 && json_add(object, "last", json_object_new_uint64(last)) < 0) ||
            json_add(object, "findings", json_object_get(verification->findings)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static int conclude(struct verification *verification)
{
        size_t n = chain_check_count(verification->check);

        if (verification->findings)
                return conclude_json(verification);
        printf("%zu entr%s, %s.\n", n, n == 1 ? "y" : "ies",
               verification->n_bad == 0 ? "none missing or changed" : "and the chain is broken");
        return 0;
}

static int verify(struct verification *verification, const struct journal_filter *filter)
{
        _cleanup_status_ struct daemon_status status = {0};
        _cleanup_(journal_reader_freep) struct journal_reader *reader = NULL;
        struct complaint complaint = {0};

        /* Asked before: what it wrote up to then has to be there. */
        bool is_local = !filter->files || !filter->files[0];
        bool is_known = is_local && ask_end(&status, &complaint);
        int r = journal_reader_new(filter, &reader);
        if (r >= 0)
                r = read_until(verification, reader, end_digest(&status));
        if (r < 0)
                return r;
        if (is_local && !is_known)
                r = tell(verification, 0, 0, false,
                         "badged could not be asked for the last entry that it wrote.");
        else if (end_digest(&status) &&
                 !chain_check_has(verification->check, status.journal_digest))
                r = tell(verification, status.journal_sequence, 0, true, SENTENCE_CUT);
        return r < 0 ? r : conclude(verification);
}

enum command_exit log_verify(const struct journal_filter *filter, bool json)
{
        _cleanup_(verification_finish) struct verification verification = {0};
        const struct journal_filter whole = {.files = filter->files,
                                             .since_usec = filter->since_usec};

        verification.findings = json ? json_object_new_array() : NULL;
        int r = json && !verification.findings ? -ENOMEM : chain_check_new(&verification.check);
        if (r >= 0)
                r = verify(&verification, &whole);
        if (r < 0)
                return log_complain(r, json);
        return verification.n_bad > 0 ? COMMAND_BAD : COMMAND_GOOD;
}
