/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "self-links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linking.h"

/* One identity that was offered. */
struct entry {
        struct entry *next;
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

/* Those of the account, and those that nobody came back for. */
void self_links_begin(struct self_links *links, const char *account, uint64_t now_usec)
{
        for (struct entry **place = &links->first; *place;)
                if (strcmp((*place)->account, account) == 0 || is_over(*place, now_usec))
                        drop(links, place);
                else
                        place = &(*place)->next;
}

int self_links_offer(struct self_links *links, const struct login_request *request,
                     const struct identity *identity, uint64_t now_usec)
{
        self_links_begin(links, request->account, now_usec);
        if (links->n >= SELF_LINKS_MAX)
                return -EBUSY;
        _cleanup_(entry_freep) struct entry *entry = calloc(1, sizeof(*entry));
        if (!entry)
                return -ENOMEM;
        entry->account = strdup(request->account);
        entry->issuer = strdup(identity->issuer);
        entry->subject = strdup(identity->subject);
        if (!entry->account || !entry->issuer || !entry->subject)
                return -ENOMEM;
        entry->caller_uid = request->caller_uid;
        entry->offered_at_usec = now_usec;
        entry->next = links->first;
        links->first = TAKE_PTR(entry);
        links->n++;
        return 0;
}

/* Where the pointer to it stands. */
static struct entry **find(struct self_links *links, const struct self_link_offer *offer)
{
        for (struct entry **place = &links->first; *place; place = &(*place)->next)
                if (strcmp((*place)->account, offer->account) == 0 &&
                    (*place)->caller_uid == offer->caller_uid && !is_over(*place, offer->now_usec))
                        return place;
        return NULL;
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
