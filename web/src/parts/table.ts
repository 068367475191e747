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

/* The named texts of a group as what can be chosen. */
export function choices<K extends string>(group: { readonly [key in K]: string }, keys: readonly K[]): Option[] {
  return keys.map((value) => ({ value, title: group[value] }));
}
