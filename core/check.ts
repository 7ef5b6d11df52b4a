/** Data checks as data: each compiles to one SQL text that returns failing rows. Typed by the table's column names. */
import type { Severity } from './severity.ts';
import { isTableCheck, TABLE_CHECK_KINDS, type TableCheckKind, tableCheckName } from './table-check.ts';

export type { Severity } from './severity.ts';

interface Base<Col extends string> {
  readonly severity: Severity;
  /** Columns that the check reads; the type parameter makes a misspelt one a compile error. */
  readonly columns: readonly Col[];
}

export type Check<Col extends string = string> = Base<Col> &
  (
    | { readonly kind: 'notNull' }
    | { readonly kind: 'unique' }
    | { readonly kind: 'range'; readonly min: number; readonly max: number }
    | { readonly kind: 'oneOf'; readonly values: readonly string[] }
    | { readonly kind: 'matches'; readonly pattern: string }
    /** `columns` = [instant, ...by]. */
    | { readonly kind: 'complete'; readonly step: string }
    /** `columns` = [larger, smaller]. */
    | { readonly kind: 'notBelow'; readonly tolerance: number }
    /** `columns` = [total, ...parts]. */
    | { readonly kind: 'sumsTo'; readonly tolerance: number }
    /** `columns` = [column, ...by]. */
    | { readonly kind: 'frozen'; readonly steps: number }
    /** `columns` = [larger, smaller]. */
    | { readonly kind: 'notAbove'; readonly margin: number }
    /** `columns` = [column, ...by]. */
    | ({ readonly kind: 'solarAtNight' } & SolarAtNight)
    | TableCheckKind
    /** A file of one SELECT that returns failing rows: `_line, value, expectation`. */
    | { readonly kind: 'sql'; readonly file: string; readonly doc: string; readonly over: 'typed' | 'raw' }
  );

/** Where the sun is looked at from, and which rows are solar. */
export interface SolarAtNight {
  /** Corners of the region: it is night where the sun is below `elevation` degrees at each of them. */
  readonly places: readonly { readonly latitude: number; readonly longitude: number }[];
  /** Degrees above the horizon. */
  readonly elevation: number;
  /** Largest output at night that passes, in the column's unit. */
  readonly tolerance: number;
  /** Rows that take part: column → text. */
  readonly where?: Readonly<Record<string, string>>;
  /** Length of a row's interval: it is night where the sun is down at its start and at its end. */
  readonly step: string;
}

export const CHECK_KINDS = [
  'notNull',
  'unique',
  'range',
  'oneOf',
  'matches',
  'complete',
  'notBelow',
  'sumsTo',
  'notAbove',
  'frozen',
  'solarAtNight',
  'sql',
  ...TABLE_CHECK_KINDS,
] as const satisfies readonly Check['kind'][];

interface Options {
  readonly severity?: Severity;
}

/** No NULL in these columns. Default: `reject`. */
export function notNull<const Col extends string>(columns: Col | readonly Col[], options: Options = {}): Check<Col> {
  return { kind: 'notNull', columns: list(columns), severity: options.severity ?? 'reject' };
}

/** No two rows share these columns. Default: `reject`, which refuses all rows of a conflict and the repeats of an identical row. */
export function unique<const Col extends string>(columns: readonly Col[], options: Options = {}): Check<Col> {
  return { kind: 'unique', columns, severity: options.severity ?? 'reject' };
}

/** `min <= column <= max`, NULL passes. Default: `reject`. */
export function range<const Col extends string>(
  column: Col,
  min: number,
  max: number,
  options: Options = {},
): Check<Col> {
  return { kind: 'range', columns: [column], min, max, severity: options.severity ?? 'reject' };
}

/** The value is one of these texts, NULL passes. Default: `reject`. */
export function oneOf<const Col extends string>(
  column: Col,
  values: readonly string[],
  options: Options = {},
): Check<Col> {
  return { kind: 'oneOf', columns: [column], values, severity: options.severity ?? 'reject' };
}

/** The whole text matches this regular expression (RE2), NULL passes. Default: `reject`. */
export function matches<const Col extends string>(column: Col, pattern: string, options: Options = {}): Check<Col> {
  return { kind: 'matches', columns: [column], pattern, severity: options.severity ?? 'reject' };
}

/**
 * Every step of the interval has a row (for each value of `by` that occurs in the file). Steps that the publisher cannot have
 * published yet are not expected. Default: `warn`; there is no row to reject.
 */
export function complete<const Col extends string>(
  column: Col,
  step: string,
  options: Options & { readonly by?: readonly Col[] } = {},
): Check<Col> {
  return { kind: 'complete', columns: [column, ...(options.by ?? [])], step, severity: options.severity ?? 'warn' };
}

/** `column >= other - tolerance` where both are known. Default: `warn`, tolerance 0 (in the column's unit). */
export function notBelow<const Col extends string>(
  column: Col,
  other: Col,
  options: Options & { readonly tolerance?: number } = {},
): Check<Col> {
  const { severity = 'warn', tolerance = 0 } = options;
  return { kind: 'notBelow', columns: [column, other], tolerance, severity };
}

/** The parts add up to the total, within `tolerance` in the column's unit. Default: `warn`, tolerance 0. */
export function sumsTo<const Col extends string>(
  total: Col,
  parts: readonly Col[],
  options: Options & { readonly tolerance?: number } = {},
): Check<Col> {
  return {
    kind: 'sumsTo',
    columns: [total, ...parts],
    tolerance: options.tolerance ?? 0,
    severity: options.severity ?? 'warn',
  };
}

/**
 * The column does not keep one value for more than `steps` rows in a row, in the order of the key (for each value of `by`); NULL
 * ends a run. One finding per run, at its first row. Default: `warn`.
 */
export function frozen<const Col extends string>(
  column: Col,
  steps: number,
  options: Options & { readonly by?: readonly Col[] } = {},
): Check<Col> {
  return { kind: 'frozen', columns: [column, ...(options.by ?? [])], steps, severity: options.severity ?? 'warn' };
}

/** `column <= margin * limit` where both are known: output above capability. Default: `warn`, margin 1. */
export function notAbove<const Col extends string>(
  column: Col,
  limit: Col,
  options: Options & { readonly margin?: number } = {},
): Check<Col> {
  return {
    kind: 'notAbove',
    columns: [column, limit],
    margin: options.margin ?? 1,
    severity: options.severity ?? 'warn',
  };
}

/** Solar output is zero while the sun is down all over the region; the sun's height by the formula of NOAA. Default: `warn`. */
export function solarAtNight<const Col extends string>(column: Col, options: Options & SolarAtNight): Check<Col> {
  const { severity = 'warn', ...rest } = options;
  return { kind: 'solarAtNight', columns: [column], severity, ...rest };
}

/**
 * Any other rule, as a SQL file below the project's root that returns failing rows as `_line, value, expectation`. `over: 'raw'`: of rows that
 * the transform leaves out, too. Default: `warn`, over `typed`.
 */
export function sql(
  file: string,
  options: Options & { readonly doc: string; readonly over?: 'typed' | 'raw' },
): Check<never> {
  const { doc, severity = 'warn', over = 'typed' } = options;
  return { kind: 'sql', columns: [], file, doc, severity, over };
}

/** Stable name of a check within its dataset, e.g. `range(ontario_demand_mw, 1500, 30000)`. */
export function checkName(check: Check): string {
  if (isTableCheck(check)) return tableCheckName(check);
  switch (check.kind) {
    case 'range':
      return `range(${check.columns[0]}, ${check.min}, ${check.max})`;
    case 'oneOf':
      return `oneOf(${check.columns[0]})`;
    case 'matches':
      return `matches(${check.columns[0]})`;
    case 'complete':
      return `complete(${[check.columns[0], check.step, ...check.columns.slice(1)].join(', ')})`;
    case 'frozen':
      return `frozen(${[check.columns[0], check.steps, ...check.columns.slice(1)].join(', ')})`;
    case 'notAbove':
      return `notAbove(${check.columns.join(', ')}, ${check.margin})`;
    case 'solarAtNight':
      return `solarAtNight(${check.columns.join(', ')})`;
    case 'sql':
      return `sql(${check.file})`;
    default:
      return `${check.kind}(${check.columns.join(', ')})`;
  }
}

function list<Col extends string>(columns: Col | readonly Col[]): readonly Col[] {
  return typeof columns === 'string' ? [columns] : columns;
}
