/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What io/ calls: folders, signals, libeconf, libcurl. */
#include "failing-calls.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <libeconf.h>
#include <signal.h>
#include <stdarg.h>

FAILING(DIR *, opendir, (const char *path), (path), fail_with_null(EMFILE));
FAILING(struct dirent64 *, readdir64, (DIR * folder), (folder), fail_with_null(EIO));
FAILING(int, sigaction, (int number, const struct sigaction *action, struct sigaction *ret_action),
        (number, action, ret_action), fail_with(EINVAL));
FAILING(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size),
        (fd, level, name, value, size), fail_with(ENOBUFS));

FAILING(econf_err, econf_readFile,
        (econf_file * *ret_file, const char *path, const char *delimiters, const char *comments),
        (ret_file, path, delimiters, comments), ECONF_NOMEM);
FAILING(econf_err, econf_getStringValue,
        (econf_file * file, const char *section, const char *key, char **ret_value),
        (file, section, key, ret_value), ECONF_NOMEM);

FAILING(CURLcode, curl_global_init_mem,
        (long flags, curl_malloc_callback m, curl_free_callback f, curl_realloc_callback r,
         curl_strdup_callback s, curl_calloc_callback c),
        (flags, m, f, r, s, c), CURLE_FAILED_INIT);
FAILING(CURL *, curl_easy_init, (void), (), NULL);
FAILING(CURLM *, curl_multi_init, (void), (), NULL);
FAILING(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL *easy), (multi, easy),
        CURLM_OUT_OF_MEMORY);
FAILING(CURLMcode, curl_multi_assign, (CURLM * multi, curl_socket_t fd, void *userdata),
        (multi, fd, userdata), CURLM_BAD_SOCKET);
FAILING(CURLMcode, curl_multi_socket_action,
        (CURLM * multi, curl_socket_t fd, int events, int *ret_running),
        (multi, fd, events, ret_running), CURLM_OUT_OF_MEMORY);
FAILING(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text),
        (list, text), NULL);
FAILING(CURLHcode, curl_easy_header,
        (CURL * easy, const char *name, size_t index, unsigned origin, int request,
         struct curl_header **ret_header),
        (easy, name, index, origin, request, ret_header), CURLHE_OUT_OF_MEMORY);

/* The three that take an argument of any type: long, curl_off_t or a pointer, all of one size. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *), "one size");

extern CURLcode __real_curl_easy_setopt(CURL *easy, CURLoption option, ...);
extern CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...);
extern CURLcode __real_curl_easy_getinfo(CURL *easy, CURLINFO info, ...);
extern CURLcode __wrap_curl_easy_getinfo(CURL *easy, CURLINFO info, ...);
extern CURLMcode __real_curl_multi_setopt(CURLM *multi, CURLMoption option, ...);
extern CURLMcode __wrap_curl_multi_setopt(CURLM *multi, CURLMoption option, ...);

CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
        va_list arguments;

        va_start(arguments, option);
        void *value = va_arg(arguments, void *);
        va_end(arguments);
        return call_fails("curl_easy_setopt") ? CURLE_OUT_OF_MEMORY
                                              : __real_curl_easy_setopt(easy, option, value);
}

CURLcode __wrap_curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
        va_list arguments;

        va_start(arguments, info);
        void *ret_value = va_arg(arguments, void *);
        va_end(arguments);
        return call_fails("curl_easy_getinfo") ? CURLE_BAD_FUNCTION_ARGUMENT
                                               : __real_curl_easy_getinfo(easy, info, ret_value);
}

CURLMcode __wrap_curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
        va_list arguments;

        va_start(arguments, option);
        void *value = va_arg(arguments, void *);
        va_end(arguments);
        return call_fails("curl_multi_setopt") ? CURLM_UNKNOWN_OPTION
                                               : __real_curl_multi_setopt(multi, option, value);
}
