/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is decided of what badged keeps: does an identity have the account, does a ticket open it,
 * may a token be handed out. Whatever stands there, each yes has all of its reasons. */
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/identity-binding.h"
#include "core/service-name.h"
#include "core/ticket-rules.h"
#include "core/token-judgement.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define NOW_SEC UINT64_C(1700000000)

/* Around now, or anywhere. */
static uint64_t pick_time(struct fuzz_bytes *bytes)
{
        uint8_t kind = fuzz_byte(bytes);

        if (kind < 16)
                return 0;
        return kind < 208 ? NOW_SEC - 96 + kind : fuzz_number(bytes);
}

/* ---- identities ---- */

static void check_reasons(const struct binding_facts *facts, enum binding binding)
{
        const struct account_verdict *verdict = facts->verdict;
        bool is_own = facts->bound_account && strcmp(facts->bound_account, facts->account) == 0;

        FUZZ_EXPECT(verdict->allowed && (!facts->known_uid || *facts->known_uid == facts->uid));
        if (binding == BINDING_BY_RULE)
                FUZZ_EXPECT(verdict->rule == ACCOUNT_RULE_MAP ||
                            verdict->rule == ACCOUNT_RULE_GROUP);
        else if (binding == BINDING_KNOWN)
                FUZZ_EXPECT(is_own);
        else
                FUZZ_EXPECT(binding == BINDING_NEW && verdict->rule == ACCOUNT_RULE_CLAIM &&
                            !facts->bound_account && !facts->is_bound);
}

static void check_binding(struct fuzz_bytes *bytes)
{
        static const enum account_rule rules[] = {ACCOUNT_RULE_NONE, ACCOUNT_RULE_MAP,
                                                  ACCOUNT_RULE_GROUP, ACCOUNT_RULE_LINK,
                                                  ACCOUNT_RULE_CLAIM};
        uint8_t flags = fuzz_byte(bytes), rule = fuzz_byte(bytes) % ELEMENTSOF(rules);
        uint64_t known_uid = fuzz_byte(bytes) % 4, uid = fuzz_byte(bytes) % 4;
        const char *account = fuzz_text(bytes);
        const struct account_verdict verdict = {.allowed = flags & 1, .rule = rules[rule]};
        const struct binding_facts facts = {
                .verdict = &verdict,
                .account = account,
                .uid = uid,
                .known_uid = flags & 2 ? &known_uid : NULL,
                .bound_account = flags & 8 ? fuzz_text(bytes) : NULL,
                .is_bound = flags & 4,
        };

        enum binding binding = binding_decide(&facts);
        bool refused = binding_is_refusal(binding);
        FUZZ_EXPECT(refused == (binding >= BINDING_FORBIDDEN));
        FUZZ_EXPECT(refused == (binding_detail(binding) != NULL));
        FUZZ_EXPECT(refused == (binding_sentence(binding) != NULL));
        if (!refused)
                check_reasons(&facts, binding);
}

/* ---- tickets ---- */

static void check_services(const char *const *services, size_t n)
{
        _cleanup_list_ struct text_list again = {0};
        _cleanup_free_ char *json = NULL;

        if (ticket_services_format(services, n, &json) < 0) {
                FUZZ_EXPECT(!json);
                return;
        }
        FUZZ_EXPECT(ticket_services_read(json, &again) == 0);
        for (size_t i = 0; i < n; i++) {
                FUZZ_EXPECT(service_name_is_valid(services[i]));
                FUZZ_EXPECT(text_list_has(&again, services[i]));
                FUZZ_EXPECT(ticket_services_have(json, services[i]));
        }
        for (size_t i = 0; i < again.n; i++)
                FUZZ_EXPECT(service_name_is_valid(again.items[i]));
}

static void check_ticket(struct fuzz_bytes *bytes)
{
        struct ticket_facts ticket = {0};
        const char *account, *services[2];

        ticket.is_once = fuzz_byte(bytes) & 1;
        ticket.n_uses = fuzz_byte(bytes) % 3;
        ticket.expires_at_sec = pick_time(bytes);
        ticket.revoked_at_sec = pick_time(bytes);
        ticket.account = fuzz_text(bytes);
        ticket.services = fuzz_text(bytes);
        account = fuzz_text(bytes);
        services[0] = fuzz_text(bytes);
        services[1] = fuzz_text(bytes);
        enum ticket_standing standing = ticket_judge(&ticket, account, services[0], NOW_SEC);
        const char *word = ticket_state_word(&ticket, NOW_SEC);
        FUZZ_EXPECT(ticket_standing_detail(standing) && word);
        if (standing == TICKET_GOOD) {
                FUZZ_EXPECT(strcmp(ticket.account, account) == 0 && strcmp(word, "usable") == 0);
                FUZZ_EXPECT(ticket.revoked_at_sec == 0 && (!ticket.is_once || ticket.n_uses == 0));
                FUZZ_EXPECT(ticket.expires_at_sec == 0 || ticket.expires_at_sec > NOW_SEC);
                FUZZ_EXPECT(ticket_services_have(ticket.services, services[0]));
        }
        check_services(services, ELEMENTSOF(services));
}

/* ---- tokens ---- */

static void check_token(struct fuzz_bytes *bytes)
{
        uint8_t flags = fuzz_byte(bytes);
        _cleanup_record_ struct token_record record = {0};
        const struct token_wish wish = {.min_lifetime_sec = fuzz_number(bytes),
                                        .is_for_new = flags & 4,
                                        .is_fresh = (flags & 8) && (flags & 1),
                                        .may_ask = flags & 16};
        enum token_answer answer = TOKEN_OVER;

        record.access_token = flags & 1 ? secret_new_text("a") : NULL;
        record.refresh_token = flags & 2 ? secret_new_text("r") : NULL;
        record.granted_at_sec = pick_time(bytes);
        record.expires_at_sec = pick_time(bytes);
        if (!token_judge(&record, &wish, NOW_SEC, &answer)) {
                FUZZ_EXPECT(record.refresh_token && wish.may_ask && !wish.is_fresh);
                return;
        }
        FUZZ_EXPECT(answer != TOKEN_OVER);
        if (answer != TOKEN_VALID)
                return;
        FUZZ_EXPECT(record.access_token && (!wish.is_for_new || wish.is_fresh));
        FUZZ_EXPECT(wish.is_fresh ||
                    token_record_is_valid(&record, wish.min_lifetime_sec, NOW_SEC));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        uint8_t kind = fuzz_byte(&bytes) % 3;
        if (kind == 0)
                check_binding(&bytes);
        else if (kind == 1)
                check_ticket(&bytes);
        else
                check_token(&bytes);
        fuzz_bytes_finish(&bytes);
        return 0;
}
