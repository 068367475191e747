/* Before the first paint: the theme and language chosen last time, so that nothing flashes. */
(function () {
  var theme = "system", lang = "";
  try {
    theme = localStorage.getItem("theme") || "system";
    lang = localStorage.getItem("language") || "";
  } catch (e) { /* storage may be refused */ }
  var dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
  if (lang !== "en" && lang !== "fi") lang = /^fi\b/.test(navigator.language || "") ? "fi" : "en";
  document.documentElement.lang = lang;
})();
