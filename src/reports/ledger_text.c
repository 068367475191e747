/* A verified ledger or proof as text: what was proven, by which keys, and what was not looked at. */
#include "base/base64.h"
#include "base/digest.h"
#include "base/time.h"
#include "reports/ledger.h"
#include "reports/text_out.h"

#include <inttypes.h>

#define LABEL_COLUMNS 12

typedef const char *const words[LANG_COUNT];

enum word {
    VERIFIES,
    FAILS,
    WRONG,
    UNTIL_THEN,
    IN_ORDER,
    OF,
    FACTS,
    UNCHANGED,
    FROM_TO,
    ROOT,
    BODIES,
    CHECKED,
    ERASED,
    NOT_HANDED_OVER,
    KEY,
    GIVEN,
    ROTATION,
    SEAM,
    FACT,
    SIGNED_BY_BOTH,
    GAP,
    LOST,
    AND_MORE,
    SIGNED_BY,
    WITNESS,
    NOT_COSIGNED,
    HELD,
    STILL_BEGINS,
    REMARK,
    STILL_THERE,
    NOT_CHECKED,
    OTHER_HISTORY,
    ERASED_BODIES,
    MISSING_BODIES,
    MISSING_BUNDLES,
    UNREAD_HANDOVERS,
    TRUTH,
    PROVEN,
    PLACE,
    TIME,
    KIND,
    SUBJECT,
    ACTOR,
    VIA,
    BODY,
    NO_BODY,
    WORDS
};

static const char *word(enum word w, enum lang lang)
{
    static words table[WORDS] = {
        [VERIFIES] = {"verifies", "pitää paikkansa"},
        [FAILS] = {"DOES NOT VERIFY", "EI PIDÄ PAIKKAANSA"},
        [WRONG] = {"Wrong", "Vika"},
        [UNTIL_THEN] = {"Until then", "Siihen asti"},
        [IN_ORDER] = {"facts found in order", "tapahtumaa kunnossa"},
        [OF] = {"of", "/"},
        [FACTS] = {"Facts", "Tapahtumia"},
        [UNCHANGED] = {"none changed, removed, put in between or moved",
                       "yhtäkään ei ole muutettu, poistettu, lisätty väliin tai siirretty"},
        [FROM_TO] = {"Recorded", "Kirjattu"},
        [ROOT] = {"Root", "Juuri"},
        [BODIES] = {"Contents", "Sisällöt"},
        [CHECKED] = {"bodies checked", "tarkistettu"},
        [ERASED] = {"erased", "hävitetty"},
        [NOT_HANDED_OVER] = {"not handed over", "luovuttamatta"},
        [KEY] = {"Key", "Avain"},
        [GIVEN] = {"the one given", "annettu avain"},
        [ROTATION] = {"Rotation", "Avain vaihtui"},
        [SEAM] = {"Seam", "Sauma"},
        [FACT] = {"fact", "tapahtuma"},
        [SIGNED_BY_BOTH] = {"signed by both", "molempien allekirjoittama"},
        [GAP] = {"the old key is not the one handed over to before: what lies between is not proven by handovers",
                 "vanha avain ei ole se, johon edellisellä kerralla vaihdettiin: väliä luovutukset eivät todista"},
        [LOST] = {"restored from a backup; lost are facts", "palautettu varmuuskopiosta; menetetty tapahtumat"},
        [AND_MORE] = {"more, not shown; all were checked", "lisää, joita ei näytetä; kaikki tarkistettiin"},
        [SIGNED_BY] = {"Signed by", "Allekirjoitus"},
        [WITNESS] = {"Witness", "Todistaja"},
        [NOT_COSIGNED] = {"HAS NOT COSIGNED", "EI OLE VAHVISTANUT"},
        [HELD] = {"Held head", "Aiempi pää"},
        [STILL_BEGINS] = {"facts, and the ledger still begins with them", "tapahtumaa, ja kirja alkaa yhä niillä"},
        [REMARK] = {"Remark", "Huomaa"},
        [STILL_THERE] = {"bodies that were erased are in this copy; it is older than their erasure",
                         "hävitettyä sisältöä on tässä kopiossa; se on vanhempi kuin hävitys"},
        [NOT_CHECKED] = {"Not checked", "Ei tarkistettu"},
        [OTHER_HISTORY] =
            {"Whether others were shown another history. Who has the machine and its key can write one; only "
             "a head held elsewhere shows it: a witness (--witness), or a checkpoint that you kept (--held).",
             "Onko muille näytetty toinen historia. Koneen ja sen avaimen haltija voi kirjoittaa sellaisen; "
             "sen näyttää vain muualla säilytetty pää: todistaja (--witness) tai itse säilyttämäsi "
             "tarkistuspiste (--held)."},
        [ERASED_BODIES] = {"What stood in the bodies that were erased:", "Mitä hävitetyissä sisällöissä luki:"},
        [MISSING_BODIES] = {"What stands in the bodies that were not handed over:",
                            "Mitä luovuttamatta jätetyissä sisällöissä lukee:"},
        [MISSING_BUNDLES] = {"Files of bodies that are missing or may not be read:",
                             "Sisältöjen tiedostot, jotka puuttuvat tai joita ei saa lukea:"},
        [UNREAD_HANDOVERS] = {"Rotations and seams whose body is not here, the first: fact",
                              "Avaimen vaihdot ja saumat, joiden sisältöä ei ole, ensimmäinen: tapahtuma"},
        [TRUTH] =
            {"Whether what was recorded is true and complete, the clock of the machine that recorded it, and what a "
             "payload must hold by its kind.",
             "Onko kirjattu totta ja onko kaikki kirjattu, kirjanneen koneen kello, ja mitä kunkin lajin sisällössä "
             "pitää olla."},
        [PROVEN] = {"is proven to be in", "on todistetusti kirjassa"},
        [PLACE] = {"Place", "Paikka"},
        [TIME] = {"Recorded", "Kirjattu"},
        [KIND] = {"Kind", "Laji"},
        [SUBJECT] = {"About", "Aihe"},
        [ACTOR] = {"Who", "Kuka"},
        [VIA] = {"Came by", "Tuli"},
        [BODY] = {"Body", "Sisältö"},
        [NO_BODY] = {"not shown; place, time and kind are proven, what happened is not",
                     "ei näytetä; paikka, aika ja laji on todistettu, tapahtuma itse ei"},
    };
    return table[w][lang];
}

const char *report_key(struct ctx *cx, const struct note_key *key)
{
    char id[9];
    digest_hex(key->id, 4, id);
    return arena_printf(&cx->arena, "%s+%s", str_visible(cx, key->name), id).p;
}

const char *report_time_us(int64_t at, char out[32])
{
    return time_format(at / 1000000, out);
}

/* One line, or more when it is long: a label, and what it is. */
static void put_line(struct text_out *t, enum lang lang, enum word label, enum tone tone, const char *text)
{
    struct text_out plain = *t;
    scoped_buf padded;
    buf_init(&padded, 0);
    plain.out = &padded;
    text_pad(&plain, str_from(word(label, lang)), LABEL_COLUMNS + 2);
    buf_cstr(t->out, "  ");
    text_tone(t, tone, buf_view(&padded));
    text_wrap(t, LABEL_COLUMNS + 4, LABEL_COLUMNS + 4, str_from(text));
}

static void put_title(struct ctx *cx, struct text_out *t, struct str origin, bool verifies, enum lang lang)
{
    text_tone(t, TONE_BOLD, str_from(str_visible(cx, origin)));
    buf_char(t->out, ' ');
    text_tone(t, verifies ? TONE_GOOD : TONE_BAD, str_from(word(verifies ? VERIFIES : FAILS, lang)));
    buf_char(t->out, '\n');
}

/* --- a ledger */

static void put_facts(struct ctx *cx, struct text_out *t, const struct verified *v, enum lang lang)
{
    char from[32], to[32];
    scoped_buf root;
    buf_init(&root, 0);
    put_line(t, lang, FACTS, TONE_PLAIN,
             arena_printf(&cx->arena, "%" PRIu64 ": %s", v->head.size, word(UNCHANGED, lang)).p);
    if (v->facts)
        put_line(
            t, lang, FROM_TO, TONE_PLAIN,
            arena_printf(&cx->arena, "%s – %s", report_time_us(v->first_at, from), report_time_us(v->last_at, to)).p);
    base64_put(&root, v->head.root.b, sizeof v->head.root.b);
    put_line(t, lang, ROOT, TONE_PLAIN, arena_cstr(&cx->arena, buf_view(&root)));
    put_line(t, lang, BODIES, TONE_PLAIN,
             arena_printf(&cx->arena, "%s: %" PRIu64 " %s %" PRIu64 "; %s: %" PRIu64 "; %s: %" PRIu64,
                          word(CHECKED, lang), v->bodies, word(OF, lang), v->head.size, word(ERASED, lang), v->erased,
                          word(NOT_HANDED_OVER, lang), v->not_handed_over)
                 .p);
}

static void put_handover(struct ctx *cx, struct text_out *t, const struct verify_handover *h, enum lang lang)
{
    char at[32];
    put_line(t, lang, h->is_seam ? SEAM : ROTATION, h->is_seam ? TONE_FAIR : TONE_PLAIN,
             arena_printf(&cx->arena, "%s %" PRIu64 ", %s: %s → %s, %s", word(FACT, lang), h->n,
                          report_time_us(h->at, at), report_key(cx, &h->old), report_key(cx, &h->new),
                          word(SIGNED_BY_BOTH, lang))
                 .p);
    if (h->is_seam && h->lost_to > h->lost_from)
        put_line(t, lang, SEAM, TONE_FAIR,
                 arena_printf(&cx->arena, "%s %" PRIu64 " – %" PRIu64 " (%s)", word(LOST, lang), h->lost_from,
                              h->lost_to - 1, str_visible(cx, h->old.name))
                     .p);
    if (h->is_gap) put_line(t, lang, REMARK, TONE_FAIR, word(GAP, lang));
}

static void put_keys(struct ctx *cx, struct text_out *t, const struct ledger_report *r)
{
    const struct verified *v = r->found;
    put_line(t, r->lang, KEY, TONE_PLAIN,
             arena_printf(&cx->arena, "%s, %s", report_key(cx, &r->asked->key), word(GIVEN, r->lang)).p);
    for (size_t i = 0; i < v->n_handovers; i++) put_handover(cx, t, &v->handovers[i], r->lang);
    if (v->all_handovers > v->n_handovers)
        put_line(
            t, r->lang, REMARK, TONE_PLAIN,
            arena_printf(&cx->arena, "%" PRIu64 " %s", v->all_handovers - v->n_handovers, word(AND_MORE, r->lang)).p);
    put_line(t, r->lang, SIGNED_BY, TONE_PLAIN, report_key(cx, &v->key));
}

static void put_witness(struct ctx *cx, struct text_out *t, const struct verify_witness *w, enum lang lang)
{
    char at[32];
    const char *says = w->has_cosigned ? time_format(w->time, at) : word(NOT_COSIGNED, lang);
    put_line(t, lang, WITNESS, w->has_cosigned ? TONE_PLAIN : TONE_BAD,
             arena_printf(&cx->arena, "%s: %s", report_key(cx, w->key), says).p);
}

static void put_item(struct text_out *t, const char *text)
{
    buf_cstr(t->out, "  - ");
    text_wrap(t, 4, 4, str_from(text));
}

static void put_count(struct ctx *cx, struct text_out *t, const char *what, uint64_t n)
{
    if (n) put_item(t, arena_printf(&cx->arena, "%s %" PRIu64 ".", what, n).p);
}

static void put_not_checked(struct ctx *cx, struct text_out *t, const struct ledger_report *r)
{
    const struct verified *v = r->found;
    text_tone(t, TONE_BOLD, str_from(word(NOT_CHECKED, r->lang)));
    buf_char(t->out, '\n');
    if (!r->asked->n_witnesses && !r->asked->n_held) put_item(t, word(OTHER_HISTORY, r->lang));
    put_count(cx, t, word(ERASED_BODIES, r->lang), v->erased);
    put_count(cx, t, word(MISSING_BODIES, r->lang), v->not_handed_over);
    if (v->no_bundle.n)
        put_item(t, arena_printf(&cx->arena, "%s %" PRIu64 " (%s%s).", word(MISSING_BUNDLES, r->lang), v->no_bundle.n,
                                 str_visible(cx, v->no_bundle.first), v->no_bundle.n > 1 ? ", …" : "")
                        .p);
    if (v->unread.n) put_count(cx, t, word(UNREAD_HANDOVERS, r->lang), v->unread.first_fact);
    put_item(t, word(TRUTH, r->lang));
}

static void put_verifies(struct ctx *cx, struct text_out *t, const struct ledger_report *r)
{
    const struct verified *v = r->found;
    put_facts(cx, t, v, r->lang);
    put_keys(cx, t, r);
    for (size_t i = 0; i < r->asked->n_witnesses; i++) put_witness(cx, t, &v->witnesses[i], r->lang);
    for (size_t i = 0; i < r->asked->n_held; i++)
        put_line(t, r->lang, HELD, TONE_PLAIN,
                 arena_printf(&cx->arena, "%s: %" PRIu64 " %s", r->asked->held[i].name, r->asked->held[i].head.size,
                              word(STILL_BEGINS, r->lang))
                     .p);
    if (v->still_there)
        put_line(t, r->lang, REMARK, TONE_FAIR,
                 arena_printf(&cx->arena, "%" PRIu64 " %s", v->still_there, word(STILL_THERE, r->lang)).p);
    put_not_checked(cx, t, r);
}

void report_ledger_text(struct ctx *cx, const struct ledger_report *r, const struct report_style *s, struct buf *out)
{
    struct text_out t;
    const struct verified *v = r->found;
    text_init(&t, s, out);
    put_title(cx, &t, v->head.origin.n ? v->head.origin : r->asked->key.name, !r->wrong, r->lang);
    if (!r->wrong) {
        put_verifies(cx, &t, r);
        return;
    }
    put_line(&t, r->lang, WRONG, TONE_BAD, r->wrong);
    put_line(&t, r->lang, UNTIL_THEN, TONE_PLAIN,
             arena_printf(&cx->arena, "%s: %" PRIu64 " %s %" PRIu64, word(IN_ORDER, r->lang), v->facts,
                          word(OF, r->lang), v->head.size)
                 .p);
    if (v->facts != v->head.size || !v->head.size) return;
    for (size_t i = 0; i < r->asked->n_witnesses; i++) put_witness(cx, &t, &v->witnesses[i], r->lang);
}

/* --- a proof */

static void put_visible(struct ctx *cx, struct text_out *t, enum lang lang, enum word label, struct str s)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, s);
    put_line(t, lang, label, TONE_PLAIN, arena_cstr(&cx->arena, buf_view(&b)));
}

static void put_proven(struct ctx *cx, struct text_out *t, const struct proof_report *r)
{
    const struct proven *p = r->found;
    char at[32];
    put_line(t, r->lang, PLACE, TONE_PLAIN,
             arena_printf(&cx->arena, "%s %" PRIu64 " %s %" PRIu64, word(FACT, r->lang), p->leaf.n, word(OF, r->lang),
                          p->head.size)
                 .p);
    put_line(t, r->lang, TIME, TONE_PLAIN, report_time_us(p->leaf.at, at));
    put_visible(cx, t, r->lang, KIND, p->leaf.kind);
    put_line(t, r->lang, SIGNED_BY, TONE_PLAIN, report_key(cx, r->key));
    for (size_t i = 0; i < r->n_witnesses; i++) put_witness(cx, t, &r->witnesses[i], r->lang);
    if (!p->has_body) {
        put_line(t, r->lang, BODY, TONE_FAIR, word(NO_BODY, r->lang));
        return;
    }
    put_visible(cx, t, r->lang, SUBJECT, p->body.subject);
    put_visible(cx, t, r->lang, ACTOR, p->body.actor);
    put_visible(cx, t, r->lang, VIA, p->body.via);
    put_visible(cx, t, r->lang, BODY, p->body.payload);
}

void report_proof_text(struct ctx *cx, const struct proof_report *r, const struct report_style *s, struct buf *out)
{
    struct text_out t;
    text_init(&t, s, out);
    put_title(cx, &t, r->key->name, !r->wrong, r->lang);
    if (r->wrong)
        put_line(&t, r->lang, WRONG, TONE_BAD, r->wrong);
    else
        put_proven(cx, &t, r);
}
