/** Edits of recorded files as lines and cells: what the planted faults are made of. */

export interface DemandRow {
  readonly date: string;
  readonly hour: number;
  /** The cells behind date and hour, as published. */
  readonly cells: readonly string[];
}

/** A report of IESO: preamble and header, then rows of date, hour and cells. */
export interface IesoCsv {
  readonly head: readonly string[];
  readonly rows: readonly DemandRow[];
}

export function parseIeso(text: string): IesoCsv {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => /^\d{4}-\d\d-\d\d,/.test(line));
  const rows = lines.slice(first).map((line): DemandRow => {
    const [date = '', hour = '', ...cells] = line.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g) ?? [];
    return { date, hour: Number(hour), cells };
  });
  return { head: lines.slice(0, first), rows };
}

export function writeIeso({ head, rows }: IesoCsv): string {
  return [...head, ...rows.map(({ date, hour, cells }) => [date, hour, ...cells].join(',')), ''].join('\r\n');
}

/** The file with its rows edited; `undefined` leaves a row out, a list puts in several. */
export function editIeso(
  text: string,
  edit: (row: DemandRow, at: number, rows: readonly DemandRow[]) => DemandRow | readonly DemandRow[] | undefined,
): string {
  const file = parseIeso(text);
  return writeIeso({ ...file, rows: file.rows.flatMap((row, at, rows) => edit(row, at, rows) ?? []) });
}

/** One cell of the rows that fit, as a number and back. */
export function editCell(
  text: string,
  cell: number,
  fits: (row: DemandRow) => boolean,
  value: (now: number, row: DemandRow) => number | string,
): string {
  return editIeso(text, (row) =>
    fits(row)
      ? { ...row, cells: row.cells.map((old, i) => (i === cell ? String(value(numberOf(old), row)) : old)) }
      : row,
  );
}

export function numberOf(cell: string): number {
  return Number(cell.replaceAll(/[",]/g, ''));
}

/** The cells of other rows under each row's own date and hour: what a file looks like whose values have slipped. */
export function slip(text: string, by: number, fits: (row: DemandRow) => boolean = () => true): string {
  return editIeso(text, (row, at, rows) => (fits(row) ? { ...row, cells: rows[at - by]?.cells ?? row.cells } : row));
}

export const onDay =
  (date: string) =>
  (row: DemandRow): boolean =>
    row.date === date;
export const inMonth =
  (month: string) =>
  (row: DemandRow): boolean =>
    row.date.startsWith(month);
export const at =
  (date: string, hour: number) =>
  (row: DemandRow): boolean =>
    row.date === date && row.hour === hour;
/** From the first to the last date, both included. */
export const between =
  (from: string, to: string) =>
  (row: DemandRow): boolean =>
    row.date >= from && row.date <= to;
