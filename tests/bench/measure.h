/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the bench programs share: stamps, pauses, and lines "LABEL NANOSECONDS" on standard output,
 * which tests/bench/programs.py reads. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#define NSEC_PER_USEC UINT64_C(1000)
#define NSEC_PER_SEC  UINT64_C(1000000000)

/* CLOCK_MONOTONIC. */
uint64_t measure_now_nsec(void);

/* CPU time that this process used, all threads. */
uint64_t measure_cpu_nsec(void);

/* Likewise another one, that is named by its id. */
uint64_t measure_cpu_of_nsec(pid_t pid);

void measure_pause(uint64_t nsec);

/* Lets everybody finish what the last measurement left them to do: the daemon its journal, say. */
void measure_settle(void);

void measure_print(const char *label, uint64_t nsec);

/* Ends the program with a sentence on standard error: a figure of something that failed is none. */
__attribute__((noreturn)) void measure_give_up(const char *what, const char *why);
