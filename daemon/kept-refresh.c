/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kept-refresh.h"

#include <string.h>
#include <syslog.h>

#include "kept-tokens.h"
#include "log.h"
#include "provider.h"

/* After a refresh that failed nobody is asked again for a while, longer each time up to the most:
 * whoever asks for tokens in a loop is not to wear the provider out. */
#define PAUSE_MIN_SEC 3
#define PAUSE_MAX_SEC 300

static void log_refresh(const struct kept_tokens *kept, const char *detail)
{
        log_line(LOG_WARNING, "Failed to refresh the tokens of login %s at provider %s: %s",
                 kept->id, provider_settings(kept->authority->provider)->name, detail);
}

static void rest(struct kept_tokens *kept)
{
        kept->state = KEPT_RESTING;
        kept->write = store_write_free(kept->write);
}

/* The refresh token is of no use any more, but an access token may be. */
static void end_refused(struct kept_tokens *kept)
{
        _cleanup_record_ struct token_record record = {0};
        int r = token_store_get(kept->list->store, kept->id, &record);

        kept_tokens_end(kept, r < 0 ? NULL : &record);
}

static void end_unsaved(struct kept_tokens *kept, struct token_record *record, int error)
{
        log_refresh(kept, strerror(-error));
        kept_tokens_end(kept, record);
}

static void pause_refreshes(struct kept_tokens *kept)
{
        kept->pause_sec = kept->pause_sec == 0 ? PAUSE_MIN_SEC : 2 * kept->pause_sec;
        if (kept->pause_sec > PAUSE_MAX_SEC)
                kept->pause_sec = PAUSE_MAX_SEC;
        kept->not_before_sec = kept_tokens_now_sec(kept) + kept->pause_sec;
        token_waits_tell(&kept->waits, TOKEN_UNAVAILABLE);
}

static void on_saved(int result, void *userdata)
{
        struct kept_tokens *kept = userdata;

        rest(kept);
        if (result < 0) {
                end_unsaved(kept, &kept->dropped, result);
                return;
        }
        token_record_finish(&kept->dropped);
        if (kept->is_unchecked) {
                pause_refreshes(kept);
                return;
        }
        kept->pause_sec = 0;
        token_waits_renew(&kept->waits);
}

/* Safe first: with a refresh token that was used up and a new one that is nowhere, the session
 * would be gone. */
static void take_new(struct kept_tokens *kept, struct token_record *record, bool is_unchecked)
{
        kept->is_unchecked = is_unchecked;
        int r = token_record_copy(record, &kept->dropped);
        if (r >= 0)
                r = token_store_put(kept->list->store, kept->id, record, on_saved, kept,
                                    &kept->write);
        if (r < 0)
                end_unsaved(kept, record, r);
        else
                kept->state = KEPT_SAVING;
}

/* What was sent did not use the token up: the doubt that was written down beforehand was none. */
static void put_back(struct kept_tokens *kept)
{
        _cleanup_record_ struct token_record record = {0};

        if (token_store_get(kept->list->store, kept->id, &record) < 0)
                return;
        record.refresh_in_doubt = kept->was_in_doubt;
        (void)token_store_put(kept->list->store, kept->id, &record, NULL, NULL, NULL);
}

static void on_refreshed(enum token_refresh_end how, struct token_record *record,
                         const char *detail, void *userdata)
{
        struct kept_tokens *kept = userdata;
        _cleanup_(token_refresh_freep) struct token_refresh *finished = TAKE_PTR(kept->refresh);

        rest(kept);
        if (detail)
                log_refresh(kept, detail);
        if (kept->is_dropped) {
                kept_tokens_end_dropped(kept, record);
                return;
        }
        switch (how) {
        case TOKEN_REFRESH_DONE:
                take_new(kept, record, false);
                return;
        case TOKEN_REFRESH_UNCHECKED:
                take_new(kept, record, true);
                return;
        case TOKEN_REFRESH_FAILED:
                put_back(kept);
                pause_refreshes(kept);
                return;
        case TOKEN_REFRESH_LOST:
                pause_refreshes(kept);
                return;
        case TOKEN_REFRESH_REJECTED:
                kept_tokens_end(kept, record);
                return;
        case TOKEN_REFRESH_REFUSED:
                end_refused(kept);
                return;
        }
}

/* The doubt is on the disk. */
static void on_doubted(int result, void *userdata)
{
        struct kept_tokens *kept = userdata;
        _cleanup_record_ struct token_record record = {0};

        rest(kept);
        int r = result;
        if (r >= 0)
                r = token_store_get(kept->list->store, kept->id, &record);
        if (r >= 0)
                r = token_refresh_new(kept->authority, &record, on_refreshed, kept, &kept->refresh);
        if (r >= 0) {
                kept->state = KEPT_ASKING;
                return;
        }
        log_refresh(kept, strerror(-r));
        put_back(kept);
        pause_refreshes(kept);
}

/* The doubt is written down before anything is sent, so that a crash leaves it behind. */
int kept_refresh_start(struct kept_tokens *kept, struct token_record *record)
{
        kept->was_in_doubt = record->refresh_in_doubt;
        record->refresh_in_doubt = true;
        int r = token_store_put(kept->list->store, kept->id, record, on_doubted, kept,
                                &kept->write);
        if (r < 0)
                log_refresh(kept, strerror(-r));
        else
                kept->state = KEPT_DOUBTING;
        return r;
}
