/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long the provider's word for a session counts, and what its silence means (D3, D4). Decides;
 * whoever asks the provider, and which session it is about, is not known here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Of the service that somebody asks for. */
struct proof_window {
        uint64_t max_age_sec; /* within it the word counts as it is; 0: not at all */
        uint64_t offline_sec; /* within it the word counts while the provider is out of reach */
};

/* What is known of the session. CLOCK_REALTIME. */
struct proof_standing {
        uint64_t proved_at_sec; /* when the provider last said yes; 0: never */
        uint64_t now_sec;
        bool can_be_asked;        /* there is a token to ask with */
        uint64_t rules_since_sec; /* claims decide, by rules that are as they are since then: an
                                     earlier word was judged by others. 0: nobody looks at claims */
};

enum proof_verdict {
        PROOF_COUNTS, /* let in */
        PROOF_ASK,    /* the provider, which then says one of the below */
        PROOF_SILENT, /* it says nothing, and nothing stands in for it: the person approves anew */
        PROOF_OVER,   /* it said no: the session is at its end */
        PROOF_SHORT,  /* it said yes, but not what the rules go by: the person approves anew */
};

enum proof_answer {
        PROOF_SAID_YES,        /* and so do the rules */
        PROOF_SAID_TOO_LITTLE, /* yes, but no claims by which the rules give the account */
        PROOF_SAID_NO,
        PROOF_SAID_NOTHING, /* out of reach, or in trouble */
};

/* Before the provider is asked: PROOF_COUNTS, PROOF_ASK or PROOF_SILENT. */
enum proof_verdict proof_window_look(const struct proof_window *window,
                                     const struct proof_standing *standing);

/* When it was: PROOF_COUNTS, PROOF_SILENT, PROOF_SHORT or PROOF_OVER. */
enum proof_verdict proof_window_settle(const struct proof_window *window,
                                       const struct proof_standing *standing,
                                       enum proof_answer answer);
