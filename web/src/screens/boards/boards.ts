/* Registers that have a page of their own beside their list. */
const pages: Record<string, string> = {
  project: "/boards/ssdlc",
  process: "/boards/ssdlc",
  change: "/boards/changes",
  risk: "/boards/risks",
  risk_criteria: "/boards/risks",
  release: "/release-log",
  deployment: "/release-log",
  audit: "/audits",
  partner: "/partners",
  environment: "/environments",
};
export const boardOf = (register: string): string | undefined => pages[register];
/* The page of one item, where its register has one for each; else that of all. */
export const boardOfItem = (register: string, id: string): string | undefined => (["audit", "partner", "environment"].includes(register) ? `${boardOf(register)}/${id}` : boardOf(register));

/* Who may make a move, in words: roles by their titles, the owner, fields of type person by their labels. */
import type { Register } from "../../api/types";
import { text } from "../../text/index.svelte";

export function whoInWords(who: readonly string[], kind: Register | undefined, owner?: string | null): string {
  const names = who.map((w) => (w === "owner" ? (owner ?? text.t.item.itsOwner) : ((text.t.role as Record<string, string>)[w] ?? kind?.fields.find((f) => f.key === w)?.label ?? w)));
  return new Intl.ListFormat(text.code, { type: "disjunction" }).format([...new Set(names)]);
}

/* The move that leads on from a state: neither back nor to an end. */
export function nextMove(kind: Register | undefined, state: string) {
  const at = (key: string) => kind?.states.findIndex((s) => s.key === key) ?? -1;
  const moves = kind?.moves.filter((m) => m.from.includes(state) && at(m.to) > at(state) && kind.states[at(m.to)]?.phase !== "closed") ?? [];
  return moves.find((m) => !m.reason || m.approves) ?? moves[0];
}
