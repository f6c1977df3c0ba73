/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of test-settings.c: settings files, and for the bad ones the report that they get,
 * with
 * @ for the folder that vendor/, run/ and etc/ are in. */
#pragma once

#include <sys/types.h>

#include "common/cleanup.h"

struct settings_file {
        const char *name, *text;
        mode_t mode; /* 0: 0644 */
        uid_t owner;
};

struct settings_case {
        const char *name;
        struct settings_file files[4]; /* a nameless one ends them */
        const char *report;
};

#define CORP     "[provider corp]\nissuer = https://sso.example\nclient_id = linux\n"
#define BY_CLAIM "[accounts]\nusername_claim = preferred_username\n"
#define PLAIN    CORP BY_CLAIM
#define MAIN(text)                              \
        {                                       \
                {                               \
                        "etc/badged.conf", text \
                }                               \
        }
#define CORP_AND(s)  MAIN(CORP s "\n" BY_CLAIM)
#define AT(line)     "@/etc/badged.conf:" #line ": "
#define IN_CORP(key) "error: [provider corp] " key ": "
#define ALIKE                                                                                 \
        "is not the one of another provider with the same issuer (tell people of one issuer " \
        "apart by one claim)\n"
#define WITH_S "client_auth = client_secret_post\nclient_secret_file = s\n" BY_CLAIM
#define BOUND                                                                  \
        "is of no use where tokens are bound (dpop): people cannot use those " \
        "(set dpop = no, or remove it)\n"
#define PEM "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
/* Of no use but here. */
#define KEY_PEM                                                              \
        "-----BEGIN PRIVATE KEY-----\n"                                      \
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPtSE9vvvpXlubnh0\n" \
        "7NdAskdJjiwSEyK5Uo1WxzgwrSahRANCAAQKljFJMAizpuV64jFP9ESrroqiCngp\n" \
        "7UWGyKfQtnubX77aVJX/4UNyn7n9CFG0dXiJr20ncWRRkf8oS/p/Tze+\n"         \
        "-----END PRIVATE KEY-----\n"
#define KEY_CERTIFICATE                                                      \
        "-----BEGIN CERTIFICATE-----\n"                                      \
        "MIIBdDCCARugAwIBAgIUA2I7JP26ANq21AMty5vJtaC7gt0wCgYIKoZIzj0EAwIw\n" \
        "EDEOMAwGA1UEAwwFbGludXgwHhcNMjYxMTIyMDIyMzU3WhcNMzYxMTE5MDIyMzU3\n" \
        "WjAQMQ4wDAYDVQQDDAVsaW51eDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAqW\n" \
        "MUkwCLOm5XriMU/0RKuuiqIKeCntRYbIp9C2e5tfvtpUlf/hQ3Kfuf0IUbR1eImv\n" \
        "bSdxZFGR/yhL+n9PN76jUzBRMB0GA1UdDgQWBBQfcmyUJtoqRIwnsCeSpgrlwXeB\n" \
        "NTAfBgNVHSMEGDAWgBQfcmyUJtoqRIwnsCeSpgrlwXeBNTAPBgNVHRMBAf8EBTAD\n" \
        "AQH/MAoGCCqGSM49BAMCA0cAMEQCIE+UNYs9nCoW44v99PXTzqUU7XBrW0syWUly\n" \
        "Bwn5e9mvAiBsJGqr2PBKWqYlcgHMZzodhiw0VrkZOAcL0Bj32o4QOQ==\n"         \
        "-----END CERTIFICATE-----\n"
#define ED25519_PEM                                                          \
        "-----BEGIN PRIVATE KEY-----\n"                                      \
        "MC4CAQAwBQYDK2VwBCIEIAgbzwNAGBOWXuWhZNeZiL/P88M1tWTW5R4KyoJI28XR\n" \
        "-----END PRIVATE KEY-----\n"
#define IN_SUDO(key) "[service sudo] " key ": "
#define NO_TOKENS                                                                           \
        "no provider can be asked again: without its tokens a login counts for max_age at " \
        "most (set keep_tokens = yes for a provider)\n"
#define SECTIONS         " (the sections are [badged], [provider NAME], [accounts] and [service NAME])\n"
#define SECRET_MEND      " (make it a file of root:badged with mode 0640)\n"
#define UNREADABLE       IN_CORP("client_secret_file") "cannot be used: "
#define WITH_SECRET      CORP "client_auth = client_secret_basic\nclient_secret_file = s\n" BY_CLAIM
#define SIGNED_BY_SECRET CORP "client_auth = client_secret_jwt\nclient_secret_file = s\n" BY_CLAIM
#define SIGNED_BY_KEY(more) \
        CORP "client_auth = private_key_jwt\nclient_key_file = k" more "\n" BY_CLAIM
#define BY_CERTIFICATE                                                                        \
        CORP "client_auth = tls_client_auth\nclient_key_file = k\nclient_certificate_file = " \
             "c\n" BY_CLAIM
#define SCOPE_MEND " (write openid and the further scopes with single blanks between them)\n"
#define X64        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512       X64 X64 X64 X64 X64 X64 X64 X64
#define X1024      X512 X512
#define PLAINLY    " (write it plainly: key = value, no quotes, no continued lines)\n"
#define FILE_MEND                                                                 \
        " (a regular file, owned by root, mode 0644 or less, 64 KiB at most; an " \
        "empty one where a file is unwanted)\n"

static const struct settings_file every_key_files[] = {
        {"etc/badged.conf",
         "[badged]\ndefault_provider = corp\nmax_logins = 50\nmax_logins_per_account = 1\n"
         "max_logins_per_origin = 2\nmax_logins_per_minute = 5\nlogin_timeout = 90s\n"
         "session_lifetime = 12h\nend_login = yes\nowner = first\n"
         "[provider corp]\nissuer = https://sso.example/realms/corp\nmetadata = by-hand\n"
         "client_id = linux login\nclient_auth = client_secret_post\nclient_secret_file = "
         "corp.secret\n"
         "scope = openid groups\ndevice_authorization_endpoint = https://sso.example/d\n"
         "token_endpoint = https://sso.example/t\nuserinfo_endpoint = https://sso.example/u\n"
         "jwks_uri = https://sso.example/j\nalgorithms = RS256, ES512\nca_file = ca.pem\n"
         "proxy = http://proxy.example:3128\nusername_claim = email\nstrip_suffix = @example.com\n"
         "keep_tokens = yes\n"
         "[accounts]\nusername_claim = preferred_username\nstrip_suffix = @else.example\n"
         "map_file = accounts.map\naccount_groups = deploy:linux-deployers , backup:urn:x:linux "
         "backup\n"
         "groups_claim = roles\nmin_uid = 2000\n"
         "[service sudo]\nmax_age = 15min\nrecheck = yes\noffline = allow-for 4h\n"
         "[service login]\noffline = totp\noffline_limit = 2d\nsecond_factor = totp\n"},
        {"etc/corp.secret", "s#c;\"=\n", 0640},
        {"etc/ca.pem", PEM},
        {"etc/accounts.map", "alice = https://sso.example/realms/corp 1\nbob = corp:number=4711\n"},
        {0},
};

static const struct settings_file two_provider_files[] = {
        {"etc/badged.conf",
         "[badged]\ndefault_provider = corp\n" CORP
         "[provider other]\nissuer = https://other.example\n"
         "client_id = linux\n[provider corp-ciba]\nissuer = https://sso.example\n"
         "client_id = ring\nflow = ciba\n[provider third]\nissuer = "
         "https://third.example\nclient_id = linux\n"
         "username_claim = email\n"
         "[accounts]\nusername_claim = preferred_username\nstrip_suffix = @example.com\n"
         "map_file = m\n"},
        {"etc/m", "alice = other:number=1\n"},
        {0},
};

static const struct settings_file layered_files[] = {
        {"vendor/badged.conf", "[badged]\nmax_logins = 1\nlogin_timeout = 31s\n"},
        {"run/badged.conf", "[badged]\nmax_logins = 2\nlogin_timeout = 32s\n"},
        {"etc/badged.conf", "[badged]\nmax_logins = 2\n" CORP BY_CLAIM "min_uid = 5000\n"},
        {"vendor/badged.conf.d/10-a.conf",
         "[badged]\nmax_logins_per_account = 4\nmax_logins = 9\n"},
        {"vendor/badged.conf.d/20-b.conf", "[badged]\nmax_logins_per_origin = 5\n"},
        {"etc/badged.conf.d/20-b.conf", ""},
        {"etc/badged.conf.d/30-c.conf", "[badged]\nmax_logins = 3\n[accounts]\nmin_uid =\n"},
        {"etc/badged.conf.d/40-d.conf.old", "max_logins"},
        {"etc/badged.conf.d/.50-e.conf", "max_logins"},
        {0},
};

static const struct settings_file credential_files[] = {
        {"etc/badged.conf", CORP "client_auth = client_secret_basic\n"
                                 "client_secret_file = credential:corp\n" BY_CLAIM},
        {0},
};

/* clang-format off */
static const struct settings_case settings_cases[] = {
        {"no_provider_is_refused", MAIN("[badged]\n"),
         "@/etc/badged.conf: error: no provider is configured (add a section [provider NAME] with "
         "issuer and client_id)\n"},
        {"no_file_is_no_provider", {{0}},
         "@/etc/badged.conf: error: no provider is configured (add a section [provider NAME] with "
         "issuer and client_id)\n"},
        {"an_unknown_key_is_a_warning", CORP_AND("isuer = x"),
         AT(4) "warning: [provider corp] isuer: unknown key, ignored (see badged.conf(5) for the keys "
         "of this section)\n"},
        {"an_unknown_section_is_a_warning", MAIN(PLAIN "[session sudo]\nmax_age = 15min\n"),
         AT(6) "warning: [session sudo] unknown section, ignored with all that is in it" SECTIONS},
        {"a_section_named_provider_alone_is_unknown", MAIN(PLAIN "[provider]\nissuer = x\n"),
         AT(6) "warning: [provider] unknown section, ignored with all that is in it" SECTIONS},
        {"a_provider_name_without_dots", MAIN(PLAIN "[provider a.b]\n"),
         AT(6) "error: [provider a.b] this cannot be the name of a provider (use up to 32 letters, "
         "digits, '_', '-')\n"},

        {"a_missing_issuer_is_refused", MAIN("[provider corp]\nclient_id = linux\n" BY_CLAIM),
         AT(1) IN_CORP("issuer") "is missing (write the issuer as the provider itself does, starting "
         "with https://)\n"},
        {"an_emptied_issuer_is_missing", {{"etc/badged.conf", PLAIN},
                                          {"etc/badged.conf.d/a.conf", "[provider corp]\nissuer =\n"}},
         "@/etc/badged.conf.d/a.conf:1: " IN_CORP("issuer") "is missing (write the issuer as the "
         "provider itself does, starting with https://)\n"},
        {"providers_of_one_issuer_have_one_kind_of_subject",
         MAIN("[badged]\ndefault_provider = corp\n" CORP
              "[provider plain]\nissuer = https://sso.example\nclient_id = x\n"
              "identity_from = userinfo\nsubject_claim = login\n" BY_CLAIM),
         AT(3) IN_CORP("subject_claim") ALIKE AT(10) "error: [provider plain] subject_claim: " ALIKE},
        {"providers_of_one_issuer_may_say_sub_in_two_places",
         MAIN("[badged]\ndefault_provider = corp\n" CORP
              "[provider plain]\nissuer = https://sso.example\nclient_id = x\n"
              "identity_from = userinfo\n" BY_CLAIM),
         ""},
        {"several_providers_need_a_default",
         MAIN("[badged]\n" CORP "[provider other]\nissuer = https://other.example\nclient_id = x\n"
              "username_claim = email\n[accounts]\naccount_groups = deploy:linux\n"),
         AT(1) "error: [badged] default_provider: is missing (there are several providers: write the "
         "NAME of one of them)\n"
         AT(2) "warning: [provider corp] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"},
        {"an_http_issuer_is_refused",
         MAIN("[provider corp]\nissuer = http://sso.example\nclient_id = linux\n" BY_CLAIM),
         AT(2) IN_CORP("issuer") "is not an address of the form https://HOST/PATH (write the issuer as "
         "the provider itself does, starting with https://)\n"},
        {"an_issuer_with_a_query_is_refused",
         MAIN("[provider corp]\nissuer = https://sso.example/?a=b\nclient_id = linux\n" BY_CLAIM),
         AT(2) IN_CORP("issuer") "has a query in it, which no issuer has (write the issuer as the "
         "provider itself does, starting with https://)\n"},
        {"a_missing_client_id_is_refused",
         MAIN("[provider corp]\nissuer = https://sso.example\n" BY_CLAIM),
         AT(1) IN_CORP("client_id") "is missing (write the client id that the provider gave you)\n"},

        {"a_secret_in_the_settings_is_refused_unseen", CORP_AND("client_secret = hunter2"),
         AT(4) IN_CORP("client_secret") "a secret must not stand in the settings (put it into a file, "
         "root:badged 0640, and name that by client_secret_file; then have the provider issue a new "
         "one)\n"},
        {"rfc8628_20_a_secret_that_others_may_read_is_refused", {{"etc/badged.conf", WITH_SECRET},
                                                      {"etc/s", "secret", 0644}},
         AT(5) UNREADABLE "others have access to it" SECRET_MEND},
        {"a_secret_that_its_group_may_write_is_refused", {{"etc/badged.conf", WITH_SECRET},
                                                          {"etc/s", "secret", 0660}},
         AT(5) UNREADABLE "its group may write it" SECRET_MEND},
        {"an_empty_secret_is_refused", {{"etc/badged.conf", WITH_SECRET}, {"etc/s", "\n", 0600}},
         AT(5) UNREADABLE "it is empty" SECRET_MEND},
        {"a_secret_that_is_not_there_is_refused", MAIN(WITH_SECRET),
         AT(5) UNREADABLE "it does not exist" SECRET_MEND},
        {"a_missing_credential_is_refused",
         CORP_AND("client_auth = client_secret_post\nclient_secret_file = credential:corp"),
         AT(5) UNREADABLE "the service was given no credentials (add LoadCredential=NAME:FILE to "
         "badged.service)\n"},
        {"a_credential_is_named_without_a_path",
         CORP_AND("client_auth = client_secret_post\nclient_secret_file = credential:../corp"),
         AT(5) IN_CORP("client_secret_file") "does not name a credential behind \"credential:\" (write "
         "a file name, or credential:NAME)\n"},
        {"a_client_with_a_secret_needs_one", CORP_AND("client_auth = client_secret_basic"),
         AT(1) IN_CORP("client_secret_file") "is missing (write the name of a file, root:badged 0640, "
         "or credential:NAME)\n"},
        {"a_secret_without_a_use_is_a_warning", CORP_AND("client_secret_file = s"),
         AT(4) "warning: [provider corp] client_secret_file: is not used: client_auth is none (set "
         "client_auth = client_secret_basic, or remove it)\n"},
        {"client_auth_is_one_of_seven", CORP_AND("client_auth = client_secret"),
         AT(4) IN_CORP("client_auth") "is none of none, client_secret_basic, client_secret_post, "
         "client_secret_jwt, private_key_jwt, tls_client_auth, self_signed_tls_client_auth (write "
         "client_secret_basic for a client with a secret, none for one without)\n"},
        {"private_key_jwt_needs_a_key", CORP_AND("client_auth = private_key_jwt"),
         AT(1) IN_CORP("client_key_file") "is missing (write the name of a file, root:badged 0640, "
         "or pkcs11:…)\n"},
        {"a_tls_method_needs_a_certificate_too", CORP_AND("client_auth = tls_client_auth"),
         AT(1) IN_CORP("client_key_file") "is missing (write the name of a file, root:badged 0640, "
         "or pkcs11:…)\n"
         AT(1) IN_CORP("client_certificate_file") "is missing (write the name of a PEM file, mode "
         "0644)\n"},
        {"a_secret_that_another_method_does_not_use_is_a_warning",
         {{"etc/badged.conf",
           CORP "client_auth = private_key_jwt\nclient_secret_file = s\n" BY_CLAIM}},
         AT(5) "warning: [provider corp] client_secret_file: is not used: client_auth needs no "
         "secret (set client_auth = client_secret_basic, or remove it)\n"
         AT(1) IN_CORP("client_key_file") "is missing (write the name of a file, root:badged "
         "0640, or pkcs11:…)\n"},

        {"rfc7518_3_2_a_secret_that_signs_has_32_bytes",
         {{"etc/badged.conf", SIGNED_BY_SECRET}, {"etc/s", "0123456789012345678901234567890\n", 0640}},
         AT(5) UNREADABLE "client_secret_jwt needs a secret of 32 bytes or more (have the provider "
         "make a longer secret, or set client_auth = client_secret_basic)\n"},
        {"a_secret_of_32_bytes_signs",
         {{"etc/badged.conf", SIGNED_BY_SECRET}, {"etc/s", "01234567890123456789012345678901\n", 0640}},
         ""},
        {"what_client_auth_does_not_use_is_a_warning",
         {{"etc/badged.conf", SIGNED_BY_SECRET}, {"etc/s", "01234567890123456789012345678901", 0640},
          {"etc/badged.conf.d/a.conf", "[provider corp]\nclient_key_algorithm = RS256\n"
           "client_key_id = k\nclient_key_file = k\nclient_certificate_file = c\n"}},
         "@/etc/badged.conf.d/a.conf:4: warning: [provider corp] client_key_file: is not used: "
         "client_auth needs no key (set client_auth = private_key_jwt, or remove it)\n"
         "@/etc/badged.conf.d/a.conf:3: warning: [provider corp] client_key_id: is not used: only "
         "private_key_jwt names a key (remove it)\n"
         "@/etc/badged.conf.d/a.conf:2: warning: [provider corp] client_key_algorithm: is not used: "
         "only private_key_jwt signs with a key (remove it)\n"
         "@/etc/badged.conf.d/a.conf:5: warning: [provider corp] client_certificate_file: is not used: "
         "client_auth needs no certificate (set client_auth = tls_client_auth, or remove it)\n"},
        {"a_key_signs_with_its_own_algorithms",
         {{"etc/badged.conf", SIGNED_BY_KEY("\nclient_key_algorithm = PS256")},
          {"etc/k", KEY_PEM, 0640}},
         AT(6) IN_CORP("client_key_algorithm") "does not go with the key in client_key_file (leave it "
         "out for the key's usual algorithm)\n"},
        {"a_key_may_name_its_usual_algorithm",
         {{"etc/badged.conf", SIGNED_BY_KEY("\nclient_key_algorithm = ES256")},
          {"etc/k", KEY_PEM, 0640}}, ""},
        {"a_key_of_another_kind_is_refused",
         {{"etc/badged.conf", SIGNED_BY_KEY("")}, {"etc/k", ED25519_PEM, 0640}},
         AT(5) IN_CORP("client_key_file") "cannot be used: the key is neither RSA of 2048 to 8192 bits "
         "nor EC on P-256, P-384 or P-521 (make a new key, such as openssl genpkey -algorithm EC "
         "-pkeyopt ec_paramgen_curve:P-256)\n"},
        {"a_key_that_is_not_there_is_refused", MAIN(SIGNED_BY_KEY("")),
         AT(5) IN_CORP("client_key_file") "cannot be used: it does not exist (make it a PEM file of "
         "root:badged with mode 0640)\n"},
        {"a_key_that_no_token_has_is_refused",
         MAIN(CORP "client_auth = private_key_jwt\nclient_key_file = pkcs11:token=nowhere\n" BY_CLAIM),
         AT(5) IN_CORP("client_key_file") "cannot be used: no token gives exactly one private key for "
         "it (compare the address with the token, set OpenSSL up for it, and name the file with the "
         "PIN by pin-source=file:/PATH)\n"},
        {"a_key_that_is_a_missing_credential_is_refused",
         MAIN(CORP "client_auth = private_key_jwt\nclient_key_file = credential:corp\n" BY_CLAIM),
         AT(5) IN_CORP("client_key_file") "cannot be used: the service was given no credentials (add "
         "LoadCredential=NAME:FILE to badged.service)\n"},
        {"a_certificate_goes_with_its_key",
         {{"etc/badged.conf", BY_CERTIFICATE}, {"etc/k", KEY_PEM, 0640}, {"etc/c", KEY_CERTIFICATE}}, ""},
        {"a_certificate_of_another_key_is_refused",
         {{"etc/badged.conf", BY_CERTIFICATE}, {"etc/k", ED25519_PEM, 0640}, {"etc/c", KEY_CERTIFICATE}},
         AT(6) IN_CORP("client_certificate_file") "cannot be used: it belongs to another key (write "
         "the names of a key and of the certificate that was made for it)\n"},
        {"a_certificate_that_makes_no_sense_is_refused",
         {{"etc/badged.conf", BY_CERTIFICATE}, {"etc/k", KEY_PEM, 0640}, {"etc/c", PEM}},
         AT(6) IN_CORP("client_certificate_file") "cannot be used: its first certificate makes no sense "
         "(write the names of a key and of the certificate that was made for it)\n"},
        {"a_client_certificate_in_der_is_refused",
         {{"etc/badged.conf", BY_CERTIFICATE}, {"etc/k", KEY_PEM, 0640}, {"etc/c", "0\202"}},
         AT(6) IN_CORP("client_certificate_file") "cannot be used: it holds no certificate in PEM form "
         "(make it a PEM file that belongs to root, mode 0644)\n"},
        {"a_plain_client_id_has_no_colon",
         {{"etc/badged.conf", "[provider corp]\nissuer = https://sso.example\nclient_id = linux:1\n"
           "client_auth = client_secret_basic\nclient_secret_file = s\n"
           "client_secret_encoding = plain\n" BY_CLAIM}, {"etc/s", "secret", 0640}},
         AT(3) IN_CORP("client_id") "has a colon, where its plain form would end (remove "
         "client_secret_encoding, or set client_auth = client_secret_post)\n"},

        {"by_hand_needs_what_is_asked",
         CORP_AND("metadata = by-hand\ntoken_endpoint = https://sso.example/t"),
         AT(1) IN_CORP("device_authorization_endpoint") "is missing (metadata = by-hand needs the "
         "address of everything that is asked)\n"
         AT(1) IN_CORP("jwks_uri") "is missing (metadata = by-hand needs the address of everything "
         "that is asked)\n"},
        {"by_hand_needs_what_ciba_and_validate_ask",
         CORP_AND("metadata = by-hand\nflow = ciba\nvalidate = introspection userinfo\n"
                  "token_endpoint = https://sso.example/t\njwks_uri = https://sso.example/j"),
         AT(1) IN_CORP("userinfo_endpoint") "is missing (metadata = by-hand needs the address of "
         "everything that is asked)\n"
         AT(1) IN_CORP("backchannel_authentication_endpoint") "is missing (metadata = by-hand needs "
         "the address of everything that is asked)\n"
         AT(1) IN_CORP("introspection_endpoint") "is missing (metadata = by-hand needs the address "
         "of everything that is asked)\n"},
        {"a_broker_may_stand_before_an_endpoint", CORP_AND("token_endpoint = https://broker.example/t"),
         ""},
        {"a_preset_is_one_that_exists", CORP_AND("preset = keyclock"),
         AT(4) IN_CORP("preset") "is not the name of a preset (write one of the names in "
         "badged-providers(5), or leave it out)\n"},
        {"entra_wants_one_tenant",
         {{"etc/badged.conf", "[provider corp]\npreset = entra\n"
           "issuer = https://login.microsoftonline.com/common/v2.0\nclient_id = linux\n" BY_CLAIM}},
         "@/etc/badged.conf:3: error: [provider corp] issuer: stands for many tenants, so no identity "
         "can be told from another tenant's (write https://login.microsoftonline.com/TENANT-ID/v2.0)\n"},
        {"a_switch_is_yes_or_no", CORP_AND("pkce = true"),
         AT(4) IN_CORP("pkce") "is neither yes nor no (write yes or no)\n"},
        {"a_flow_is_device_or_ciba", CORP_AND("flow = push"),
         AT(4) IN_CORP("flow") "is neither device nor ciba (write device for a code, ciba for a push to "
         "the person's phone)\n"},
        {"words_are_the_ones_that_exist",
         CORP_AND("dpop = maybe\nidentity_from = api\ngroup_sources_when = later\n"
                  "group_token = host\nclient_secret_encoding = base64\n"
                  "device_client_auth = basic\nclient_key_algorithm = HS256\nvalidate = signature"),
         AT(9) IN_CORP("device_client_auth") "is neither same nor none (leave it out, or write none "
         "for a provider that wants no secret there)\n"
         AT(8) IN_CORP("client_secret_encoding") "is neither form nor plain (write form, or plain for "
         "a provider that does not decode)\n"
         AT(10) IN_CORP("client_key_algorithm") "is none of RS256, RS384, RS512, PS256, PS384, PS512, "
         "ES256, ES384, ES512 (leave it out for the key's usual algorithm)\n"
         AT(4) IN_CORP("dpop") "is none of auto, no, yes (leave it out for auto, or write no or "
         "yes)\n"
         AT(5) IN_CORP("identity_from") "is neither id_token nor userinfo (write id_token for OpenID "
         "Connect, userinfo for plain OAuth 2.0)\n"
         AT(6) IN_CORP("group_sources_when") "is neither needed nor overage (write needed, or "
         "overage)\n"
         AT(7) IN_CORP("group_token") "is neither person nor client (write person, or client)\n"
         AT(11) IN_CORP("validate") "names something other than userinfo and introspection (write "
         "userinfo, introspection, or both)\n"
         AT(8) "warning: [provider corp] client_secret_encoding: is not used: only "
         "client_secret_basic encodes (remove it)\n"
         AT(10) "warning: [provider corp] client_key_algorithm: is not used: only private_key_jwt "
         "signs with a key (remove it)\n"},
        {"an_assertion_is_for_the_issuer_or_an_endpoint",
         CORP_AND("client_assertion_audience = everybody"),
         AT(4) IN_CORP("client_assertion_audience") "is neither issuer nor endpoint (leave it out, or "
         "write endpoint for a provider that knows no other audience)\n"
         AT(4) "warning: [provider corp] client_assertion_audience: is not used: only "
         "private_key_jwt and client_secret_jwt have one (remove it)\n"},
        {"an_alias_stands_for_a_code_of_rfc8628", CORP_AND("error_aliases = too_old:invalid_grant"),
         AT(4) IN_CORP("error_aliases") "stands for a code other than authorization_pending, slow_down, "
         "access_denied, expired_token (write error_aliases = their_code:expired_token)\n"},
        {"a_parameter_has_a_value", CORP_AND("request_parameters = audience"),
         AT(4) IN_CORP("request_parameters") "is not a list of NAME=VALUE, with commas between them "
         "(write request_parameters = audience=https://api.example, prompt=consent)\n"},
        {"a_parameter_of_ours_is_refused", CORP_AND("request_parameters = client_id=other"),
         AT(4) IN_CORP("request_parameters") "names a parameter that badged writes itself (there is a "
         "key of its own for it, or it must not be changed)\n"},
        {"ciba_needs_to_know_whom_to_ask",
         {{"etc/badged.conf", CORP "flow = ciba\n[accounts]\naccount_groups = deploy:ops\n"}},
         AT(1) IN_CORP("login_hint") "is missing (write whom the provider is to ask, as login_hint = "
         "{account}@example.com)\n"},
        {"a_public_client_has_no_token_of_its_own",
         CORP_AND("account_source = https://api.example/users/{sub} /enabled=true"),
         AT(4) IN_CORP("account_source") "cannot be used: client_auth is none (set client_auth: the "
         "directory is asked in the client's own name)\n"},
        {"the_client_says_about_whom_it_asks",
         {{"etc/badged.conf",
           CORP "client_auth = client_secret_post\nclient_secret_file = k\n"
                "account_source = https://api.example/me /enabled=true\ngroup_token = client\n"
                "group_sources = https://api.example/{sub}/groups /*, https://api.example/groups /*\n"
           BY_CLAIM},
          {"etc/k", "secret", 0640}},
         AT(6) IN_CORP("account_source") "is the same address for everybody (write whose it is into "
         "the address, as {sub})\n"
         AT(8) IN_CORP("group_sources") "would give everybody the same groups: group_token is client "
         "(write whose they are into each address, as {sub})\n"},
        {"people_have_the_tokens_that_are_kept", CORP_AND("tokens_for_people = yes"),
         AT(4) IN_CORP("tokens_for_people") "cannot be used: keep_tokens is no, so that there are none "
         "(set keep_tokens = yes, or remove it)\n"},
        {"people_cannot_use_bound_tokens",
         CORP_AND("keep_tokens = yes\ntokens_for_people = yes"),
         AT(5) "warning: [provider corp] tokens_for_people: " BOUND},
        {"people_cannot_use_tokens_that_must_be_bound",
         {{"etc/badged.conf", CORP "keep_tokens = yes\ntokens_for_people = yes\ndpop = yes\n" WITH_S},
          {"etc/s", "x\n", 0640}},
         AT(5) "warning: [provider corp] tokens_for_people: " BOUND},
        {"people_can_use_tokens_that_are_never_bound",
         CORP_AND("keep_tokens = yes\ntokens_for_people = yes\ndpop = no"),
         ""},
        {"people_can_use_tokens_of_a_client_with_a_secret",
         {{"etc/badged.conf", CORP "keep_tokens = yes\ntokens_for_people = yes\n" WITH_S},
          {"etc/s", "x\n", 0640}},
         ""},
        {"the_host_of_an_account_source_is_fixed",
         CORP_AND("account_source = https://{host}/u /enabled=true"),
         AT(4) IN_CORP("account_source") "has an address that is not of the form https://HOST/PATH "
         "(write account_source = https://api.example.com/users/{sub} /enabled=true)\n"},
        {"a_service_account_has_a_name_and_an_endpoint",
         {{"etc/badged.conf", CORP "directory_key_file = k.pem\ngroup_token = client\n" BY_CLAIM}},
         AT(4) IN_CORP("directory_key_file") "cannot be used: it does not exist (make it a "
         "PEM file of root:badged with mode 0640)\n"
         AT(1) IN_CORP("directory_client_id") "is missing (write the name of the service account "
         "whose key it is)\n"
         AT(1) IN_CORP("directory_token_endpoint") "is missing (write where the service account "
         "gets its tokens)\n"},
        {"an_account_source_has_three_parts", CORP_AND("account_source = https://api.example/u enabled"),
         AT(4) IN_CORP("account_source") "is not URL /PATH=VALUE (write account_source = "
         "https://api.example.com/users/{sub} /enabled=true)\n"},
        {"a_group_source_is_https", CORP_AND("group_sources = http://api.example/g /*/id"),
         AT(4) IN_CORP("group_sources") "has an address that is not of the form https://HOST/PATH "
         "(write group_sources = https://api.example.com/me/groups /*/id)\n"},
        {"a_group_source_has_a_path", CORP_AND("group_sources = https://api.example/g id"),
         AT(4) IN_CORP("group_sources") "is not a list of URL /PATH [NEXT], with a comma and a blank "
         "between them (write group_sources = https://api.example.com/me/groups /*/id)\n"},
        {"an_http_endpoint_is_refused", CORP_AND("token_endpoint = http://sso.example/t"),
         AT(4) IN_CORP("token_endpoint") "is not an address of the form https://HOST/PATH (write the "
         "full https address)\n"},
        {"metadata_is_one_of_three", CORP_AND("metadata = OIDC"),
         AT(4) IN_CORP("metadata") "is none of oidc, rfc8414, by-hand (write oidc unless the "
         "provider's manual says otherwise)\n"},
        {"mac_algorithms_are_refused", CORP_AND("algorithms = RS256 HS256"),
         AT(4) IN_CORP("algorithms") "names an algorithm other than RS256, RS384, RS512, PS256, PS384, "
         "PS512, ES256, ES384, ES512 (write RS256, or what the provider signs with)\n"},
        {"no_algorithm_is_refused", CORP_AND("algorithms = none"),
         AT(4) IN_CORP("algorithms") "names an algorithm other than RS256, RS384, RS512, PS256, PS384, "
         "PS512, ES256, ES384, ES512 (write RS256, or what the provider signs with)\n"},
        {"a_scope_without_openid_is_refused", CORP_AND("scope = openidx profile"),
         AT(4) IN_CORP("scope") "does not hold openid, so that no id_token would come back (write "
         "openid and the further scopes with single blanks between them)\n"},
        {"a_scope_has_single_blanks", CORP_AND("scope = openid  profile"),
         AT(4) IN_CORP("scope") "has two blanks between two words" SCOPE_MEND},
        {"a_scope_is_ascii_without_quotes", CORP_AND("scope = openid pro\"file"),
         AT(4) IN_CORP("scope") "has a character that no scope can have" SCOPE_MEND},
        {"a_list_of_no_algorithms_is_refused", CORP_AND("algorithms = ,"),
         AT(4) IN_CORP("algorithms") "names no algorithm (write RS256, or what the provider signs "
         "with)\n"},
        {"a_value_has_1024_bytes_at_most", CORP_AND("username_claim = " X1024 "x"),
         AT(4) IN_CORP("username_claim") "is longer than 1024 bytes (write the name of a claim, such as "
         "preferred_username)\n"},
        {"a_value_may_have_1024_bytes", CORP_AND("username_claim = " X1024), ""},
        {"an_address_has_2048_bytes_at_most", CORP_AND("jwks_uri = https://a/" X1024 X1024),
         AT(4) IN_CORP("jwks_uri") "is longer than 2048 bytes (write the full https address)\n"},
        {"an_absolute_path_stays_as_it_is", CORP_AND("ca_file = /dev/null"),
         AT(4) IN_CORP("ca_file") "cannot be used: it is not a regular file (make it a PEM file that "
         "belongs to root, mode 0644)\n"},
        {"a_proxy_with_a_password_is_refused", CORP_AND("proxy = http://u:p@proxy.example"),
         AT(4) IN_CORP("proxy") "has a user name in it; this file is no place for secrets (write "
         "http://HOST:PORT)\n"},
        {"a_proxy_is_an_address", CORP_AND("proxy = proxy.example:3128"),
         AT(4) IN_CORP("proxy") "is not http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT "
         "(write http://HOST:PORT)\n"},
        {"a_ca_file_without_certificate_is_refused", {{"etc/badged.conf", CORP "ca_file = ca\n" BY_CLAIM},
                                                      {"etc/ca", "hello\n"}},
         AT(4) IN_CORP("ca_file") "cannot be used: it holds no certificate in PEM form (make it a PEM "
         "file that belongs to root, mode 0644)\n"},
        {"a_ca_file_that_others_may_write_is_refused", {{"etc/badged.conf", CORP "ca_file = ca\n" BY_CLAIM},
                                                        {"etc/ca", PEM, 0666}},
         AT(4) IN_CORP("ca_file") "cannot be used: others may write it (make it a PEM file that "
         "belongs to root, mode 0644)\n"},

        {"default_provider_names_a_provider", MAIN(PLAIN "[badged]\ndefault_provider = corb\n"),
         AT(7) "error: [badged] default_provider: names no provider (write the NAME of a [provider "
         "NAME] section)\n"
         AT(1) "warning: [provider corp] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"},
        {"a_limit_is_not_zero", MAIN(PLAIN "[badged]\nmax_logins = 0\nmax_logins_per_origin = 100001\n"),
         AT(7) "error: [badged] max_logins: is not a number from 1 to 100000 (write a number, or leave "
         "it out for 10000)\n"
         AT(8) "error: [badged] max_logins_per_origin: is not a number from 1 to 100000 (write a "
         "number, or leave it out for 8)\n"},
        {"a_time_has_a_unit_that_we_know", MAIN(PLAIN "[badged]\nlogin_timeout = 10 minutes\n"),
         AT(7) "error: [badged] login_timeout: is not a time such as 90s, 10min, 1h or 7d (write a time "
         "such as 5min, or leave it out for 10min)\n"},
        {"a_time_has_few_digits", MAIN(PLAIN "[badged]\nlogin_timeout = 00000000000000000090s\n"),
         AT(7) "error: [badged] login_timeout: is not a time such as 90s, 10min, 1h or 7d (write a time "
         "such as 5min, or leave it out for 10min)\n"},
        {"a_login_lasts_30s_at_least", MAIN(PLAIN "[badged]\nlogin_timeout = 29\n"),
         AT(7) "error: [badged] login_timeout: is not between 30s and 30min (write a time such as 5min, "
         "or leave it out for 10min)\n"},
        {"a_login_lasts_30min_at_most", MAIN(PLAIN "[badged]\nlogin_timeout = 1h\n"),
         AT(7) "error: [badged] login_timeout: is not between 30s and 30min (write a time such as 5min, "
         "or leave it out for 10min)\n"},

        {"a_session_lasts_1min_at_least", MAIN(PLAIN "[badged]\nsession_lifetime = 59s\n"),
         AT(7) "error: [badged] session_lifetime: is not between 1min and 365d (write a time such as "
         "12h, or leave it out for none)\n"},
        {"a_session_lasts_365d_at_most", MAIN(PLAIN "[badged]\nsession_lifetime = 366d\n"),
         AT(7) "error: [badged] session_lifetime: is not between 1min and 365d (write a time such as "
         "12h, or leave it out for none)\n"},
        {"words_of_badged_are_the_ones_that_exist",
         MAIN(PLAIN "[badged]\nsession_lifetime = never\nend_login = maybe\nowner = root\n"),
         AT(7) "error: [badged] session_lifetime: is neither none nor a time such as 90s, 10min, 1h or "
         "7d (write a time such as 12h, or leave it out for none)\n"
         AT(8) "error: [badged] end_login: is neither yes nor no (write yes or no)\n"
         AT(9) "error: [badged] owner: is neither nobody nor first (write first, or leave it out for "
         "nobody)\n"},

        {"a_service_has_the_name_of_a_file", MAIN(PLAIN "[service " X64 "x]\n"),
         AT(6) "error: [service " X64 "x] this cannot be the name of a service (write the name of a "
         "file in /etc/pam.d)\n"},
        {"a_section_named_service_alone_is_unknown", MAIN(PLAIN "[service]\nmax_age = 1\n"),
         AT(6) "warning: [service] unknown section, ignored with all that is in it" SECTIONS},
        {"an_unknown_key_of_a_service_is_a_warning", MAIN(PLAIN "[service sudo]\nmin_uid = 1\n"),
         AT(7) "warning: " IN_SUDO("min_uid") "unknown key, ignored (see badged.conf(5) for the keys of "
         "this section)\n"},
        {"words_of_a_service_are_the_ones_that_exist",
         MAIN(PLAIN "[service sudo]\nmax_age = long\nrecheck = always\noffline = allow\n"
              "second_factor = sms\n"),
         AT(7) "error: " IN_SUDO("max_age") "is not a time such as 90s, 10min, 1h or 7d (write a time "
         "such as 15min, or leave it out to have each login approved)\n"
         AT(8) "error: " IN_SUDO("recheck") "is neither yes nor no (write yes or no)\n"
         AT(9) "error: " IN_SUDO("offline") "is none of deny, allow-for TIME, totp (write deny, "
         "allow-for 4h, or totp)\n"
         AT(10) "error: " IN_SUDO("second_factor") "is neither none nor totp (write totp, or leave it "
         "out for none)\n"},
        {"times_of_a_service_have_an_end",
         MAIN(PLAIN "[service sudo]\nmax_age = 31d\noffline = allow-for 0\n"
              "[service su]\noffline = totp\noffline_limit = 31d\n"
              "[service sshd]\noffline = allow-for ever\n"),
         AT(13) "error: [service sshd] offline: is not a time such as 90s, 10min, 1h or 7d (write deny, "
         "allow-for 4h, or totp)\n"
         AT(11) "error: [service su] offline_limit: is not between 1s and 30d (write a time such as 2d, "
         "or leave it out for 7d)\n"
         AT(7) "error: " IN_SUDO("max_age") "is longer than 30d (write a time such as 15min, or leave it "
         "out to have each login approved)\n"
         AT(8) "error: " IN_SUDO("offline") "is not between 1s and 30d (write deny, allow-for 4h, or "
         "totp)\n"},
        {"a_check_that_no_provider_can_answer_is_a_warning",
         MAIN(PLAIN "[service sudo]\nmax_age = 15min\n[service sshd]\nrecheck = yes\n"),
         AT(9) "warning: [service sshd] recheck: " NO_TOKENS
         AT(7) "warning: " IN_SUDO("max_age") NO_TOKENS},
        {"what_a_service_does_not_use_is_a_warning",
         MAIN(PLAIN "[service sudo]\noffline = allow-for 4h\noffline_limit = 2d\n"),
         AT(7) "warning: " IN_SUDO("offline") "is not used: nobody is checked again for this service "
         "(set max_age or recheck, or remove it)\n"
         AT(8) "warning: " IN_SUDO("offline_limit") "is not used: no one-time code stands in for the "
         "provider (set offline = totp)\n"},

        {"without_claim_map_and_groups_only_links_let_in", MAIN(CORP),
         AT(1) "warning: [provider corp] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"
         "@/etc/badged.conf: warning: [accounts] username_claim: is missing, as are map_file and "
         "account_groups: nobody can log in but who is linked to an account (badgectl identity link) "
         "(set username_claim, map_file or account_groups in [accounts])\n"},
        {"groups_alone_are_enough", MAIN(CORP "[accounts]\naccount_groups = deploy:linux\n"), ""},
        {"a_map_alone_is_enough", {{"etc/badged.conf", CORP "[accounts]\nmap_file = m\n"},
                                   {"etc/m", "alice = corp:number=1\n"}}, ""},
        {"an_empty_map_alone_is_not", {{"etc/badged.conf", CORP "[accounts]\nmap_file = m\n"},
                                       {"etc/m", "# nobody\n"}},
         AT(1) "warning: [provider corp] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"
         AT(4) "warning: [accounts] username_claim: is missing, as are map_file and account_groups: "
         "nobody can log in but who is linked to an account (badgectl identity link) (set "
         "username_claim, map_file or account_groups in [accounts])\n"},
        {"account_groups_have_two_parts", MAIN(PLAIN "account_groups = deploy:linux, backup\n"),
         AT(6) "error: [accounts] account_groups: is not a list of ACCOUNT:GROUP, with commas between "
         "them (write account_groups = deploy:linux-deployers, backup:linux-backup)\n"},
        {"account_groups_do_not_end_in_a_comma", MAIN(PLAIN "account_groups = deploy:linux,\n"),
         AT(6) "error: [accounts] account_groups: is not a list of ACCOUNT:GROUP, with commas between "
         "them (write account_groups = deploy:linux-deployers, backup:linux-backup)\n"},
        {"account_groups_name_accounts", MAIN(PLAIN "account_groups = De ploy:linux\n"),
         AT(6) "error: [accounts] account_groups: names an account that cannot exist (write "
         "account_groups = deploy:linux-deployers, backup:linux-backup)\n"},
        {"account_groups_have_no_empty_item", MAIN(PLAIN "account_groups = deploy:linux, , a:b\n"),
         AT(6) "error: [accounts] account_groups: is not a list of ACCOUNT:GROUP, with commas between "
         "them (write account_groups = deploy:linux-deployers, backup:linux-backup)\n"},
        {"min_uid_is_a_number", MAIN(PLAIN "min_uid = root\n"),
         AT(6) "error: [accounts] min_uid: is not a uid (write a number, or leave it out for "
         "1000)\n"},
        {"a_bad_map_line_is_refused", {{"etc/badged.conf", PLAIN "map_file = m\n"},
                                       {"etc/m", "alice = corp:number=1\nbob\n"}},
         "@/etc/m:2: error: there is no account = identity (write ACCOUNT = ISSUER SUBJECT or "
         "ACCOUNT = PROVIDER:CLAIM=VALUE)\n"},
        {"a_map_that_is_not_there_is_refused", MAIN(PLAIN "map_file = m\n"),
         AT(6) "error: [accounts] map_file: cannot be used: it does not exist (make it a file that "
         "belongs to root, mode 0644 or less)\n"},
        {"a_map_that_others_may_write_is_refused", {{"etc/badged.conf", PLAIN "map_file = m\n"},
                                                    {"etc/m", "alice = corp:number=1\n", 0646}},
         AT(6) "error: [accounts] map_file: cannot be used: others may write it (make it a file that "
         "belongs to root, mode 0644 or less)\n"},
        {"a_map_names_known_providers", {{"etc/badged.conf", PLAIN "map_file = m\n"},
                                         {"etc/m", "alice = corb:number=1\n"}},
         "@/etc/m: error: account alice names provider corb, which does not exist (write the NAME of a "
         "[provider NAME] section)\n"},
        {"a_map_with_an_unknown_issuer_is_a_warning", {{"etc/badged.conf", PLAIN "map_file = m\n"},
                                                       {"etc/m", "alice = https://else.example 1\n"}},
         "@/etc/m: warning: account alice names issuer https://else.example, which no provider has "
         "(write the issuer of a [provider NAME] section)\n"},
        {"a_provider_that_opens_nothing_is_a_warning",
         MAIN("[badged]\ndefault_provider = corp\n" PLAIN
              "[provider other]\nissuer = https://other.example\nclient_id = x\nstrip_suffix = @x\n"),
         AT(11) "warning: [provider other] strip_suffix: is not used: this provider names no accounts "
         "by claim (set username_claim in this section, or remove it)\n"
         AT(8) "warning: [provider other] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"},

        {"a_file_that_others_may_write_is_refused", {{"etc/badged.conf", PLAIN, 0666}},
         "@/etc/badged.conf: error: the file cannot be used: others may write it" FILE_MEND
         "@/etc/badged.conf: error: no provider is configured (add a section [provider NAME] with "
         "issuer and client_id)\n"},
        {"a_drop_in_that_is_not_roots_is_refused", {{"etc/badged.conf", PLAIN},
                                                    {"etc/badged.conf.d/a.conf", "[badged]\n", 0644, 65534}},
         "@/etc/badged.conf.d/a.conf: error: the file cannot be used: it does not belong to root" FILE_MEND},
        {"a_line_without_equals_is_refused", MAIN(PLAIN "strip_suffix = @a\n  @b\n"),
         AT(7) "error: the line has no '=' (write key = value on one line, or # in front of a "
         "comment)\n"},
        {"a_cut_value_is_refused", MAIN(PLAIN "strip_suffix = @a#b\n"),
         AT(6) "error: the value has '#' or ';' in it, which starts a comment (a secret belongs into "
         "client_secret_file; no other value needs them)\n"},
        {"a_key_twice_in_a_file_is_refused", MAIN(PLAIN "min_uid = 1000\nmin_uid = 1\n"),
         AT(7) "error: [accounts] min_uid: this file has the key twice (keep one of the two, in one "
         "place)\n"},
        {"a_section_twice_in_a_file_is_refused", MAIN(PLAIN "[provider corp]\nscope = openid\n"),
         AT(6) "error: [provider corp] this file has the section twice (keep one of the two, in one "
         "place)\n"},
        {"what_libeconf_reads_differently_is_refused", MAIN(PLAIN "strip_suffix = @a\tb\n"),
         AT(6) "error: [accounts] strip_suffix: libeconf reads this line differently" PLAINLY
         AT(6) "error: [accounts] strip_suffix: has a blank in it (write what stands behind the "
         "account's name, such as @example.com)\n"},
        {"blank_and_comment_lines_may_be_indented",
         MAIN(PLAIN "strip_suffix = @a  ; b = \"c\"\n   \n\t# d = \"e\n\nmin_uid =\n  # f\n"), ""},
        {"all_problems_come_at_once", {
                {"etc/badged.conf", "[badged]\nmax_logins = x\nlines\n[provider corp]\n"
                                    "issuer = http://sso.example\nclient_secret = x\nport = 1\n"},
                {"etc/badged.conf.d/a.conf", "[accounts]\nmin_uid = -1\nmap_file = m\n"},
                {"etc/m", "x"}},
         AT(3) "error: the line has no '=' (write key = value on one line, or # in front of a "
         "comment)\n"
         AT(6) IN_CORP("client_secret") "a secret must not stand in the settings (put it into a file, "
         "root:badged 0640, and name that by client_secret_file; then have the provider issue a new "
         "one)\n"
         AT(7) "warning: [provider corp] port: unknown key, ignored (see badged.conf(5) for the keys "
         "of this section)\n"
         AT(2) "error: [badged] max_logins: is not a number from 1 to 100000 (write a number, or leave "
         "it out for 10000)\n"
         "@/etc/badged.conf.d/a.conf:2: error: [accounts] min_uid: is not a uid (write a "
         "number, or leave it out for 1000)\n"
         AT(5) IN_CORP("issuer") "is not an address of the form https://HOST/PATH (write the issuer as "
         "the provider itself does, starting with https://)\n"
         "@/etc/m:1: error: there is no account = identity (write ACCOUNT = ISSUER SUBJECT or "
         "ACCOUNT = PROVIDER:CLAIM=VALUE)\n"
         AT(4) IN_CORP("client_id") "is missing (write the client id that the provider gave you)\n"
         AT(4) "warning: [provider corp] only identities of this provider that are linked to an account "
         "open it (set username_claim in this section, name its identities in map_file, or link "
         "them: badgectl identity link)\n"},
};
/* clang-format on */
