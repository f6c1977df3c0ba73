/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/complaint-report.h"

#include <errno.h>

#include "ctl/json-output.h"
#include "ctl/output.h"

static int print_json(const struct complaint *complaint)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "error", complaint->verdict.reason) < 0 ||
            json_add_text(object, "mend", complaint->mend) < 0)
                return -ENOMEM;
        return json_print(object);
}

enum command_exit complaint_report(const struct complaint *complaint, bool json)
{
        int r = 0;

        if (json)
                r = print_json(complaint);
        else
                output_complaint(complaint->verdict.reason, complaint->mend);
        return r < 0 ? COMMAND_BAD : command_exit_for(complaint->verdict.outcome);
}

enum command_exit complaint_report_unless_good(int r, bool json)
{
        struct complaint complaint = {0};

        if (r >= 0)
                return COMMAND_GOOD;
        complaint_set_unreadable(&complaint, r);
        return complaint_report(&complaint, json);
}
