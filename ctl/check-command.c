/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl check: the settings, the daemon, then each provider; every finding with its mend. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/text.h"
#include "ctl/command.h"
#include "ctl/daemon-call.h"
#include "ctl/daemon-status.h"
#include "ctl/finding.h"
#include "ctl/output.h"
#include "ctl/settings-check.h"

/* The daemon asks the provider four times, each bounded by 20 s, and pauses for 10 s at most. */
#define CHECK_TIMEOUT_USEC (95 * USEC_PER_SEC)
#define FINDINGS_MAX       100
#define TEXT_MAX_BYTES     2048

static int add_complaint(struct findings *findings, const char *part, const char *provider,
                         const struct complaint *complaint)
{
        const struct finding finding = {
                .state = FINDING_BAD,
                .part = part,
                .provider = provider,
                .what = complaint->verdict.reason,
                .detail = "",
                .mend = complaint->mend ? complaint->mend : "",
        };

        return findings_add(findings, &finding);
}

/* ---- one provider ---- */

static int add_foreign(struct findings *findings, const char *provider, bool is_good,
                       const char *const texts[static 3])
{
        _cleanup_free_ char *what = text_sanitise(texts[0], TEXT_MAX_BYTES);
        _cleanup_free_ char *detail = text_sanitise(texts[1], TEXT_MAX_BYTES);
        _cleanup_free_ char *mend = text_sanitise(texts[2], TEXT_MAX_BYTES);
        if (!what || !detail || !mend)
                return -ENOMEM;

        const struct finding finding = {
                .state = is_good ? FINDING_GOOD : FINDING_BAD,
                .part = "provider",
                .provider = provider,
                .what = what,
                .detail = detail,
                .mend = mend,
        };
        return findings_add(findings, &finding);
}

/* 0, -EBADMSG (no finding at all is nonsense too), -ENOMEM. */
static int read_findings(sd_bus_message *reply, const char *provider, struct findings *findings)
{
        const char *texts[3];
        unsigned n = 0;
        int is_good, r;

        if (sd_bus_message_has_signature(reply, "a(sbss)") <= 0 ||
            sd_bus_message_enter_container(reply, 'a', "(sbss)") < 0)
                return -EBADMSG;
        while ((r = sd_bus_message_read(reply, "(sbss)", &texts[0], &is_good, &texts[1],
                                        &texts[2])) > 0) {
                if (n++ == FINDINGS_MAX)
                        return -EBADMSG;
                r = add_foreign(findings, provider, is_good, texts);
                if (r < 0)
                        return r;
        }
        return r < 0 || n == 0 ? -EBADMSG : 0;
}

static int check_provider(struct bus_peer *peer, const char *provider, struct findings *findings)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!daemon_ask(peer, "CheckProvider", provider, CHECK_TIMEOUT_USEC, &reply, &complaint))
                return add_complaint(findings, "provider", provider, &complaint);
        int r = read_findings(reply, provider, findings);
        if (r != -EBADMSG)
                return r;
        complaint_set_unreadable(&complaint, r);
        return add_complaint(findings, "provider", provider, &complaint);
}

/* ---- which providers ---- */

static int add_unknown_provider(struct findings *findings, const char *wanted)
{
        _cleanup_free_ char *name = text_sanitise(wanted, TEXT_MAX_BYTES);
        if (!name)
                return -ENOMEM;

        const struct finding finding = {
                .state = FINDING_BAD,
                .part = "provider",
                .provider = name,
                .what = "The running badged knows no provider of this name.",
                .detail = "",
                .mend = "compare with badgectl status; after a change of the settings: "
                        "systemctl restart badged",
        };
        return findings_add(findings, &finding);
}

static int check_providers(struct bus_peer *peer, const struct daemon_status *status,
                           const char *wanted, struct findings *findings)
{
        if (wanted) {
                const struct provider_status *provider = daemon_status_provider(status, wanted);
                return provider ? check_provider(peer, provider->name, findings)
                                : add_unknown_provider(findings, wanted);
        }
        for (size_t i = 0; i < status->n_providers; i++) {
                int r = check_provider(peer, status->providers[i].name, findings);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int check_daemon(const char *wanted, struct findings *findings)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_status_ struct daemon_status status = {0};
        struct complaint complaint = {0};

        if (!daemon_find(-1, &peer, &complaint) || !daemon_status_ask(peer, &status, &complaint))
                return add_complaint(findings, "daemon", NULL, &complaint);
        const struct finding running = {
                .state = FINDING_GOOD,
                .part = "daemon",
                .what = "badged is running",
                .detail = status.version ? status.version : "",
                .mend = "",
        };
        int r = findings_add(findings, &running);
        return r < 0 ? r : check_providers(peer, &status, wanted, findings);
}

/* What badged may read, another user need not be able to. */
static int add_caller(struct findings *findings)
{
        const struct finding finding = {
                .state = FINDING_WARNING,
                .part = "settings",
                .what = "Only root sees all of it: what cannot be used below may be in order.",
                .detail = "",
                .mend = "ask as root, for instance with sudo",
        };
        return geteuid() == 0 ? 0 : findings_add(findings, &finding);
}

enum command_exit check_command(const struct command_line *line)
{
        _cleanup_findings_ struct findings findings = {0};

        int r = findings_init(&findings, line->json);
        if (r >= 0)
                r = add_caller(&findings);
        if (r >= 0)
                r = settings_check(line->badged_program, &findings);
        if (r >= 0)
                r = check_daemon(line->operands[0], &findings);
        if (r >= 0)
                r = findings_conclude(&findings);
        if (r < 0)
                output_complaint(strerror(-r), NULL);
        return r < 0 || findings.n_bad > 0 ? COMMAND_BAD : COMMAND_GOOD;
}
