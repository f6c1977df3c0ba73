/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-refusal.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "common/login-verdict.h"
#include "common/text.h"
#include "pam/pam-dialog.h"
#include "pam/pam-request.h"

#define VALUE_MAX_BYTES 128

static void refusal_log(const struct request *request, const struct login_verdict *verdict)
{
        _cleanup_free_ char *account = text_log_field(request->account, VALUE_MAX_BYTES);
        _cleanup_free_ char *service = text_log_field(request->service, VALUE_MAX_BYTES);
        _cleanup_free_ char *origin = text_log_field(
                request->remote_host ? request->remote_host : request->terminal, VALUE_MAX_BYTES);

        /* The reason is one of our own sentences: it has no quotes. */
        pam_syslog(request->pamh, LOG_NOTICE,
                   "refused: account=%s service=%s origin=%s outcome=%s reason=\"%s\"",
                   account ? account : "?", service ? service : "?", origin ? origin : "?",
                   login_outcome_word(verdict->outcome), verdict->reason);
}

void refusal_tell(const struct request *request, const struct login_verdict *verdict)
{
        (void)dialog_complain(request->pamh, verdict->reason);
        if (!verdict->from_daemon)
                refusal_log(request, verdict);
}
