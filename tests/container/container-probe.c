/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the sandbox of badged.service lets a program do: tries each act once and prints how it
 * ended. test_confinement.py runs it in the daemon's place, with the unit as shipped and with lines
 * of it taken out. Needs no privilege, so that nothing but the sandbox can be why an act fails. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"

#define PAGE_BYTES 4096
#define OWN_FILE   "/var/lib/badged/probe"

/* r is the act's own: negative, and errno, when it failed. */
static void tell(const char *act, int r)
{
        printf("probe %s: %s\n", act, r < 0 ? strerrorname_np(errno) : "done");
}

static int write_into(const char *folder)
{
        _cleanup_free_ char *path = NULL;
        _cleanup_close_ int fd = -EBADF;

        if (asprintf(&path, "%s/probe", folder) < 0)
                return -1;
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
                return -1;
        return unlink(path);
}

static int read_folder(const char *path)
{
        DIR *folder = opendir(path);

        if (!folder)
                return -1;
        return closedir(folder);
}

static void try_files(void)
{
        static const char *const folders[] = {
                "/", "/usr", "/etc", "/var/lib", "/run", "/run/lock", "/var/lib/badged", "/tmp"};
        static const char *const files[] = {"/tmp/of-others", "/dev/console", "/proc/1/status",
                                            "/proc/meminfo"};
        char act[64];

        for (size_t i = 0; i < ELEMENTSOF(folders); i++) {
                (void)snprintf(act, sizeof(act), "write %s", folders[i]);
                tell(act, write_into(folders[i]));
        }
        for (size_t i = 0; i < ELEMENTSOF(files); i++) {
                (void)snprintf(act, sizeof(act), "see %s", files[i]);
                tell(act, access(files[i], F_OK));
        }
        tell("read /home", read_folder("/home"));
}

static void try_memory(void)
{
        void *both = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        tell("write and execute memory", both == MAP_FAILED ? -1 : 0);
        void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0);
        tell("make memory executable",
             page == MAP_FAILED ? -1 : mprotect(page, PAGE_BYTES, PROT_READ | PROT_EXEC));
}

static void try_sockets(void)
{
        struct sockaddr_un bus = {.sun_family = AF_UNIX, .sun_path = "/run/dbus/system_bus_socket"};

        tell("internet socket", socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
        tell("netlink socket", socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        tell("bus socket", fd < 0 ? -1 : connect(fd, (struct sockaddr *)&bus, sizeof(bus)));
}

/* What a plain program may do to its own files and to itself. */
static void try_calls(void)
{
        cpu_set_t processors;
        _cleanup_close_ int fd = open(OWN_FILE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        tell("set-uid file", fd < 0 ? -1 : fchmod(fd, S_ISUID | S_IRWXU));
        tell("give a file away", fd < 0 ? -1 : fchown(fd, geteuid(), getegid()));
        (void)unlink(OWN_FILE);
        tell("personality", personality(PER_LINUX | ADDR_NO_RANDOMIZE));
        tell("choose a processor", sched_getaffinity(0, sizeof(processors), &processors) < 0
                                           ? -1
                                           : sched_setaffinity(0, sizeof(processors), &processors));
        tell("be traced", (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static void try_what_is_needed(void)
{
        struct stat status;
        _cleanup_close_ int fd = open("/etc/badged/corp.secret", O_RDONLY | O_CLOEXEC);

        tell("read the secret", fd);
        errno = EPERM;
        tell("know that it is root's", fd < 0 || fstat(fd, &status) < 0 || status.st_uid ? -1 : 0);
        errno = ENOENT;
        tell("look up alice", getpwnam("alice") ? 0 : -1);
        tell("look up root", getpwnam("root") ? 0 : -1);
}

static void *do_nothing(void *userdata)
{
        return userdata;
}

/* The store is written on one. */
static void try_thread(void)
{
        pthread_t thread;

        errno = pthread_create(&thread, NULL, do_nothing, NULL);
        tell("start a thread", errno ? -1 : 0);
        if (errno == 0)
                (void)pthread_join(thread, NULL);
}

int main(void)
{
        try_files();
        try_memory();
        try_sockets();
        try_what_is_needed();
        try_thread();
        try_calls();
        tell("new user namespace", unshare(CLONE_NEWUSER)); /* last: it changes who we are */
        return 0;
}
