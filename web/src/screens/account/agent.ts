/* What a browser calls itself, in words a person knows. Only for show: it can say what it likes. */
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/(Chrome|Chromium|CriOS)\//, "Chrome"],
  [/Version\/.*Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

export function nameAgent(agent: string): { name: string; mobile: boolean } {
  const find = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  const name = [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(" · ");
  return { name: name || agent.slice(0, 60), mobile: /Android|iPhone|iPad/.test(agent) };
}
