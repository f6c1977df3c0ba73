/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where malloc() is a sanitizer's: no allocation fails, and the sanitizer counts what is left. */
#include "fail-alloc.h"

void fail_alloc_arm(size_t n, bool and_all_after)
{
}

void fail_alloc_pause(bool pause)
{
}

bool fail_alloc_has_failed(void)
{
        return false;
}

bool fail_alloc_disarm(void)
{
        return false;
}

size_t fail_alloc_live(void)
{
        return 0;
}
