/* tests/vectors/scan: what is found, and what must stay silent. Each file holds cases:
 *   === PATH CLASS LANGUAGE : rule@line rule@linexCOUNT rule@line!      (! is allowed by a comment)
 *   content, with markers (markers.h)
 */
#include "unit.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "markers.h"

static int failures;

static struct str read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *p = malloc(1 << 20);
    assert_non_null(p);
    size_t n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return (struct str){p, n};
}

/* Compares the hits with what the case's first line lists. */
static void compare(const char *file, struct str header, struct str expected, const struct scan_hit *hits, size_t n)
{
    struct buf got;
    buf_init(&got, 0);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&got, "%s%s@%ld", i ? " " : "", hits[i].rule, (long)hits[i].line);
        if (hits[i].count > 1) buf_printf(&got, "x%ld", (long)hits[i].count);
        if (hits[i].allowed) buf_char(&got, '!');
    }
    size_t words = 0;
    struct str rest = expected, word;
    bool same = true;
    while (str_cut(&rest, ' ', &word)) {
        if (word.n == 0) continue;
        words++;
        struct str have = buf_view(&got), each;
        bool found = false;
        while (str_cut(&have, ' ', &each)) found = found || str_eq(each, word);
        same = same && found;
    }
    if (!same || words != n) {
        failures++;
        print_error("%s: %.*s\n   found: %.*s\n", file, (int)header.n, header.p, (int)got.n, got.p ? got.p : "");
    }
    buf_release(&got);
}

static void run_case(struct scanner *s, const char *file, struct str header, struct str body)
{
    struct str expected = STR_NONE, fields = header, path, class, language;
    const char *colon = str_find(header, STR(" : "));
    if (colon) {
        fields.n = (size_t)(colon - header.p);
        expected = str_slice(header, fields.n + 3, header.n);
    }
    str_cut(&fields, ' ', &path);
    str_cut(&fields, ' ', &class);
    str_cut(&fields, ' ', &language);
    char class_name[32], language_name[32];
    snprintf(class_name, sizeof class_name, "%.*s", (int)class.n, class.p);
    snprintf(language_name, sizeof language_name, "%.*s", (int)language.n, language.p);
    struct buf content;
    buf_init(&content, 0);
    markers_expand(&content, body);
    struct scan_input in = {path, buf_view(&content), class_name, language_name[0] == '-' ? NULL : language_name,
                            SCAN_ALL};
    const struct scan_hit *hits;
    size_t n;
    assert_int_equal(scan_bytes(s, &in, &hits, &n), OK);
    compare(file, header, expected, hits, n);
    buf_release(&content);
}

static void run_folder(const char *name)
{
    char folder[512];
    const char *root = getenv("SINETTI_SOURCE");
    snprintf(folder, sizeof folder, "%s/tests/vectors/scan/%s", root ? root : ".", name);
    DIR *d = opendir(folder);
    assert_non_null(d);
    struct scanner *s = scanner_new((const uint8_t *)"0123456789abcdef");
    assert_non_null(s);
    failures = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        struct str text = read_file(path), rest = text, line, header = STR_NONE;
        const char *body = NULL;
        while (str_cut(&rest, '\n', &line)) {
            bool begins = str_starts(line, STR("=== "));
            if ((begins || !rest.p) && header.p)
                run_case(s, e->d_name, header, (struct str){body, (size_t)(line.p - body)});
            if (!begins) continue;
            header = str_slice(line, 4, line.n);
            body = line.p + line.n + 1;
        }
        free((char *)text.p);
    }
    closedir(d);
    scanner_free(s);
    assert_int_equal(failures, 0);
}

static void test_scan_vectors__found(void **state)
{
    (void)state;
    run_folder("found");
}

static void test_scan_vectors__silent(void **state)
{
    (void)state;
    run_folder("silent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scan_vectors__found),
                                       cmocka_unit_test(test_scan_vectors__silent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
