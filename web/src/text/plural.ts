/* Texts with a number in them. Finnish and English have the same two forms; Intl knows which is which. */
const rules = { en: new Intl.PluralRules("en"), fi: new Intl.PluralRules("fi") };
const numbers = { en: new Intl.NumberFormat("en"), fi: new Intl.NumberFormat("fi") };

export function plural(lang: "en" | "fi", forms: { one: string; other: string }): (n: number) => string {
  return (n) => (rules[lang].select(n) === "one" ? forms.one : forms.other).replace("#", numbers[lang].format(n));
}
