#include "base/time.h"
#include "reports/html.h"

#include <stdio.h>

void html_raw(struct page *p, const char *markup)
{
    buf_cstr(p->out, markup);
}

/* Noncharacters of the BMP are no XML; buf_visible() has no reason to know. */
static bool is_nonchar(struct str s, size_t i)
{
    return i + 2 < s.n && !memcmp(s.p + i, "\xef\xbf", 2) && (unsigned char)s.p[i + 2] >= 0xbe;
}

void html_text(struct page *p, struct str s)
{
    struct buf *b = p->out;
    scoped_buf visible;
    buf_init(&visible, 0);
    buf_visible(&visible, s);
    if (visible.failed) b->failed = true;
    s = buf_view(&visible);
    for (size_t i = 0; i < s.n; i++) switch (s.p[i]) {
        case '&':
            buf_cstr(b, "&amp;");
            break;
        case '<':
            buf_cstr(b, "&lt;");
            break;
        case '>':
            buf_cstr(b, "&gt;");
            break;
        case '"':
            buf_cstr(b, "&quot;");
            break;
        case '\'':
            buf_cstr(b, "&#39;");
            break;
        case '\xef':
            if (is_nonchar(s, i)) {
                buf_printf(b, "\\uff%02x", 0x40 + (unsigned char)s.p[i + 2]);
                i += 2;
                break;
            }
            buf_char(b, s.p[i]);
            break;
        default:
            buf_char(b, s.p[i]);
        }
}

void html_code(struct page *p, struct str s)
{
    html_raw(p, "<code>");
    html_text(p, s);
    html_raw(p, "</code>");
}

/* No-break space in Finnish, comma in English. */
static struct str number(char out[40], int64_t n, enum lang lang)
{
    char digits[24];
    size_t k = 0, len = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (size_t i = 0; i < len; i++) {
        if (i > (n < 0) && (len - i) % 3 == 0) {
            const char *between = lang == LANG_FI ? "\u00a0" : ",";
            memcpy(out + k, between, strlen(between));
            k += strlen(between);
        }
        out[k++] = digits[i];
    }
    return (struct str){out, k};
}

void html_int(struct page *p, int64_t n)
{
    char out[40];
    buf_str(p->out, number(out, n, p->lang));
}

static void print_day(struct page *p, int year, int month, int day)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    if (p->lang == LANG_FI)
        buf_printf(p->out, "%d.%d.%d", day, month, year);
    else
        buf_printf(p->out, "%d %s %d", day, months[month - 1], year);
}

static bool parse_day(struct str s, int *year, int *month, int *day)
{
    int64_t at, y, m, d;
    if (s.n != 10 || time_parse(s, &at) != OK) return false;
    if (!str_to_i64(str_slice(s, 0, 4), 0, 9999, &y) || !str_to_i64(str_slice(s, 5, 7), 1, 12, &m) ||
        !str_to_i64(str_slice(s, 8, 10), 1, 31, &d))
        return false;
    *year = (int)y;
    *month = (int)m;
    *day = (int)d;
    return true;
}

void html_date(struct page *p, int64_t t)
{
    char at[32];
    buf_printf(p->out, "<time datetime=\"%s\">", time_format(t, at));
    struct str day = str_slice(str_from(at), 0, 10);
    int y, m, d;
    if (parse_day(day, &y, &m, &d))
        print_day(p, y, m, d);
    else
        html_text(p, day);
    html_raw(p, "</time>");
}

void html_day(struct page *p, struct str day)
{
    int y, m, d;
    if (!parse_day(day, &y, &m, &d)) {
        html_text(p, day);
        return;
    }
    buf_printf(p->out, "<time datetime=\"%04d-%02d-%02d\">", y, m, d);
    print_day(p, y, m, d);
    html_raw(p, "</time>");
}

void html_english(struct page *p, struct str s)
{
    if (p->lang != LANG_EN) html_raw(p, "<span lang=\"en\">");
    html_text(p, s);
    if (p->lang != LANG_EN) html_raw(p, "</span>");
}

/* ISO writes its editions after a colon. */
void html_framework(struct page *p, const struct catalog_framework *f)
{
    html_english(p, f->name);
    html_raw(p, str_starts(f->name, STR("ISO")) ? ":" : " ");
    html_text(p, f->edition);
}

/* class and icon: our own words */
static void chip(struct page *p, const char *class, const char *icon, const char *word)
{
    buf_printf(p->out, "<span class=\"chip %s\">", class);
    if (icon) buf_printf(p->out, "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-%s\"/></svg>", icon);
    html_text(p, str_from(word));
    html_raw(p, "</span>");
}

void html_verdict(struct page *p, enum verdict v)
{
    chip(p, verdict_name(v), verdict_name(v), word_verdict(v, p->lang));
}

void html_status(struct page *p, const struct task_result *t)
{
    static const char *const icons[STATUS_COUNT] = {"full", "most", "half", "empty", "none"};
    chip(p, status_name(t->status), icons[t->status], word_status(t->status, p->lang));
    if (!t->exceptions) return;
    html_raw(p, " <span class=\"small\">");
    html_term(p, WORD_EXCEPTIONS);
    html_raw(p, "</span>");
}

void html_assurance(struct page *p, enum assurance a)
{
    html_raw(p, "<span class=\"level\"><span class=\"bars\" aria-hidden=\"true\">");
    for (int i = ASSURANCE_WEAK; i < ASSURANCE_COUNT; i++)
        html_raw(p, (int)a >= i ? "<i class=\"on\"></i>" : "<i></i>");
    html_raw(p, "</span> ");
    html_text(p, str_from(word_assurance(a, p->lang)));
    html_raw(p, "</span>");
}

void html_priority(struct page *p, enum priority priority)
{
    chip(p, priority_name(priority), NULL, word_priority(priority, p->lang));
}

void html_task_id(struct page *p, struct str key)
{
    html_raw(p, "task-");
    html_text(p, key);
}

void html_point_id(struct page *p, const struct catalog_obligation *o)
{
    html_raw(p, "point-");
    html_text(p, o->task);
    html_raw(p, "-");
    html_text(p, o->key);
}

/* The words are ours; what fills the hole is not. */
static void fill(struct page *p, const char *words, const char *hole, struct str s)
{
    const char *at = strstr(words, hole);
    if (!at) {
        html_text(p, str_from(words));
        return;
    }
    html_text(p, (struct str){words, (size_t)(at - words)});
    html_text(p, s);
    html_text(p, str_from(at + strlen(hole)));
}

void html_say(struct page *p, enum html_word w)
{
    html_text(p, str_from(html_word(w, p->lang)));
}

void html_term(struct page *p, enum word w)
{
    html_text(p, str_from(word(w, p->lang)));
}

void html_fill(struct page *p, enum html_word w, struct str s)
{
    fill(p, html_word(w, p->lang), "{s}", s);
}

void html_count(struct page *p, enum html_counted c, int64_t n)
{
    char out[40];
    fill(p, html_counted(c, n, p->lang), "{n}", number(out, n, p->lang));
}
