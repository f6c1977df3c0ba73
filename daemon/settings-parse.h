/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One parser for each kind of value in the settings. Text in, field out: no file is opened here.
 * All have the type settings_parser, so that the table in settings-keys.c can name them.
 *
 * text is printable and not empty; folder is what relative file names start from; field points to
 * the member of the settings struct that the key fills, whose type stands at each parser. 0;
 * -EINVAL and *ret_why, static, starting with a verb ("is not …"), the field untouched; -ENOMEM. */
#pragma once

struct provider_settings;

typedef int (*settings_parser)(const char *text, const char *folder, void *field,
                               const char **ret_why);

int parse_line(const char *text, const char *folder, void *field, const char **ret_why);
int parse_word(const char *text, const char *folder, void *field, const char **ret_why);
int parse_scope(const char *text, const char *folder, void *field, const char **ret_why);
int parse_issuer(const char *text, const char *folder, void *field, const char **ret_why);
int parse_https_url(const char *text, const char *folder, void *field, const char **ret_why);
int parse_proxy(const char *text, const char *folder, void *field, const char **ret_why);
int parse_path(const char *text, const char *folder, void *field, const char **ret_why);
int parse_secret_place(const char *text, const char *folder, void *field, const char **ret_why);
int parse_key_place(const char *text, const char *folder, void *field, const char **ret_why);
/* above: char *, freed and replaced */
int parse_limit(const char *text, const char *folder, void *field, const char **ret_why);
int parse_algorithms(const char *text, const char *folder, void *field, const char **ret_why);
int parse_algorithm(const char *text, const char *folder, void *field, const char **ret_why);
int parse_validate(const char *text, const char *folder, void *field, const char **ret_why);
/* above: unsigned */
int parse_login_timeout(const char *text, const char *folder, void *field, const char **ret_why);
int parse_session_lifetime(const char *text, const char *folder, void *field, const char **ret_why);
/* 0 for none */
int parse_max_age(const char *text, const char *folder, void *field, const char **ret_why);
int parse_offline_limit(const char *text, const char *folder, void *field, const char **ret_why);
/* above: uint64_t, seconds */
int parse_uid(const char *text, const char *folder, void *field, const char **ret_why);
/* above: uid_t */
int parse_switch(const char *text, const char *folder, void *field, const char **ret_why);
/* yes or no */
int parse_secret_encoding(const char *text, const char *folder, void *field, const char **ret_why);
/* true for plain */
int parse_device_client_auth(const char *text, const char *folder, void *field,
                             const char **ret_why);
/* true for none */
int parse_assertion_audience(const char *text, const char *folder, void *field,
                             const char **ret_why);
/* true for endpoint */
int parse_owner(const char *text, const char *folder, void *field, const char **ret_why);
/* true for first */
int parse_second_factor(const char *text, const char *folder, void *field, const char **ret_why);
/* true for totp; above: bool */
int parse_metadata(const char *text, const char *folder, void *field, const char **ret_why);
int parse_flow(const char *text, const char *folder, void *field, const char **ret_why);
int parse_client_auth(const char *text, const char *folder, void *field, const char **ret_why);
int parse_identity_source(const char *text, const char *folder, void *field, const char **ret_why);
int parse_dpop(const char *text, const char *folder, void *field, const char **ret_why);
int parse_sources_when(const char *text, const char *folder, void *field, const char **ret_why);
int parse_group_token(const char *text, const char *folder, void *field, const char **ret_why);
/* above: the enum of that name in settings.h and core/ */
int parse_parameters(const char *text, const char *folder, void *field, const char **ret_why);
int parse_headers(const char *text, const char *folder, void *field, const char **ret_why);
int parse_error_aliases(const char *text, const char *folder, void *field, const char **ret_why);
/* above: struct text_pairs */
int parse_words(const char *text, const char *folder, void *field, const char **ret_why);
/* above: struct text_list */
int parse_preset(const char *text, const char *folder, void *field, const char **ret_why);
/* above: const struct provider_preset *, static */
int parse_group_sources(const char *text, const char *folder, void *field, const char **ret_why);
int parse_account_source(const char *text, const char *folder, void *field, const char **ret_why);
/* above: struct provider_settings */
/* Frees what parse_group_sources() made. */
void parsed_group_sources_finish(struct provider_settings *provider);
int parse_account_groups(const char *text, const char *folder, void *field, const char **ret_why);
/* above: struct account_settings, whose groups grow even when a later one is refused */
int parse_offline(const char *text, const char *folder, void *field, const char **ret_why);
/* above: struct service_rules */
