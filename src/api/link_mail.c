#include "api/link_mail.h"

#include "api/organization.h"
#include "base/limits.h"
#include "identity/people.h"
#include "mail/mail.h"
#include "mail/message.h"
#include "notices/letter.h"
#include "notices/phrase.h"
#include "notices/remind.h"

static const struct words {
    const char *subject[LANG_COUNT], *text[LANG_COUNT], *act[LANG_COUNT];
} words[LINK_COUNT] = {
    [LINK_INVITATION] = {{"You are invited to Sinetti", "Sinut on kutsuttu Sinettiin"},
                         {"An account was made for you. Choose a password by this link: it works once, until %s.",
                          "Sinulle on tehty tunnus. Valitse salasana tällä linkillä: se toimii kerran, %s asti."},
                         {"Choose a password", "Valitse salasana"}},
    [LINK_RESET] =
        {{"Choose a new password", "Valitse uusi salasana"},
         {"Your sign-in was reset. Choose a new password by this link: it works once, for an hour. If you did "
          "not ask for it, tell your administrator.",
          "Kirjautumisesi on nollattu. Valitse uusi salasana tällä linkillä: se toimii kerran, tunnin ajan. Jos "
          "et pyytänyt tätä, kerro siitä pääkäyttäjälle."},
         {"Choose a new password", "Valitse uusi salasana"}},
};

enum rc link_mail_can(struct ctx *cx, struct api_call *call, struct str person, struct str *to)
{
    struct person p;
    bool sends;
    *to = STR_NONE;
    TRY(remind_is_sender(cx, call->state, call->ledger, &sends));
    if (!sends || !api_public_url(call).n) return OK;
    TRY(identity_person_get(cx, call->identity, person, &p));
    if (p.n_addresses && mail_address_ok(p.addresses[0])) *to = p.addresses[0];
    return OK;
}

static struct str fill(struct ctx *cx, const char *text, struct str date)
{
    struct str rest = str_from(text), before;
    if (!str_cut(&rest, '%', &before)) return before;
    return arena_printf(&cx->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(before), STR_ARG(date),
                        STR_ARG(str_slice(rest, 1, rest.n)));
}

enum rc link_mail(struct ctx *cx, struct api_call *call, struct str person, enum link_purpose p,
                  const struct link_made *link, struct str *to)
{
    struct identity_who who;
    struct organization o;
    scoped_buf text, html;
    bool here;
    TRY(link_mail_can(cx, call, person, to));
    if (!to->n) return OK;
    TRY(identity_who_is(cx, call->identity, person, &who, &here));
    TRY(organization_read(cx, call->ledger, &o));
    struct zone zone = zone_read(cx, o.time_zone);
    enum lang lang = lang_of(who.lang, lang_of(o.language, LANG_EN));
    const struct letter l = {.lang = lang,
                             .organization = o.name,
                             .heading = str_from(words[p].subject[lang]),
                             .text = fill(cx, words[p].text[lang], phrase_date(cx, &zone, lang, link->until)),
                             .action = str_from(words[p].act[lang]),
                             .action_path = arena_printf(&cx->arena, "/link#%s", link->secret),
                             .base = api_public_url(call)};
    buf_init(&text, LIMIT_MAIL_MESSAGE);
    buf_init(&html, LIMIT_MAIL_MESSAGE);
    letter_text(&l, &text);
    letter_html(&l, &html);
    const struct mail_letter m = {.person = person,
                                  .purpose = p == LINK_RESET ? "reset" : "invitation",
                                  .name = who.name,
                                  .address = *to,
                                  .lang = str_from(lang_name(lang)),
                                  .subject = l.heading,
                                  .text = buf_view(&text),
                                  .html = buf_view(&html),
                                  .until = link->until};
    return mail_add(cx, call->state, &m, call->now);
}
