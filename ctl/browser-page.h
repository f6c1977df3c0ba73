/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a browser shows after it came to the listener: our own words, whatever it brought. */
#pragma once

enum browser_page {
        PAGE_ANSWERED,        /* go back to the terminal */
        PAGE_ANSWERED_BEFORE, /* likewise: this came too late */
        PAGE_TOO_LONG,        /* likewise: this is no answer */
        PAGE_STRANGE,         /* an answer to something else */
        PAGE_LEADS_ON,        /* elsewhere; the header says where */
        PAGE_NOTHING_HERE,    /* not the listener's address */
};

/* A whole page, ASCII. Static. */
const char *browser_page_html(enum browser_page page);

/* The HTTP status that goes with it. */
unsigned browser_page_status(enum browser_page page);
