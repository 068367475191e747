import { plural } from "../plural";

const n = (one: string, other: string) => plural("fi", { one, other });

export const taskFile = {
  taskFile: {
    import: "Tuo",
    title: "Tuo tehtäviä",
    what: "Toisen työkalun tehtävät CSV-tiedostona. Tiedosto käydään ensin läpi; mitään ei kirjata ennen kuin vahvistat, ja silloin kaikki tai ei mitään.",
    columns: "Tunnetut sarakkeet: nimi, tila, omistaja, prioriteetti, määräpäivä, kuvaus, katselmointiväli (päivää). Tehtävät tunnistetaan suomen- tai englanninkielisestä nimestä, ihmiset osoitteesta tai nimestä.",
    faults: n("# virhe.", "# virhettä."),
    line: (l: number) => `Rivi ${l}`,
    would: n("# tehtävä muuttuisi", "# tehtävää muuttuisi"),
    same: n("# pysyy ennallaan", "# pysyy ennallaan"),
    claims: n("# tila säilytetään ilmoituksena.", "# tilaa säilytetään ilmoituksina."),
    claimsWhat: "Ilmoitus näkyy tehtävällä, mutta ei vaikuta mihinkään: tila lasketaan siitä, mitä on havaittu.",
    left: n("# kohta jää pois", "# kohtaa jää pois"),
    task: "Tehtävä",
    field: "Kenttä",
    before: "Ennen",
    after: "Jälkeen",
    none: "–",
    fields: { name: "Nimi", status: "Tila", claim: "Ilmoitettu tila", owner: "Omistaja", priority: "Prioriteetti", due: "Määräpäivä", description: "Prosessi", review_days: "Katselmointiväli (päivää)" },
    go: n("Muuta # tehtävä", "Muuta # tehtävää"),
    done: n("# tehtävä muutettiin", "# tehtävää muutettiin"),
    claim: "Muualla ilmoitettu",
    claimFrom: (source: string, who: string, when: string) => `${source}, toimittanut ${who} ${when}`,
    claimWeak: "Pelkkä ilmoitus: se ei vaikuta tilaan.",
  },
};
