/* What a file is. Binary formats by their first bytes, offices' documents by what their archive holds, text by having
 * nothing in it that is no text. */
#include "files/files.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."
#define HEAD 64
#define ARCHIVE_TAIL (66 * KIB)     /* its directory's end is found within (a comment has up to 64 KiB) */
#define ARCHIVE_DIRECTORY (4 * MIB) /* longer ones are not read */
#define ARCHIVE_ENTRIES 20000

static const char *const known =
    "PDF, PNG, JPEG, WebP, text, CSV, Markdown, JSON, office documents without macros, ZIP";

/* Endings that go with a type; the first of a text is what it is without. */
static const struct ending {
    const char *ending, *type;
} endings[] = {
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},
    {"zip", "application/zip"},
    {"docx", OOXML "wordprocessingml.document"},
    {"xlsx", OOXML "spreadsheetml.sheet"},
    {"pptx", OOXML "presentationml.presentation"},
    {"odt", ODF "text"},
    {"ods", ODF "spreadsheet"},
    {"odp", ODF "presentation"},
    {"txt", "text/plain"},
    {"log", "text/plain"},
    {"csv", "text/csv"},
    {"tsv", "text/tab-separated-values"},
    {"md", "text/markdown"},
    {"json", "application/json"},
};

static const struct {
    const char *bytes;
    size_t n;
    const char *type;
} heads[] = {
    {"%PDF-", 5, "application/pdf"},
    {"\x89PNG\r\n\x1a\n", 8, "image/png"},
    {"\xff\xd8\xff", 3, "image/jpeg"},
    {"PK\x03\x04", 4, "application/zip"},
};

/* --- names */

enum rc files_check_name(struct ctx *cx, struct str name)
{
    size_t n;
    if (!name.n || name.n > LIMIT_FILE_NAME)
        return fail(cx, E_INVALID, "name: a file's name has 1 to %d bytes", LIMIT_FILE_NAME);
    if (name.p[0] == '.' || name.p[0] == ' ' || name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '.')
        return fail(cx, E_INVALID, "name: a file's name begins and ends with neither a dot nor a blank");
    for (size_t i = 0; i < name.n; i += n) {
        uint32_t cp;
        n = str_char(name, i, &cp);
        if (n == 0) return fail(cx, E_INVALID, "name: it is not UTF-8");
        if (char_is_deceptive(cp)) return fail(cx, E_INVALID, "name: it has hidden characters: rename the file");
        if (cp < 0x80 && strchr("/\\:*?\"<>|", (int)cp))
            return fail(cx, E_INVALID, "name: it has one of / \\ : * ? \" < > |: rename the file");
    }
    return OK;
}

static struct str ending_of(struct str name)
{
    size_t at = name.n;
    while (at > 0 && name.p[at - 1] != '.') at--;
    return at > 0 ? str_slice(name, at, name.n) : STR("");
}

static const char *type_of_ending(struct str name)
{
    struct str ending = ending_of(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_eq_nocase(ending, str_from(endings[i].ending))) return endings[i].type;
    return NULL;
}

static const char *ending_of_type(const char *type)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!strcmp(endings[i].type, type)) return endings[i].ending;
    return "";
}

/* --- archives (APPNOTE.TXT 4.3.12, 4.3.16) */

static uint32_t number(const uint8_t *p, int bytes)
{
    uint32_t v = 0;
    for (int i = bytes; i-- > 0;) v = v << 8 | p[i];
    return v;
}

/* Of the directory at the archive's end: where it is. */
static bool find_directory(int fd, uint64_t size, uint64_t *at, uint32_t *bytes)
{
    static const char mark[] = "PK\x05\x06";
    size_t n = size < ARCHIVE_TAIL ? (size_t)size : ARCHIVE_TAIL;
    uint8_t *tail = malloc(n ? n : 1);
    bool found = false;
    if (tail && pread(fd, tail, n, (off_t)(size - n)) == (ssize_t)n)
        for (size_t i = n; !found && i-- > 0;) {
            if (n - i < 22 || memcmp(tail + i, mark, 4) != 0) continue;
            *bytes = number(tail + i + 12, 4);
            *at = number(tail + i + 16, 4);
            found = *at + *bytes <= size - n + i;
        }
    free(tail);
    return found;
}

struct archive {
    bool content_types, word, sheet, slides, macros;
};

static void see(struct archive *a, struct str name)
{
    a->content_types |= str_eq(name, STR("[Content_Types].xml"));
    a->word |= str_eq(name, STR("word/document.xml"));
    a->sheet |= str_eq(name, STR("xl/workbook.xml"));
    a->slides |= str_eq(name, STR("ppt/presentation.xml"));
    /* of Office, and of LibreOffice */
    a->macros |=
        str_ends(name, STR("vbaProject.bin")) || str_starts(name, STR("Basic/")) || str_starts(name, STR("Scripts/"));
}

static bool read_directory(int fd, uint64_t size, struct archive *out)
{
    uint64_t at;
    uint32_t n;
    if (!find_directory(fd, size, &at, &n) || n > ARCHIVE_DIRECTORY) return false;
    uint8_t *d = malloc(n ? n : 1);
    bool good = d && pread(fd, d, n, (off_t)at) == (ssize_t)n;
    size_t i = 0, entries = 0;
    while (good && i < n) {
        good = n - i >= 46 && !memcmp(d + i, "PK\x01\x02", 4) && ++entries <= ARCHIVE_ENTRIES;
        size_t name = good ? number(d + i + 28, 2) : 0;
        size_t whole = good ? 46 + name + number(d + i + 30, 2) + number(d + i + 32, 2) : 0;
        good = good && whole <= n - i;
        if (good) see(out, (struct str){(const char *)d + i + 46, name});
        i += whole;
    }
    free(d);
    return good;
}

/* OpenDocument's first entry is its type, as it is (its part 2, 3.3). */
static const char *open_document(int fd)
{
    uint8_t head[38 + 64];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 38 || memcmp(head + 30, "mimetype", 8) != 0 || number(head + 26, 2) != 8 || number(head + 8, 2) != 0)
        return NULL;
    uint32_t stored = number(head + 18, 4), extra = number(head + 28, 2);
    if (extra != 0 || stored > (uint32_t)n - 38) return NULL;
    struct str type = {(const char *)head + 38, stored};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_starts(type, STR(ODF)) && str_eq(type, str_from(endings[i].type))) return endings[i].type;
    return NULL;
}

static enum rc recognize_archive(struct ctx *cx, int fd, uint64_t size, const char **type)
{
    struct archive a = {0};
    if (!read_directory(fd, size, &a)) return fail(cx, E_INVALID, "the archive is damaged, or larger than is read");
    const char *open = open_document(fd);
    *type = open                          ? open
            : a.content_types && a.word   ? OOXML "wordprocessingml.document"
            : a.content_types && a.sheet  ? OOXML "spreadsheetml.sheet"
            : a.content_types && a.slides ? OOXML "presentationml.presentation"
                                          : "application/zip";
    if (a.macros && strcmp(*type, "application/zip") != 0)
        return fail(cx, E_INVALID, "the document holds macros: save it without them");
    return OK;
}

/* --- text */

/* Nothing that is no text. Which encoding it has is not asked: tables come in old ones too. */
static bool is_text(int fd, uint64_t size, char *first)
{
    uint8_t part[64 * KIB];
    uint64_t at = 0;
    *first = 0;
    while (at < size) {
        ssize_t n = pread(fd, part, sizeof part, (off_t)at);
        if (n <= 0) return false;
        for (ssize_t i = 0; i < n; i++) {
            if ((part[i] < 0x20 && !strchr("\t\n\r\f", part[i])) || part[i] == 0 || part[i] == 0x7f) return false;
            if (!*first && part[i] > 0x20 && part[i] != 0xef && part[i] != 0xbb && part[i] != 0xbf)
                *first = (char)part[i];
        }
        at += (uint64_t)n;
    }
    return true;
}

static bool is_textual(const char *type)
{
    return type && (!strncmp(type, "text/", 5) || !strcmp(type, "application/json"));
}

/* --- all of it */

static enum rc by_head(struct ctx *cx, int fd, uint64_t size, const char **type)
{
    char head[HEAD] = {0};
    ssize_t n = pread(fd, head, sizeof head, 0);
    *type = NULL;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (n >= (ssize_t)heads[i].n && !memcmp(head, heads[i].bytes, heads[i].n)) *type = heads[i].type;
    if (n >= 12 && !memcmp(head, "RIFF", 4) && !memcmp(head + 8, "WEBP", 4)) *type = "image/webp";
    return *type && !strcmp(*type, "application/zip") ? recognize_archive(cx, fd, size, type) : OK;
}

enum rc files_recognize(struct ctx *cx, int fd, uint64_t size, struct str name, const char **type)
{
    const char *named = type_of_ending(name);
    char first;
    if (size == 0) return fail(cx, E_INVALID, "the file is empty");
    if (!named) return fail(cx, E_INVALID, "a file of this kind is not taken; what is: %s", known);
    TRY(by_head(cx, fd, size, type));
    if (*type && strcmp(*type, named) != 0)
        return fail(cx, E_INVALID, "its content is of another kind than its name says: it would be .%s",
                    ending_of_type(*type));
    if (*type) return OK;
    if (!is_textual(named) || !is_text(fd, size, &first))
        return fail(cx, E_INVALID, "its content is not what its name says (.%s)", ending_of_type(named));
    if (!strcmp(named, "application/json") && first != '{' && first != '[')
        return fail(cx, E_INVALID, "its content is no JSON");
    *type = named;
    return OK;
}
