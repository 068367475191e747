#include "observe/notices.h"

#include <assert.h>
#include <inttypes.h>

/* {n} is the number, {d} the detail: names, or a reason. One text for one
 * thing, one for several. */
static const struct {
    const char *one[2], *many[2];
} texts[NOTICE_COUNT] = {
    [NOTICE_SHALLOW] =
        {{"History is cut off: only 1 commit is here. Fetch the rest (git fetch --unshallow) for a full picture.",
          "Historia on katkaistu: täällä on vain 1 commit. Hae loput (git fetch --unshallow), niin kuva on täysi."},
         {"History is cut off: only {n} commits are here. Fetch the rest (git fetch --unshallow) for a full picture.",
          "Historia on katkaistu: täällä on vain {n} commitia. Hae loput (git fetch --unshallow), niin kuva on "
          "täysi."}},
    [NOTICE_PARTIAL] = {{"This is a partial clone: the content of 1 file is not here and nothing was fetched.",
                         "Tämä on osittainen klooni: 1 tiedoston sisältö ei ole täällä, eikä mitään haettu."},
                        {"This is a partial clone: the content of {n} files is not here and nothing was fetched.",
                         "Tämä on osittainen klooni: {n} tiedoston sisältö ei ole täällä, eikä mitään haettu."}},
    [NOTICE_MISSING] =
        {{"1 object of the history is missing or damaged; what could be read was read. Try git fsck.",
          "1 historian objekti puuttuu tai on vioittunut; luettiin, mitä voitiin. Kokeile git fsck."},
         {"{n} objects of the history are missing or damaged; what could be read was read. Try git fsck.",
          "{n} historian objektia puuttuu tai on vioittunut; luettiin, mitä voitiin. Kokeile git fsck."}},
    [NOTICE_TOO_LARGE] = {{"1 file is too large to be read and was only counted: {d}.",
                           "1 tiedosto on liian suuri luettavaksi ja vain laskettiin: {d}."},
                          {"{n} files are too large to be read and were only counted: {d}.",
                           "{n} tiedostoa on liian suuria luettaviksi ja vain laskettiin: {d}."}},
    [NOTICE_UNREAD] = {{"The content of 1 file is missing or damaged: {d}. Try git fsck.",
                        "1 tiedoston sisältö puuttuu tai on vioittunut: {d}. Kokeile git fsck."},
                       {"The content of {n} files is missing or damaged: {d}. Try git fsck.",
                        "{n} tiedoston sisältö puuttuu tai on vioittunut: {d}. Kokeile git fsck."}},
    [NOTICE_PARTLY] = {{"1 file could only be scanned in part: {d}.", "1 tiedosto voitiin tutkia vain osittain: {d}."},
                       {"{n} files could only be scanned in part: {d}.",
                        "{n} tiedostoa voitiin tutkia vain osittain: {d}."}},
    [NOTICE_REFUSED] = {{"1 path was passed over, for git would not check it out: {d}.",
                         "1 polku ohitettiin, koska git ei loisi sitä työhakemistoon: {d}."},
                        {"{n} paths were passed over, for git would not check them out: {d}.",
                         "{n} polkua ohitettiin, koska git ei loisi niitä työhakemistoon: {d}."}},
    [NOTICE_FUTURE] = {{"1 commit is dated in the future; a clock was wrong somewhere.",
                        "1 commit on päivätty tulevaisuuteen; jonkin kello oli väärässä."},
                       {"{n} commits are dated in the future; a clock was wrong somewhere.",
                        "{n} commitia on päivätty tulevaisuuteen; jonkin kello oli väärässä."}},
    [NOTICE_NO_COMMITS] = {{"There are no commits in the period looked at.", "Tarkastelujaksolla ei ole commiteja."},
                           {"There are no commits in the period looked at.", "Tarkastelujaksolla ei ole commiteja."}},
    [NOTICE_CHANGES_CUT] = {{"The period changes more paths than are kept; the first {n} were.",
                             "Tarkastelujaksolla muuttuu enemmän polkuja kuin pidetään; ensimmäiset {n} pidettiin."},
                            {"The period changes more paths than are kept; the first {n} were.",
                             "Tarkastelujaksolla muuttuu enemmän polkuja kuin pidetään; ensimmäiset {n} pidettiin."}},
    [NOTICE_REPLACED] = {{"1 replace ref was passed over: objects are read as they were committed.",
                          "1 korvausviite ohitettiin: objektit luetaan niin kuin ne tallennettiin."},
                         {"{n} replace refs were passed over: objects are read as they were committed.",
                          "{n} korvausviitettä ohitettiin: objektit luetaan niin kuin ne tallennettiin."}},
    [NOTICE_SUBMODULES] = {{"1 submodule was not followed: assess it by itself.",
                            "1 alimoduulia ei seurattu: arvioi se erikseen."},
                           {"{n} submodules were not followed: assess them by themselves.",
                            "{n} alimoduulia ei seurattu: arvioi ne erikseen."}},
    [NOTICE_CACHE] = {{"The cache was not written: {d}", "Välimuistia ei kirjoitettu: {d}"},
                      {"The cache was not written: {d}", "Välimuistia ei kirjoitettu: {d}"}},
};

struct str notice_text(struct arena *a, enum notice k, int lang, int64_t n, struct str detail)
{
    assert((unsigned)k < NOTICE_COUNT);
    scoped_buf b;
    buf_init(&b, 0);
    for (const char *p = (n == 1 ? texts[k].one : texts[k].many)[lang == 1]; *p;) {
        if (strncmp(p, "{n}", 3) == 0) {
            buf_printf(&b, "%" PRId64, n);
            p += 3;
        } else if (strncmp(p, "{d}", 3) == 0) {
            buf_str(&b, detail);
            p += 3;
        } else {
            buf_char(&b, *p++);
        }
    }
    return arena_str(a, buf_view(&b));
}
