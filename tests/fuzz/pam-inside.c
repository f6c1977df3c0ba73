/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam-inside.h"

#include <errno.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/cleanup.h"
#include "pam-trampoline.h"

#define LOG_LINE_BYTES 4096

struct run {
        const struct pam_script *script;
        pam_inside_on_text on_text;
        void *userdata;
        size_t n_connections, n_answers;
        int far_fd;
        bool is_inside; /* the module runs, not libpam alone */
        struct pam_outcome outcome;
};

/* What libpam and the module call has no place for a pointer. */
static struct run *running;

static void tell(const char *text, bool is_log)
{
        if (running && running->is_inside)
                running->on_text(text, is_log, running->userdata);
}

static void tell_log(const char *format, va_list arguments)
{
        char line[LOG_LINE_BYTES];

        (void)vsnprintf(line, sizeof(line), format, arguments);
        tell(line, true);
}

_public_ void __syslog_chk(int priority, int flag, const char *format, ...);

_public_ __attribute__((format(printf, 3, 4))) void __syslog_chk(int priority, int flag,
                                                                 const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        tell_log(format, arguments);
        va_end(arguments);
}

_public_ void syslog(int priority, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        tell_log(format, arguments);
        va_end(arguments);
}

_public_ int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                        struct passwd **ret_entry)
{
        static const struct {
                const char *name;
                uid_t uid;
        } accounts[] = {{"alice", 1000}, {"svc", 500}, {"root", 0}};

        *ret_entry = NULL;
        if (size < 64)
                return ERANGE;
        for (size_t i = 0; i < ELEMENTSOF(accounts); i++) {
                if (strcmp(accounts[i].name, name) != 0)
                        continue;
                char *copy = strcpy(buffer, name);
                *entry = (struct passwd){.pw_name = copy,
                                         .pw_passwd = copy,
                                         .pw_uid = accounts[i].uid,
                                         .pw_gid = accounts[i].uid,
                                         .pw_gecos = copy,
                                         .pw_dir = copy,
                                         .pw_shell = copy};
                *ret_entry = entry;
        }
        return 0;
}

/* In the place of libaudit's: it would ask the name service for every remote host. */
_public_ int audit_open(void);

_public_ int audit_open(void)
{
        errno = EPROTONOSUPPORT;
        return -1;
}

/* In the place of libsystemd's. */
_public_ int sd_bus_open_system(sd_bus **ret_bus)
{
        size_t n = running->n_connections++;

        running->outcome.connection = n;
        if (n >= PAM_INSIDE_CONNECTIONS)
                return -ENOENT;
        closep(&running->far_fd);
        running->far_fd = -1;
        *ret_bus = wire_connect(&running->script->wires[n], &running->far_fd);
        return *ret_bus ? 0 : -ENOMEM;
}

static void cross_border(bool inside)
{
        running->is_inside = inside;
        if (running->script->on_border)
                running->script->on_border(inside);
}

_public_ int pam_inside_call(pam_handle_t *pamh, char phase, int flags)
{
        static int (*const entries[])(pam_handle_t * pamh, int flags, int argc,
                                      const char **argv) = {
                ['a'] = pam_sm_authenticate,
                ['c'] = pam_sm_acct_mgmt,
                ['o'] = pam_sm_open_session,
                ['x'] = pam_sm_close_session,
        };
        const char *argv[PAM_INSIDE_ARGUMENTS];

        memcpy(argv, running->script->argv, sizeof(argv));
        cross_border(true);
        running->outcome.code = entries[(unsigned char)phase](pamh, flags, running->script->argc,
                                                              argv);
        cross_border(false);
        return running->outcome.code;
}

static char next_answer(struct run *run)
{
        size_t n = strlen(run->script->answers);

        return n > 0 ? run->script->answers[run->n_answers++ % n] : 'e';
}

static int answer(struct run *run, const struct pam_message *message, char **ret_answer)
{
        bool is_prompt = message->msg_style == PAM_PROMPT_ECHO_ON ||
                         message->msg_style == PAM_PROMPT_ECHO_OFF;
        char word = next_answer(run);

        tell(message->msg, false);
        if (word == 'f' || (word == 'n' && is_prompt))
                run->outcome.answers_failed = true;
        if (word == 'f')
                return PAM_CONV_ERR;
        if (is_prompt && word != 'n') {
                *ret_answer = strdup("");
                return *ret_answer ? PAM_SUCCESS : PAM_BUF_ERR;
        }
        return PAM_SUCCESS;
}

static int on_messages(int n_messages, const struct pam_message **messages,
                       struct pam_response **ret_responses, void *userdata)
{
        _cleanup_free_ struct pam_response *responses = calloc((size_t)n_messages,
                                                               sizeof(*responses));
        int r = responses ? PAM_SUCCESS : PAM_BUF_ERR;

        for (int i = 0; i < n_messages && r == PAM_SUCCESS; i++)
                r = answer(userdata, messages[i], &responses[i].resp);
        for (int i = 0; i < n_messages && r != PAM_SUCCESS && responses; i++)
                free(responses[i].resp);
        if (r == PAM_SUCCESS)
                *ret_responses = TAKE_PTR(responses);
        return r;
}

static void run_phase(struct run *run, pam_handle_t *pamh, char phase)
{
        static const char *const calls[] = {"StartLogin", "Wait"};
        uint32_t cookies[ELEMENTSOF(calls)];

        run->outcome = (struct pam_outcome){.phase = phase,
                                            .code = PAM_INSIDE_NOT_CALLED,
                                            .connection = PAM_INSIDE_CONNECTIONS};
        switch (phase) {
        case 'a':
                (void)pam_authenticate(pamh, 0);
                break;
        case 'c':
                (void)pam_acct_mgmt(pamh, 0);
                break;
        case 'o':
                (void)pam_open_session(pamh, 0);
                break;
        case 'x':
                (void)pam_close_session(pamh, 0);
                break;
        default:
                break;
        }
        wire_sent_cookies(run->far_fd, calls, cookies);
        run->outcome.start_cookie = cookies[0];
        run->outcome.wait_cookie = cookies[1];
        run->outcome.has_login = pam_getenv(pamh, "BADGE_LOGIN") != NULL;
        run->outcome.has_session = pam_getenv(pamh, "BADGE_SESSION") != NULL;
}

static void set_items(const struct pam_script *script, pam_handle_t *pamh)
{
        (void)pam_set_item(pamh, PAM_RHOST, script->remote_host);
        (void)pam_set_item(pamh, PAM_TTY, script->terminal);
        for (size_t i = 0; i < ELEMENTSOF(script->environment); i++)
                if (script->environment[i])
                        (void)pam_putenv(pamh, script->environment[i]);
}

bool pam_inside_run(const struct pam_script *script, pam_inside_on_outcome on_outcome,
                    pam_inside_on_text on_text, void *userdata)
{
        struct run run = {.script = script, .on_text = on_text, .userdata = userdata, .far_fd = -1};
        const struct pam_conv conversation = {.conv = on_messages, .appdata_ptr = &run};
        pam_handle_t *pamh = NULL;

        running = &run;
        if (pam_start_confdir(script->service, script->user, &conversation, PAM_INSIDE_FOLDER,
                              &pamh) != PAM_SUCCESS) {
                running = NULL;
                return false;
        }
        set_items(script, pamh);
        for (const char *phase = script->phases; *phase; phase++) {
                run_phase(&run, pamh, *phase);
                on_outcome(&run.outcome, userdata);
        }
        (void)pam_end(pamh, PAM_SUCCESS);
        closep(&run.far_fd);
        running = NULL;
        return true;
}
