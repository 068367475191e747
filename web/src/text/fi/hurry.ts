export const hurry = {
  hurry: {
    emergency: "Julkaise hätämuutoksena",
    emergencyWhat: "Enintään kolme päivää sitten päätetty hätämuutos päästää julkaisun läpi heti. Se tarkistetaan jälkikäteen.",
    number: "Hätämuutos",
    numberHelp: "Sen numero muutosrekisterissä",
    write: "Kirjoita hätämuutos",
    glass: "Ohita portti",
    glassWhat: (branch: string) => `Vaatimuskohdat eivät hetkeen estä sinua julkaisemasta haaraan ${branch}. Ohitus kirjataan, ja se näkyy etusivulla, kunnes joku toinen on tarkastanut sen.`,
    reason: "Miksi tämä ei voi odottaa",
    minutes: "Kuinka moneksi minuutiksi",
    broken: "Portti on ohitettu: julkaise muutos nyt",
  },
};
