export const settings = {
  settings: {
    title: "Asetukset",
    what: "Mikä koskee koko organisaatiota. Jokainen muutos jää tapahtumalokiin.",
    name: "Organisaation nimi",
    language: "Kieli",
    languageHint: "Raporttien ja viestien kieli, ja niiden, jotka eivät ole valinneet omaansa.",
    preset: "Lähtötaso",
    presetHint: "Mitkä suositellut kohdat lasketaan, kun kukaan ei ole päättänyt toisin.",
    zone: "Aikavyöhyke",
    readOnly: "Roolisi antavat nähdä asetukset mutta eivät muuttaa niitä.",
    since: "Viimeksi muutettu",
    api: "Rajapinta",
    apiWhat: "Kaikki, mitä näillä sivuilla tehdään, onnistuu myös ohjelmalta.",
    apiOpen: "Lue ohje",
  },
};
