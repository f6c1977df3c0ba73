/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom the provider is to ask (login_hint of OIDC Core section 3.1.2.1 and CIBA section 7.1): a
 * help for the person, never a proof. Who approves is seen from the tokens. */
#pragma once

/* form with the account in place of each "{account}"; without a form the account and the suffix
 * (NULL: none). The caller frees it. 0 or -ENOMEM. */
int login_hint_new(const char *form, const char *account, const char *suffix, char **ret_hint);
