#include "gates/tell.h"

#include <string.h>

struct shape {
    const char *word;
    const char *message[LANG_COUNT], *fix[LANG_COUNT];
};
static const struct shape shapes[] = {
    {"name",
     {"its name has signs that cannot be seen, lead astray or are no UTF-8, or is over 255 bytes",
      "nimessä on näkymättömiä tai harhaanjohtavia merkkejä, se ei ole UTF-8:aa tai on yli 255 tavua"},
     {"give it a plain name", "anna sille tavallinen nimi"}},
    {"twin",
     {"its name can be taken for another one's", "nimen voi sekoittaa toiseen"},
     {"give it a name of its own", "anna sille oma nimi"}},
    {"word_of_git",
     {"git takes this name for something else", "git ymmärtää tämän nimen joksikin muuksi"},
     {"give it another name: not HEAD or a commit's id, and without -, refs/, heads/ or tags/ before it",
      "anna sille toinen nimi: ei HEAD eikä commitin tunniste, eikä alkuun -, refs/, heads/ tai tags/"}},
    {"namespace",
     {"only refs/heads/, refs/tags/ and refs/for/ are taken here",
      "vain refs/heads/, refs/tags/ ja refs/for/ hyväksytään"},
     {"push a branch, a tag, or a change: git push origin HEAD:refs/for/main",
      "työnnä haara, merkki tai muutos: git push origin HEAD:refs/for/main"}},
    {"no_change",
     {"a change cannot be deleted by a push", "muutosta ei voi poistaa työntämällä"},
     {"sinetti review abandon NUMBER takes it back", "sinetti review abandon NUMERO peruu sen"}},
    {"one_change",
     {"one push makes one change", "yksi työntö tekee yhden muutoksen"},
     {"push them one after another", "työnnä ne yksi kerrallaan"}},
    {"apart",
     {"a change is pushed by itself here", "muutos työnnetään täällä yksinään"},
     {"push refs/for/ and the other refs one after another", "työnnä refs/for/ ja muut viitteet peräkkäin"}},
    {"no_changes_here",
     {"changes are not proposed by refs/for/ where this repository is kept",
      "tämän repositorion palvelimella ei ehdoteta muutoksia refs/for/-viitteillä"},
     {"push a branch, and propose it as its host does", "työnnä haara ja ehdota sitä palvelimen omalla tavalla"}},
    {"no_target",
     {"there is no such branch to propose it for", "sellaista haaraa ei ole, jolle ehdottaa"},
     {"refs/for/BRANCH, or refs/for/BRANCH/TOPIC", "refs/for/HAARA tai refs/for/HAARA/AIHE"}},
    {"no_commit", {"what it points to is no commit", "se ei osoita commitiin"}, {"push a commit", "työnnä commit"}},
    {"unrelated",
     {"it has no history in common with its target", "sillä ei ole yhteistä historiaa kohdehaaran kanssa"},
     {"start it from the target branch", "aloita se kohdehaarasta"}},
    {"many_bases",
     {"it and its target have merged each other's history, so there is no one difference to review",
      "se ja kohdehaara ovat yhdistäneet toistensa historiaa, joten katselmoitavaa eroa ei ole yhtä"},
     {"merge the target as it is now into it, or rebase it, and push again: git fetch origin && git merge "
      "origin/{branch}",
      "yhdistä siihen kohdehaara sellaisena kuin se nyt on tai siirrä se haaran päälle (git rebase), ja työnnä "
      "uudelleen: git fetch origin && git merge origin/{branch}"}},
    {"nothing_new",
     {"its target has all of it already", "kohdehaarassa on jo kaikki"},
     {"nothing is to be done", "mitään ei tarvitse tehdä"}},
    {"large",
     {"it brings a file of more than 256 MiB", "siinä on yli 256 MiB:n kokoinen tiedosto"},
     {"keep such files elsewhere, and take the commit that brings it out of what you push",
      "säilytä sellaiset muualla ja jätä tiedoston tuova commit pois työnnöstä"}},
    {"too_much",
     {"what it brings is more than 8 GiB when it is unpacked", "se on purettuna yli 8 GiB"},
     {"push the history in parts, or have its host import it",
      "työnnä historia osissa tai pyydä ylläpitoa tuomaan se"}},
    {"odd_path",
     {"it brings a file whose name has signs that cannot be seen or lead astray",
      "siinä on tiedosto, jonka nimessä on näkymättömiä tai harhaanjohtavia merkkejä"},
     {"rename the file in the commit that brings it: git rebase -i, git mv, git commit --amend",
      "nimeä tiedosto uudelleen commitissa, joka tuo sen: git rebase -i, git mv, git commit --amend"}},
    {"lfs",
     {"it has files kept in Git LFS, which is not served here",
      "siinä on Git LFS -tiedostoja, joita tämä palvelin ei tue"},
     {"commit the files themselves, or keep them elsewhere",
      "lisää repositorioon itse tiedostot tai säilytä ne muualla"}},
    {"taken_out",
     {"it brings back what was taken out of the history here",
      "se toisi takaisin sisältöä, joka on poistettu historiasta"},
     {"your copy has the history of before: clone it anew, or fetch and set your commits upon the branch as it is now "
      "(git rebase --onto)",
      "kopiossasi on vanha historia: kloonaa uudelleen, tai hae uusi haara ja siirrä commitisi sen päälle (git rebase "
      "--onto)"}},
    {"codeowners",
     {"it brings a CODEOWNERS file that cannot be read as it is meant",
      "se toisi CODEOWNERS-tiedoston, jota ei voi lukea oikein"},
     {"mend the line: who owns code must be plain to everybody, also to other hosts",
      "korjaa rivi: koodin omistajien on oltava yksiselitteisiä, myös muille palveluille"}},
    {"may_not",
     {"you may not write here", "sinulla ei ole kirjoitusoikeutta tänne"},
     {"an Admin or Security officer can give you a role that may, in this project",
      "pääkäyttäjä tai tietoturvavastaava voi antaa sinulle roolin, jolla on oikeus tässä projektissa"}},
    {"no_publisher",
     {"you are not among those who publish to this branch", "et kuulu niihin, jotka julkaisevat tähän haaraan"},
     {"propose it instead: git push origin HEAD:refs/for/{branch}; a publisher takes it from there",
      "ehdota sitä: git push origin HEAD:refs/for/{branch}; julkaisija jatkaa siitä"}},
    {"tag_no_publisher",
     {"a tag is made by somebody who may publish", "merkin tekee se, jolla on julkaisuoikeus"},
     {"ask one of them, or push it as a branch", "pyydä joltakulta heistä, tai työnnä se haarana"}},
    {"token_publishes_not",
     {"the API token it comes with may not publish: it lacks code.publish",
      "käytetyllä rajapintatunnuksella ei voi julkaista: siltä puuttuu oikeus code.publish"},
     {"push with a token that has it (My account, API tokens), or propose it: git push origin "
      "HEAD:refs/for/{branch}",
      "työnnä tunnuksella, jolla se on (Oma tili, rajapintatunnukset), tai ehdota sitä: git push origin "
      "HEAD:refs/for/{branch}"}},
    {"delete",
     {"protected branches are not deleted", "suojattuja haaroja ei poisteta"},
     {"who may protect refs can take the protection back first",
      "suojauksen voi ensin purkaa se, jolla on oikeus suojata"}},
    {"rewind",
     {"protected branches only go forward; this would take published commits away",
      "suojatut haarat vain etenevät; tämä veisi julkaistuja commiteja"},
     {"git revert makes a commit that undoes another", "git revert tekee commitin, joka kumoaa toisen"}},
    {"tag_moves",
     {"tags are written once: they are neither moved nor deleted",
      "merkit kirjoitetaan kerran: niitä ei siirretä eikä poisteta"},
     {"make a tag of another name", "tee merkki toisella nimellä"}},
    {"tag_unpublished",
     {"what it names is on no protected branch", "se, minkä se nimeää, ei ole missään suojatussa haarassa"},
     {"publish the commit first, then tag it", "julkaise commit ensin ja merkitse se sitten"}},
};

void tell_shape(enum lang lang, const char *word, struct str *message, struct str *fix)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i].word, word) == 0) {
            *message = str_from(shapes[i].message[lang]);
            *fix = str_from(shapes[i].fix[lang]);
            return;
        }
    *message = str_from(word);
    *fix = STR("");
}

struct str tell_branch(struct arena *a, struct str ref)
{
    static const char *const spaces[] = {"refs/heads/", "refs/for/refs/heads/", "refs/for/"};
    scoped_buf b;
    buf_init(&b, 4096);
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_starts(ref, str_from(spaces[i]))) {
            buf_visible(&b, str_slice(ref, strlen(spaces[i]), ref.n));
            return arena_str(a, buf_view(&b));
        }
    return STR("BRANCH");
}

struct str tell_fill(struct arena *a, struct str text, const struct str *names, const struct str *values, size_t n)
{
    scoped_buf b;
    buf_init(&b, 8192);
    for (size_t at = 0; at < text.n;) {
        const char *close = text.p[at] == '{' ? memchr(text.p + at, '}', text.n - at) : NULL;
        if (!close) {
            buf_char(&b, text.p[at++]);
            continue;
        }
        struct str hole = str_slice(text, at + 1, (size_t)(close - text.p)), value = STR("–");
        for (size_t i = 0; i < n; i++)
            if (str_eq(names[i], hole)) value = values[i];
        buf_str(&b, str_slice(value, 0, 300));
        at = (size_t)(close - text.p) + 1;
    }
    return arena_str(a, buf_view(&b));
}

static void say_controls(struct buf *out, const struct catalog_task *t)
{
    size_t told = 0;
    for (size_t i = 0; i < t->n_controls && told < 2; i++, told++)
        buf_printf(out, "%s" STR_FMT " " STR_FMT, told ? ", " : "", STR_ARG(t->controls[i].framework->key),
                   STR_ARG(t->controls[i].control->id));
}

static void say_fault(struct buf *out, const struct push *p, const struct gate_fault *f)
{
    static const char *const words[MODE_COUNT][LANG_COUNT] = {
        {"noted", "merkitty"}, {"warning", "varoitus"}, {"refused", "evätty"}};
    static const char *const fix[LANG_COUNT] = {"to fix", "korjaus"}, *const why[LANG_COUNT] = {"task", "tehtävä"};
    enum lang lang = p->caller->lang;
    buf_printf(out, "%s: ", words[f->mode][lang]);
    buf_visible(out, p->refs[f->ref].name);
    buf_printf(out, ": " STR_FMT "\n", STR_ARG(f->message));
    if (f->fix.n) buf_printf(out, "  %s: " STR_FMT "\n", fix[lang], STR_ARG(f->fix));
    if (!f->obligation) return;
    buf_printf(out, "  %s: " STR_FMT " (" STR_FMT "/" STR_FMT "; ", why[lang], STR_ARG(f->task->title[lang]),
               STR_ARG(f->obligation->task), STR_ARG(f->obligation->key));
    say_controls(out, f->task);
    buf_cstr(out, ")\n");
}

void tell_decided(struct buf *out, const struct push *p, const struct decided *d)
{
    /* what stops it first */
    for (int mode = MODE_BLOCK; mode > MODE_OBSERVE; mode--)
        for (size_t i = 0; i < d->n_faults; i++)
            if ((int)d->faults[i].mode == mode) say_fault(out, p, &d->faults[i]);
    struct str file = p->large.p ? p->large : p->back.p ? p->back : p->odd;
    if (!file.p) return;
    buf_cstr(out, p->caller->lang == LANG_FI ? "tiedosto: " : "file: ");
    buf_visible(out, file);
    buf_char(out, '\n');
}
