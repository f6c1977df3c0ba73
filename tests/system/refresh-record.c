/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refresh-record FOLDER: renews the token record that comes as JSON on standard input, once, at the
 * default provider of these settings. Prints how it ended, and the record that came of it. For what
 * badged does with tokens that it hands to nobody (tests/system/test_bound_tokens.py). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "core/token-record.h"
#include "provider.h"
#include "settings.h"
#include "token-refresh.h"

#define INPUT_MAX_BYTES (TOKEN_RECORD_MAX_BYTES - 1)

static const char *end_word(enum token_refresh_end end)
{
        switch (end) {
        case TOKEN_REFRESH_DONE:
                return "done";
        case TOKEN_REFRESH_FAILED:
                return "failed";
        case TOKEN_REFRESH_LOST:
                return "lost";
        case TOKEN_REFRESH_UNCHECKED:
                return "unchecked";
        case TOKEN_REFRESH_REFUSED:
                return "refused";
        case TOKEN_REFRESH_REJECTED:
                return "rejected";
        }
        return "?";
}

static void on_done(enum token_refresh_end end, struct token_record *record, const char *detail,
                    void *userdata)
{
        _cleanup_secret_ struct secret *json = NULL;

        puts(end_word(end));
        if (record && token_record_write(record, &json) == 0)
                puts(secret_bytes(json));
        if (detail)
                fprintf(stderr, "%s\n", detail);
        if (record)
                token_record_finish(record);
        (void)sd_event_exit(userdata, 0);
}

static int read_record(struct token_record *record)
{
        _cleanup_free_ char *text = calloc(1, TOKEN_RECORD_MAX_BYTES);
        const char *why = "memory is short";
        int r = -1;

        if (text) {
                size_t size = fread(text, 1, INPUT_MAX_BYTES, stdin);
                r = token_record_read(text, size, record, &why);
        }
        if (r < 0)
                fprintf(stderr, "that is no record: %s\n", why);
        return r;
}

static int renew(struct settings *settings, const struct token_record *record)
{
        _cleanup_(sd_event_unrefp) sd_event *event = NULL;
        _cleanup_(http_client_freep) struct http_client *http = NULL;
        _cleanup_(provider_freep) struct provider *provider = NULL;
        _cleanup_(token_refresh_freep) struct token_refresh *refresh = NULL;

        int r = sd_event_new(&event);
        if (r >= 0)
                r = http_client_new(event, &http);
        if (r >= 0)
                r = provider_new(event, http,
                                 settings_provider(settings, settings->default_provider),
                                 &provider);
        const struct authority authority = {.provider = provider};
        if (r >= 0)
                r = token_refresh_new(&authority, record, on_done, event, &refresh);
        return r < 0 ? r : sd_event_loop(event);
}

int main(int argc, char **argv)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        _cleanup_(settings_report_finish) struct settings_report report = {0};
        _cleanup_record_ struct token_record record = {0};
        const char *const folders[] = {argc > 1 ? argv[1] : "", NULL};

        if (settings_load(folders, &settings, &report) < 0 || read_record(&record) < 0)
                return EXIT_FAILURE;
        return renew(settings, &record) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
