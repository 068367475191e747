#include "base/time.h"

#include <stdio.h>
#include <time.h>

/* Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March so that leap days end them. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, int *m, int *d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

static int month_days(int64_t y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return days[m - 1] + (m == 2 && leap);
}

int64_t time_from_civil(int year, int month, int day)
{
    return days_from_civil(year, month, day) * DAY_SECONDS;
}

int64_t time_now(void)
{
    return (int64_t)time(NULL);
}

static bool digits(struct str *s, size_t n, int64_t *out)
{
    /* a sign would be taken for the first digit of "-0" */
    if (s->n < n || s->p[0] == '-' || !str_to_i64(str_slice(*s, 0, n), 0, 9999, out)) return false;
    *s = str_slice(*s, n, s->n);
    return true;
}

static bool skip(struct str *s, char c)
{
    if (!s->n || s->p[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

enum rc time_parse(struct str s, int64_t *out)
{
    int64_t y, mo, d, h, mi, se, oh, om;
    if (!digits(&s, 4, &y) || !skip(&s, '-') || !digits(&s, 2, &mo) || !skip(&s, '-') || !digits(&s, 2, &d))
        return E_INVALID;
    if (mo < 1 || mo > 12 || d < 1 || d > month_days(y, (int)mo)) return E_INVALID;
    int64_t t = days_from_civil(y, (int)mo, (int)d) * DAY_SECONDS;
    if (s.n == 0) {
        *out = t;
        return OK;
    }
    if (!skip(&s, 'T') && !skip(&s, 't') && !skip(&s, ' ')) return E_INVALID;
    if (!digits(&s, 2, &h) || !skip(&s, ':') || !digits(&s, 2, &mi) || !skip(&s, ':') || !digits(&s, 2, &se))
        return E_INVALID;
    if (h > 23 || mi > 59 || se > 60) return E_INVALID;
    if (skip(&s, '.')) {
        size_t n = 0;
        while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') n++;
        if (n == 0) return E_INVALID;
        s = str_slice(s, n, s.n);
    }
    t += h * 3600 + mi * 60 + se;
    if (str_eq_nocase(s, STR("Z"))) {
        *out = t;
        return OK;
    }
    int sign = skip(&s, '+') ? -1 : skip(&s, '-') ? 1 : 0;
    if (!sign || !digits(&s, 2, &oh) || !skip(&s, ':') || !digits(&s, 2, &om) || s.n || oh > 23 || om > 59)
        return E_INVALID;
    *out = t + sign * (oh * 3600 + om * 60);
    return OK;
}

static int64_t clamp(int64_t t)
{
    const int64_t first = days_from_civil(0, 1, 1) * DAY_SECONDS, last = days_from_civil(10000, 1, 1) * DAY_SECONDS - 1;
    return t < first ? first : t > last ? last : t;
}

const char *time_format(int64_t t, char out[32])
{
    t = clamp(t);
    int64_t days = t >= 0 ? t / DAY_SECONDS : -((-t + DAY_SECONDS - 1) / DAY_SECONDS), y;
    int m, d, rest = (int)(t - days * DAY_SECONDS);
    civil_from_days(days, &y, &m, &d);
    (void)snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)y, m, d, rest / 3600, rest / 60 % 60, rest % 60);
    return out;
}

const char *time_format_date(int64_t t, char out[32])
{
    time_format(t, out);
    out[10] = 0;
    return out;
}

static int64_t months_before(int64_t now, int64_t months)
{
    int64_t days = now >= 0 ? now / DAY_SECONDS : -((-now + DAY_SECONDS - 1) / DAY_SECONDS), y;
    int m, d;
    civil_from_days(days, &y, &m, &d);
    int64_t total = y * 12 + (m - 1) - months;
    int64_t year = total >= 0 ? total / 12 : -((-total + 11) / 12);
    int month = (int)(total - year * 12) + 1;
    int last = month_days(year, month);
    return days_from_civil(year, month, d > last ? last : d) * DAY_SECONDS + (now - days * DAY_SECONDS);
}

enum rc time_parse_when(struct str s, int64_t now, int64_t *out)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') n++;
    int64_t count;
    struct str unit = str_slice(s, n, s.n);
    if (n == 0 || n > 5 || !str_to_i64(str_slice(s, 0, n), 0, 36500, &count)) return time_parse(s, out);
    if (str_eq(unit, STR("d")))
        *out = now - count * DAY_SECONDS;
    else if (str_eq(unit, STR("w")))
        *out = now - count * 7 * DAY_SECONDS;
    else if (str_eq(unit, STR("mo")))
        *out = months_before(now, count);
    else if (str_eq(unit, STR("y")))
        *out = months_before(now, count * 12);
    else
        return time_parse(s, out);
    return OK;
}
