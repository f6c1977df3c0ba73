/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every name that badged has on the D-Bus system bus. Nothing else in the tree spells one. */
#pragma once

#define BADGED_BUS_NAME   "org.badged.Badged1"
#define BADGED_PATH       "/org/badged/Badged1"
#define BADGED_LOGIN_PATH "/org/badged/Badged1/login"

#define BADGED_INTERFACE       "org.badged.Badged1"
#define BADGED_LOGIN_INTERFACE "org.badged.Badged1.Login"
#define BADGED_ADMIN_INTERFACE "org.badged.Badged1.Admin"

/* Error names: one for each outcome but "granted" (common/login-outcome.c maps them), and one for a
 * caller who may not ask. */
#define BADGED_ERRORS                 "org.badged.Badged1.Error."
#define BADGED_ERROR_DENIED           "org.badged.Badged1.Error.Denied"
#define BADGED_ERROR_EXPIRED          "org.badged.Badged1.Error.Expired"
#define BADGED_ERROR_REFUSED          "org.badged.Badged1.Error.Refused"
#define BADGED_ERROR_UNAVAILABLE      "org.badged.Badged1.Error.Unavailable"
#define BADGED_ERROR_THROTTLED        "org.badged.Badged1.Error.Throttled"
#define BADGED_ERROR_CANCELLED        "org.badged.Badged1.Error.Cancelled"
#define BADGED_ERROR_NOT_AUTHORIZED   "org.badged.Badged1.Error.NotAuthorized"
#define BADGED_ERROR_NO_SUCH_LOGIN    "org.badged.Badged1.Error.NoSuchLogin"
#define BADGED_ERROR_NO_SUCH_ACCOUNT  "org.badged.Badged1.Error.NoSuchAccount"
#define BADGED_ERROR_NO_SUCH_IDENTITY "org.badged.Badged1.Error.NoSuchIdentity"
#define BADGED_ERROR_NOTHING_TO_DO    "org.badged.Badged1.Error.NothingToDo"
#define BADGED_ERROR_IN_USE           "org.badged.Badged1.Error.InUse"
#define BADGED_ERROR_TOO_MANY         "org.badged.Badged1.Error.TooMany"
#define BADGED_ERROR_NO_SUCH_FACTOR   "org.badged.Badged1.Error.NoSuchFactor"
#define BADGED_ERROR_NO_SUCH_SESSION  "org.badged.Badged1.Error.NoSuchSession"
#define BADGED_ERROR_NO_SUCH_TICKET   "org.badged.Badged1.Error.NoSuchTicket"
#define BADGED_ERROR_NO_SUCH_THROTTLE "org.badged.Badged1.Error.NoSuchThrottle"

/* Answer or Present to a login that waits for none, or had one. */
#define BADGED_ERROR_UNEXPECTED_ANSWER "org.badged.Badged1.Error.UnexpectedAnswer"

/* What a browser may bring back: longer answers are no answers. */
#define BADGED_ANSWER_MAX_BYTES 8192

/* What somebody may present in place of an approval: longer texts are none. */
#define BADGED_SECRET_MAX_BYTES 64
