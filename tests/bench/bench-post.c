/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPU and time of bare POSTs on a warm connection, one every PAUSE-USEC: what a poll costs without
 * badged. The form comes on standard input, because a device code is not for argv.
 *
 *      bench-post COUNT PAUSE-USEC ENDPOINT CA-FILE STATUS
 */
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "measure.h"
#include "warm-post.h"

#define WARM_UP_POSTS  30
#define FORM_MAX_BYTES 4096

struct bench {
        const char *endpoint;
        char form[FORM_MAX_BYTES];
        long status; /* what every answer must have */
        uint64_t pause_nsec;
        struct warm_post *post;
};

static void send_posts(const struct bench *bench, unsigned count)
{
        const char *body;

        for (unsigned i = 0; i < count; i++) {
                measure_pause(bench->pause_nsec);
                if (warm_post_send(bench->post, bench->endpoint, bench->form, &body) !=
                    bench->status)
                        measure_give_up("the bare POST", body);
        }
}

int main(int argc, char **argv)
{
        if (argc != 6)
                measure_give_up("bench-post", "read its first lines for the arguments");

        unsigned count = (unsigned)strtoul(argv[1], NULL, 10);
        _cleanup_(warm_post_freep) struct warm_post *post = warm_post_new(argv[4]);
        struct bench bench = {.endpoint = argv[3],
                              .status = strtol(argv[5], NULL, 10),
                              .pause_nsec = strtoul(argv[2], NULL, 10) * NSEC_PER_USEC,
                              .post = post};
        if (!post || !fgets(bench.form, sizeof(bench.form), stdin))
                measure_give_up("bench-post", "no libcurl, or no form");
        bench.form[strcspn(bench.form, "\n")] = '\0';

        send_posts(&bench, WARM_UP_POSTS);
        uint64_t begin = measure_cpu_nsec();
        send_posts(&bench, count);
        measure_print("cpu", (measure_cpu_nsec() - begin) / count);
        return EXIT_SUCCESS;
}
