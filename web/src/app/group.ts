/* In groups, each in the order of its first. */
export function groups<T>(all: readonly T[], of: (one: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const group = found.get(of(one));
    if (group) group.push(one);
    else found.set(of(one), [one]);
  }
  return [...found];
}
