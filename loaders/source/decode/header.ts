/** Finds each raw column in the header of a file, and refuses a header that the definition does not know. */
import type { Fault } from '../../../core/errors.ts';
import { HEADER_NEXT, headerDifference } from '../../../core/header.ts';
import { type DecodeLimits, formatFault } from './limits.ts';

/**
 * Where each raw column stands in the file, -1 for a column of other vintages. The order of the file's columns is free; one empty
 * name at the end is a trailing delimiter.
 * @throws Fault `FORMAT_HEADER_CHANGED` with what is added, missing and doubled compared with the nearest vintage
 */
export function matchHeader(
  published: readonly string[],
  vintages: readonly (readonly string[])[],
  columns: readonly string[],
  limits: DecodeLimits,
  line: number | null,
): number[] {
  const found = publishedNames(published);
  const difference = headerDifference(found, vintages);
  if (difference !== null) throw headerChanged(limits, line, difference);
  return columns.map((name) => found.indexOf(name));
}

/** The names without the empty one that a trailing delimiter leaves. */
export function publishedNames(cells: readonly string[]): readonly string[] {
  return cells.length > 1 && cells.at(-1) === '' ? cells.slice(0, -1) : cells;
}

/** What stands above each other in the rows of a header, joined by a space: `MANITOBA` over `Imp` is `MANITOBA Imp`. */
export function headerNames(rows: readonly (readonly string[])[]): readonly string[] {
  const [only = []] = rows;
  if (rows.length <= 1) return only;
  const width = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, i) =>
    rows
      .map((row) => row[i]?.trim() ?? '')
      .filter((cell) => cell !== '')
      .join(' '),
  );
}

export function headerChanged(limits: DecodeLimits, line: number | null, what: string): Fault {
  return formatFault('FORMAT_HEADER_CHANGED', limits, line, { what, next: HEADER_NEXT });
}
