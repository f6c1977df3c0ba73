/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/finding.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/json-output.h"
#include "ctl/output.h"

#define STATE_COLUMNS 9

static const char *state_word(enum finding_state state)
{
        switch (state) {
        case FINDING_GOOD:
                return "good";
        case FINDING_WARNING:
                return "warning";
        case FINDING_BAD:
                return "bad";
        }
        return "bad";
}

static enum tone state_tone(enum finding_state state)
{
        switch (state) {
        case FINDING_GOOD:
                return TONE_GOOD;
        case FINDING_WARNING:
                return TONE_WARNING;
        case FINDING_BAD:
                return TONE_BAD;
        }
        return TONE_BAD;
}

int findings_init(struct findings *findings, bool json)
{
        *findings = (struct findings){.list = json ? json_object_new_array() : NULL};
        return json && !findings->list ? -ENOMEM : 0;
}

void findings_finish(struct findings *findings)
{
        json_object_put(findings->list);
        *findings = (struct findings){0};
}

static int gather(struct json_object *list, const struct finding *finding)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "part", finding->part) < 0 ||
            json_add_text(object, "provider", finding->provider) < 0 ||
            json_add_text(object, "state", state_word(finding->state)) < 0 ||
            json_add_text(object, "what", finding->what) < 0 ||
            json_add_text(object, "detail", finding->detail) < 0 ||
            json_add_text(object, "mend", finding->mend) < 0 ||
            json_object_array_add(list, object) < 0)
                return -ENOMEM;
        TAKE_PTR(object);
        return 0;
}

static void show_heading(struct findings *findings, const struct finding *finding)
{
        char heading[sizeof(findings->heading)];

        (void)snprintf(heading, sizeof(heading), "%s%s%s", finding->part,
                       finding->provider ? " " : "", finding->provider ? finding->provider : "");
        if (strcmp(heading, findings->heading) == 0)
                return;
        printf("%s%s\n", findings->heading[0] ? "\n" : "", heading);
        memcpy(findings->heading, heading, sizeof(heading));
}

static void show(struct findings *findings, const struct finding *finding)
{
        show_heading(findings, finding);
        printf("  ");
        output_word(state_tone(finding->state), state_word(finding->state), STATE_COLUMNS);
        printf("%s%s%s\n", finding->what, *finding->detail ? ": " : "", finding->detail);
        if (*finding->mend)
                printf("  %*sMend: %s\n", STATE_COLUMNS, "", finding->mend);
        (void)fflush(stdout);
}

int findings_add(struct findings *findings, const struct finding *finding)
{
        findings->n_bad += finding->state == FINDING_BAD;
        findings->n_warnings += finding->state == FINDING_WARNING;
        if (findings->list)
                return gather(findings->list, finding);
        show(findings, finding);
        return 0;
}

static int conclude_json(const struct findings *findings)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object ||
            json_add(object, "good", json_object_new_boolean(findings->n_bad == 0)) < 0 ||
            json_add(object, "findings", json_object_get(findings->list)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static const char *plural(unsigned n)
{
        return n == 1 ? "" : "s";
}

int findings_conclude(struct findings *findings)
{
        if (findings->list)
                return conclude_json(findings);
        if (findings->n_bad > 0)
                printf("\n%u bad finding%s", findings->n_bad, plural(findings->n_bad));
        else
                printf("\nEverything is good");
        if (findings->n_warnings > 0)
                printf(", %u warning%s", findings->n_warnings, plural(findings->n_warnings));
        puts(".");
        return 0;
}
