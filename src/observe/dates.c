#include "observe/dates.h"

#include <ctype.h>

#include "base/time.h"

static const char *const months[12][3] = {
    {"january", "jan", "tammikuuta"}, {"february", "feb", "helmikuuta"},  {"march", "mar", "maaliskuuta"},
    {"april", "apr", "huhtikuuta"},   {"may", "may", "toukokuuta"},       {"june", "jun", "kesäkuuta"},
    {"july", "jul", "heinäkuuta"},    {"august", "aug", "elokuuta"},      {"september", "sep", "syyskuuta"},
    {"october", "oct", "lokakuuta"},  {"november", "nov", "marraskuuta"}, {"december", "dec", "joulukuuta"},
};

/* At most `max` digits at *i; their number, or -1. */
static int number(struct str s, size_t *i, size_t min, size_t max)
{
    size_t from = *i;
    int v = 0;
    while (*i < s.n && *i - from < max && isdigit((unsigned char)s.p[*i])) v = v * 10 + (s.p[(*i)++] - '0');
    bool more = *i < s.n && isdigit((unsigned char)s.p[*i]);
    return *i - from < min || more ? -1 : v;
}

static bool make(int year, int month, int day, int64_t *at)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1980 || year > 2200 || month < 1 || month > 12 || day < 1) return false;
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    if (day > days[month - 1] + (month == 2 && leap)) return false;
    *at = time_from_civil(year, month, day);
    return true;
}

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static int month_at(struct str s, size_t *i)
{
    size_t from = *i, to = from;
    while (to < s.n && is_letter(s.p[to])) to++;
    struct str word = str_slice(s, from, to);
    if (str_eq_nocase(word, STR("sept"))) word = STR("sep");
    for (int m = 0; m < 12; m++)
        for (int k = 0; k < 3; k++)
            if (str_eq_nocase(word, str_from(months[m][k]))) {
                *i = to;
                return m + 1;
            }
    return 0;
}

static void skip(struct str s, size_t *i, const char *what)
{
    while (*i < s.n && s.p[*i] && strchr(what, s.p[*i])) (*i)++;
}

/* 2024-01-31, 2024/1/31, 31.1.2024, 31 January 2024 */
static bool from_digits(struct str s, size_t i, int64_t *at, size_t *end)
{
    size_t j = i;
    int a = number(s, &j, 1, 4);
    if (a < 0 || j >= s.n) return false;
    if (j - i == 4 && strchr("-/.", s.p[j])) {
        char sep = s.p[j++];
        int m = number(s, &j, 1, 2);
        if (m < 0 || j >= s.n || s.p[j++] != sep) return false;
        int d = number(s, &j, 1, 2);
        *end = j;
        return d > 0 && make(a, m, d, at);
    }
    if (j - i > 2) return false;
    if (s.p[j] == '.' && j + 1 < s.n && isdigit((unsigned char)s.p[j + 1])) {
        j++;
        int m = number(s, &j, 1, 2);
        if (m < 0 || j >= s.n || s.p[j++] != '.') return false;
        int y = number(s, &j, 4, 4);
        *end = j;
        return y > 0 && make(y, m, a, at);
    }
    if (j + 1 < s.n &&
        (str_starts_nocase(str_slice(s, j, s.n), STR("st")) || str_starts_nocase(str_slice(s, j, s.n), STR("nd")) ||
         str_starts_nocase(str_slice(s, j, s.n), STR("rd")) || str_starts_nocase(str_slice(s, j, s.n), STR("th"))))
        j += 2;
    skip(s, &j, " .-");
    int m = month_at(s, &j);
    if (!m) return false;
    skip(s, &j, " ,.-");
    int y = number(s, &j, 4, 4);
    *end = j;
    return y > 0 && make(y, m, a, at);
}

/* January 31, 2024 */
static bool from_month(struct str s, size_t i, int64_t *at, size_t *end)
{
    int m = month_at(s, &i);
    if (!m) return false;
    skip(s, &i, " .");
    int d = number(s, &i, 1, 2);
    if (d < 0) return false;
    if (str_starts_nocase(str_slice(s, i, s.n), STR("st")) || str_starts_nocase(str_slice(s, i, s.n), STR("nd")) ||
        str_starts_nocase(str_slice(s, i, s.n), STR("rd")) || str_starts_nocase(str_slice(s, i, s.n), STR("th")))
        i += 2;
    skip(s, &i, " ,");
    int y = number(s, &i, 4, 4);
    *end = i;
    return y > 0 && make(y, m, d, at);
}

bool date_find(struct str s, int64_t *at, size_t *end)
{
    for (size_t i = 0; i < s.n; i++) {
        char before = i ? s.p[i - 1] : ' ';
        if (isdigit((unsigned char)s.p[i])) {
            /* not the middle of a version, a number or a path */
            if (!isalnum((unsigned char)before) && before != '.' && before != '-' && from_digits(s, i, at, end))
                return true;
            while (i + 1 < s.n && isdigit((unsigned char)s.p[i + 1])) i++;
        } else if (isalpha((unsigned char)s.p[i]) && !is_letter(before)) {
            if (from_month(s, i, at, end)) return true;
            while (i + 1 < s.n && is_letter(s.p[i + 1])) i++;
        }
    }
    return false;
}
