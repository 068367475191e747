/* Reading an access list: what tools call its columns, and the words of its cells. */
#include "base/csv.h"
#include "exchange/access_file_int.h"

#define MOST_TOLD 200
#define MOST_LINES 5000

/* What tools call them, in lower case: exports of directories, clouds and databases. */
static const struct {
    const char *key, *names;
} columns[ACCESS_COLUMNS] = {
    [ACCESS_ACCOUNT] = {"account", "account|account name|user|username|user name|user id|userid|login|login name|user "
                                   "principal name|userprincipalname|samaccountname|principal|"
                                   "identity|tunnus|käyttäjätunnus|käyttäjä|tili"},
    [ACCESS_PERSON] = {"person", "person|holder|henkilö|haltija"},
    [ACCESS_EMAIL] = {"email", "email|e-mail|mail|email address|e-mail address|sähköposti|sähköpostiosoite"},
    [ACCESS_NAME] =
        {"name", "name|full name|display name|displayname|real name|name on the list|nimi|koko nimi|nimi luettelossa"},
    [ACCESS_LEVEL] = {"level", "level|role|roles|access|access "
                               "level|permission|permissions|right|rights|group|groups|policy|policies|profile|taso|"
                               "rooli|roolit|oikeus|oikeudet|"
                               "käyttöoikeus|käyttöoikeudet|ryhmä|ryhmät"},
    [ACCESS_ALLOWS] = {"allows", "allows|what it allows|mitä saa tehdä|salli"},
    [ACCESS_SHARED] = {"shared",
                       "shared|shared account|generic|generic account|yhteiskäyttö|yhteiskäyttötunnus|yhteinen"},
};

void access_fault(struct ctx *cx, struct access_file *f, int64_t line, const char *field, const char *en,
                  const char *fi)
{
    if (f->all_faults++ >= MOST_TOLD) return;
    f->faults[f->n_faults++] = (struct access_told){
        line, str_from(field), {arena_str(&cx->arena, str_from(en)), arena_str(&cx->arena, str_from(fi))}};
}

static bool is_one_of(const char *names, struct str word)
{
    struct str rest = str_from(names), part;
    while (str_cut(&rest, '|', &part))
        if (str_eq_nocase(part, word)) return true;
    return false;
}

/* The key of a word that says what an account allows; NULL: none, and nothing is guessed. */
static const char *find_allows(struct str word)
{
    static const struct {
        const char *key, *names;
    } words[] = {
        {"read", "read|reader|readonly|read only|read-only|viewer|view|lukea|luku|lukija|lukuoikeus"},
        {"change", "change|write|writer|editor|edit|muuttaa|muokkaaja|kirjoitus|kirjoitusoikeus"},
        {"admin", "admin|administer|administrator|hallita|hallinta|pääkäyttäjä|ylläpitäjä"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_one_of(words[i].names, word)) return words[i].key;
    return NULL;
}

static const char *yes_no(struct str word)
{
    if (is_one_of("true|yes|y|1|x|kyllä|on", word)) return "true";
    return is_one_of("false|no|n|0|ei", word) ? "false" : NULL;
}

static void read_head(struct ctx *cx, struct access_file *f, const struct csv_row *head)
{
    f->n_cells = head->n;
    for (size_t i = 0; i < head->n; i++) {
        struct str name = str_trim(csv_plain(head->cells[i]));
        f->of[i] = -1;
        for (int k = 0; k < ACCESS_COLUMNS; k++)
            if (is_one_of(columns[k].names, name)) f->of[i] = k;
        if (f->of[i] < 0) {
            if (name.n) f->ignored[f->n_ignored++] = arena_str(&cx->arena, str_from(str_visible(cx, name)));
        } else if (f->has[f->of[i]]) {
            access_fault(cx, f, head->line, columns[f->of[i]].key, "two columns say the same: take one away",
                         "kaksi saraketta kertoo samaa: poista toinen");
        } else {
            f->has[f->of[i]] = true;
        }
    }
    if (!f->has[ACCESS_ACCOUNT] && !f->has[ACCESS_EMAIL])
        access_fault(cx, f, head->line, "account", "no column names the accounts: call one account or user",
                     "mikään sarake ei kerro tunnuksia: nimeä yksi account tai käyttäjätunnus");
    if (!f->has[ACCESS_LEVEL] && !f->has[ACCESS_ALLOWS])
        access_fault(cx, f, head->line, "level", "no column says what an account may do: call one role or level",
                     "mikään sarake ei kerro, mitä tunnuksella saa tehdä: nimeä yksi rooli tai taso");
}

/* NULL, or what is wrong with the text of a cell. */
static const char *wrong_text(struct str s, const char **fi)
{
    *fi = "on yli 400 tavua";
    if (s.n > LIMIT_RECORD_TITLE) return "is over 400 bytes";
    *fi = "sisältää rivinvaihtoja tai piilomerkkejä";
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t cp;
        n = str_char(s, i, &cp);
        if (!n || char_is_deceptive(cp)) return "has line breaks or hidden characters";
    }
    return NULL;
}

static struct access_row *find(struct access_file *f, struct str account)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_eq_nocase(f->rows[i].account, account)) return &f->rows[i];
    return NULL;
}

static bool has_part(struct str list, struct str word)
{
    struct str part;
    while (str_cut(&list, ';', &part))
        if (str_eq_nocase(str_trim(part), word)) return true;
    return false;
}

static bool more_than(struct str a, struct str b)
{
    static const char *const order[] = {"read", "change", "admin"};
    int x = -1, y = -1;
    for (int i = 0; i < 3; i++) {
        if (str_eq(a, str_from(order[i]))) x = i;
        if (str_eq(b, str_from(order[i]))) y = i;
    }
    return x > y;
}

/* Another line of an account: what it may do comes to what it may do already. */
static void join(struct ctx *cx, struct access_file *f, struct access_row *r, const struct access_row *more)
{
    static const enum access_column who[] = {ACCESS_PERSON, ACCESS_EMAIL, ACCESS_NAME};
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        struct str a = r->cell[who[i]], b = more->cell[who[i]];
        if (a.n && b.n && !str_eq_nocase(a, b))
            access_fault(
                cx, f, more->line, columns[who[i]].key,
                arena_printf(&cx->arena, "line %lld has the same account of somebody else", (long long)r->line).p,
                arena_printf(&cx->arena, "rivillä %lld sama tunnus on toisella henkilöllä", (long long)r->line).p);
        if (!a.n) r->cell[who[i]] = b;
    }
    struct str level = r->cell[ACCESS_LEVEL], other = more->cell[ACCESS_LEVEL];
    if (other.n && !has_part(level, other)) {
        r->cell[ACCESS_LEVEL] =
            level.n ? arena_printf(&cx->arena, STR_FMT "; " STR_FMT, STR_ARG(level), STR_ARG(other)) : other;
        if (r->cell[ACCESS_LEVEL].n > LIMIT_RECORD_TEXT)
            access_fault(cx, f, more->line, "level", "the account has more levels than can be kept",
                         "tunnuksella on enemmän tasoja kuin voidaan säilyttää");
    }
    if (more_than(more->cell[ACCESS_ALLOWS], r->cell[ACCESS_ALLOWS]))
        r->cell[ACCESS_ALLOWS] = more->cell[ACCESS_ALLOWS];
    if (str_eq(more->cell[ACCESS_SHARED], STR("true"))) r->cell[ACCESS_SHARED] = more->cell[ACCESS_SHARED];
}

static void read_words(struct ctx *cx, struct access_file *f, struct access_row *r)
{
    struct str allows = r->cell[ACCESS_ALLOWS], shared = r->cell[ACCESS_SHARED], level = r->cell[ACCESS_LEVEL];
    if (allows.n) {
        const char *key = find_allows(allows);
        if (!key)
            access_fault(cx, f, r->line, "allows", "is none of read, change, admin",
                         "ei ole mikään näistä: lukea, muuttaa, hallita");
        r->cell[ACCESS_ALLOWS] = key ? str_from(key) : STR("");
        if (!level.n) r->cell[ACCESS_LEVEL] = allows;
    } else if (level.n) {
        const char *key = find_allows(level);
        if (key) r->cell[ACCESS_ALLOWS] = str_from(key);
    } else {
        access_fault(cx, f, r->line, "level", "is empty: what may the account do?",
                     "puuttuu: mitä tunnuksella saa tehdä?");
    }
    if (!shared.n) return;
    const char *said = yes_no(shared);
    if (!said) access_fault(cx, f, r->line, "shared", "is neither yes nor no", "ei ole kyllä eikä ei");
    r->cell[ACCESS_SHARED] = said ? str_from(said) : STR("");
}

static void read_row(struct ctx *cx, struct access_file *f, const struct csv_row *row)
{
    struct access_row r = {.line = row->line}, *same;
    for (int k = 0; k < ACCESS_COLUMNS; k++) r.cell[k] = STR("");
    for (int k = 0; k < ACCESS_FIELDS; k++) r.field[k] = STR("");
    if (row->n != f->n_cells) {
        access_fault(cx, f, row->line, "", "has another number of cells than the first line",
                     "solujen määrä poikkeaa ensimmäisestä rivistä");
        return;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (f->of[i] < 0) continue;
        const char *fi, *key = columns[f->of[i]].key;
        struct str cell = str_trim(csv_plain(row->cells[i]));
        const char *wrong = wrong_text(cell, &fi);
        if (wrong) access_fault(cx, f, row->line, key, wrong, fi);
        r.cell[f->of[i]] = wrong ? STR("") : arena_str(&cx->arena, cell);
    }
    r.account = r.cell[ACCESS_ACCOUNT].n ? r.cell[ACCESS_ACCOUNT] : r.cell[ACCESS_EMAIL];
    if (!r.account.n) {
        access_fault(cx, f, row->line, "account", "is empty: whose line is it?", "puuttuu: kenen rivi tämä on?");
        return;
    }
    read_words(cx, f, &r);
    same = find(f, r.account);
    if (same)
        join(cx, f, same, &r);
    else if (f->n == LIMIT_RECORD_ROWS)
        access_fault(cx, f, row->line, "", "a list holds at most 500 accounts",
                     "luettelossa voi olla enintään 500 tunnusta");
    else
        f->rows[f->n++] = r;
}

/* What an export of ours says of itself in its last line. */
static bool is_note(const struct csv_row *row)
{
    return str_starts(row->cells[0], STR("# "));
}

static enum rc read_rows(struct ctx *cx, struct access_file *f, struct csv *csv)
{
    struct csv_row row;
    for (size_t i = 0;; i++) {
        enum rc rc = csv_next(cx, csv, &row);
        if (rc == E_INVALID || rc == E_LIMIT) {
            access_fault(cx, f, row.line, "", cx->message,
                         arena_printf(&cx->arena, "tiedostoa ei voi lukea: %s", cx->message).p);
            return OK;
        }
        TRY(rc);
        if (!row.n) break;
        if (!i) {
            read_head(cx, f, &row);
            if (f->all_faults) return OK; /* what stands below cannot be understood */
        } else if (i > MOST_LINES) {
            access_fault(cx, f, row.line, "", "more than 5,000 lines", "yli 5 000 riviä");
            return OK;
        } else if (!is_note(&row)) {
            read_row(cx, f, &row);
        }
    }
    if (!f->n && !f->all_faults)
        access_fault(cx, f, 1, "", "the file names no accounts", "tiedostossa ei ole yhtään tunnusta");
    return OK;
}

enum rc access_file_read(struct ctx *cx, int fd, struct access_file **out)
{
    struct csv *csv;
    struct access_file *f = *out = arena_new(&cx->arena, struct access_file);
    *f = (struct access_file){.content = STR("{}"), .day = STR(""), .day_was = STR("")};
    f->rows = arena_array(&cx->arena, struct access_row, LIMIT_RECORD_ROWS);
    f->faults = arena_array(&cx->arena, struct access_told, MOST_TOLD);
    TRY(csv_open(cx, fd, &csv));
    enum rc rc = read_rows(cx, f, csv);
    csv_close(csv);
    return rc;
}
