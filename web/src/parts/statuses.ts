/* The order and the colours in which statuses are drawn; never the only sign: each has its word and icon beside it. */
export const STATUSES = ["fully_done", "mostly_done", "partly_done", "not_done", "not_relevant"] as const;
export type StatusName = (typeof STATUSES)[number];

export const FILLS: Record<StatusName, string> = {
  fully_done: "--fill-full",
  mostly_done: "--fill-most",
  partly_done: "--fill-part",
  not_done: "--fill-not",
  not_relevant: "--fill-off",
};
