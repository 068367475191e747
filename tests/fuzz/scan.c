/* Any bytes as a file of any kind: no crash, hits in order and within bounds. The first byte chooses path and class. */
#include <assert.h>

#include "base/limits.h"
#include "scan/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scanner *s;
    static const struct {
        const char *path, *class, *language;
    } kinds[] = {{"app/settings.py", "code", "python"},
                 {"src/a.js", "code", "javascript"},
                 {"config/app.yml", "config", "yaml"},
                 {"pom.xml", "config", "xml"},
                 {"db/dump.sql", "data", "sql"},
                 {"data/users.csv", "data", NULL},
                 {"tests/fixtures/a.json", "test", "json"},
                 {"Dockerfile", "config", "dockerfile"},
                 {".github/workflows/a.yml", "ci", "yaml"},
                 {"a.ps1", "code", "powershell"},
                 {".env", "config", NULL},
                 {"id_rsa", "other", NULL},
                 {"src/A.java", "code", "java"},
                 {"ops/.netrc", "other", NULL}};
    if (!s) s = scanner_new((const uint8_t *)"0123456789abcdef");
    if (!s || size == 0) return 0;
    size_t k = data[0] % (sizeof kinds / sizeof *kinds);
    struct scan_input in = {
        str_from(kinds[k].path), {(const char *)data + 1, size - 1}, kinds[k].class, kinds[k].language, SCAN_ALL};
    const struct scan_hit *hits;
    size_t n;
    enum rc rc = scan_bytes(s, &in, &hits, &n);
    assert(rc == OK || rc == E_LIMIT);
    assert(n <= LIMIT_HITS_PER_BLOB);
    int64_t lines = 1;
    for (size_t i = 1; i < size; i++) lines += data[i] == '\n';
    for (size_t i = 0; i < n; i++) {
        assert(hits[i].line >= 1 && hits[i].line <= lines && hits[i].count >= 1);
        assert(i == 0 || hits[i - 1].line <= hits[i].line);
        assert(strlen(hits[i].fingerprint) == 32 && (!hits[i].same_value[0] || strlen(hits[i].same_value) == 32));
    }
    return 0;
}
