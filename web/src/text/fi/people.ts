export const people = {
  roles: {
    title: "Roolit",
    what: "Mitä kukin rooli saa tehdä. Omaa pyyntöään ei hyväksy kukaan, roolista riippumatta.",
    yours: "Sinun",
    matrix: "Kaikki oikeudet rinnakkain",
    matrixWhat: "Oikeuden, jossa lukee ”projekteittain”, voi antaa myös yhteen projektiin.",
    permission: "Oikeus",
    project: "projekteittain",
    yes: "Kyllä",
    no: "Ei",
  },
};
