/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal that anybody may have written, as badgectl log reads, shows and proves it: no entry
 * that was changed, comes twice or stands elsewhere passes for a good one, and whatever the fields
 * say, lines stay lines and JSON stays JSON. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/chain-check.h"
#include "ctl/journal-reader.h"
#include "ctl/json-output.h"
#include "ctl/log-entry.h"
#include "ctl/table.h"
#include "fake-journal.h"
#include "fuzz-target.h"
#include "own-output.h"

#define ENTRIES_MAX 24

/* A second account of the chain. */
struct account {
        struct {
                char digest[DECISION_DIGEST_DIGITS + 1];
                uint64_t sequence;
        } seen[ENTRIES_MAX];
        size_t n;
};

static const char *text_of(const struct journal_entry *entry, const char *name)
{
        const char *text = journal_entry_text(entry, name);

        return text ? text : "";
}

static size_t find(const struct account *account, const char *digest)
{
        size_t i = 0;

        while (i < account->n && strcmp(account->seen[i].digest, digest) != 0)
                i++;
        return i;
}

/* Neither their order nor what journald adds of its own counts. */
static void check_digest(const struct journal_entry *entry, const char *digest)
{
        struct decision_field turned[ENTRIES_MAX * 8];
        char again[DECISION_DIGEST_DIGITS + 1];
        size_t n = entry->n_fields;

        if (n >= ELEMENTSOF(turned))
                return;
        for (size_t i = 0; i < n; i++)
                turned[i] = entry->fields[n - 1 - i];
        turned[n] = (struct decision_field){"_ANY", digest, strlen(digest)};
        FUZZ_EXPECT(decision_digest(turned, n + 1, again) == 0 && strcmp(again, digest) == 0);
        turned[n].name = "ANY";
        FUZZ_EXPECT(decision_digest(turned, n + 1, again) == 0 && strcmp(again, digest) != 0);
}

static void check_link(const struct account *account, const struct journal_entry *entry,
                       enum chain_link link, uint64_t sequence)
{
        const char *claimed = text_of(entry, DECISION_FIELD_DIGEST);
        const char *previous = text_of(entry, DECISION_FIELD_PREVIOUS);
        char digest[DECISION_DIGEST_DIGITS + 1];
        size_t before = find(account, previous);

        FUZZ_EXPECT(decision_digest(entry->fields, entry->n_fields, digest) == 0);
        check_digest(entry, digest);
        if (link == CHAIN_INCOMPLETE)
                return;
        FUZZ_EXPECT((link == CHAIN_REPEATED) == (find(account, claimed) < account->n));
        if (link == CHAIN_REPEATED)
                return;
        FUZZ_EXPECT((link == CHAIN_CHANGED) == (strcmp(digest, claimed) != 0));
        if (link == CHAIN_GOOD && account->n == 0)
                FUZZ_EXPECT(sequence == 1 && strcmp(previous, DECISION_NO_DIGEST) == 0);
        else if (link == CHAIN_GOOD || link == CHAIN_RESUMED)
                FUZZ_EXPECT(before < account->n && sequence == account->seen[before].sequence + 1);
        if (link == CHAIN_GOOD && account->n > 0)
                FUZZ_EXPECT(before == account->n - 1);
        FUZZ_EXPECT(link != CHAIN_BEGINS || account->n == 0);
}

static void note(struct account *account, const struct journal_entry *entry, uint64_t sequence)
{
        FUZZ_EXPECT(account->n < ENTRIES_MAX);
        memcpy(account->seen[account->n].digest, text_of(entry, DECISION_FIELD_DIGEST),
               DECISION_DIGEST_DIGITS + 1);
        account->seen[account->n++].sequence = sequence;
}

static void check_json(const struct journal_entry *entry)
{
        struct json_object *time;

        own_output_begin();
        FUZZ_EXPECT(log_entry_print_json(entry) == 0);
        _cleanup_free_ char *text = own_output_end(NULL);
        _cleanup_json_ struct json_object *object = own_output_check_json(text);
        FUZZ_EXPECT(json_object_object_get_ex(object, "time", &time));
        FUZZ_EXPECT(json_object_is_type(time, json_type_int));
}

static void check_entry(struct account *account, struct chain_check *check, struct table *table,
                        const struct journal_entry *entry)
{
        enum chain_link link;
        uint64_t sequence;

        check_json(entry);
        FUZZ_EXPECT(log_entry_add_row(table, entry) == 0);
        FUZZ_EXPECT(chain_check_add(check, entry, &link, &sequence) == 0);
        check_link(account, entry, link, sequence);
        FUZZ_EXPECT(text_is_printable(chain_link_sentence(link)));
        if (link != CHAIN_INCOMPLETE && link != CHAIN_REPEATED)
                note(account, entry, sequence);
        FUZZ_EXPECT(chain_check_count(check) == account->n);
        if (account->n > 0)
                FUZZ_EXPECT(chain_check_last(check) == account->seen[account->n - 1].sequence);
}

static void check_journal(struct journal_reader *reader)
{
        _cleanup_table_ struct table *table = NULL;
        _cleanup_(chain_check_freep) struct chain_check *check = NULL;
        const struct journal_entry *entry;
        struct account account = {0};
        int r = 1;

        FUZZ_EXPECT(log_table_new(&table) == 0 && chain_check_new(&check) == 0);
        for (size_t i = 0; i < ENTRIES_MAX && r > 0; i++) {
                r = journal_reader_next(reader, &entry);
                FUZZ_EXPECT(r >= 0 || r == -EBADMSG);
                if (r > 0)
                        check_entry(&account, check, table, entry);
        }
        own_output_begin();
        FUZZ_EXPECT(table_print(table) == 0);
        _cleanup_free_ char *text = own_output_end(NULL);
        own_output_check_lines(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct journal_filter filter = {0};
        struct journal_reader *reader = NULL;
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        fake_journal_begin(&bytes);
        FUZZ_EXPECT(journal_reader_new(&filter, &reader) == 0);
        check_journal(reader);
        (void)journal_reader_free(reader);
        fuzz_bytes_finish(&bytes);
        return 0;
}
