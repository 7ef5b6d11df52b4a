/** From a check that looks at tables to the one SELECT that judges rows: `at, key, value, expectation, differs`. */
import { durationMs, formatDuration } from '../../core/duration.ts';
import { keyColumns, type Table, timeColumn } from '../../core/contract.ts';
import type { Peers, TableCheck } from '../../core/table-check.ts';
import { identifier, textLiteral } from '../identifier.ts';
import type { Bounds, Scope } from './bounds.ts';
import { holidays } from './holidays.ts';
import { keyText, tableName } from './names.ts';
import { reconcilesSql } from './reconciles.ts';
import { type Filling, fill } from './templates.ts';

export interface TableCheckSql {
  readonly scope: Scope;
  /** How PostgreSQL is to plan it, see `loaders/postgres`. */
  readonly plan: 'free' | 'steps';
  /** One SELECT of `at timestamptz, key, value, expectation text, differs boolean`; kinds with a band have `lower, upper float8`, too. */
  readonly rows: (bounds: Bounds) => string;
}

export interface Checked {
  readonly dataset: string;
  readonly table: Table;
  readonly scope: Scope;
  /** Other datasets write the table, too: rows of theirs are neither tested nor history. */
  readonly shared: boolean;
}

export function tableCheckSql(checked: Checked, check: TableCheck): TableCheckSql {
  const { scope, table } = checked;
  if (check.kind === 'reconciles')
    return { scope, plan: 'free', rows: (bounds) => reconcilesSql(table, check, scope, bounds) };
  const file = FILES[check.kind];
  return {
    scope,
    plan: 'steps',
    rows: (bounds) =>
      fill(file, {
        ...common(checked, check),
        ...own(checked, check, bounds),
        every: { sql: bounds.every === true ? 'true' : 'false' },
      })
        .replaceAll('$1', bounds.from)
        .replaceAll('$2', bounds.to),
  };
}

const FILES = {
  hourOfWeekAnomaly: 'hour_of_week_anomaly',
  ramp: 'ramp',
  clockShift: 'clock_shift',
  distributionDrift: 'distribution_drift',
  repeated: 'repeated',
  beyondHistory: 'beyond_history',
  volume: 'volume',
  revisions: 'revisions',
} as const;

function common(
  { dataset, table, shared }: Checked,
  { columns: [column = '', ...by] }: TableCheck,
): Record<string, Filling> {
  const mine = `exists (select from etl.load l where l.load_id = t.load_id and l.dataset = ${textLiteral(dataset)})`;
  return {
    mine: { sql: shared ? mine : 'true' },
    table: { sql: tableName(table.name) },
    time: { name: timeColumn(table) ?? '' },
    key_columns: {
      sql: keyColumns(table)
        .map((name) => `t.${identifier(name)}`)
        .join(', '),
    },
    column: { name: column },
    key: {
      sql: `concat_ws(', ', ${keyColumns(table)
        .map((name) => keyText(table, name))
        .join(', ')})`,
    },
    series: {
      sql: by.length === 0 ? `''::text` : `concat_ws(', ', ${by.map((name) => `t.${identifier(name)}`).join(', ')})`,
    },
  };
}

function own(
  { dataset, table }: Checked,
  check: Exclude<TableCheck, { kind: 'reconciles' }>,
  bounds: Bounds,
): Record<string, Filling> {
  switch (check.kind) {
    case 'hourOfWeekAnomaly':
      return peers(check, bounds);
    case 'ramp':
      return { ...peers(check, bounds), step: { sql: seconds(check.step) } };
    case 'clockShift':
      return { zone: { text: check.zone }, min_gain: { number: check.minGain }, years: { number: check.years } };
    case 'distributionDrift':
      return {
        zone: { text: check.zone },
        threshold: { number: check.threshold },
        tails: { sql: check.of === 'tenths' ? 'true' : 'false' },
        years: { number: check.years },
        min_years: { number: check.minYears },
      };
    case 'repeated':
      return { rows: { number: check.rows } };
    case 'beyondHistory':
      return { margin: { number: check.margin }, min_days: { number: check.minDays } };
    case 'volume':
      return {
        zone: { text: check.zone },
        tolerance: { number: check.tolerance },
        weeks: { number: check.weeks },
        min_history: { number: check.minHistory },
      };
    case 'revisions':
      return {
        dataset: { text: dataset },
        history: { sql: tableName(table.name.replace(/^public\./, 'history.')) },
        same_key: {
          sql: keyColumns(table)
            .map((name) => `h.${identifier(name)} = t.${identifier(name)}`)
            .join(' and '),
        },
        max_share: { number: check.maxShare },
        max_change: { number: check.maxChange },
        min_change: { number: check.minChange },
        after: { sql: seconds(check.after) },
        after_words: { text: formatDuration(durationMs(check.after)) },
      };
  }
}

function peers(
  { zone, holidays: province, threshold, weeks, minHistory, floorShare }: Peers,
  { start, end }: Bounds,
): Record<string, Filling> {
  const year = (ms: number): number => new Date(ms).getUTCFullYear();
  const dates = province === null ? [] : holidays(province, year(start) - 1, year(end) + 1);
  return {
    zone: { text: zone },
    holidays: { sql: `'{${dates.join(',')}}'::date[]` },
    threshold: { number: threshold },
    weeks: { number: weeks },
    min_history: { number: minHistory },
    floor_share: { number: floorShare },
  };
}

function seconds(duration: string): string {
  return textLiteral(`${durationMs(duration) / 1_000} seconds`);
}
