/* Any bytes as CSV. Every row keeps what base/csv.h promises, and its cells, written and read again, are the same. */
#include "base/csv.h"
#include "base/limits.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file_of(const void *bytes, size_t n)
{
    int fd = memfd_create("csv", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

/* Written after a line that says what separates cells, and read again. */
static void write_and_read(const struct csv_row *row)
{
    struct ctx cx;
    struct csv *c;
    struct csv_row again;
    scoped_buf out;
    ctx_init(&cx);
    buf_init(&out, 0);
    buf_cstr(&out, "a,b,c\n");
    for (size_t i = 0; i < row->n; i++) {
        if (i) buf_char(&out, ',');
        csv_put_cell(&out, row->cells[i]);
    }
    buf_cstr(&out, ",end\n");
    int fd = file_of(out.p, out.n);
    enum rc rc = csv_open(&cx, fd, &c);
    if (rc == OK) rc = csv_next(&cx, c, &again);
    if (rc == OK) rc = csv_next(&cx, c, &again);
    assert(rc == OK || rc == E_LIMIT);
    assert(rc != OK || again.n == row->n + 1);
    for (size_t i = 0; rc == OK && i < row->n; i++) assert(str_eq(csv_plain(again.cells[i]), row->cells[i]));
    csv_close(c);
    close(fd);
    ctx_release(&cx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct csv *c;
    struct csv_row row = {0};
    int64_t line = 0;
    ctx_init(&cx);
    int fd = file_of(data, size);
    enum rc rc = csv_open(&cx, fd, &c);
    while (rc == OK) {
        rc = csv_next(&cx, c, &row);
        if (rc != OK || !row.n) break;
        assert(row.line > line && row.n <= LIMIT_CSV_COLUMNS);
        line = row.line;
        for (size_t i = 0; i < row.n; i++) assert(str_is_utf8(row.cells[i]));
        write_and_read(&row);
    }
    assert(rc == OK || rc == E_INVALID || rc == E_LIMIT);
    csv_close(c);
    close(fd);
    ctx_release(&cx);
    return 0;
}
