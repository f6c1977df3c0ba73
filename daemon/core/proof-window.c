/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/proof-window.h"

/* A word from the future came before the clock was set back: how old it is, nobody knows. */
static bool is_within(const struct proof_standing *standing, uint64_t window_sec)
{
        return standing->proved_at_sec > 0 && standing->proved_at_sec <= standing->now_sec &&
               standing->proved_at_sec > standing->rules_since_sec &&
               standing->now_sec - standing->proved_at_sec < window_sec;
}

enum proof_verdict proof_window_look(const struct proof_window *window,
                                     const struct proof_standing *standing)
{
        if (is_within(standing, window->max_age_sec))
                return PROOF_COUNTS;
        return standing->can_be_asked ? PROOF_ASK : PROOF_SILENT;
}

enum proof_verdict proof_window_settle(const struct proof_window *window,
                                       const struct proof_standing *standing,
                                       enum proof_answer answer)
{
        switch (answer) {
        case PROOF_SAID_YES:
                return PROOF_COUNTS;
        case PROOF_SAID_TOO_LITTLE:
                return PROOF_SHORT;
        case PROOF_SAID_NO:
                return PROOF_OVER;
        case PROOF_SAID_NOTHING:
                return is_within(standing, window->offline_sec) ? PROOF_COUNTS : PROOF_SILENT;
        }
        return PROOF_SILENT;
}
