/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/chain-check.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "ctl/journal-reader.h"

/* Who wrote an entry: as journald says. */
#define RUN_MAX_BYTES 128

struct chain_check {
        void *nodes; /* a tree of all entries by their digests, tsearch(3) */
        size_t n;
        uint64_t sequence;
        char digest[DECISION_DIGEST_DIGITS + 1];
        char run[RUN_MAX_BYTES];
};

/* What is known of an entry that was there. The digest comes first: it is the key. */
struct node {
        char digest[DECISION_DIGEST_DIGITS + 1];
        uint64_t sequence;
};

static int compare(const void *a, const void *b)
{
        return strcmp(a, b);
}

int chain_check_new(struct chain_check **ret_check)
{
        struct chain_check *check = calloc(1, sizeof(*check));

        if (!check)
                return -ENOMEM;
        *ret_check = check;
        return 0;
}

struct chain_check *chain_check_free(struct chain_check *check)
{
        if (!check)
                return NULL;
        tdestroy(check->nodes, free);
        free(check);
        return NULL;
}

static const struct node *find(const struct chain_check *check, const char *digest)
{
        const struct node *const *found = tfind(digest, &check->nodes, compare);

        return found ? *found : NULL;
}

bool chain_check_has(const struct chain_check *check, const char *digest)
{
        return find(check, digest) != NULL;
}

uint64_t chain_check_last(const struct chain_check *check)
{
        return check->sequence;
}

size_t chain_check_count(const struct chain_check *check)
{
        return check->n;
}

/* ---- one entry ---- */

struct link {
        uint64_t sequence;
        const char *previous, *digest;
        char run[RUN_MAX_BYTES];
};

static bool is_digest(const char *text)
{
        return text && strlen(text) == DECISION_DIGEST_DIGITS &&
               strspn(text, "0123456789abcdef") == DECISION_DIGEST_DIGITS;
}

static bool link_read(const struct journal_entry *entry, struct link *ret_link)
{
        const char *sequence = journal_entry_text(entry, DECISION_FIELD_SEQUENCE);
        const char *boot = journal_entry_text(entry, "_BOOT_ID");
        const char *pid = journal_entry_text(entry, "_PID");
        struct link link = {
                .previous = journal_entry_text(entry, DECISION_FIELD_PREVIOUS),
                .digest = journal_entry_text(entry, DECISION_FIELD_DIGEST),
        };

        if (!sequence || text_parse_number(sequence, 1, UINT64_MAX - 1, &link.sequence) < 0)
                return false;
        (void)snprintf(link.run, sizeof(link.run), "%s %s", boot ? boot : "", pid ? pid : "");
        *ret_link = link;
        return is_digest(link.previous) && is_digest(link.digest);
}

static enum chain_link judge(const struct chain_check *check, const struct link *link)
{
        bool is_first = strcmp(link->previous, DECISION_NO_DIGEST) == 0;
        const struct node *before = find(check, link->previous);

        if (chain_check_has(check, link->digest))
                return CHAIN_REPEATED;
        if (check->n == 0)
                return is_first && link->sequence == 1 ? CHAIN_GOOD : CHAIN_BEGINS;
        if (strcmp(link->previous, check->digest) == 0)
                return link->sequence == check->sequence + 1 ? CHAIN_GOOD : CHAIN_DISORDER;
        if (before && link->sequence == before->sequence + 1 && strcmp(link->run, check->run) != 0)
                return CHAIN_RESUMED;
        if (is_first)
                return CHAIN_BEGUN_NEW;
        return link->sequence > check->sequence + 1 ? CHAIN_MISSING : CHAIN_DISORDER;
}

static int remember(struct chain_check *check, const struct link *link)
{
        struct node *node = calloc(1, sizeof(*node));

        if (!node)
                return -ENOMEM;
        memcpy(node->digest, link->digest, sizeof(node->digest));
        node->sequence = link->sequence;
        if (!tsearch(node, &check->nodes, compare)) {
                free(node);
                return -ENOMEM;
        }
        check->n++;
        check->sequence = link->sequence;
        memcpy(check->digest, link->digest, sizeof(check->digest));
        memcpy(check->run, link->run, sizeof(check->run));
        return 0;
}

int chain_check_add(struct chain_check *check, const struct journal_entry *entry,
                    enum chain_link *ret_link, uint64_t *ret_sequence)
{
        char digest[DECISION_DIGEST_DIGITS + 1];
        struct link link;

        *ret_sequence = 0;
        if (!link_read(entry, &link)) {
                *ret_link = CHAIN_INCOMPLETE;
                return 0;
        }
        int r = decision_digest(entry->fields, entry->n_fields, digest);
        if (r < 0)
                return r;
        *ret_sequence = link.sequence;
        *ret_link = judge(check, &link);
        if (*ret_link == CHAIN_REPEATED)
                return 0;
        /* What follows it follows the digest that it claims: one change is one finding. */
        if (strcmp(digest, link.digest) != 0)
                *ret_link = CHAIN_CHANGED;
        return remember(check, &link);
}

/* ---- words ---- */

bool chain_link_is_bad(enum chain_link link)
{
        return link != CHAIN_GOOD && link != CHAIN_BEGINS && link != CHAIN_RESUMED;
}

const char *chain_link_sentence(enum chain_link link)
{
        switch (link) {
        case CHAIN_GOOD:
                return "It follows the one before.";
        case CHAIN_BEGINS:
                return "Older entries are not in the journal any more.";
        case CHAIN_RESUMED:
                return "badged ended before it had written down its last entry, and goes on from "
                       "an "
                       "earlier one.";
        case CHAIN_BEGUN_NEW:
                return "A new chain begins here: badged did not know of the entries before.";
        case CHAIN_INCOMPLETE:
                return "The entry is no part of the chain.";
        case CHAIN_CHANGED:
                return "The entry was changed.";
        case CHAIN_REPEATED:
                return "The entry stood there before.";
        case CHAIN_MISSING:
                return "Entries before this one are missing.";
        case CHAIN_DISORDER:
                return "The entry does not follow the one before.";
        }
        return "The entry does not follow the one before.";
}
