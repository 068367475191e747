import { plural } from "../plural";

const n = (one: string, other: string) => plural("fi", { one, other });

export const ready = {
  ready: {
    title: "Aloita valmiista kirjauksista",
    what: "Tekstejä, joista aloittaa. Aloittamasi on luonnos: muokkaat sen omaksenne, täydennät sen, minkä vain te tiedätte, ja joku toinen hyväksyy sen. Siihen asti se ei osoita mitään.",
    startFrom: "Aloita valmiista…",
    readyOf: (what: string) => `Valmiit kirjaukset: ${what.toLowerCase()}`,
    register: "Rekisteri",
    task: "Tehtävä",
    all: "Kaikki",
    chooseAll: "Valitse kaikki, joita ei ole aloitettu",
    chooseNone: "Poista valinnat",
    open: n("# kohta täydennettävä", "# kohtaa täydennettävä"),
    used: n("aloitettu kerran", "aloitettu # kertaa"),
    read: "Lue",
    hint: "Minkä vain te tiedätte",
    language: "Tekstien kieli",
    languages: { en: "englanti", fi: "suomi" },
    start: n("Aloita # luonnos", "Aloita # luonnosta"),
    choose: "Valitse aloitettavat",
    started: n("# luonnos aloitettu", "# luonnosta aloitettu"),
    startedWhat: "Olet niiden omistaja. Avaa kukin, täydennä avoimet kohdat ja lähetä hyväksyttäväksi.",
    empty: "Ei valmiita kirjauksia",
    emptyWhat: "Tästä ei ole valmista aloitettavaa; kirjoita ensimmäinen itse.",
    unfilled: n("# kohta on täydennettävä, ennen kuin tämä voi tulla voimaan:", "# kohtaa on täydennettävä, ennen kuin tämä voi tulla voimaan:"),
    from: "Aloitettu valmiista kirjauksesta",
  },
};
