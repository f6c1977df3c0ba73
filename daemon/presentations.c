/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "presentations.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tickets.h"

#define SENTENCE_TICKET "That is no ticket for this account and service."
#define SENTENCE_WRITE  "The ticket cannot be used right now. Try again later."

/* One that is being written down. */
struct presentation {
        struct presentations *presentations;
        struct presentation *next;
        struct login *login;
        char *detail; /* for the journal, when it is safe */
        struct store_write *write;
};

struct presentations {
        struct state *state;
        struct presentation *first;
};

static struct presentation *presentation_free(struct presentation *presentation)
{
        struct presentation **link = &presentation->presentations->first;

        while (*link != presentation)
                link = &(*link)->next;
        *link = presentation->next;
        (void)store_write_free(presentation->write);
        free(presentation->detail);
        free(presentation);
        return NULL;
}

static uint64_t now_sec(const struct login *login)
{
        return provider_now_sec(login_authority(login)->provider);
}

/* The name is printable: tickets_make() saw to it. */
static int describe(const struct ticket_record *ticket, enum ticket_standing standing,
                    char **ret_detail)
{
        char *detail = NULL;

        if (asprintf(&detail, "%s: '%s' (%s)", ticket_standing_detail(standing), ticket->name,
                     ticket->id) < 0)
                return -ENOMEM;
        *ret_detail = detail;
        return 0;
}

static void on_safe(int result, void *userdata)
{
        struct presentation *presentation = userdata;
        struct login *login = presentation->login;
        _cleanup_free_ char *detail = TAKE_PTR(presentation->detail);

        (void)presentation_free(presentation);
        if (result < 0)
                (void)login_vouch(login, LOGIN_UNAVAILABLE, NULL, strerror(-result),
                                  SENTENCE_WRITE);
        else
                (void)login_vouch(login, LOGIN_GRANTED, "ticket", detail, NULL);
}

/* Takes the detail over. */
static int use(struct presentations *presentations, struct login *login,
               const struct ticket_record *ticket, char *detail)
{
        struct presentation *presentation = calloc(1, sizeof(*presentation));
        if (!presentation) {
                free(detail);
                return -ENOMEM;
        }

        *presentation = (struct presentation){.presentations = presentations,
                                              .next = presentations->first,
                                              .login = login,
                                              .detail = detail};
        presentations->first = presentation;
        int r = tickets_use(presentations->state, ticket, login_request(login)->origin,
                            now_sec(login), on_safe, presentation, &presentation->write);
        if (r < 0)
                (void)presentation_free(presentation);
        return r;
}

static int look_at(struct presentations *presentations, struct login *login,
                   const struct secret *secret)
{
        const struct ticket_record *ticket = tickets_find(presentations->state, secret);
        _cleanup_free_ char *detail = NULL;

        if (!ticket) {
                (void)login_vouch(login, LOGIN_REFUSED, NULL, "what was presented is no ticket",
                                  SENTENCE_TICKET);
                return 0;
        }
        const struct ticket_facts facts = ticket_record_facts(ticket);
        enum ticket_standing standing = ticket_judge(&facts, login_account(login),
                                                     login_request(login)->service, now_sec(login));
        int r = describe(ticket, standing, &detail);
        if (r < 0)
                return r;
        if (standing == TICKET_GOOD)
                return use(presentations, login, ticket, TAKE_PTR(detail));
        (void)login_vouch(login, LOGIN_REFUSED, NULL, detail, SENTENCE_TICKET);
        return 0;
}

static void on_presented(struct login *login, const struct secret *secret, void *userdata)
{
        int r = look_at(userdata, login, secret);

        if (r < 0)
                (void)login_vouch(login, LOGIN_UNAVAILABLE, NULL, strerror(-r), SENTENCE_WRITE);
}

static bool is_wanted(const struct login *login, void *userdata)
{
        const struct presentations *presentations = userdata;

        return tickets_may_open(presentations->state, login_account(login),
                                login_request(login)->service, now_sec(login));
}

/* ---- the outside ---- */

int presentations_new(struct state *state, struct presentations **ret_presentations)
{
        struct presentations *presentations = calloc(1, sizeof(*presentations));
        if (!presentations)
                return -ENOMEM;

        presentations->state = state;
        *ret_presentations = presentations;
        return 0;
}

struct presentations *presentations_free(struct presentations *presentations)
{
        if (!presentations)
                return NULL;
        while (presentations->first)
                (void)presentation_free(presentations->first);
        free(presentations);
        return NULL;
}

struct login_presenter presentations_presenter(struct presentations *presentations)
{
        return (struct login_presenter){is_wanted, on_presented, presentations};
}

void presentations_forget(struct presentations *presentations, const struct login *login)
{
        struct presentation *presentation = presentations->first;

        while (presentation && presentation->login != login)
                presentation = presentation->next;
        if (presentation)
                (void)presentation_free(presentation);
}
