/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/conf-scan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

#define WORD_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
#define BLANKS     " \t"

struct conf_scan {
        char *text; /* our copy: lines and words in it end up NUL-terminated */
        size_t size, offset;
        unsigned number;
        const char *section; /* NULL above the first section line and below a flawed one */
        bool section_is_lost;
};

int conf_scan_new(const char *bytes, size_t size, struct conf_scan **ret_scan)
{
        _cleanup_(conf_scan_freep) struct conf_scan *scan = calloc(1, sizeof(*scan));
        if (!scan)
                return -ENOMEM;
        scan->text = malloc(size + 1);
        if (!scan->text)
                return -ENOMEM;
        if (size > 0)
                memcpy(scan->text, bytes, size);
        scan->text[size] = '\0';
        scan->size = size;
        *ret_scan = TAKE_PTR(scan);
        return 0;
}

struct conf_scan *conf_scan_free(struct conf_scan *scan)
{
        if (scan)
                free(scan->text);
        free(scan);
        return NULL;
}

static struct conf_line flaw(const char *reason, const char *mend)
{
        return (struct conf_line){.kind = CONF_FLAW, .reason = reason, .mend = mend};
}

static char *trim(char *text)
{
        text += strspn(text, BLANKS);
        size_t length = strlen(text);
        while (length > 0 && strchr(BLANKS, text[length - 1]))
                length--;
        text[length] = '\0';
        return text;
}

/* One word, or two with one space between them. */
static bool is_section_name(const char *name)
{
        size_t first = strspn(name, WORD_BYTES);
        if (first == 0 || name[first] == '\0')
                return first > 0;
        const char *second = name + first + 1;
        return name[first] == ' ' && *second != '\0' && second[strspn(second, WORD_BYTES)] == '\0';
}

static struct conf_line scan_section(struct conf_scan *scan, char *line)
{
        char *end = line + strcspn(line, "]");

        scan->section = NULL;
        scan->section_is_lost = true;
        if (*end == '\0')
                return flaw("the section line does not end in ]", "write [name] or [name word]");
        if (end[1] != '\0')
                return flaw("there is text behind the section name",
                            "put it, comments included, on a line of its own");
        *end = '\0';
        if (!is_section_name(line + 1))
                return flaw("this is not the name of a section",
                            "write [name] or [name word], from letters, digits, '_', '.', '-'");
        scan->section = line + 1;
        scan->section_is_lost = false;
        return (struct conf_line){.kind = CONF_SECTION, .section = scan->section};
}

/* Cuts a comment off the value: one that stands behind a blank, as people write them. */
static void cut_comment(char *value)
{
        for (char *s = value; *s; s++)
                if ((*s == '#' || *s == ';') && s > value && strchr(BLANKS, s[-1])) {
                        *s = '\0';
                        return;
                }
}

static struct conf_line scan_key(struct conf_scan *scan, char *line)
{
        char *value = strchr(line, '=');

        if (!value)
                return flaw("the line has no '='",
                            "write key = value on one line, or # in front of a comment");
        *value++ = '\0';
        char *key = trim(line);
        if (*key == '\0' || key[strspn(key, WORD_BYTES)] != '\0')
                return flaw("what stands before '=' is not a key",
                            "write key = value, the key from letters, digits, '_', '.', '-'");
        if (!scan->section)
                return flaw("the key stands above the first section",
                            "put it below [badged], [provider NAME] or [accounts]");

        cut_comment(value);
        value = trim(value);
        if (strpbrk(value, "#;"))
                return flaw("the value has '#' or ';' in it, which starts a comment",
                            "a secret belongs into client_secret_file; no other value needs them");
        size_t length = strlen(value);
        if (length > 0 && (value[0] == '"' || value[length - 1] == '"'))
                return flaw("the value has quotes around it", "write it without them");
        return (struct conf_line){
                .kind = CONF_KEY, .section = scan->section, .key = key, .value = value};
}

static struct conf_line scan_line(struct conf_scan *scan, char *line, size_t size)
{
        if (size > CONF_LINE_MAX_BYTES)
                return flaw("the line is longer than 4096 bytes", "shorten it");
        if (strlen(line) != size)
                return flaw("the line has a NUL byte in it", "remove it");
        for (char *s = line; *s; s++)
                if (*s == '\t')
                        *s = ' ';
        if (!text_is_printable(line))
                return flaw("the line has a control character in it, or is not UTF-8",
                            "remove it; lines end in LF alone");

        line = trim(line);
        if (*line == '\0' || *line == '#' || *line == ';')
                return (struct conf_line){.kind = CONF_END};
        if (*line == '[')
                return scan_section(scan, line);
        if (scan->section_is_lost)
                return (struct conf_line){.kind = CONF_END};
        return scan_key(scan, line);
}

struct conf_line conf_scan_next(struct conf_scan *scan)
{
        while (scan->offset < scan->size) {
                char *line = scan->text + scan->offset;
                char *end = memchr(line, '\n', scan->size - scan->offset);
                size_t size = end ? (size_t)(end - line) : scan->size - scan->offset;

                line[size] = '\0';
                scan->offset += size + 1;
                scan->number++;
                struct conf_line found = scan_line(scan, line, size);
                found.number = scan->number;
                if (found.kind != CONF_END)
                        return found;
        }
        return (struct conf_line){.kind = CONF_END, .number = scan->number};
}

size_t conf_scan_drop_comments(char *text, size_t size)
{
        size_t kept = 0;

        for (size_t offset = 0; offset < size;) {
                const char *line = text + offset;
                const char *end = memchr(line, '\n', size - offset);
                size_t all = end ? (size_t)(end - line) : size - offset, length = 0;

                while (length < all && !(strchr("#;", line[length]) &&
                                         (length == 0 || strchr(BLANKS, line[length - 1]))))
                        length++;
                while (length > 0 && strchr(BLANKS, line[length - 1]))
                        length--;
                memmove(text + kept, line, length);
                kept += length;
                if (end)
                        text[kept++] = '\n';
                offset += all + 1;
        }
        return kept;
}
