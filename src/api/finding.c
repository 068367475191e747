#include "api/finding.h"

#include "api/show.h"

void finding_put(struct json *j, sqlite3_stmt *st, int i)
{
    static const char *const texts[] = {"id", "repository", "repository_name", "task", "point", "subject", "path"};
    json_begin(j, '{');
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) show_column_text(j, texts[k], st, i++);
    show_column_int(j, "line", st, i++);
    show_column_text(j, "commit", st, i++);
    show_column_text(j, "message", st, i++);
    show_column_text(j, "fix", st, i++);
    show_column_text(j, "exception", st, i++);
    show_column_text(j, "baseline_until", st, i++);
    show_column_bool(j, "open", st, i++);
    show_column_time(j, "first_seen", st, i++);
    show_column_int(j, "assessment", st, i);
    json_end(j, '}');
}
