/* Light, dark, or what the system says. boot.js has set it before the first paint; this only changes it. */
export type Theme = "system" | "light" | "dark";

const asked = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  try {
    const t = localStorage.getItem("theme");
    return t === "light" || t === "dark" ? t : "system";
  } catch {
    return "system";
  }
}

let chosen = $state<Theme>(stored());
let system = $state(asked.matches);

function paint() {
  document.documentElement.setAttribute("data-bs-theme", theme.dark ? "dark" : "light");
}

export const theme = {
  get chosen() {
    return chosen;
  },
  get dark() {
    return chosen === "dark" || (chosen === "system" && system);
  },
  choose(t: Theme) {
    chosen = t;
    try {
      localStorage.setItem("theme", t);
    } catch {
      /* it holds until the page is left */
    }
    paint();
  },
};

asked.addEventListener("change", (e) => {
  system = e.matches;
  paint();
});
