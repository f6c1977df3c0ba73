/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libpam loads in the place of the module: it calls the program that libpam runs in. For
 * pam-inside.c. */
#include <security/pam_modules.h>

#include "common/cleanup.h"
#include "pam-trampoline.h"

_public_ int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return pam_inside_call(pamh, 'a', flags);
}

_public_ int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return PAM_SUCCESS;
}

_public_ int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return pam_inside_call(pamh, 'c', flags);
}

_public_ int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return pam_inside_call(pamh, 'o', flags);
}

_public_ int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return pam_inside_call(pamh, 'x', flags);
}
