/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "journal-chain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "common/text.h"
#include "io/store-fact.h"
#include "log.h"

#define FACT "journal-chain"

/* The fact: "SEQUENCE DIGEST". */
#define FACT_MAX_BYTES (20 + 1 + DECISION_DIGEST_DIGITS)

struct journal_chain {
        struct state *state;
        bool is_failing; /* the last write could not even be asked for */
};

static void on_grown(const struct log_chain *grown, void *userdata)
{
        struct journal_chain *chain = userdata;
        char name[] = FACT, value[FACT_MAX_BYTES + 1];
        const struct fact_record fact = {.name = name, .value = value};

        (void)snprintf(value, sizeof(value), "%" PRIu64 " %s", grown->sequence, grown->digest);
        int r = store_mirror_put(chain->state->facts, &fact, NULL, NULL, NULL);
        if (r < 0 && !chain->is_failing) {
                errno = -r;
                log_line(LOG_WARNING, "Failed to remember the journal's last entry: %m, ignoring");
        }
        chain->is_failing = r < 0;
}

static int parse_fact(const char *value, struct log_chain *chain)
{
        size_t n_digits = strspn(value, "0123456789");
        const char *digest = value + n_digits + 1;
        _cleanup_free_ char *digits = strndup(value, n_digits);

        if (!digits)
                return -ENOMEM;
        if (value[n_digits] != ' ' || strlen(digest) != DECISION_DIGEST_DIGITS ||
            strspn(digest, "0123456789abcdef") != DECISION_DIGEST_DIGITS ||
            text_parse_number(digits, 1, UINT64_MAX - 1, &chain->sequence) < 0)
                return -EBADMSG;
        memcpy(chain->digest, digest, DECISION_DIGEST_DIGITS + 1);
        return 0;
}

int journal_chain_new(struct state *state, struct journal_chain **ret_chain)
{
        const struct fact_record *fact = store_mirror_get(state->facts, FACT);
        struct journal_chain *chain = calloc(1, sizeof(*chain));
        struct log_chain from = {.digest = DECISION_NO_DIGEST};

        if (!chain)
                return -ENOMEM;
        int r = fact ? parse_fact(fact->value, &from) : 0;
        if (r == -ENOMEM) {
                free(chain);
                return r;
        }
        if (r < 0)
                log_line(LOG_ERR, "The journal's last entry is not known any more: its chain "
                                  "begins anew");
        *chain = (struct journal_chain){.state = state};
        from.on_grown = on_grown;
        from.userdata = chain;
        log_continue_chain(&from);
        *ret_chain = chain;
        return 0;
}

struct journal_chain *journal_chain_free(struct journal_chain *chain)
{
        struct log_chain last = log_chain();

        if (!chain)
                return NULL;
        last.on_grown = NULL;
        last.userdata = NULL;
        log_continue_chain(&last);
        free(chain);
        return NULL;
}
