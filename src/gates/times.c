#include "gates/times.h"

#include "base/time.h"

#define AHEAD_DAYS 400

/* Instants at which the zone's clock may show `local`: the earlier and the later one. */
static void instants(const struct zone *z, int64_t local, int64_t *earlier, int64_t *later)
{
    int64_t a = local - zone_offset(z, local - DAY_SECONDS), b = local - zone_offset(z, local + DAY_SECONDS);
    bool is_a = a + zone_offset(z, a) == local, is_b = b + zone_offset(z, b) == local;
    if (is_a && !is_b) b = a;
    if (is_b && !is_a) a = b;
    *earlier = a < b ? a : b; /* neither: the clock passes over it */
    *later = a < b ? b : a;
}

static int64_t freeze_from(const struct times *w, size_t i)
{
    int64_t earlier, later;
    instants(&w->zone, w->freezes[i].from, &earlier, &later);
    return earlier;
}

static int64_t freeze_until(const struct times *w, size_t i)
{
    int64_t earlier, later;
    instants(&w->zone, w->freezes[i].until, &earlier, &later);
    return later;
}

static int64_t day_of(int64_t local)
{
    return local / DAY_SECONDS - (local % DAY_SECONDS < 0);
}

/* 0 Monday; 1970-01-01 was a Thursday */
static int weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

static bool is_in_window(const struct times *w, int64_t t)
{
    int64_t local = t + zone_offset(&w->zone, t), day = day_of(local), second = local - day * DAY_SECONDS;
    for (size_t i = 0; i < w->n_windows; i++) {
        const struct window *x = &w->windows[i];
        if ((x->days & 1u << weekday(day)) && second >= x->from && second < x->until) return true;
    }
    return w->n_windows == 0;
}

enum times_state times_at(const struct times *w, int64_t t)
{
    for (size_t i = 0; i < w->n_freezes; i++)
        if (t >= freeze_from(w, i) && t < freeze_until(w, i)) return TIMES_FROZEN;
    return is_in_window(w, t) ? TIMES_OPEN : TIMES_CLOSED;
}

/* The next instant after `t` at which a window begins. */
static int64_t next_window(const struct times *w, int64_t t)
{
    int64_t best = INT64_MAX, today = day_of(t + zone_offset(&w->zone, t));
    for (size_t i = 0; i < w->n_windows; i++) {
        const struct window *x = &w->windows[i];
        if (x->until <= x->from) continue;
        for (int64_t day = today - 1; day <= today + 8; day++) {
            int64_t at[2];
            if (!(x->days & 1u << weekday(day))) continue;
            instants(&w->zone, day * DAY_SECONDS + x->from, &at[0], &at[1]);
            for (int k = 0; k < 2; k++)
                if (at[k] > t && at[k] < best && is_in_window(w, at[k])) best = at[k];
        }
    }
    return best;
}

/* The end of the freeze `t` is in. */
static int64_t thaw(const struct times *w, int64_t t)
{
    int64_t end = t + 1;
    for (size_t i = 0; i < w->n_freezes; i++)
        if (t >= freeze_from(w, i) && t < freeze_until(w, i) && freeze_until(w, i) > end) end = freeze_until(w, i);
    return end;
}

int64_t times_open_from(const struct times *w, int64_t t)
{
    int64_t end = t + (int64_t)AHEAD_DAYS * DAY_SECONDS;
    while (t < end) {
        enum times_state s = times_at(w, t);
        if (s == TIMES_OPEN) return t;
        t = s == TIMES_FROZEN ? thaw(w, t) : next_window(w, t);
    }
    return INT64_MAX;
}
