/* What is stored about a person, what for, and for how long: one row for each kind of data. */
#include "api/api_int.h"

static const struct kept {
    const char *key;
    const char *sql; /* how much there is about ?1 */
    bool state;      /* counted in state.db, else in the audit log */
    bool erasable;
    const char *title[LANG_COUNT], *purpose[LANG_COUNT], *kept[LANG_COUNT];
} table[] = {
    {"identity",
     "SELECT count(*) FROM facts WHERE kind = 'person' AND subject = ?1",
     false,
     true,
     {"Name, addresses, accounts at code hosts", "Nimi, osoitteet ja tilit koodialustoilla"},
     {"To know who did what, and to let you sign in", "Jotta tiedetään, kuka teki mitä, ja jotta voit kirjautua"},
     {"While the organization needs the audit log; can be erased from it after you have left",
      "Niin kauan kuin organisaatio tarvitsee tapahtumalokia; lähdettyäsi tiedot voi poistaa siitä"}},
    {"roles",
     "SELECT count(*) FROM facts WHERE kind = 'role' AND subject = ?1",
     false,
     false,
     {"Roles you have had", "Roolisi ja niiden historia"},
     {"To decide and later show what you were allowed to do",
      "Jotta voidaan ratkaista ja myöhemmin osoittaa, mitä sait tehdä"},
     {"As long as the audit log; by a random id, without your name",
      "Yhtä kauan kuin tapahtumaloki; satunnaistunnuksella, ilman nimeäsi"}},
    {"acts",
     "SELECT count(*) FROM facts WHERE actor = ?1",
     false,
     false,
     {"What you have done in Sinetti", "Mitä olet tehnyt Sinetissä"},
     {"The audit log: decisions have an author", "Tapahtumaloki: päätöksillä on tekijä"},
     {"As long as the audit log; by a random id. Comments can be erased",
      "Yhtä kauan kuin tapahtumaloki; satunnaistunnuksella. Kommentit voi poistaa"}},
    {"keys",
     "SELECT count(*) FROM facts WHERE kind = 'key' AND subject = ?1",
     false,
     false,
     {"Public keys", "Julkiset avaimet"},
     {"To recognize your signatures, also old ones", "Allekirjoitustesi tunnistamiseen, myös vanhojen"},
     {"As long as the audit log; without comments and names in them",
      "Yhtä kauan kuin tapahtumaloki; ilman avainten kommentteja ja nimiä"}},
    {"credentials",
     "SELECT count(*) FROM facts WHERE kind = 'credential' AND subject = ?1",
     false,
     false,
     {"That a password, token or second factor of yours changed",
      "Merkinnät salasanan, tunnusten ja lisävarmenteiden muutoksista"},
     {"So that a change that was not yours is seen", "Jotta huomataan muutos, joka ei ollut sinun"},
     {"As long as the audit log; never the secrets", "Yhtä kauan kuin tapahtumaloki; ei koskaan salaisuuksia"}},
    {"sign_in",
     "SELECT count(*) FROM account WHERE person = ?1",
     true,
     true,
     {"Password (only as Argon2id hash), second factors, language",
      "Salasana (vain Argon2id-tiivisteenä), lisävarmenteet, kieli"},
     {"To let you in and nobody else", "Jotta sinä pääset sisään eikä kukaan muu"},
     {"Until you change or remove them, or leave", "Kunnes muutat tai poistat ne tai lähdet"}},
    {"sessions",
     "SELECT count(*) FROM session WHERE person = ?1",
     true,
     true,
     {"Sessions: when, from which network address, with which browser",
      "Istunnot: milloin, mistä verkko-osoitteesta, millä selaimella"},
     {"So that you see where you are signed in, and can end it",
      "Jotta näet, missä olet kirjautuneena, ja voit päättää istunnon"},
     {"Until they end: after 8 hours without use, or 7 days",
      "Kunnes ne päättyvät: 8 tunnin käyttämättömyyden tai 7 päivän jälkeen"}},
    {"known",
     "SELECT count(*) FROM known WHERE person = ?1",
     true,
     true,
     {"Networks and browsers you have signed in from, as hashes",
      "Verkot ja selaimet, joista olet kirjautunut, tiivisteinä"},
     {"So that others' wrong guesses do not keep you out",
      "Jotta muiden väärät arvaukset eivät estä sinua kirjautumasta"},
     {"180 days after the last use, at most 30", "180 päivää viimeisestä käytöstä, enintään 30"}},
    {"mail",
     "SELECT count(*) FROM mail WHERE person = ?1",
     true,
     true,
     {"Mail to you: subject, address, when; its text until it is sent",
      "Sinulle lähtevä posti: otsikko, osoite, aika; teksti lähettämiseen asti"},
     {"So that what waits reaches you, and failures are seen",
      "Jotta odottavat asiat tavoittavat sinut ja virheet huomataan"},
     {"30 days, or until you leave", "30 päivää tai kunnes lähdet"}},
    {"told",
     "SELECT count(*) FROM told WHERE person = ?1",
     true,
     true,
     {"What you were reminded of, and what you want to hear of", "Mistä sinua on muistutettu ja mistä haluat kuulla"},
     {"So that nothing is told twice", "Jotta mistään ei kerrota kahdesti"},
     {"400 days, or until you leave", "400 päivää tai kunnes lähdet"}},
    {"tokens",
     "SELECT count(*) FROM token WHERE person = ?1",
     true,
     true,
     {"API tokens: name, permissions, last use", "Rajapintatunnukset: nimi, oikeudet, viimeinen käyttö"},
     {"For programs that act for you", "Ohjelmille, jotka toimivat puolestasi"},
     {"30 days after their end, or until you revoke them", "30 päivää päättymisestä tai kunnes perut ne"}},
};

API_OPERATION(me_privacy)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct kept *k = &table[i];
        scoped_stmt *st = NULL;
        bool row;
        TRY(store_prepare(cx, k->state ? call->state : call->ledger, str_from(k->sql), &st));
        store_bind_str(st, 1, call->who.person);
        TRY(store_step(cx, st, &row));
        json_begin(j, '{');
        json_put_cstr(j, "key", k->key);
        json_put_cstr(j, "title", k->title[call->lang]);
        json_put_cstr(j, "purpose", k->purpose[call->lang]);
        json_put_cstr(j, "kept", k->kept[call->lang]);
        json_put_int(j, "count", row ? sqlite3_column_int64(st, 0) : 0);
        json_put_bool(j, "erasable", k->erasable);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}
