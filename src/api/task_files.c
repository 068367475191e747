/* Tasks from a file of another tool: told first, taken when what was told is said again. */
#include "api/api_int.h"
#include "api/show.h"
#include "api/task.h"
#include "base/file.h"
#include "exchange/task_file.h"
#include "store/store.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static enum rc open_body(struct ctx *cx, const struct api_call *call, int *fd)
{
    *fd = memfd_create("tasks", MFD_CLOEXEC);
    if (*fd >= 0 && file_write_all(*fd, call->request->body) && lseek(*fd, 0, SEEK_SET) == 0) return OK;
    return fail(cx, E_IO, "cannot keep the file: %s", strerror(errno));
}

static void put_report(struct api_call *call, const struct task_file *f, bool done)
{
    json_begin(&call->out, '{');
    json_put_bool(&call->out, "done", done);
    task_file_report(f, call->lang, &call->out);
    json_end(&call->out, '}');
}

static enum rc take(struct ctx *cx, struct api_call *call, int fd)
{
    struct task_file *f;
    struct str outcome = api_value(call, "outcome"), name = api_value(call, "name");
    TRY(task_file_read(cx, call->catalog, fd, name.p ? name : STR("CSV"), &f));
    TRY(task_file_compare(cx, f, call->ledger));
    bool doing = outcome.p && !task_file_faults(f);
    if (doing && !str_eq(outcome, str_from(task_file_outcome(f))))
        return api_fail(cx, call, E_CONFLICT, "a task was changed meanwhile: look at it again",
                        "tehtävää on muutettu välillä: katso uudelleen");
    put_report(call, f, doing); /* before it is done: what was compared goes with the unit */
    return doing ? task_file_apply(cx, f, call->facts, &call->actor, call->now, outcome) : OK;
}

enum rc task_put_claim(struct ctx *cx, struct api_call *call, struct str key)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT c.status, c.source, c.at, c.actor, p.name FROM fact_claim c"
                          " LEFT JOIN fact_person p ON p.subject = c.actor WHERE c.subject = 'task:' || ?1"),
                      &st));
    store_bind_str(st, 1, key);
    TRY(store_step(cx, st, &row));
    json_key(j, "claim");
    if (!row) {
        json_nil(j);
        return OK;
    }
    json_begin(j, '{');
    show_column_text(j, "status", st, 0);
    show_column_text(j, "source", st, 1);
    show_column_time(j, "at", st, 2);
    show_column_person(j, "by", st, 3);
    json_end(j, '}');
    return OK;
}

API_OPERATION(tasks_import)
{
    int fd = -1;
    enum rc rc = open_body(cx, call, &fd);
    if (rc == OK) rc = take(cx, call, fd);
    if (fd >= 0) close(fd);
    return rc;
}
