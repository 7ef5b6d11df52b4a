/** Plain tables with aligned columns. */

export interface TableColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

/** Rows below their column names; the last column is not padded. Longer cells than `limit` are cut with `…`. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  limit: number = Infinity,
): string {
  const cut = rows.map((row) => row.map((cell) => clip(oneLine(cell), limit)));
  const widths = columns.map(({ name }, c) =>
    cut.reduce((widest, row) => Math.max(widest, (row[c] ?? '').length), name.length),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ right = false }, c) =>
        right ? (cells[c] ?? '').padStart(widths[c] ?? 0) : (cells[c] ?? '').padEnd(widths[c] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ name }) => name)), line(widths.map((width) => '-'.repeat(width))), ...cut.map(line)].join(
    '\n',
  );
}

function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** Control characters would move the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\r?\n/g, '⏎').replaceAll(/[\p{Cc}]/gu, ' ');
}
