/* What a list screen declares; Table does the rest. */
export interface Column<Row> {
  key: string;
  title: string;
  sort?: string; // name for ?sort=; absent: not sortable
  value?: (row: Row) => string | number | null | undefined; // when no cell snippet draws it
  align?: "end";
  wide?: boolean; // takes what room there is
  hideLabel?: boolean; // heading only for screen readers
}

export interface Option {
  value: string;
  title: string;
}

export interface Filter {
  name: string; // of the query
  title: string;
  options: readonly Option[]; // none: set by a link from elsewhere, and can only be taken away here
  date?: boolean; // a day instead of options
}

/* Those of ?columns=, in the table's own order; the first is always there. Absent, or naming none: all. */
export function shownColumns<Row>(columns: Column<Row>[], wanted: string | null): Column<Row>[] {
  const keys = (wanted ?? "").split(",");
  const some = columns.filter((c, i) => i === 0 || keys.includes(c.key));
  return wanted === null || (some.length < 2 && !keys.includes(columns[0]?.key ?? "")) ? columns : some;
}

/* The named texts of a group as what can be chosen. */
export function choices<K extends string>(group: { readonly [key in K]: string }, keys: readonly K[]): Option[] {
  return keys.map((value) => ({ value, title: group[value] }));
}
