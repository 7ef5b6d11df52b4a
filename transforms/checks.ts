/** Runs a dataset's checks over `typed`: each compiles to one SQL text that returns failing rows with key, value, expectation. */
import { type Check, checkName, type Severity } from '../core/check.ts';
import { keyColumns, timeColumn } from '../core/contract.ts';
import { checkSentence, stepName } from '../core/check-sentence.ts';
import { durationMs } from '../core/duration.ts';
import type { Interval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { isTableCheck } from '../core/table-check.ts';
import { periodAt } from '../core/zone.ts';
import { referenceRule, referencesOf } from './references.ts';
import { identifier as id, literal } from './quote.ts';
import { rawFailuresSql, runningCheck, selectOf } from './check-sql.ts';
import { frozenRunsSql } from './frozen.ts';
import { solarAtNightSql } from './solar-at-night.ts';
import { contractRules, keyText, rowRule } from './rules.ts';
import type { Session } from './session.ts';

export interface CheckOutcome {
  readonly name: string;
  readonly sentence: string;
  readonly severity: Severity;
  readonly failingRows: number;
  readonly samples: readonly { readonly key: string; readonly value: string | null; readonly expectation: string }[];
  readonly sql: string;
}

export interface CheckInput {
  readonly pipeline: Pipeline;
  readonly interval: Interval;
  /** Steps from here on cannot have been published yet (milliseconds since the epoch). */
  readonly expectedUntil: number;
  readonly checkSql: ReadonlyMap<string, string>;
  readonly sampleLimit: number;
}

/** Every check of the dataset, those of the contract included, in the order of their severity and definition. */
export async function runChecks(session: Session, input: CheckInput): Promise<CheckOutcome[]> {
  const outcomes = [...(await rejections(session, input))];
  for (const check of input.pipeline.checks) {
    // What `reject` found is counted above; other tables are compared in PostgreSQL, when all have been loaded.
    if (check.severity === 'reject' || isTableCheck(check)) continue;
    outcomes.push(await runningCheck(input.pipeline, check, () => runCheck(session, check, input)));
  }
  return outcomes;
}

/** What `reject` rules refused, counted from `refused`. */
async function rejections(session: Session, input: CheckInput): Promise<CheckOutcome[]> {
  const { pipeline } = input;
  const counted = await session.rows<{ rule: string; n: number }>(
    'select rule, count(*) as n from refused group by rule',
  );
  const counts = new Map(counted.map(({ rule, n }) => [rule, Number(n)]));
  const named = new Map<string, string>([
    ...Object.keys(pipeline.table.columns).map((name): [string, string] => [
      `cast(${name})`,
      `${name} can be read as its type`,
    ]),
    ...contractRules(pipeline, input.interval).map((rule): [string, string] => [rule.name, sentenceOfRule(rule.name)]),
    [
      `unique(${keyColumns(pipeline.table).join(', ')})`,
      `no two rows share ${keyColumns(pipeline.table).join(' and ')}`,
    ],
    ...referencesOf(pipeline.table).map((reference): [string, string] => [
      referenceRule(reference),
      `${reference.column} names a row of ${reference.table}`,
    ]),
    ...pipeline.checks.flatMap((check): [string, string][] =>
      check.severity === 'reject' ? [[checkName(check), checkSentence(check)]] : [],
    ),
  ]);
  const outcomes: CheckOutcome[] = [];
  for (const [name, sentence] of named) {
    const sql = `select row_key as key, reason as value, rule as expectation from refused where rule = ${literal(name)} order by _line`;
    const failingRows = counts.get(name) ?? 0;
    outcomes.push({
      name,
      sentence,
      severity: 'reject',
      failingRows,
      samples: failingRows === 0 ? [] : await samples(session, sql, input.sampleLimit),
      sql,
    });
  }
  return outcomes;
}

async function runCheck(session: Session, check: Check, input: CheckInput): Promise<CheckOutcome> {
  const sql = failingRowsSql(check, input);
  const [counted] = await session.rows<{ n: number }>(`select count(*) as n from (${sql})`);
  const failingRows = Number(counted?.n ?? 0);
  return {
    name: checkName(check),
    sentence: checkSentence(check),
    severity: check.severity,
    failingRows,
    samples: failingRows === 0 ? [] : await samples(session, sql, input.sampleLimit),
    sql,
  };
}

async function samples(session: Session, sql: string, limit: number): Promise<CheckOutcome['samples']> {
  return session.rows(`select key, value, expectation from (${sql}) limit ${limit}`);
}

/** DuckDB SQL over `typed` that returns `key, value, expectation` of the failing rows, in the order of the key. */
export function failingRowsSql(
  check: Check,
  input: Pick<CheckInput, 'pipeline' | 'interval' | 'expectedUntil' | 'checkSql'>,
): string {
  const { table } = input.pipeline;
  const rule = rowRule(check, checkName(check));
  if (rule !== null) {
    return `select ${keyText(table)} as key, ${rule.value} as value, ${rule.expectation} as expectation
from typed where ${rule.broken}
order by ${keyColumns(table).map(id).join(', ')}`;
  }
  switch (check.kind) {
    case 'complete':
      return missingStepsSql(check, input);
    case 'frozen':
      return frozenRunsSql(check, table);
    case 'solarAtNight':
      return solarAtNightSql(check, table);
    case 'sql':
      if (check.over === 'raw') return rawFailuresSql(check, input.checkSql);
      return `select ${keyText(table)} as key, cast(f.value as varchar) as value, cast(f.expectation as varchar) as expectation
from (${selectOf(check, input.checkSql)}) f join typed using (_line)
order by ${keyColumns(table).map(id).join(', ')}`;
    default: {
      const columns = check.columns.map(id).join(', ');
      return `select ${keyText(table)} as key, concat_ws(', ', ${columns}) as value, ${literal(`${check.columns.join(', ')} to be unique`)} as expectation
from typed qualify count(*) over (partition by ${columns}) > 1
order by ${keyColumns(table).map(id).join(', ')}`;
    }
  }
}

function missingStepsSql(
  check: Extract<Check, { kind: 'complete' }>,
  input: Pick<CheckInput, 'interval' | 'expectedUntil'>,
): string {
  const [time = '', ...by] = check.columns;
  const stepMs = durationMs(check.step);
  const until = gridEnd(input.interval, input.expectedUntil, stepMs);
  const steps = `select make_timestamptz(s * 1000) as step from range(${input.interval.start}, ${until}, ${stepMs}) as g(s)`;
  const groups = by.length === 0 ? '' : ` cross join (select distinct ${by.map(id).join(', ')} from typed)`;
  const join = [`t.${id(time)} = e.step`, ...by.map((name) => `t.${id(name)} is not distinct from e.${id(name)}`)].join(
    ' and ',
  );
  const key = ["strftime(e.step, '%Y-%m-%dT%H:%M:%SZ')", ...by.map((name) => `cast(e.${id(name)} as varchar)`)].join(
    ', ',
  );
  return `select concat_ws(', ', ${key}) as key, cast(null as varchar) as value, ${literal(`a row for every ${stepName(check.step)}`)} as expectation
from (select * from (${steps})${groups}) e anti join typed t on ${join}
order by ${['e.step', ...by.map((name) => `e.${id(name)}`)].join(', ')}`;
}

/** End of the expected grid: the interval's end, or the last whole step that can have been published. */
function gridEnd(interval: Interval, expectedUntil: number, stepMs: number): number {
  const until = Math.min(interval.end, expectedUntil);
  return interval.start + Math.max(0, Math.floor((until - interval.start) / stepMs)) * stepMs;
}

export interface DayCount {
  /** `YYYY-MM-DD` on the publisher's clock. */
  readonly day: string;
  readonly expected: number;
  readonly present: number;
}

/** Steps that are there and that should be, per day of the publisher's clock; empty where no `complete` check names the grid. */
export async function coverageByDay(
  session: Session,
  input: Pick<CheckInput, 'pipeline' | 'interval' | 'expectedUntil'>,
): Promise<DayCount[]> {
  const grid = input.pipeline.checks.find((check) => check.kind === 'complete');
  const time = timeColumn(input.pipeline.table);
  if (grid === undefined || time === null) return [];
  const stepMs = durationMs(grid.step);
  const until = gridEnd(input.interval, input.expectedUntil, stepMs);
  const day = (ms: string): string =>
    `strftime(make_timestamp((${ms} + ${clockShift(input.pipeline.partitions.zone, input.interval, ms)}) * 1000), '%Y-%m-%d')`;
  return session.rows<DayCount>(`with expected as (
    select ${day('s')} as day, count(*) as expected from range(${input.interval.start}, ${until}, ${stepMs}) as g(s) group by all
  ), present as (
    select ${day('ms')} as day, count(*) as present from (select distinct epoch_ms(${id(time)}) as ms from typed) group by all
  )
  select coalesce(e.day, p.day) as day, coalesce(expected, 0)::int as expected, coalesce(present, 0)::int as present
  from expected e full join present p using (day) order by 1`);
}

/** Milliseconds from UTC to the publisher's clock, for an instant of the interval: SQL that knows the changes within it. */
function clockShift(zone: string, { start, end }: Interval, ms: string): string {
  const changes: string[] = [];
  let period = periodAt(zone, start);
  while (period.until < end) {
    changes.push(`when ${ms} < ${period.until} then ${period.offset}`);
    period = periodAt(zone, period.until);
  }
  return changes.length === 0 ? `(${period.offset})` : `case ${changes.join(' ')} else ${period.offset} end`;
}

function sentenceOfRule(name: string): string {
  const match = /^(\w+)\((\w+)(?:, ([^,]+), (.+))?\)$/.exec(name);
  if (name === 'interval') return 'rows belong to the interval of their file';
  if (match === null) return name;
  const [, kind, column, min, max] = match;
  if (kind === 'range') return `${column} lies between ${min} and ${max}`;
  if (kind === 'notNull') return `${column} always has a value`;
  return kind === 'oneOf' ? `${column} is one of the known values` : `${column} looks as the contract says`;
}
