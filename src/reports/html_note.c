/* How to read the report: what its words mean, what it does not claim, and how to make it again. */
#include "base/time.h"
#include "reports/html.h"

typedef const char *const texts[LANG_COUNT];

static texts status_means[STATUS_COUNT] = {
    [STATUS_FULLY_DONE] = {"Every point that counts is met.", "Jokainen ratkaiseva kohta on täytetty."},
    [STATUS_MOSTLY_DONE] =
        {"Nothing that counts is violated or without evidence; at most one recommendation is open.",
         "Mitään ratkaisevaa ei ole rikottu eikä jäänyt ilman näyttöä; enintään yksi suositus on auki."},
    [STATUS_PARTLY_DONE] = {"Something is met.", "Jotain on täytetty."},
    [STATUS_NOT_DONE] = {"The repository shows nothing met. That alone does not mean that nothing has been done.",
                         "Repositorio ei näytä mitään täytetyksi. Se ei vielä tarkoita, ettei mitään olisi tehty."},
    [STATUS_NOT_RELEVANT] = {"None of its points applies.", "Mikään sen kohdista ei sovellu."},
};

static texts verdict_means[VERDICT_COUNT] = {
    [VERDICT_MET] = {"Everything that was judged is as it should be.", "Kaikki arvioitu on kuten pitää."},
    [VERDICT_PARTLY_MET] = {"Nothing judged is failing, but part of what is in scope could not be judged.",
                            "Arvioidussa ei ole puutteita, mutta osaa tarkasteltavista ei voitu arvioida."},
    [VERDICT_AT_RISK] = {"In order today, and about to turn if nobody acts.",
                         "Kunnossa tänään, mutta kääntymässä rikotuksi, ellei kukaan toimi."},
    [VERDICT_VIOLATED] = {"At least one thing in scope fails; the findings name each.",
                          "Ainakin yksi tarkasteltava on puutteellinen; havainnot nimeävät jokaisen."},
    [VERDICT_NO_EVIDENCE] =
        {"The repository shows nothing to judge by. It is a question to answer, not a fault found.",
         "Repositoriossa ei ole mitään, minkä perusteella arvioida. Se on avoin kysymys, ei löydetty puute."},
    [VERDICT_TREATED] = {"Failed earlier; cause, correction and its check are on record.",
                         "Oli puutteellinen; syy, korjaus ja sen tarkistus on kirjattu."},
    [VERDICT_WAIVED] = {"An exception with an end date has been approved.", "Määräaikainen poikkeus on hyväksytty."},
    [VERDICT_NOT_APPLICABLE] =
        {"Does not concern this repository, for an approved reason; of Designed and Operating: no point "
         "that counts is of that kind.",
         "Ei koske tätä repositoriota hyväksytystä syystä; Suunnittelun ja Toimivuuden kohdalla: "
         "mikään ratkaiseva kohta ei ole sitä lajia."},
};

static texts assurance_means[ASSURANCE_COUNT] = {
    [ASSURANCE_NONE] = {"Nothing shows it.", "Mikään ei osoita sitä."},
    [ASSURANCE_WEAK] = {"Somebody has written it down.", "Joku on kirjoittanut sen ylös."},
    [ASSURANCE_FAIR] = {"A document that states who approved or reviewed it, or when.",
                        "Asiakirja, joka kertoo hyväksynnästään tai katselmoinnistaan."},
    [ASSURANCE_STRONG] = {"Observed in the history, the code or the settings themselves.",
                          "Havaittu itse historiasta, koodista tai asetuksista."},
    [ASSURANCE_PROVEN] =
        {"Enforced, and the control test has shown that it is. A repository alone never proves this much.",
         "Järjestelmä pakottaa siihen, ja kontrollitesti on osoittanut sen. Pelkkä repositorio ei koskaan todenna näin "
         "paljon."},
};

static texts paragraphs[] = {
    {"A requirement point counts when it is a must or has been adopted as one; a task without such points is measured "
     "by "
     "its recommendations, and without those by its examples.",
     "Vaatimuskohta on ratkaiseva, kun se on pakollinen tai otettu käyttöön pakollisena. Tehtävää, jolla ei ole "
     "sellaisia, "
     "mitataan suosituksilla, ja niiden puuttuessa esimerkeillä."},
    {"Designed tells whether a rule is written down and approved; Operating tells whether it held in the audit period. "
     "A task's assurance is that of its weakest point that counts.",
     "Suunnittelu kertoo, onko sääntö kirjattu ja hyväksytty; Toimivuus kertoo, pitikö se tarkastelujaksolla. Tehtävän "
     "varmuus on sen heikoimman ratkaisevan kohdan varmuus."},
    {"Of each point: how many things are in scope, how many of them could be judged, and how many of those fail. A "
     "baseline lists findings that somebody has accepted until a date; they stay in the counts and are marked.",
     "Jokaisesta kohdasta kerrotaan, kuinka monta tarkasteltavaa on, kuinka moni niistä voitiin arvioida ja kuinka "
     "moni "
     "arvioiduista on puutteellinen. Lähtötaso luettelee havainnot, jotka joku on hyväksynyt määräpäivään asti; ne "
     "ovat "
     "mukana luvuissa ja merkitty."},
};

static texts no_claims[] = {
    {"It speaks of one repository at one commit, and of nothing else: not of the hosting service's settings, other "
     "repositories, issue trackers, training, contracts or registers. Where those hold the evidence, the verdict here "
     "is "
     "“No evidence”.",
     "Se puhuu yhdestä repositoriosta yhden commitin kohdalla eikä muusta: ei versionhallintapalvelun asetuksista, "
     "muista "
     "repositorioista, tehtäväjärjestelmästä, koulutuksesta, sopimuksista tai rekistereistä. Kun näyttö on niissä, "
     "tulos "
     "on täällä ”Ei näyttöä”."},
    {"“Met” says that the checks looked and found nothing against it. It is no certificate, no legal opinion and no "
     "auditor's conclusion.",
     "”Täytetty” tarkoittaa, että tarkistukset katsoivat eivätkä löytäneet huomautettavaa. Se ei ole sertifikaatti, "
     "oikeudellinen lausunto eikä auditoijan päätelmä."},
    {"Every check has blind spots. `sinetti catalog show TASK` tells what each takes as evidence and what it does not "
     "see.",
     "Jokaisella tarkistuksella on katvealueensa. `sinetti catalog show TASK` kertoo, mitä kukin pitää näyttönä ja "
     "mitä "
     "se ei näe."},
    {"Which controls a task answers is shown with its basis. What rests on our own judgement, or on a comparison of "
     "editions that was not checked against the standard's text, is for your auditor to accept.",
     "Jokaisen hallintakeinon kohdalla kerrotaan, millä perusteella se on liitetty tehtävään. Omaan arvioomme tai "
     "standardin tekstistä tarkistamattomaan versioiden vertailuun perustuva liitos on auditoijanne hyväksyttävä."},
};

static texts headings[] = {
    {"Status of a task", "Tehtävän tila"},
    {"Verdict of a requirement point", "Vaatimuskohdan tulos"},
    {"Assurance", "Varmuus"},
    {"Counting and measuring", "Laskeminen ja mittaaminen"},
    {"What this report does not claim", "Mitä raportti ei väitä"},
    {"Make the same report again", "Tee sama raportti uudelleen"},
};
enum { ABOUT_STATUS, ABOUT_VERDICT, ABOUT_ASSURANCE, ABOUT_COUNTING, ABOUT_CLAIMS, ABOUT_AGAIN };

static texts again[] = {
    {"With the program and the catalog named at the top, the same repository and the same baseline file (if one was "
     "given), the command below writes the same bytes on any machine.",
     "Kun ohjelma ja katalogi ovat ne, jotka alussa on nimetty, ja repositorio ja mahdollinen lähtötasotiedosto samat, "
     "alla oleva komento kirjoittaa samat tavut millä tahansa koneella."},
    {"No clock and no network are used: “now” is the end of the audit period.",
     "Kelloa tai verkkoa ei käytetä: nykyhetki on tarkastelujakson loppu."},
};

static void heading(struct page *p, int about)
{
    html_raw(p, "<h3>");
    html_text(p, str_from(headings[about][p->lang]));
    html_raw(p, "</h3>\n");
}

/* Our own words with `code` in them. */
static void paragraph(struct page *p, const char *element, const char *text)
{
    struct str rest = str_from(text), part;
    bool code = false;
    buf_printf(p->out, "<%s>", element);
    while (str_cut(&rest, '`', &part)) {
        if (code)
            html_code(p, part);
        else
            html_text(p, part);
        code = !code;
    }
    buf_printf(p->out, "</%s>\n", element);
}

static void meaning(struct page *p, const char *text)
{
    html_raw(p, "</dt><dd>");
    html_text(p, str_from(text));
    html_raw(p, "</dd></div>\n");
}

static void statuses(struct page *p)
{
    heading(p, ABOUT_STATUS);
    html_raw(p, "<dl class=\"means\">\n");
    for (int s = 0; s < STATUS_COUNT; s++) {
        html_raw(p, "<div><dt>");
        html_status(p, &(struct task_result){.status = (enum status)s});
        meaning(p, status_means[s][p->lang]);
    }
    html_raw(p, "</dl>\n");
}

static void verdicts(struct page *p)
{
    static const enum verdict order[] = {VERDICT_MET,      VERDICT_PARTLY_MET,    VERDICT_AT_RISK,
                                         VERDICT_VIOLATED, VERDICT_NO_EVIDENCE,   VERDICT_TREATED,
                                         VERDICT_WAIVED,   VERDICT_NOT_APPLICABLE};
    heading(p, ABOUT_VERDICT);
    html_raw(p, "<dl class=\"means\">\n");
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        html_raw(p, "<div><dt>");
        html_verdict(p, order[i]);
        meaning(p, verdict_means[order[i]][p->lang]);
    }
    html_raw(p, "</dl>\n");
}

static void assurances(struct page *p)
{
    heading(p, ABOUT_ASSURANCE);
    html_raw(p, "<dl class=\"means\">\n");
    for (int a = 0; a < ASSURANCE_COUNT; a++) {
        html_raw(p, "<div><dt>");
        html_assurance(p, (enum assurance)a);
        meaning(p, assurance_means[a][p->lang]);
    }
    html_raw(p, "</dl>\n");
}

/* Quoted for a shell unless nothing in it needs that. */
static void argument(struct page *p, struct str s)
{
    scoped_buf quoted;
    bool plain = s.n > 0;
    buf_init(&quoted, 0);
    for (size_t i = 0; i < s.n && plain; i++)
        plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@", s.p[i]) && s.p[i];
    if (plain) {
        html_text(p, s);
        return;
    }
    buf_quoted(&quoted, s);
    html_text(p, buf_view(&quoted));
}

static void command(struct page *p)
{
    const struct assessment *a = p->a;
    char at[32];
    html_raw(p, "<pre><code>sinetti assess --rev ");
    argument(p, a->repository.rev);
    buf_printf(p->out, " --now %s", time_format(a->run.now, at));
    buf_printf(p->out, " --since %s \\\n  ", time_format(a->run.since, at));
    if (a->run.preset.n) {
        html_raw(p, "--preset ");
        argument(p, a->run.preset);
        html_raw(p, " ");
    }
    if (a->n_tasks == 1 && !a->n_frameworks) {
        html_raw(p, "--task ");
        argument(p, a->tasks[0].def->key);
        html_raw(p, " ");
    }
    buf_printf(p->out, "--lang %s --output html:report.html ", lang_name(p->lang));
    argument(p, a->run.path);
    html_raw(p, "</code></pre>\n");
}

void html_note(struct page *p)
{
    html_raw(p, "<section id=\"note\" class=\"note\" aria-labelledby=\"h-note\">\n<h2 id=\"h-note\">");
    html_say(p, HTML_NOTE);
    html_raw(p, "</h2>\n<div class=\"columns\">\n<div>\n");
    statuses(p);
    assurances(p);
    html_raw(p, "</div>\n<div>\n");
    verdicts(p);
    html_raw(p, "</div>\n<div>\n");
    heading(p, ABOUT_CLAIMS);
    html_raw(p, "<ul>\n");
    for (size_t i = 0; i < sizeof no_claims / sizeof *no_claims; i++) paragraph(p, "li", no_claims[i][p->lang]);
    html_raw(p, "</ul>\n</div>\n<div>\n");
    heading(p, ABOUT_COUNTING);
    for (size_t i = 0; i < sizeof paragraphs / sizeof *paragraphs; i++) paragraph(p, "p", paragraphs[i][p->lang]);
    html_raw(p, "</div>\n</div>\n");
    heading(p, ABOUT_AGAIN);
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) paragraph(p, "p", again[i][p->lang]);
    command(p);
    html_raw(p, "</section>\n");
}
