/* Documents: what they are, who approved them, when they were reviewed, what they speak about. The text is cut into
 * headings and paragraphs; code, comments and front matter stand apart. */
#include <ctype.h>

#include "base/limits.h"
#include "base/time.h"
#include "observe/content_rows.h"
#include "observe/dates.h"
#include "observe/document_kinds.h"
#include "observe/topics.h"

#define BLOCKS_MAX 20000
#define LINE_MAX_READ 4096
#define BLOCK_MAX 4000 /* bytes of one paragraph looked at */
#define PARAGRAPH_WORDS_MIN 8
#define SECTION_WORDS_MIN 8 /* fewer words below a heading: an empty section */
#define STATED_GAP 40       /* bytes between "reviewed" and its date */
#define WORDS_OF_NOTHING 5
#define BYTES_OF_NOTHING 400

struct block {
    int level; /* of a heading; 0 for a paragraph */
    int64_t line;
    struct str text;
    int64_t words;
};

struct doc {
    struct content *c;
    struct arena scratch;
    struct block *blocks;
    size_t n, max;
    int holes;
    struct str title;
    int64_t words, reviewed_at, reviewed_line, next_at;
    bool reviewed, next, approved, template_text;
    struct document_kind kind;
    struct topic_index *index;
};

bool document_wants(const struct place *pl)
{
    struct document_kind k;
    return document_kind_find(pl, &k);
}

static int64_t count_words(struct str s)
{
    int64_t n = 0;
    bool in = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = isalnum(c) || c >= 0x80;
        if (letter && !in) n++;
        in = letter || (in && (c == '\'' || c == '-'));
    }
    return n;
}

static struct str strip(struct str s, const char *what)
{
    while (s.n && s.p[0] && strchr(what, s.p[0])) s = str_slice(s, 1, s.n);
    while (s.n && s.p[s.n - 1] && strchr(what, s.p[s.n - 1])) s.n--;
    return s;
}

static bool is_underline(struct str s)
{
    if (s.n < 3 || !strchr("=-~^*+#\"'`:._", s.p[0])) return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0]) return false;
    return true;
}

/* What stands behind one of the words, at the beginning of the line or cell; STR_NONE when none does. */
static struct str behind(struct str t, const char *words)
{
    t = strip(t, "*_|>- \t`#:");
    struct str rest = str_from(words), w;
    while (str_cut(&rest, '|', &w))
        if (str_starts_nocase(t, w) && (t.n == w.n || !isalpha((unsigned char)t.p[w.n]))) return str_slice(t, w.n, t.n);
    return STR_NONE;
}

static const char reviewed_words[] =
    "last reviewed on|last reviewed|last review date|last review|reviewed on|review date|date of last review|date "
    "reviewed|reviewed|last_reviewed|reviewed_at|last-reviewed|"
    "viimeksi katselmoitu|viimeksi tarkistettu|viimeksi "
    "tarkastettu|katselmoitu|tarkistettu|tarkastettu|katselmointipäivä|viimeisin katselmointi";
static const char next_words[] = "next review date|next review|next scheduled review|review due|next_review|review "
                                 "by|seuraava katselmointi|seuraava tarkistus|seuraava tarkastus|to be reviewed by";
static const char approved_words[] = "approved "
                                     "by|approved_by|approver|approvers|approved|hyväksynyt|hyväksyjä|hyväksyjät|"
                                     "hyvaksynyt|hyvaksyja|hyväksytty|approved-by";

static void read_statement(struct doc *d, struct str t, int64_t line)
{
    if (t.n > 400) return;
    int64_t at;
    size_t end;
    struct str s = behind(t, next_words);
    if (s.p) {
        if (date_find(str_slice(s, 0, STATED_GAP), &at, &end) && (!d->next || at > d->next_at)) {
            d->next = true;
            d->next_at = at;
        }
        return;
    }
    s = behind(t, reviewed_words);
    if (s.p && date_find(str_slice(s, 0, STATED_GAP), &at, &end)) {
        if (!d->reviewed || at > d->reviewed_at) {
            d->reviewed_at = at;
            d->reviewed_line = line;
        }
        d->reviewed = true;
        return;
    }
    s = behind(t, approved_words);
    if (s.p && s.n && strchr(":|*_ ", s.p[0])) {
        bool separated = s.p[0] != ' ' || memchr(s.p, ':', s.n < 8 ? s.n : 8);
        s = strip(s, ":|*_ \t-=\"'[]");
        bool empty = count_words(s) < 1 || str_starts_nocase(s, STR("tbd")) || str_starts_nocase(s, STR("todo")) ||
                     str_starts(s, STR("<")) || str_starts_nocase(s, STR("name")) || str_starts_nocase(s, STR("n/a")) ||
                     str_starts_nocase(s, STR("no")) || str_starts(s, STR("{"));
        if (separated && !empty && count_words(s) <= 15) d->approved = true;
    }
}

/* One of the strong ones, or three holes to fill in, make a text that nobody has filled in. GitHub's line on supported
 * versions is none: many leave it standing over a table and a contact of their own. */
static const char *const strong_template[] = {"Use this section to tell people how to report",
                                              "Tell them where to go, how often they can expect", "Lorem ipsum dolor"};
static const char *const template_holes[] = {"[INSERT ",        "[TODO]", "[TBD]",    "[Your ",
                                             "<your-",          "<your ", "[insert ", "<insert ",
                                             "{{ cookiecutter", "[Name]", "TODO:",    "[YYYY-MM-DD]"};

static void add_block(struct doc *d, int level, int64_t line, struct str text)
{
    if (d->n == d->max || !text.n) return;
    struct block *b = &d->blocks[d->n++];
    *b = (struct block){.level = level, .line = line, .text = text, .words = count_words(text)};
    if (level && !d->title.p && !strchr("[!<", text.p[0])) {
        const char *badge = str_find(text, STR("[!"));
        d->title = badge ? str_trim(str_slice(text, 0, (size_t)(badge - text.p))) : text;
    }
    if (!level) {
        d->words += b->words;
        for (size_t i = 0; i < sizeof strong_template / sizeof strong_template[0]; i++)
            if (str_has(text, str_from(strong_template[i]))) d->template_text = true;
        for (size_t i = 0; i < sizeof template_holes / sizeof template_holes[0]; i++)
            if (str_has(text, str_from(template_holes[i])) && ++d->holes >= 3) d->template_text = true;
    }
}

/* What stands where a line is read. */
struct cutter {
    struct doc *d;
    struct buf paragraph;
    int64_t line;                           /* where the paragraph began */
    bool hashes, adoc, yaml, indents, form; /* the markup; of a form the comments are the content */
    bool front, fence, comment, directive;  /* within one */
};

static void flush(struct cutter *k)
{
    if (k->paragraph.n) add_block(k->d, 0, k->line, arena_str(&k->d->scratch, buf_view(&k->paragraph)));
    buf_clear(&k->paragraph);
}

/* Takes comments out of a line; *in: within one that began before. */
static struct str without_comment(struct str t, bool *in)
{
    if (*in) {
        const char *end = str_find(t, STR("-->"));
        if (!end) return STR("");
        *in = false;
        t = str_slice(t, (size_t)(end - t.p) + 3, t.n);
    }
    const char *at = str_find(t, STR("<!--"));
    if (!at) return t;
    struct str tail = str_slice(t, (size_t)(at - t.p), t.n);
    if (!str_find(tail, STR("-->"))) *in = true;
    return str_slice(t, 0, (size_t)(at - t.p));
}

static bool is_list_item(struct str t)
{
    if (t.n > 2 && strchr("-*+", t.p[0]) && t.p[1] == ' ') return true;
    size_t i = 0;
    while (i < t.n && isdigit((unsigned char)t.p[i])) i++;
    return i && i < 4 && i + 1 < t.n && (t.p[i] == '.' || t.p[i] == ')') && t.p[i + 1] == ' ';
}

static bool is_indented(struct str line)
{
    return line.n > 2 && (line.p[0] == '\t' || (line.p[0] == ' ' && line.p[1] == ' '));
}

static int heading_level(struct str t, bool adoc)
{
    char mark = adoc ? '=' : '#';
    int level = 0;
    while ((size_t)level < t.n && t.p[level] == mark) level++;
    return level && level < 7 && (size_t)level < t.n && t.p[level] == ' ' ? level : 0;
}

/* Front matter: "---", statements, "---". */
static bool take_front(struct cutter *k, struct str t, int64_t line)
{
    bool edge = str_eq(t, STR("---")) || str_eq(t, STR("+++"));
    if (line == 1 && edge) return k->front = true;
    if (!k->front) return false;
    if (edge)
        k->front = false;
    else if (str_starts(t, STR("title:")))
        k->d->title = strip(str_slice(t, 6, t.n), " \"'");
    else
        read_statement(k->d, t, line);
    return true;
}

static bool take_fence(struct cutter *k, struct str t)
{
    if (str_starts(t, STR("```")) || str_starts(t, STR("~~~~")) ||
        (k->adoc && (str_eq(t, STR("----")) || str_eq(t, STR("....")))) ||
        (!k->fence && str_starts(t, STR("~~~")) && t.n > 3 && isalpha((unsigned char)t.p[3]))) {
        flush(k);
        k->fence = !k->fence;
        return true;
    }
    return k->fence;
}

/* Code by indentation, and comments of YAML. reST: what is indented below "::" or a directive is code or options. */
static bool take_code(struct cutter *k, struct str line, struct str t)
{
    if (str_starts(t, STR(".. "))) {
        flush(k);
        k->directive = str_has(t, STR("code")) || str_has(t, STR("toctree")) || str_has(t, STR("image")) ||
                       str_has(t, STR("contents"));
        return true;
    }
    if (k->directive && is_indented(line)) return true;
    k->directive = false;
    bool code = line.n > 4 && (line.p[0] == '\t' || str_starts(line, STR("    ")));
    if (!k->form && code && !k->paragraph.n && !is_list_item(t) && k->indents) return true;
    return k->yaml && t.p[0] == '#';
}

/* "## Heading", and the line below an underlined one. */
static bool take_heading(struct cutter *k, struct str t, int64_t line)
{
    int level = k->hashes ? heading_level(t, false) : 0;
    if (!level && !k->hashes) level = heading_level(t, true);
    if (!level && k->adoc) level = heading_level(t, false);
    if (!level && !is_underline(t)) return false;
    flush(k);
    if (level)
        add_block(k->d, level, line, arena_str(&k->d->scratch, strip(str_slice(t, (size_t)level, t.n), " #=*_`")));
    return true;
}

/* A heading with its underline on the next line, which is taken too. */
static bool take_underlined(struct cutter *k, struct lines *l, struct str line, struct str t)
{
    struct lines ahead = *l;
    struct str next;
    if (k->paragraph.n || is_indented(line) || !lines_next(&ahead, &next)) return false;
    if (!is_underline(str_trim(next)) || str_trim(next).n + 3 < t.n || t.n >= 200 || is_list_item(t) || t.p[0] == '|')
        return false;
    int level = next.p[0] == '=' || next.p[0] == '#' ? 1 : next.p[0] == '-' ? 2 : 3;
    flush(k);
    add_block(k->d, level, l->line, arena_str(&k->d->scratch, strip(t, " *_`")));
    *l = ahead;
    return true;
}

/* "**Heading**" alone on its line */
static bool take_bold(struct cutter *k, struct str t, int64_t line)
{
    if (k->paragraph.n || !str_starts(t, STR("**")) || t.n >= 90) return false;
    if (!str_ends(t, STR("**")) && !str_ends(t, STR("**:")) && !str_ends(t, STR(":**"))) return false;
    if (str_find(str_slice(t, 2, t.n - 3), STR("**"))) return false;
    add_block(k->d, 6, line, arena_str(&k->d->scratch, strip(t, " *:")));
    return true;
}

static void take_text(struct cutter *k, struct str t, int64_t line)
{
    if (t.p[0] == '[' && str_find(t, STR("]: "))) return; /* where a link leads */
    if (is_list_item(t) || t.p[0] == '|') flush(k);
    if (!k->paragraph.n) k->line = line;
    if (k->paragraph.n) buf_char(&k->paragraph, ' ');
    buf_str(&k->paragraph, str_slice(t, 0, BLOCK_MAX / 2));
    if (k->paragraph.failed) flush(k);
}

static void cut(struct doc *d, struct str text)
{
    struct str ext = d->c->place.ext, line;
    struct cutter k = {.d = d,
                       .hashes = text_is(ext, "md|markdown|mdx|mkd"),
                       .adoc = text_is(ext, "adoc|asciidoc|org"),
                       .yaml = text_is(ext, "yml|yaml"),
                       .indents = text_is(ext, "md|markdown|rst"),
                       .form = str_has(str_from(d->kind.kind), STR("template"))};
    buf_init(&k.paragraph, BLOCK_MAX);
    struct lines l = {.rest = text};
    while (lines_next(&l, &line)) {
        if (line.n > LINE_MAX_READ) line.n = LINE_MAX_READ;
        struct str t = str_trim(line);
        if (take_front(&k, t, l.line) || take_fence(&k, t)) continue;
        if (k.form) t = text_is(t, "<!--|-->") ? STR("") : strip(t, "<!->");
        t = str_trim(without_comment(t, &k.comment));
        if (!t.n) {
            flush(&k);
            k.directive = k.directive && line.n;
            continue;
        }
        if (take_code(&k, line, t)) continue;
        read_statement(d, t, l.line);
        if (take_heading(&k, t, l.line) || take_underlined(&k, &l, line, t) || take_bold(&k, t, l.line)) continue;
        take_text(&k, t, l.line);
    }
    flush(&k);
    buf_release(&k.paragraph);
}

struct leaving {
    struct doc *d;
    int64_t line;
    bool heading;
};

static void leave_topic(void *arg, const char *topic)
{
    struct leaving *v = arg;
    /* a heading is stronger than a sentence that came before it: sentences are left after all headings */
    ROW(v->d->c, T_TOPIC, CTEXT(topic), INT(v->line), INT(v->heading));
}

/* Words from this heading to the next of its level or above. */
static int64_t section_words(const struct doc *d, size_t at)
{
    int64_t n = 0;
    for (size_t i = at + 1; i < d->n && !(d->blocks[i].level && d->blocks[i].level <= d->blocks[at].level); i++) {
        n += d->blocks[i].words;
        if (n >= SECTION_WORDS_MIN) return n;
    }
    return n;
}

static void notice(void *arg, const char *topic)
{
    (void)topic;
    *(bool *)arg = true;
}

/* A document of no known kind is looked into only when its title names a topic: else it is part of a manual, whose
 * chapters speak of the product. */
static bool is_on_topic(struct doc *d)
{
    if (d->kind.process || strcmp(d->kind.kind, "other") != 0) return true;
    bool on = false, manual = d->title.n > 3 && d->title.p[d->title.n - 1] == ')' &&
                              d->title.p[d->title.n - 3] == '('; /* git-x(1) */
    if (d->title.p && !manual && count_words(d->title) <= 6) topics_find(d->index, d->title, IN_HEADING, notice, &on);
    d->kind.process = on;
    return on;
}

static void find_topics(struct doc *d)
{
    d->index = topic_index_new(&d->scratch);
    if (!is_on_topic(d)) return;
    bool security = strcmp(d->kind.kind, "security_policy") == 0; /* its headings speak of reports: "Review process" */
    unsigned process_heading = d->kind.process && !security ? IN_PROCESS_HEADING : 0,
             process_sentence = d->kind.process ? IN_PROCESS_SENTENCE : 0;
    bool readme = strcmp(d->kind.kind, "readme") == 0;
    size_t about = 0; /* a readme begins with what the product is: "a tool for threat models" */
    while (readme && about < d->n && d->blocks[about].level < 2) about++;
    for (int headings = 1; headings >= 0; headings--)
        for (size_t i = headings ? 0 : about; i < d->n; i++) {
            const struct block *b = &d->blocks[i];
            if ((b->level > 0) != (headings == 1)) continue;
            struct leaving v = {.d = d, .line = b->line, .heading = headings};
            if (headings && section_words(d, i) >= SECTION_WORDS_MIN)
                topics_find(d->index, b->text, IN_HEADING | process_heading, leave_topic, &v);
            else if (!headings && b->words >= PARAGRAPH_WORDS_MIN)
                topics_find(d->index, b->text, IN_SENTENCE | process_sentence, leave_topic, &v);
        }
}

static void read_security_txt(struct doc *d, struct str text)
{
    struct lines l = {.rest = text};
    struct str line;
    bool contact = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (str_starts_nocase(t, STR("contact:"))) contact = true;
        if (!str_starts_nocase(t, STR("expires:"))) continue;
        int64_t at;
        if (time_parse(str_trim(str_slice(t, 8, t.n)), &at) == OK) {
            d->next = true;
            d->next_at = at;
        }
    }
    d->words = count_words(str_slice(text, 0, LIMIT_DOCUMENT));
    d->template_text = !contact;
    d->title = STR("security.txt");
}

/* Ambiguous names: a manual's chapter ("Testing Flask Applications") is no policy of the team. */
static bool is_manual(const struct doc *d)
{
    if (!d->kind.ambiguous || !d->c->place.depth) return false;
    if (!d->title.p) return true;
    static const char *const own[] = {"policy", "process", "procedure", "strategy", "plan",   "guideline",
                                      "our ",   "ohje",    "kaytanto",  "käytäntö", "periaat"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (str_has_nocase(d->title, str_from(own[i]))) return false;
    return count_words(d->title) > 2 || text_is(d->c->place.ext, "rst");
}

void document_read(struct content *c, struct str text)
{
    struct doc d = {.c = c};
    if (!document_kind_find(&c->place, &d.kind)) return;
    if (text.n > LIMIT_DOCUMENT) text.n = LIMIT_DOCUMENT;
    arena_init(&d.scratch);
    d.max = 1;
    for (size_t i = 0; i < text.n && d.max < BLOCKS_MAX; i++) d.max += text.p[i] == '\n';
    d.blocks = arena_array(&d.scratch, struct block, d.max);
    int64_t before = c->rows;
    struct str kind = str_from(d.kind.kind);
    if (str_eq(kind, STR("security_txt")))
        read_security_txt(&d, text);
    else
        cut(&d, text);
    if (is_manual(&d)) {
        kind = STR("other");
        d.kind.process = false;
    }
    /* only what can be held against it: text to be filled in, or nothing there; a short text, a drawing or a table may
     * be all there is to say */
    bool form = str_eq(kind, STR("pull_request_template")), list = str_eq(kind, STR("maintainers"));
    bool placeholder = (d.words <= (list ? 0 : WORDS_OF_NOTHING) && text.n < BYTES_OF_NOTHING) ||
                       (d.template_text && !form && d.words < 400);
    if (str_eq(kind, STR("issue_template")) || str_eq(kind, STR("pull_request_template"))) d.approved = false;
    if (d.kind.topics && !placeholder) find_topics(&d);
    if (str_eq(kind, STR("changelog")) && !text_is(c->place.stem, "changelog|changes|muutosloki|muutokset")) {
        /* "History" can be a tale: its entries decide */
        bool entries = false;
        for (const struct row *r = c->first; r && !entries; r = r->next) entries = r->table == T_CHANGELOG;
        if (!entries) kind = STR("other");
    }
    bool other = str_eq(kind, STR("other"));
    if (!other || c->rows > before || d.reviewed || d.approved)
        ROW(c, T_DOCUMENT, TEXT(arena_str(c->arena, kind)),
            d.title.p ? TEXT(text_visible(c->arena, d.title, 200)) : NOTHING, INT(d.words), INT(placeholder),
            d.reviewed ? INT(d.reviewed_at) : NOTHING, d.reviewed ? INT(d.reviewed_line) : NOTHING, INT(d.approved),
            d.next ? INT(d.next_at) : NOTHING);
    arena_release(&d.scratch);
}
