import { plural } from "../plural";

const n = (one: string, other: string) => plural("fi", { one, other });

export const myTasks = {
  myTasks: {
    title: "Omat tehtävät",
    what: "Mikä odottaa sinua, kiireisin ensin.",
    empty: "Mikään ei odota sinua",
    emptyWhat: "Kun joku antaa sinulle tehtävän, mainitsee sinut tai pyytää hyväksyntääsi, se näkyy täällä.",
    all: "Katso kaikki tehtävät",
    approvals: "Odottaa päätöstäsi",
    approvalsWhat: "Joku muu on pyytänyt; sinä olet toinen silmäpari.",
    items: "Sinua odottavat kirjaukset",
    requests: "Omat pyyntösi",
    late: "Myöhässä",
    soon: "Viikon sisällä",
    later: "Myöhemmin",
    undated: "Ilman määräpäivää",
    owned: "Omistamasi tehtävät",
    noneOwned: "Et omista yhtään tehtävää.",
    reviews: "Tulevat katselmoinnit",
    participating: "Osallistut näihin",
    progress: "Tehtäväsi",
    mentions: "Maininnat",
    violated: n("# kohta rikki", "# kohtaa rikki"),
    open: n("# kohta ilman näyttöä", "# kohtaa ilman näyttöä"),
  },
};
