/* Any bytes as a report. What is taken is taken twice alike, whether or not its findings and lines are wanted, and what
 * is given agrees with what is counted. */
#include "evidence/evidence.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct counts {
    int64_t findings[LEVELS], lines, covered;
};

static enum rc take_finding(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                            struct str path, int64_t line)
{
    struct counts *c = arg;
    (void)print;
    assert(str_is_utf8(path) || path.n > 4000); /* cut */
    assert(rule.n <= 200 && line >= 0);
    c->findings[level]++;
    return OK;
}

static enum rc take_line(void *arg, struct str path, int64_t line, bool ran)
{
    struct counts *c = arg;
    assert(path.n && str_is_utf8(path) && line >= 0);
    c->lines++;
    c->covered += ran;
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct evidence one, two;
    struct counts c = {0};
    const struct evidence_sink sink = {&c, take_finding, take_line};
    int fd = memfd_create("evidence", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    ctx_init(&cx);
    enum rc a = evidence_read(&cx, NULL, fd, NULL, &one), b = evidence_read(&cx, NULL, fd, &sink, &two);
    assert(a == b && (a == OK || a == E_INVALID || a == E_LIMIT));
    if (a == OK) {
        assert(one.type == two.type && one.tests == two.tests && one.failures == two.failures);
        assert(one.tests >= 0 && one.skipped <= one.tests && one.covered <= one.lines);
        assert(c.lines == two.lines && c.covered == two.covered && one.lines == two.lines);
        for (int i = 0; i < LEVELS; i++) assert(one.findings[i] == two.findings[i] && c.findings[i] == two.findings[i]);
    }
    ctx_release(&cx);
    close(fd);
    return 0;
}
