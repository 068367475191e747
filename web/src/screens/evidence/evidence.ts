import type { CheckAsked, Evidence } from "../../api/types";
import { formatNumber } from "../../text/format";
import type { Text } from "../../text/en";

type Words = Text["evidence"];

export const numberOf = (n: number) => formatNumber(n);

/* What there is of a check, beside what is asked. */
export function wordsOf(t: Words, c: CheckAsked): string {
  if (c.found === null) return t.whys[c.why as keyof Words["whys"]] ?? t.whys.no_evidence;
  const total = c.total ?? 0;
  switch (c.what) {
    case "tests":
      return t.testsRan(total, c.found);
    case "findings":
      return t.newFindings(c.found, t.levels[c.level as keyof Words["levels"]], c.why === "not_compared");
    case "coverage":
      return t.linesRan(c.found, total, c.wanted);
    case "asvs":
      return t.tickedOf(c.found, total);
    default:
      return t.touched(total, c.found);
  }
}

/* A report in one line. */
export function sumOf(t: Words, e: Evidence): string {
  if (e.tests !== null) return t.sumTests(e.tests, (e.failures ?? 0) + (e.errors ?? 0), e.skipped ?? 0);
  if (e.type === "sarif") return t.sumFindings(e.level_error ?? 0, e.level_warning ?? 0, e.level_note ?? 0, e.suppressed ?? 0);
  if (e.lines !== null) return t.sumLines(e.covered ?? 0, e.lines);
  if (e.type === "cyclonedx") return t.sumParts(e.components ?? 0, e.vulnerabilities ?? 0);
  if (e.type === "scorecard") return e.score === null || e.score < 0 ? "–" : t.sumScore(e.score / 10);
  return e.signer_name ? t.signed(e.signer_name) : (e.predicate ?? "");
}

/* Only tests pass or fail by themselves: of the rest the definition of done says what is good. */
export function toneOf(e: Evidence): "good" | "bad" | "quiet" {
  if (e.tests === null) return "quiet";
  return (e.failures ?? 0) + (e.errors ?? 0) > 0 || e.tests - (e.skipped ?? 0) < 1 ? "bad" : "good";
}
