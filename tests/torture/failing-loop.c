/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is called of libsystemd's event loop, of its ids and of the journal. */
#include "failing-calls.h"

#include <errno.h>
#include <sys/uio.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

FAILING(int, sd_event_add_io,
        (sd_event * event, sd_event_source **ret_source, int fd, uint32_t events,
         sd_event_io_handler_t callback, void *userdata),
        (event, ret_source, fd, events, callback, userdata), -ENOMEM);
FAILING(int, sd_event_add_time,
        (sd_event * event, sd_event_source **ret_source, clockid_t clock, uint64_t usec,
         uint64_t accuracy, sd_event_time_handler_t callback, void *userdata),
        (event, ret_source, clock, usec, accuracy, callback, userdata), -ENOMEM);
FAILING(int, sd_id128_randomize, (sd_id128_t * ret_id), (ret_id), -EIO);
FAILING(int, sd_journal_sendv, (const struct iovec *fields, int n), (fields, n), -ENOBUFS);
