#include "reports/reports.h"

#include "reports/formats.h"

static const struct format {
    const char *name;
    const char *suffixes[3];
    void (*write)(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);
} formats[REPORT_FORMAT_COUNT] = {
    [REPORT_TEXT] = {"text", {".txt"}, report_text},
    [REPORT_JSON] = {"json", {".json"}, report_json},
    [REPORT_HTML] = {"html", {".html", ".htm"}, report_html},
    [REPORT_SARIF] = {"sarif", {".sarif", ".sarif.json"}, report_sarif},
    [REPORT_MARKDOWN] = {"markdown", {".md", ".markdown"}, report_markdown},
};

#define FORMATS "text, json, html, sarif, markdown"

enum rc report_format_parse(struct ctx *cx, struct str name, enum report_format *out)
{
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
        if (str_eq(name, str_from(formats[i].name))) {
            *out = (enum report_format)i;
            return OK;
        }
    return fail(cx, E_INVALID, "there is no format \"%s\" (" FORMATS ")", str_visible(cx, name));
}

/* The longest suffix wins: .sarif.json before .json. */
enum rc report_format_of_file(struct ctx *cx, struct str file, enum report_format *out)
{
    size_t longest = 0;
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
        for (size_t k = 0; k < 3 && formats[i].suffixes[k]; k++) {
            struct str suffix = str_from(formats[i].suffixes[k]);
            if (suffix.n <= longest || !str_ends_nocase(file, suffix)) continue;
            longest = suffix.n;
            *out = (enum report_format)i;
        }
    if (longest) return OK;
    return fail(cx, E_INVALID, "%s: its name does not tell the format; write FORMAT:FILE (" FORMATS ")",
                str_visible(cx, file));
}

enum rc report_write(struct ctx *cx, const struct assessment *a, enum report_format format,
                     const struct report_style *s, struct buf *out)
{
    static const struct report_style plain;
    formats[format].write(cx, a, s ? s : &plain, out);
    if (buf_ok(out) == OK) return OK;
    return fail(cx, E_LIMIT, "the %s report would be larger than %zu MiB; --task asks about one task",
                formats[format].name, out->max >> 20);
}
