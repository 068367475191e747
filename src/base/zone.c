#include "base/zone.h"

#include "base/file.h"
#include "base/time.h"

#include <fcntl.h>
#include <unistd.h>

#define FILES "/usr/share/zoneinfo/"
#define FILE_MOST (64 * 1024)
#define HEAD 44 /* bytes of a TZif header */

static bool name_ok(struct str s)
{
    if (!s.n || s.n > 100 || s.p[0] == '/' || str_has(s, STR(".."))) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_+-/", c)))
            return false;
    }
    return true;
}

struct zone zone_read(struct ctx *cx, struct str name)
{
    struct zone z = {STR("")};
    scoped_buf b;
    buf_init(&b, FILE_MOST - 1);
    if (!name_ok(name)) return z;
    int fd = open(arena_printf(&cx->arena, FILES STR_FMT, STR_ARG(name)).p, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return z;
    bool fine = file_read_all(fd, &b) && !b.failed;
    close(fd);
    if (fine && b.n > HEAD && !memcmp(b.p, "TZif", 4) && b.p[4] >= '2') z.file = arena_str(&cx->arena, buf_view(&b));
    return z;
}

/* --- the file */

static int64_t number(const char *p, int bytes)
{
    uint64_t v = (unsigned char)p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | (unsigned char)p[i];
    return (int64_t)v;
}

struct counts {
    int64_t utc, std, leap, times, types, chars;
};

static bool read_counts(struct str at, struct counts *c)
{
    if (at.n < HEAD || memcmp(at.p, "TZif", 4) != 0) return false;
    int64_t *all[] = {&c->utc, &c->std, &c->leap, &c->times, &c->types, &c->chars};
    for (int i = 0; i < 6; i++) {
        *all[i] = number(at.p + 20 + 4 * i, 4);
        if (*all[i] < 0 || *all[i] > FILE_MOST) return false;
    }
    return true;
}

static size_t size_of(const struct counts *c, int64_t time)
{
    return (size_t)(c->times * (time + 1) + c->types * 6 + c->chars + c->leap * (time + 4) + c->std + c->utc);
}

/* --- POSIX rules: "EET-2EEST,M3.5.0/3,M10.5.0/4" */

static bool cut_name(struct str *s)
{
    size_t i = 0;
    if (s->n && s->p[0] == '<') {
        while (i < s->n && s->p[i] != '>') i++;
        if (i++ >= s->n) return false;
    } else
        while (i < s->n && ((s->p[i] >= 'a' && s->p[i] <= 'z') || (s->p[i] >= 'A' && s->p[i] <= 'Z'))) i++;
    *s = str_slice(*s, i, s->n);
    return i >= 3;
}

static bool cut_number(struct str *s, int64_t *out)
{
    size_t i = 0;
    *out = 0;
    for (; i < s->n && i < 6 && s->p[i] >= '0' && s->p[i] <= '9'; i++) *out = 10 * *out + (s->p[i] - '0');
    *s = str_slice(*s, i, s->n);
    return i > 0;
}

static bool cut_char(struct str *s, char c)
{
    if (!s->n || s->p[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool cut_time(struct str *s, int64_t *out)
{
    bool minus = cut_char(s, '-');
    int64_t part = 0;
    if (!minus) (void)cut_char(s, '+');
    if (!cut_number(s, out)) return false;
    *out *= 3600;
    for (int64_t unit = 60; unit && cut_char(s, ':'); unit /= 60) {
        if (!cut_number(s, &part)) return false;
        *out += part * unit;
    }
    if (minus) *out = -*out;
    return true;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* When that rule comes in a year, in seconds of local time. */
static bool cut_rule(struct str *s, int64_t year, int64_t *out)
{
    int64_t month, week, day, at = 7200;
    bool julian = cut_char(s, 'J');
    if (cut_char(s, 'M')) {
        if (!cut_number(s, &month) || !cut_char(s, '.') || !cut_number(s, &week) || !cut_char(s, '.') ||
            !cut_number(s, &day) || month < 1 || month > 12 || week < 1 || week > 5 || day > 6)
            return false;
        int64_t first = time_from_civil((int)year, (int)month, 1) / DAY_SECONDS;
        int64_t next =
            time_from_civil((int)(month == 12 ? year + 1 : year), month == 12 ? 1 : (int)month + 1, 1) / DAY_SECONDS;
        int64_t d = first + (day - (first + 4) % 7 + 7) % 7 + 7 * (week - 1); /* 1970-01-01 was a Thursday */
        while (d >= next) d -= 7;
        *out = d * DAY_SECONDS;
    } else {
        if (!cut_number(s, &day)) return false;
        if (julian) day -= !(is_leap(year) && day >= 60);
        *out = time_from_civil((int)year, 1, 1) + day * DAY_SECONDS;
    }
    if (cut_char(s, '/') && !cut_time(s, &at)) return false;
    *out += at;
    return true;
}

static int64_t by_rule(struct str s, int64_t t)
{
    int64_t std, dst, begin, end, year = 1970 + t / (365 * DAY_SECONDS + 20952);
    if (!cut_name(&s) || !cut_time(&s, &std)) return 0;
    std = -std;
    if (!s.n) return std;
    if (!cut_name(&s)) return std;
    dst = std + 3600;
    if (s.n && s.p[0] != ',') {
        if (!cut_time(&s, &dst)) return std;
        dst = -dst;
    }
    while (time_from_civil((int)year + 1, 1, 1) <= t + std) year++;
    while (year > 1 && time_from_civil((int)year, 1, 1) > t + std) year--;
    if (!cut_char(&s, ',') || !cut_rule(&s, year, &begin) || !cut_char(&s, ',') || !cut_rule(&s, year, &end))
        return std;
    begin -= std;
    end -= dst;
    bool summer = begin < end ? t >= begin && t < end : t >= begin || t < end;
    return summer ? dst : std;
}

int64_t zone_offset(const struct zone *z, int64_t t)
{
    struct counts old, c;
    if (!z->file.n || !read_counts(z->file, &old)) return 0;
    struct str rest = str_slice(z->file, HEAD + size_of(&old, 4), z->file.n);
    if (!read_counts(rest, &c) || HEAD + size_of(&c, 8) > rest.n || !c.types) return 0;
    const char *times = rest.p + HEAD, *kinds = times + 8 * c.times, *types = kinds + c.times;
    struct str rule = str_trim(str_slice(rest, HEAD + size_of(&c, 8), rest.n));
    int64_t i = c.times;
    while (i > 0 && number(times + 8 * (i - 1), 8) > t) i--;
    if (i == c.times && rule.n) return by_rule(rule, t);
    int64_t kind = i ? (unsigned char)kinds[i - 1] : 0;
    return kind < c.types ? number(types + 6 * kind, 4) : 0;
}
