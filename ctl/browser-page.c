/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/browser-page.h"

#define PAGE(title, text)                                                             \
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"             \
        "<meta name=\"viewport\" content=\"width=device-width\">\n"                   \
        "<title>" title "</title>\n"                                                  \
        "<style>body { font-family: sans-serif; margin: 15vh auto; max-width: 30em; " \
        "padding: 0 1em; line-height: 1.5 }</style>\n"                                \
        "<h1>" title "</h1>\n<p>" text "</p>\n</html>\n"

const char *browser_page_html(enum browser_page page)
{
        switch (page) {
        case PAGE_ANSWERED:
                return PAGE("Go back to the terminal",
                            "This browser has done its part. The terminal tells whether you are "
                            "signed in; you can close this window.");
        case PAGE_ANSWERED_BEFORE:
                return PAGE("Go back to the terminal",
                            "An answer was there before this one, and only the first one counts. "
                            "The terminal tells how it ended; you can close this window.");
        case PAGE_TOO_LONG:
                return PAGE("Go back to the terminal",
                            "The answer of the identity provider was too long and was thrown away. "
                            "Press Ctrl-C in the terminal and try again.");
        case PAGE_STRANGE:
                return PAGE("This is not for here",
                            "The terminal waits for an answer, but not for this one. You can close "
                            "this window.");
        case PAGE_LEADS_ON:
                return PAGE("Go on", "The identity provider ends your session there.");
        case PAGE_NOTHING_HERE:
                break;
        }
        return PAGE("There is nothing here", "You can close this window.");
}

unsigned browser_page_status(enum browser_page page)
{
        switch (page) {
        case PAGE_ANSWERED:
                return 200;
        case PAGE_ANSWERED_BEFORE:
                return 410;
        case PAGE_TOO_LONG:
                return 414;
        case PAGE_STRANGE:
                return 400;
        case PAGE_LEADS_ON:
                return 303;
        case PAGE_NOTHING_HERE:
                break;
        }
        return 404;
}
