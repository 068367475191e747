export const jobs = {
  jobs: {
    title: "Työt",
    what: "Mitä palvelin on tekemässä. Työt jatkuvat, kun se käynnistetään uudelleen.",
    job: "Työ",
    state: "Tila",
    begun: "Pyydetty",
    repository: "Repositorio",
    kind: { assess: "Repositorion arviointi", import: "Kirjausten tuonti", mirror: "Peilin päivitys", recount: "Mittareiden menneet päivät uudelleen" } as Record<string, string>,
    empty: "Ei vielä töitä",
    emptyWhat: "Arvioinnit näkyvät täällä niiden aikana ja jälkeen.",
  },
};
