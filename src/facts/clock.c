#include "facts/clock.h"

#include "base/limits.h"
#include "base/time.h"
#include "store/store.h"

#include <stdio.h>
#include <time.h>

#define SECOND 1000000LL

int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* The first line of a file of the kernel's. */
static bool first_line(const char *path, char *out, int size)
{
    FILE *f = fopen(path, "re");
    bool there = f && fgets(out, size, f);
    if (f) fclose(f);
    return there;
}

bool clock_machine_start(struct machine_start *out)
{
    char text[64];
    int64_t whole, part;
    if (!first_line("/proc/sys/kernel/random/boot_id", out->id, sizeof out->id)) return false;
    if (!first_line("/proc/uptime", text, sizeof text)) return false;
    struct str rest = str_from(text), seconds, hundredths; /* "350735.47 234388.90" */
    if (!str_cut(&rest, '.', &seconds) || !str_cut(&rest, ' ', &hundredths)) return false;
    if (!str_to_i64(seconds, 0, INT64_MAX / SECOND - 1, &whole) || !str_to_i64(hundredths, 0, 99, &part)) return false;
    out->id[strcspn(out->id, "\n")] = 0;
    out->up = whole * SECOND + part * (SECOND / 100);
    return true;
}

/* What the clock should say, by when it was last believed since this start of the machine; 0: not known. */
static enum rc expected(struct ctx *cx, sqlite3 *db, const struct machine_start *m, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = 0;
    TRY(store_prepare(cx, db, STR("SELECT up, at FROM clock WHERE boot = ?1"), &st));
    store_bind_str(st, 1, str_from(m->id));
    TRY(store_step(cx, st, &row));
    if (row) *out = sqlite3_column_int64(st, 1) + (m->up - sqlite3_column_int64(st, 0));
    return OK;
}

static enum rc remember(struct ctx *cx, sqlite3 *db, const struct machine_start *m, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("REPLACE INTO clock VALUES (1, ?1, ?2, ?3)"), &st));
    store_bind_str(st, 1, str_from(m->id));
    store_bind_int(st, 2, m->up);
    store_bind_int(st, 3, now);
    return store_run(cx, st);
}

enum rc clock_check(struct ctx *cx, sqlite3 *db, clock_start *start, int64_t now, int64_t last, bool is_right)
{
    struct machine_start m = {0};
    bool known = start(&m);
    int64_t wanted = 0;
    const int64_t most = LIMIT_CLOCK_AHEAD * SECOND;
    if (known) TRY(expected(cx, db, &m, &wanted));
    bool leapt = last && now - last > most && (!wanted || now - wanted > most);
    if (leapt && !is_right) {
        char here[32], there[32];
        return fail(
            cx, E_DENIED,
            "the clock says %s, more than a day after the last fact (%s). A fact with a wrong time would hold all "
            "later ones at it. If the clock is right, confirm it with --clock-is-right; if not, set it",
            time_format(now / SECOND, here), time_format(last / SECOND, there));
    }
    return known && (leapt || !wanted) ? remember(cx, db, &m, now) : OK;
}
