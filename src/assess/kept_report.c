/* Reports of assessments as they are kept. A report is believed as far as the fact that names it: it is read only when
 * it is the bytes of that digest. */
#include "assess/record.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/gzip.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *record_report_path(struct ctx *cx, const char *dir, struct str digest, bool packed)
{
    return arena_printf(&cx->arena, "%s/reports/" STR_FMT ".json%s", dir, STR_ARG(digest), packed ? ".gz" : "").p;
}

static bool is_of(struct str digest, struct str report)
{
    struct digest d;
    uint8_t hash[32];
    char is[65];
    digest_init(&d);
    digest_add(&d, report);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, is);
    return str_eq(str_from(is), digest);
}

static enum rc read_file(struct ctx *cx, const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) return fail(cx, E_NOTFOUND, "%s: is not there", str_visible(cx, str_from(path)));
    bool fine = fd >= 0 && file_is_ordinary(fd) && file_read_all(fd, out);
    int failure = errno;
    if (fd >= 0) (void)close(fd);
    if (!fine) return fail(cx, E_IO, "%s: cannot read: %s", str_visible(cx, str_from(path)), strerror(failure));
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "%s: is too large", str_visible(cx, str_from(path)));
}

static enum rc read_packed(struct ctx *cx, const char *path, struct buf *out)
{
    scoped_buf packed;
    buf_init(&packed, LIMIT_REPORT);
    TRY(read_file(cx, path, &packed));
    return gzip_unpack(cx, buf_view(&packed), out);
}

enum rc record_report_read(struct ctx *cx, const char *dir, struct str digest, struct buf *out)
{
    const char *path = record_report_path(cx, dir, digest, true);
    enum rc rc = read_packed(cx, path, out);
    if (rc == E_NOTFOUND) {
        path = record_report_path(cx, dir, digest, false);
        rc = read_file(cx, path, out);
    }
    if (rc == OK && !is_of(digest, buf_view(out))) rc = E_CORRUPT;
    return rc == E_CORRUPT ? fail(cx, rc, "%s: is not the report that was recorded", str_visible(cx, str_from(path)))
                           : rc;
}

/* It names the files of a repository and what is wrong with them: for the folder's owner alone. */
enum rc record_report_keep(struct ctx *cx, const char *dir, struct str digest, struct str report)
{
    const char *folder = arena_printf(&cx->arena, "%s/reports", dir).p;
    scoped_buf packed, there;
    struct ctx own;
    if (!is_of(digest, report)) return fail(cx, E_CORRUPT, "a report is not of its digest");
    buf_init(&there, report.n + 1);
    ctx_init(&own);
    bool kept = record_report_read(&own, dir, digest, &there) == OK;
    ctx_release(&own);
    if (kept) return OK;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(folder)), strerror(errno));
    buf_init(&packed, report.n + 64 * KIB);
    TRY(gzip_pack(cx, report, &packed));
    const struct str bytes = buf_view(&packed);
    return file_replace_parts(cx, record_report_path(cx, dir, digest, true), 0600, &bytes, 1);
}
