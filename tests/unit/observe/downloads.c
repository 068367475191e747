/* observe/downloads: what is fetched from the open Internet and kept, and what only looks like it. */
#include "rows.h"

static void pins(const char *path, const char *text, const char *want)
{
    void *state = NULL;
    rows_setup(&state);
    take(path, text);
    sqlite3_stmt *st;
    scoped_buf b;
    buf_init(&b, 0);
    sqlite3_prepare_v2(db, "SELECT line, target, pinned FROM d_pin WHERE kind = 'download' ORDER BY line, target", -1,
                       &st, NULL);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&b, "%s%d %s%s", b.n ? ", " : "", sqlite3_column_int(st, 0),
                   (const char *)sqlite3_column_text(st, 1), sqlite3_column_int(st, 2) ? " pinned" : "");
    sqlite3_finalize(st);
    buf_char(&b, 0);
    if (strcmp(b.p, want) != 0) fail_msg("%s: \"%s\", not \"%s\"", text, b.p, want);
    rows_teardown(&state);
}

static void test_observe_downloads__found(void **state)
{
    (void)state;
    pins("scripts/x.sh", "set -e\ncurl -fsSL http://get.tool.io/x.tgz -o x.tgz\n", "2 http://get.tool.io/x.tgz");
    pins("scripts/x.sh", "curl -sL https://get.tool.io/x | tar xz\n", "1 https://get.tool.io/x");
    pins("scripts/x.sh", "wget \\\n  -q \\\n  \"ftp://ftp.tool.io/x.tgz\"\n", "3 ftp://ftp.tool.io/x.tgz");
    pins("scripts/x.sh", "cd /tmp && wget http://get.tool.io/a && curl -O http://get.tool.io/b\n",
         "1 http://get.tool.io/a, 1 http://get.tool.io/b");
    pins("Dockerfile", "FROM debian:12\nADD http://get.tool.io/x.tgz /opt/\nRUN curl -o x http://get.tool.io/y\n",
         "2 http://get.tool.io/x.tgz, 3 http://get.tool.io/y");
    pins("Dockerfile", "FROM debian:12\nRUN curl -o x http://get.tool.io/y && echo '0f  x' | sha256sum -c\n",
         "2 http://get.tool.io/y pinned");
    pins(".github/workflows/ci.yml",
         "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          true\n          wget "
         "http://get.tool.io/x\n",
         "8 http://get.tool.io/x");
    pins(".gitlab-ci.yml", "a:\n  script:\n    - wget http://get.tool.io/x\n", "3 http://get.tool.io/x");
}

static void test_observe_downloads__silent(void **state)
{
    (void)state;
    pins("scripts/x.sh", "curl http://localhost:8080/health -o /dev/null\n", "");
    pins("scripts/x.sh", "curl -f http://10.0.0.8/x -o x; wget http://files.example.com/x\n", "");
    pins("scripts/x.sh", "curl -X POST http://api.tool.io/v1 -o answer\ncurl -d a=b http://api.tool.io/v1 | jq .\n",
         "");
    pins("scripts/x.sh", "curl http://api.tool.io/v1\n", "");
    pins("scripts/x.sh", "# wget http://get.tool.io/x\necho see http://get.tool.io/x\n", "");
    pins("scripts/x.sh", "wget http://$MIRROR/x http://${HOST}.tool.io/x\n", "");
    pins("Dockerfile", "FROM debian:12\nADD . /src\nLABEL url=http://get.tool.io/\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_downloads__found),
        cmocka_unit_test(test_observe_downloads__silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
