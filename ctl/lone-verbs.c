/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs that need no noun. */
#include "ctl/command.h"

static const struct command_option login_options[] = {
        {"browser", NULL, "approve in a browser on this desktop, without a code"},
        {"provider", "NAME", "ask this provider, whatever the settings say"},
        {0},
};

static const struct command_option log_options[] = {
        {"account", "NAME", "only of this account"},
        {"service", "NAME", "only of this PAM service"},
        {"outcome", "WORD", "only with this end: granted, refused, denied, ..."},
        {"since", "TIME", "only since then: 2h, 30d, 2026-11-22, '2026-11-22 08:00'"},
        {"lines", "NUMBER", "the last so many, instead of 1000"},
        {"file", "FILE", "read this journal file; may come more than once"},
        {"verify", NULL, "prove that no entry is missing or changed"},
        {0},
};

static const struct command_option token_options[] = {
        {"min-lifetime", "TIME", "it has to count for so long: 90, 90s, 5min, 2h; otherwise 60s"},
        {"header", NULL, "print the whole header, for curl -H @-"},
        {0},
};

static const struct command_option logout_options[] = {
        {"browser", NULL, "end the session of your browser at the provider, too"},
        {0},
};

static const struct command_option link_options[] = {
        {"provider", "NAME", "where the identity is that is to be linked"},
        {"own-provider", "NAME", "where the one is that you use already"},
        {0},
};

static const struct verb verbs[] = {
        {
                .name = "login",
                .operands = "[ACCOUNT]",
                .max_operands = 1,
                .summary = "try a login: show the code, wait, say who approved and what decided",
                .help = "Shows address and code, waits for the approval and prints the outcome. It "
                        "opens no session and gives no rights. Without ACCOUNT it is for your own "
                        "account; only root may name another one. Ctrl-C ends it. Where there is "
                        "no display for a browser, the code comes after all.",
                .exit_codes = "0 granted, 1 refused, 2 wrong arguments, 3 denied, 4 expired, "
                              "5 unavailable, 6 throttled, 7 cancelled.",
                .options = login_options,
                .run = login_command,
        },
        {
                .name = "status",
                .summary = "show the daemon, its logins and its providers (root)",
                .help = "Shows the daemon's version, how many logins are waiting and how many "
                        "ended how, and what is known of each provider. For root.",
                .exit_codes = "0 the daemon answered, 1 not allowed, 2 wrong arguments, 5 out of "
                              "reach.",
                .run = status_command,
        },
        {
                .name = "check",
                .operands = "[PROVIDER]",
                .max_operands = 1,
                .summary = "find out what is wrong with settings and providers (root)",
                .help = "Checks the settings, the daemon and each provider, or only the one named; "
                        "each finding comes with its mend. For root.",
                .exit_codes = "0 nothing is wrong, 1 something is, 2 wrong arguments.",
                .run = check_command,
        },
        {
                .name = "log",
                .summary = "show the decisions of badged, or prove that none is missing",
                .help = "Shows what badged decided, as the journal has it: the last 1000 "
                        "decisions, "
                        "oldest first. For root, and for members of group systemd-journal.\n\n"
                        "With --verify, follows the chain of all entries, each of which carries "
                        "the "
                        "digest of the one before, and says where one is missing or changed. Root "
                        "learns from badged which entry is the last.",
                .exit_codes = "0 here they are, or the chain is whole; 1 the journal cannot be "
                              "read, or the chain is broken; 2 wrong arguments.",
                .options = log_options,
                .run = log_command,
        },
        {
                .name = "token",
                .summary = "print an access token of your own session",
                .help = "Prints an access token that your own session here has got from the "
                        "identity provider, a new one if need be. Only where the administrator "
                        "allows it. Keep it to yourself: whoever has it can do what you can.",
                .exit_codes = "0 here it is, 1 refused, 2 wrong arguments, 5 out of reach.",
                .options = token_options,
                .run = token_command,
        },
        {
                .name = "logout",
                .summary = "end the tokens of your own session",
                .help = "Ends the tokens that your own session here has got from the identity "
                        "provider: the daemon forgets them and has them revoked. The session "
                        "itself stays open. Where browsers end their sessions at the provider is "
                        "printed, unless yours could be led there.",
                .exit_codes = "0 they are ended, 1 refused, 2 wrong arguments, 5 out of reach.",
                .options = logout_options,
                .run = logout_command,
        },
        {
                .name = "link",
                .summary = "let one more identity of yours use your account",
                .help = "First approve with the identity that is to be linked, say that it is "
                        "yours, "
                        "then approve with the one that you use here already: from then on both "
                        "may use your account. The first sign-in lets nobody in by itself.",
                .exit_codes = "0 it is linked; otherwise as those of login.",
                .options = link_options,
                .run = link_own_command,
        },
        {
                .name = "userinfo",
                .summary = "ask the provider who you are there",
                .help = "Asks the provider's userinfo endpoint with your own access token and "
                        "prints the claims.",
                .exit_codes = "0 here they are, 1 refused, 2 wrong arguments, 5 out of reach.",
                .run = userinfo_command,
        },
        {
                .name = "api",
                .operands = "METHOD URL|/PATH",
                .min_operands = 2,
                .max_operands = 2,
                .summary = "make a request with your own access token",
                .help = "Sends the request with your own access token and prints what is answered. "
                        "A path is taken at the host of the provider's userinfo endpoint; any "
                        "other host has to be named, and gets the token. Redirects are not "
                        "followed.",
                .exit_codes = "0 status 2xx, 1 refused or any other status, 2 wrong arguments, "
                              "5 out of reach or status 5xx.",
                .run = api_command,
        },
        {
                .name = "rekey",
                .summary = "seal all that the daemon keeps with a new key (root)",
                .help = "Makes a new key and seals everything in the store anew with it; what was "
                        "copied before opens with the old key alone. Logins wait for that moment. "
                        "Where the key is a credential of the service, put a new one in front of "
                        "the old one there, on a line of its own, and restart badged.",
                .run = rekey_command,
        },
        {0},
};

const struct noun lone_verbs = {.verbs = verbs};
