#include "reports/text_out.h"

#include "reports/words.h"

#define NARROWEST 40

void text_init(struct text_out *t, const struct report_style *s, struct buf *out)
{
    int width = s->width ? s->width : 100;
    *t = (struct text_out){.out = out, .colour = s->colour, .width = width < NARROWEST ? NARROWEST : width};
}

void text_tone(struct text_out *t, enum tone tone, struct str s)
{
    static const char *const codes[] = {
        [TONE_PLAIN] = "",  [TONE_BOLD] = "1",  [TONE_DIM] = "2",
        [TONE_GOOD] = "32", [TONE_FAIR] = "33", [TONE_BAD] = "31",
    };
    bool coloured = t->colour && tone != TONE_PLAIN;
    if (coloured) buf_printf(t->out, "\x1b[%sm", codes[tone]);
    buf_str(t->out, s);
    if (coloured) buf_cstr(t->out, "\x1b[0m");
}

int text_columns(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

void text_wrap(struct text_out *t, int indent, int at, struct str s)
{
    struct str word;
    bool first = true;
    while (str_cut(&s, ' ', &word)) {
        int columns = text_columns(word);
        if (!columns) continue;
        if (!first && at + 1 + columns > t->width) {
            buf_printf(t->out, "\n%*s", indent, "");
            at = indent;
            first = true;
        }
        if (!first) buf_char(t->out, ' ');
        buf_str(t->out, word);
        at += columns + !first;
        first = false;
    }
    buf_char(t->out, '\n');
}

void text_pad(struct text_out *t, struct str s, int columns)
{
    int n = text_columns(s), kept = n > columns ? columns - 1 : n;
    size_t i = 0;
    for (int seen = 0; i < s.n; i++) {
        seen += ((unsigned char)s.p[i] & 0xc0) != 0x80;
        if (seen > kept) break;
    }
    buf_str(t->out, str_slice(s, 0, i));
    if (n > columns)
        buf_cstr(t->out, "…");
    else
        buf_printf(t->out, "%*s", columns - n, "");
}

enum tone tone_of_status(enum status s)
{
    static const enum tone tones[STATUS_COUNT] = {
        [STATUS_FULLY_DONE] = TONE_GOOD, [STATUS_MOSTLY_DONE] = TONE_GOOD, [STATUS_PARTLY_DONE] = TONE_FAIR,
        [STATUS_NOT_DONE] = TONE_BAD,    [STATUS_NOT_RELEVANT] = TONE_DIM,
    };
    return tones[s];
}

enum tone tone_of_verdict(enum verdict v)
{
    static const enum tone tones[VERDICT_COUNT] = {
        [VERDICT_NOT_APPLICABLE] = TONE_DIM, [VERDICT_WAIVED] = TONE_FAIR,     [VERDICT_VIOLATED] = TONE_BAD,
        [VERDICT_TREATED] = TONE_FAIR,       [VERDICT_AT_RISK] = TONE_FAIR,    [VERDICT_PARTLY_MET] = TONE_FAIR,
        [VERDICT_MET] = TONE_GOOD,           [VERDICT_NO_EVIDENCE] = TONE_DIM,
    };
    return tones[v];
}

const char *mark_of_verdict(enum verdict v)
{
    static const char *const marks[VERDICT_COUNT] = {
        [VERDICT_NOT_APPLICABLE] = "–",
        [VERDICT_WAIVED] = "~",
        [VERDICT_VIOLATED] = "✗",
        [VERDICT_TREATED] = "≈",
        [VERDICT_AT_RISK] = "!",
        [VERDICT_PARTLY_MET] = "◐",
        [VERDICT_MET] = "✓",
        [VERDICT_NO_EVIDENCE] = "?",
    };
    return marks[v];
}

int text_place(struct text_out *t, const struct finding *f)
{
    scoped_buf b;
    if (!f->path.n) return 0;
    buf_init(&b, 0);
    buf_visible(&b, f->path);
    if (str_starts(f->message, buf_view(&b))) return 0;
    if (f->line) buf_printf(&b, ":%lld", (long long)f->line);
    text_tone(t, TONE_BOLD, buf_view(&b));
    buf_cstr(t->out, "  ");
    return text_columns(buf_view(&b)) + 2;
}

static const enum verdict told[] = {VERDICT_VIOLATED, VERDICT_AT_RISK, VERDICT_PARTLY_MET, VERDICT_WAIVED,
                                    VERDICT_TREATED,  VERDICT_MET,     VERDICT_NO_EVIDENCE};

void text_verdicts(struct text_out *t, const struct task_result *task)
{
    size_t n[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < task->n_obligations; i++) n[task->obligations[i].verdict]++;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (!n[told[i]]) continue;
        buf_char(t->out, ' ');
        text_tone(t, tone_of_verdict(told[i]), str_from(mark_of_verdict(told[i])));
        buf_printf(t->out, "%zu", n[told[i]]);
    }
}

void text_legend(struct text_out *t, enum lang lang)
{
    buf_cstr(t->out, "\n    ");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        buf_printf(t->out, " %s %s ", mark_of_verdict(told[i]), word_verdict(told[i], lang));
    buf_char(t->out, '\n');
}
