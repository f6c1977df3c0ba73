/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/peer-owner.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cleanup.h"

#define END_SIZE  (8 * 4 + 1 + 4 + 1) /* eight digits for each word, a colon, the port */
#define LINE_SIZE 512
#define UID_SIZE  12

DEFINE_CLEANUP(FILE *, fclose);

union endpoint {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
};

/* One end of a connection as the kernel writes it; is_mapped: as it writes IPv4 among IPv6. */
static void write_end(const union endpoint *end, bool is_mapped, char ret_text[END_SIZE])
{
        if (end->any.sa_family == AF_INET) {
                (void)snprintf(ret_text, END_SIZE, "%s%08X:%04X",
                               is_mapped ? "0000000000000000FFFF0000" : "",
                               (unsigned)end->v4.sin_addr.s_addr, ntohs(end->v4.sin_port));
                return;
        }
        uint32_t words[4];
        memcpy(words, &end->v6.sin6_addr, sizeof(words));
        (void)snprintf(ret_text, END_SIZE, "%08X%08X%08X%08X:%04X", words[0], words[1], words[2],
                       words[3], ntohs(end->v6.sin6_port));
}

/* True when the table has that very connection, and its end there is ours. */
static bool table_has_own(const char *path, const char *from, const char *to)
{
        _cleanup_(fclosep) FILE *table = fopen(path, "re");
        char line[LINE_SIZE], local[END_SIZE], remote[END_SIZE];
        char uid[UID_SIZE], own[UID_SIZE];

        (void)snprintf(own, sizeof(own), "%u", (unsigned)geteuid());
        while (table && fgets(line, sizeof(line), table))
                if (sscanf(line, "%*s %37s %37s %*s %*s %*s %*s %11s", local, remote, uid) == 3 &&
                    strcmp(local, from) == 0 && strcmp(remote, to) == 0)
                        return strcmp(uid, own) == 0;
        return false;
}

bool peer_is_own(int fd)
{
        union endpoint here = {0}, there = {0};
        socklen_t here_size = sizeof(here), there_size = sizeof(there);
        char from[END_SIZE], to[END_SIZE];

        if (getsockname(fd, &here.any, &here_size) < 0 ||
            getpeername(fd, &there.any, &there_size) < 0 ||
            (here.any.sa_family != AF_INET && here.any.sa_family != AF_INET6))
                return false;
        if (here.any.sa_family == AF_INET) {
                write_end(&there, false, from);
                write_end(&here, false, to);
                if (table_has_own("/proc/self/net/tcp", from, to))
                        return true;
        }
        write_end(&there, true, from);
        write_end(&here, true, to);
        return table_has_own("/proc/self/net/tcp6", from, to);
}
