/**
 * Checks that look at tables: a value is judged by what the table held before and around it, so every machine on the same history
 * judges alike. They run in PostgreSQL after the loads of a run, and cannot reject or block. Thresholds were chosen on recorded real
 * years: `docs/data-quality.md` says how, and how often each is wrong.
 */
import type { Severity } from './severity.ts';

/** The same quantity in another table. */
export interface Reconciliation {
  /** `public.<table>` */
  readonly with: string;
  /** Its column. */
  readonly other: string;
  /** Own column → column of the other table: rows that agree in all of them are compared. */
  readonly on: Readonly<Record<string, string>>;
  /** Largest difference that passes, in the column's unit. */
  readonly tolerance: number;
  /** Own rows that take part: column → text. */
  readonly where?: Readonly<Record<string, string>>;
  /** Rows of the other table that take part: column → text. */
  readonly otherWhere?: Readonly<Record<string, string>>;
}

/** Rows of the same hour of the week, some weeks before and after; the tested row is not among them. */
export interface Peers {
  /** The clock that people live by, which decides what an hour of the week is. */
  readonly zone: string;
  /** Province whose holidays count as Sundays and stay out of other days' peers; null where none matter. */
  readonly holidays: 'ON' | 'AB' | null;
  /** Most robust standard deviations (1.4826 × MAD) from the median of the peers. */
  readonly threshold: number;
  /** How many weeks before and after. */
  readonly weeks: number;
  /** Fewer peers judge nothing. */
  readonly minHistory: number;
  /** A standard deviation counts at least as this share of the peers' median value, since few peers may agree by chance. */
  readonly floorShare: number;
}

export type TableCheckKind =
  /** `columns` = [column]. */
  | ({ readonly kind: 'reconciles' } & Reconciliation)
  /** `columns` = [column, ...by]. */
  | ({ readonly kind: 'hourOfWeekAnomaly' } & Peers)
  /** `columns` = [column, ...by]. */
  | ({ readonly kind: 'ramp'; readonly step: string } & Peers)
  /** `columns` = [column, ...by]. */
  | { readonly kind: 'clockShift'; readonly zone: string; readonly minGain: number; readonly years: number }
  /** `columns` = [column, ...by]. */
  | {
      readonly kind: 'distributionDrift';
      readonly of: 'tenths' | 'median';
      readonly zone: string;
      readonly threshold: number;
      readonly years: number;
      readonly minYears: number;
    }
  /** `columns` = [column, ...by]. */
  | { readonly kind: 'repeated'; readonly rows: number }
  /** `columns` = [column, ...by]. */
  | { readonly kind: 'beyondHistory'; readonly margin: number; readonly minDays: number }
  /** `columns` = [instant]. */
  | {
      readonly kind: 'volume';
      readonly zone: string;
      readonly tolerance: number;
      readonly weeks: number;
      readonly minHistory: number;
    }
  /** `columns` = [column]. */
  | {
      readonly kind: 'revisions';
      readonly maxShare: number;
      readonly maxChange: number;
      readonly minChange: number;
      readonly after: string;
    };

export type TableCheck<Col extends string = string> = {
  readonly severity: Severity;
  readonly columns: readonly Col[];
} & TableCheckKind;

export const TABLE_CHECK_KINDS = [
  'reconciles',
  'hourOfWeekAnomaly',
  'ramp',
  'clockShift',
  'distributionDrift',
  'repeated',
  'beyondHistory',
  'volume',
  'revisions',
] as const satisfies readonly TableCheckKind['kind'][];

export type TableSeverity = 'warn' | 'info';

interface Options<Col extends string> {
  readonly severity?: TableSeverity;
  /** Columns of the key that tell series apart. */
  readonly by?: readonly Col[];
}

/**
 * The column agrees with the same quantity in another table, in all rows that both have. "Not checked" where they share no row.
 * Looked at again when either table is loaded.
 */
export function reconciles<const Col extends string>(
  column: Col,
  other: Omit<Reconciliation, 'tolerance'> & { readonly tolerance?: number; readonly severity?: TableSeverity },
): TableCheck<Col> {
  const { severity = 'warn', tolerance = 0, ...rest } = other;
  return { kind: 'reconciles', columns: [column], severity, tolerance, ...rest };
}

/**
 * The value lies near those of the same hour of the week: at most `threshold` robust standard deviations from their median. Defaults fit
 * hourly load: 10 deviations, 6 weeks either side, at least 6 peers, a deviation at least 4 % of the median.
 */
export function hourOfWeekAnomaly<const Col extends string>(
  column: Col,
  options: Options<Col> & Pick<Peers, 'zone'> & Partial<Peers>,
): TableCheck<Col> {
  const { severity = 'warn', by = [], zone, holidays = null, threshold = 10, weeks = 6, minHistory = 6 } = options;
  const { floorShare = 0.04 } = options;
  const peers = { zone, holidays, threshold, weeks, minHistory, floorShare };
  return { kind: 'hourOfWeekAnomaly', columns: [column, ...by], severity, ...peers };
}

/**
 * The change from one step to the next is near that of the same hour of the week. Defaults fit hourly load: 8 robust deviations, 6 weeks,
 * a deviation at least 2 % of the value. Finds spikes and steps that stay within the band of {@link hourOfWeekAnomaly}.
 */
export function ramp<const Col extends string>(
  column: Col,
  options: Options<Col> & Pick<Peers, 'zone'> & Partial<Peers> & { readonly step?: string },
): TableCheck<Col> {
  const { severity = 'warn', by = [], zone, holidays = null, threshold = 8, weeks = 6, minHistory = 6 } = options;
  const { floorShare = 0.02, step = 'PT1H' } = options;
  const peers = { zone, holidays, threshold, weeks, minHistory, floorShare };
  return { kind: 'ramp', columns: [column, ...by], severity, step, ...peers };
}

/**
 * The shape of a month's weekdays stands at the same hours as in the same month of other years (within `years`): it does not fit better when it is
 * moved by 1 to 3 hours. `minGain` is the gain in correlation from which a move counts. "Not checked" without another year.
 */
export function clockShift<const Col extends string>(
  column: Col,
  options: Options<Col> & { readonly zone: string; readonly minGain?: number; readonly years?: number },
): TableCheck<Col> {
  const { severity = 'warn', by = [], zone, minGain = 0.012, years = 25 } = options;
  return { kind: 'clockShift', columns: [column, ...by], severity, zone, minGain, years };
}

/**
 * A month's median, lowest and highest tenth lie near those of the same month of other years (within `years`, at least `minYears` of them): at most
 * `threshold` times the distance from lowest to highest tenth away.
 */
export function distributionDrift<const Col extends string>(
  column: Col,
  options: Options<Col> & {
    readonly zone: string;
    /** What is compared. Default: lowest tenth, median and highest tenth. */
    readonly of?: 'tenths' | 'median';
    readonly threshold?: number;
    readonly years?: number;
    readonly minYears?: number;
  },
): TableCheck<Col> {
  const { severity = 'warn', by = [], zone, of = 'tenths', threshold = 0.6, years = 3, minYears = 2 } = options;
  return { kind: 'distributionDrift', columns: [column, ...by], severity, of, zone, threshold, years, minYears };
}

/**
 * No more than `rows` rows in a row equal those of 1, 2, 7, 364, 365 or 366 days before: an earlier day, week or year was not given out
 * again. Rows that keep the value of the row before do not count. Default 8 rows.
 */
export function repeated<const Col extends string>(
  column: Col,
  options: Options<Col> & { readonly rows?: number } = {},
): TableCheck<Col> {
  const { severity = 'warn', by = [], rows = 8 } = options;
  return { kind: 'repeated', columns: [column, ...by], severity, rows };
}

/**
 * The value is not larger, in either direction, than `margin` times the largest of all other days (neighbouring days left out, at least
 * `minDays` of them). For a limit that nobody publishes, such as the capability of a tie.
 */
export function beyondHistory<const Col extends string>(
  column: Col,
  options: Options<Col> & { readonly margin?: number; readonly minDays?: number } = {},
): TableCheck<Col> {
  const { severity = 'warn', by = [], margin = 2, minDays = 60 } = options;
  return { kind: 'beyondHistory', columns: [column, ...by], severity, margin, minDays };
}

/**
 * A day has about as many rows as the same weekday of the `weeks` before: within `tolerance`, a share of their median. Days that the publisher
 * may still be filling do not count.
 */
export function volume<const Col extends string>(
  column: Col,
  options: {
    readonly severity?: TableSeverity;
    readonly zone: string;
    readonly tolerance?: number;
    readonly weeks?: number;
    readonly minHistory?: number;
  },
): TableCheck<Col> {
  const { severity = 'warn', zone, tolerance = 0.1, weeks = 8, minHistory = 3 } = options;
  return { kind: 'volume', columns: [column], severity, zone, tolerance, weeks, minHistory };
}

/**
 * What the publisher changed afterwards is small: of a month at most `maxShare` of the rows, none by more than `maxChange` of its value (and
 * `minChange` in the column's unit), none later than `after` its instant. Looked at for the newest load of an interval.
 */
export function revisions<const Col extends string>(
  column: Col,
  options: {
    readonly severity?: TableSeverity;
    readonly after: string;
    readonly maxShare?: number;
    readonly maxChange?: number;
    readonly minChange?: number;
  },
): TableCheck<Col> {
  const { severity = 'warn', after, maxShare = 0.5, maxChange = 0.25, minChange = 0 } = options;
  return { kind: 'revisions', columns: [column], severity, after, maxShare, maxChange, minChange };
}

export function isTableCheck(check: { readonly kind: string }): check is TableCheck {
  return (TABLE_CHECK_KINDS as readonly string[]).includes(check.kind);
}

/** Stable name within a dataset: kind, column, threshold, series. What else a check was told stands at the head of its results' SQL. */
export function tableCheckName(check: TableCheck): string {
  const [column = '', ...by] = check.columns;
  const among = by.length === 0 ? '' : `, ${by.join(', ')}`;
  switch (check.kind) {
    case 'reconciles':
      return `reconciles(${column}, ${check.with}.${check.other})`;
    case 'hourOfWeekAnomaly':
    case 'ramp':
    case 'distributionDrift':
      return `${check.kind}(${column}, ${check.threshold}${among})`;
    case 'clockShift':
      return `clockShift(${column}, ${check.minGain}${among})`;
    case 'repeated':
      return `repeated(${column}, ${check.rows}${among})`;
    case 'beyondHistory':
      return `beyondHistory(${column}, ${check.margin}${among})`;
    case 'volume':
      return `volume(${check.tolerance})`;
    case 'revisions':
      return `revisions(${column}, ${check.maxShare}, ${check.maxChange}, ${check.after})`;
  }
}
