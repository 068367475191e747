import type { Approval } from "../../api/types";

export const tones: Record<Approval["state"], "good" | "warn" | "bad" | "quiet" | "info"> = {
  waiting: "warn",
  solo: "warn",
  approved: "good",
  reviewed: "good",
  rejected: "bad",
  disputed: "bad",
  withdrawn: "quiet",
  expired: "quiet",
};
