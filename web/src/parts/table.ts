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

export interface Filter {
  name: string; // of the query
  title: string;
  options: readonly { value: string; title: string }[];
}
