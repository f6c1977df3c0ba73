/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login is made of: for login.c and login-presentation.c, which change it, and
 * login-facts.c, which tells of it. For nobody else. */
#pragma once

#include "login-decision.h"
#include "login.h"
#include "proof.h"
#include "state.h"

enum login_state {
        LOGIN_STATE_RECHECKING,  /* does an earlier approval still count? */
        LOGIN_STATE_ASKING,      /* for a code */
        LOGIN_STATE_SHOWING,     /* the code is out; polling starts once somebody waits */
        LOGIN_STATE_OFFERING,    /* the provider is out of reach; something else may be shown */
        LOGIN_STATE_PRESENTED,   /* it was shown: is it good? */
        LOGIN_STATE_VERIFYING,   /* approved: whose approval? */
        LOGIN_STATE_REGISTERING, /* the rules allow it: is it the account's, and safe on the disk?
                                  */
        LOGIN_STATE_ENDED,
};

struct login {
        sd_event *event;
        const struct authority *authority;
        struct login_registrar registrar;
        struct login_presenter presenter;
        struct login_listener listener;
        char id[STATE_ID_DIGITS + 1];
        struct login_request request;

        enum login_state state;
        struct recheck *recheck;
        char *basis; /* id of the session that answers for it; NULL: none does */
        const char *(*may_ask)(const struct login *login, void *userdata);
        void *userdata;
        struct proof *proof;
        uint64_t timeout_usec;
        sd_event_source *news;   /* calls the listener from the loop */
        sd_event_source *offers; /* the end of LOGIN_STATE_OFFERING */

        const struct grant_challenge *challenge; /* the grant's, or offer; NULL: not yet */
        struct grant_challenge offer;
        uint64_t expires_at_usec;
        char *picture;

        bool wants_code, offers_code;
        struct secret *code; /* NULL: none was typed, or none is wanted */
        uint64_t code_typed_at_sec;

        struct login_decision decision;
};

/* The one place that changes the state. */
void login_enter_state(struct login *login, enum login_state state);

/* Ends it, never as granted, which would be LOGIN_REFUSED: that is login_register()'s alone. detail
 * is for the journal, sentence for the person; both may be NULL. */
void login_fail(struct login *login, enum login_outcome outcome, const char *detail,
                const char *sentence);

/* Its proof came to that: may something else be shown? Then detail, of why the provider cannot be
 * asked, is what the journal has if nothing is. */
bool login_may_offer(const struct login *login, enum login_outcome outcome);
void login_offer(struct login *login, const char *detail);
