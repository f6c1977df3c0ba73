/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "self-links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linking.h"

/* One identity that was offered. */
struct entry {
        struct entry *next;              /* an older one */
        char *offered_by, *confirmed_by; /* ids of the logins; the second may be NULL yet */
        char *account, *issuer, *subject;
        uid_t caller_uid;
        uint64_t offered_at_usec;
};

struct self_links {
        struct state *state;
        const struct settings *settings;
        struct entry *first;
        size_t n;
};

static struct entry *entry_free(struct entry *entry)
{
        if (!entry)
                return NULL;
        free(entry->offered_by);
        free(entry->confirmed_by);
        free(entry->account);
        free(entry->issuer);
        free(entry->subject);
        free(entry);
        return NULL;
}
DEFINE_CLEANUP(struct entry *, entry_free);

int self_links_new(struct state *state, const struct settings *settings,
                   struct self_links **ret_links)
{
        struct self_links *links = calloc(1, sizeof(*links));
        if (!links)
                return -ENOMEM;

        links->state = state;
        links->settings = settings;
        *ret_links = links;
        return 0;
}

static void drop(struct self_links *links, struct entry **place)
{
        struct entry *entry = *place;

        *place = entry->next;
        (void)entry_free(entry);
        links->n--;
}

struct self_links *self_links_free(struct self_links *links)
{
        if (!links)
                return NULL;
        while (links->first)
                drop(links, &links->first);
        free(links);
        return NULL;
}

bool self_links_is_offer(const struct login_request *request)
{
        return strcmp(request->service, SELF_LINK_OFFER_SERVICE) == 0;
}

static bool is_over(const struct entry *entry, uint64_t now_usec)
{
        return now_usec - entry->offered_at_usec > SELF_LINK_LIFETIME_USEC;
}

/* Those that nobody came back for, and those that are too many for one account. */
static void make_room(struct self_links *links, const char *account, uint64_t now_usec)
{
        size_t n = 0;

        for (struct entry **place = &links->first; *place;) {
                bool is_own = strcmp((*place)->account, account) == 0;
                if (is_over(*place, now_usec) || (is_own && ++n >= SELF_LINKS_PER_ACCOUNT_MAX))
                        drop(links, place);
                else
                        place = &(*place)->next;
        }
}

int self_links_offer(struct self_links *links, const struct login_request *request,
                     const char *login, const struct identity *identity, uint64_t now_usec)
{
        make_room(links, request->account, now_usec);
        if (links->n >= SELF_LINKS_MAX)
                return -EBUSY;
        _cleanup_(entry_freep) struct entry *entry = calloc(1, sizeof(*entry));
        if (!entry)
                return -ENOMEM;
        entry->offered_by = strdup(login);
        entry->account = strdup(request->account);
        entry->issuer = strdup(identity->issuer);
        entry->subject = strdup(identity->subject);
        if (!entry->offered_by || !entry->account || !entry->issuer || !entry->subject)
                return -ENOMEM;
        entry->caller_uid = request->caller_uid;
        entry->offered_at_usec = now_usec;
        entry->next = links->first;
        links->first = TAKE_PTR(entry);
        links->n++;
        return 0;
}

static bool is_same(const char *text, const char *other)
{
        return text && other && strcmp(text, other) == 0;
}

static bool is_meant(const struct entry *entry, const struct self_link_offer *offer)
{
        return (is_same(entry->offered_by, offer->offered_by) ||
                is_same(entry->confirmed_by, offer->confirmed_by)) &&
               strcmp(entry->account, offer->account) == 0 &&
               entry->caller_uid == offer->caller_uid && !is_over(entry, offer->now_usec);
}

/* Where the pointer to it stands. */
static struct entry **find(struct self_links *links, const struct self_link_offer *offer)
{
        for (struct entry **place = &links->first; *place; place = &(*place)->next)
                if (is_meant(*place, offer))
                        return place;
        return NULL;
}

void self_links_expect(struct self_links *links, const struct login_request *request,
                       const char *login, uint64_t now_usec)
{
        const struct self_link_offer offer = {
                .offered_by = request->offer,
                .account = request->account,
                .caller_uid = request->caller_uid,
                .now_usec = now_usec,
        };
        struct entry **place = strcmp(request->service, SELF_LINK_CONFIRM_SERVICE) == 0
                                       ? find(links, &offer)
                                       : NULL;

        if (!place)
                return;
        free((*place)->confirmed_by);
        (*place)->confirmed_by = strdup(login);
}

int self_links_confirm(struct self_links *links, const struct self_link_offer *offer,
                       store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        struct entry **place = find(links, offer);

        if (!place)
                return -ENXIO;
        const struct linking linking = {
                .account = (*place)->account,
                .issuer = (*place)->issuer,
                .subject = (*place)->subject,
                .is_by_self = true,
        };
        int r = linking_make(links->state, links->settings, &linking, on_done, userdata, ret_write);
        drop(links, place);
        return r;
}

int self_links_find(struct self_links *links, const struct self_link_offer *offer,
                    const char **ret_issuer, const char **ret_subject)
{
        struct entry **place = find(links, offer);

        if (!place)
                return 0;
        *ret_issuer = (*place)->issuer;
        *ret_subject = (*place)->subject;
        return 1;
}
