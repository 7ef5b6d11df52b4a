/**
 * From raw rows to typed rows: runs the dataset's SQL file, casts to the contract, sorts out rows that break a rule.
 *
 * Tables that it leaves in the session: `staged` (all rows in the order of the key, cast, with `_ok`), `refused` (rows that do not load, with rule, reason
 * and key columns where they could be read), and the view `typed` (rows that load, in the order of the key: `_line` and the
 * contract's columns).
 */
import type { Check } from '../core/check.ts';
import { checkName } from '../core/check.ts';
import { keyColumns, type Table } from '../core/contract.ts';
import { Fault } from '../core/errors.ts';
import type { Interval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { type Cast, castTo } from './casts.ts';
import { runningCheck, selectOf } from './check-sql.ts';
import { identifier as id, literal } from './quote.ts';
import { contractRules, keyText, type RowRule, rowRule } from './rules.ts';
import type { Session } from './session.ts';

export interface TransformInput {
  readonly pipeline: Pipeline;
  readonly interval: Interval;
  /** Text of the dataset's SQL file: one SELECT over `raw`. */
  readonly sql: string;
  /** Texts of the SQL files of its `sql` checks, by path. */
  readonly checkSql: ReadonlyMap<string, string>;
}

export interface TransformResult {
  /** Rows that the SQL gave. */
  readonly rows: number;
  readonly typed: number;
  readonly refused: number;
  /** Refused rows whose key could not be read: nothing may be withdrawn then. */
  readonly keyless: number;
}

/** @throws Fault `TRANSFORM_FAILED`, `TRANSFORM_COLUMNS` (kind definition) when the SQL does not fit raw table or contract */
export async function transform(session: Session, input: TransformInput): Promise<TransformResult> {
  const { pipeline, interval } = input;
  const casts = await plannedCasts(session, input);
  const columns = Object.entries(pipeline.table.columns);
  const rules = [...contractRules(pipeline, interval), ...rejectRules(pipeline)];
  const values = columns.map(([name]) => `${casts.get(name)?.value} as ${id(name)}`);
  const failures = columns.flatMap(([name]) => casts.get(name)?.failed ?? []);
  const bad = failures.map((sql) => `coalesce(${sql}, false)`).join(' or ') || 'false';
  const broken = rules.map((rule) => `coalesce(${rule.broken}, false)`).join(' or ') || 'false';
  await session.run(`create or replace table staged as
    with cast_rows as (select _line, ${values.join(', ')}, (${bad}) as _bad from transformed)
    select _line, ${columns.map(([name]) => id(name)).join(', ')}, not (_bad or ${broken}) as _ok from cast_rows
    order by ${keyColumns(pipeline.table).map(id).join(', ')}, _line`);
  await createRefused(session, pipeline.table, casts, rules);
  await refuseDuplicates(session, pipeline.table);
  await refuseByChecks(session, input);
  await createTypedView(session, pipeline.table);
  return summarise(session, pipeline.table);
}

async function plannedCasts(session: Session, input: TransformInput): Promise<ReadonlyMap<string, Cast>> {
  const { pipeline, sql } = input;
  const select = sql.trim().replace(/;\s*$/, '');
  try {
    await session.run(`create or replace view transformed as ${select}`);
  } catch (cause) {
    throw transformFault(pipeline, cause);
  }
  const described = await session.rows<{ column_name: string; column_type: string }>('describe transformed');
  const types = new Map(described.map((row) => [row.column_name, row.column_type]));
  const wanted = Object.keys(pipeline.table.columns);
  const missing = ['_line', ...wanted].filter((name) => !types.has(name));
  const extra = [...types.keys()].filter((name) => name !== '_line' && !wanted.includes(name));
  const zoneless = Object.entries(pipeline.table.columns).filter(
    ([name, c]) => c.pg === 'timestamptz' && types.get(name) === 'TIMESTAMP',
  );
  if (missing.length + extra.length + zoneless.length > 0)
    throw columnsFault(
      pipeline,
      missing,
      extra,
      zoneless.map(([name]) => name),
    );
  return new Map(
    Object.entries(pipeline.table.columns).map(([name, column]) => [
      name,
      castTo(column, name, id(name), types.get(name) ?? 'VARCHAR'),
    ]),
  );
}

function rejectRules(pipeline: Pipeline): RowRule[] {
  return pipeline.checks.flatMap((check) =>
    check.severity === 'reject' ? (rowRule(check, checkName(check)) ?? []) : [],
  );
}

/** Reasons are computed only for the rows that need one. */
async function createRefused(
  session: Session,
  table: Table,
  casts: ReadonlyMap<string, Cast>,
  rules: readonly RowRule[],
): Promise<void> {
  const columns = Object.keys(table.columns);
  const keys = keyColumns(table);
  await session.run(`create or replace table refused as
    select cast(null as bigint) as row_id, _line, '' as rule, '' as reason, '' as row_key, ${keys.map(id).join(', ')} from staged limit 0`);
  const [counted] = await session.rows<{ n: number }>('select count(*) as n from staged where not _ok');
  if (Number(counted?.n ?? 0) === 0) return;
  const castReasons = columns.map((name) => {
    const cast = casts.get(name);
    return cast?.failed == null
      ? 'null'
      : `case when coalesce(${cast.failed}, false) then [${literal(`cast(${name})`)}, ${cast.reason}] end`;
  });
  const ruleReasons = rules.map((rule) => {
    const reason = `concat(${literal(`${rule.name}: `)}, coalesce(${rule.value}, 'null'), ', expected ', ${rule.expectation})`;
    return `case when coalesce(${rule.broken}, false) then [${literal(rule.name)}, ${reason}] end`;
  });
  // A cell that could not be cast is null afterwards; its own reason says more than "must have a value".
  const failedNames = columns.map(
    (name) =>
      `case when coalesce(${casts.get(name)?.failed ?? 'false'}, false) then ${literal(`notNull(${name})`)} end`,
  );
  await session.run(`insert into refused
    with cast_rows as (
      select _line, ${columns.map((name) => `${casts.get(name)?.value} as ${id(name)}`).join(', ')},
        [${castReasons.join(', ')}] as _cast_reasons, [${failedNames.join(', ')}] as _failed
      from transformed
    ), reasons as (
      select *, list_filter(list_concat(_cast_reasons, [${ruleReasons.join(', ') || 'null'}]),
        lambda r: r is not null and not list_contains(_failed, r[1])) as _reasons
      from cast_rows
    )
    select null, _line, _reasons[1][1], list_aggregate(list_transform(_reasons, lambda r: r[2]), 'string_agg', '; '), ${keyText(table)},
      ${keys.map(id).join(', ')}
    from reasons where len(_reasons) > 0`);
}

/** The contract's key is unique: of identical rows the first stays, of conflicting rows none does, since nothing says which is right. */
async function refuseDuplicates(session: Session, table: Table): Promise<void> {
  const keys = keyColumns(table).map(id).join(', ');
  // `staged` lies in the order of the key, so equal keys are neighbours: one pass without a hash table finds whether there are any.
  const same = keyColumns(table)
    .map((name) => `${id(name)} = lag(${id(name)}) over ()`)
    .join(' and ');
  const [counted] = await session.rows<{ n: number }>(
    `select count(*) as n from (select ${same} as doubled from staged where _ok) where doubled`,
  );
  if (Number(counted?.n ?? 0) === 0) return;
  const row = Object.keys(table.columns)
    .map((name) => `${id(name)} := ${id(name)}`)
    .join(', ');
  const rule = `unique(${keyColumns(table).join(', ')})`;
  await session.run(`insert into refused
    with doubled as (
      select ${keys}, min(rowid) as first_row, min(_line) as first_line, count(distinct struct_pack(${row})) as variants
      from staged where _ok group by ${keys} having count(*) > 1
    )
    select s.rowid, s._line, ${literal(rule)},
      case when variants = 1 then concat('repeats line ', first_line) else concat('the key occurs ', variants, ' times with different values, first in line ', first_line) end,
      ${keyText(table)}, ${keys}
    from staged s join doubled using (${keys})
    where s._ok and (variants > 1 or s.rowid <> first_row)`);
}

async function refuseByChecks(session: Session, input: TransformInput): Promise<void> {
  const { pipeline } = input;
  const several = pipeline.checks.filter(
    (check) => check.severity === 'reject' && (check.kind === 'unique' || check.kind === 'sql'),
  );
  if (several.length === 0) return;
  await createTypedView(session, pipeline.table);
  const keys = keyColumns(pipeline.table).map(id).join(', ');
  for (const check of several) {
    const name = literal(checkName(check));
    const statement = `insert into refused
      with standing as (select rowid as _row, * from staged where _ok and rowid not in (select row_id from refused where row_id is not null)),
      failing as (${failingRowsOf(check, input)})
      select _row, _line, ${name}, concat(${name}, ': ', coalesce(cast(_value as varchar), 'null'), ', expected ', _expectation), ${keyText(pipeline.table)}, ${keys}
      from standing join failing using (_row)`;
    await runningCheck(pipeline, check, () => session.run(statement));
  }
}

/** A line of the file may have given several rows: `unique` looks at rows, an SQL file names lines. */
function failingRowsOf(check: Check, input: TransformInput): string {
  if (check.kind === 'sql') {
    return `select s._row, any_value(f.value) as _value, any_value(f.expectation) as _expectation from (${selectOf(check, input.checkSql)}) f join standing s using (_line) group by s._row`;
  }
  const columns = check.columns.map(id).join(', ');
  return `select _row, concat_ws(', ', ${columns}) as _value, ${literal(`${check.columns.join(', ')} to be unique`)} as _expectation
    from standing qualify count(*) over (partition by ${columns}) > 1`;
}

export async function createTypedView(session: Session, table: Table): Promise<void> {
  const columns = Object.keys(table.columns).map(id).join(', ');
  const [counted] = await session.rows<{ n: number }>('select count(*) as n from refused where row_id is not null');
  const but =
    Number(counted?.n ?? 0) === 0 ? '' : ' and rowid not in (select row_id from refused where row_id is not null)';
  await session.run(`create or replace view typed as select _line, ${columns} from staged where _ok${but}`);
}

export async function summarise(session: Session, table: Table): Promise<TransformResult> {
  const readable = keyColumns(table)
    .map((name) => `${id(name)} is not null`)
    .join(' and ');
  const [row] = await session.rows<
    Record<string, number>
  >(`select (select count(*) from staged) as "rows", (select count(*) from typed) as typed,
    (select count(*) from refused) as refused, (select count(*) from refused where not (${readable})) as keyless`);
  const n = (name: string): number => Number(row?.[name] ?? 0);
  return { rows: n('rows'), typed: n('typed'), refused: n('refused'), keyless: n('keyless') };
}

function transformFault(pipeline: Pipeline, cause: unknown): Fault {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Fault({
    code: 'TRANSFORM_FAILED',
    kind: 'definition',
    what: message.split('\n').slice(0, 6).join('\n'),
    where: `${pipeline.transform} of ${pipeline.id}`,
    consequence: 'nothing of this interval was loaded',
    next: 'mend the SQL file, then: penstock lint',
    cause,
  });
}

function columnsFault(
  pipeline: Pipeline,
  missing: readonly string[],
  extra: readonly string[],
  zoneless: readonly string[],
): Fault {
  const parts = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    extra.length > 0 ? `has ${extra.join(', ')}, which the contract does not know` : '',
    zoneless.length > 0 ? `gives ${zoneless.join(', ')} without a zone; write which, e.g. at time zone 'UTC'` : '',
  ].filter((part) => part !== '');
  return new Fault({
    code: 'TRANSFORM_COLUMNS',
    kind: 'definition',
    what: `the SELECT ${parts.join('; ')}`,
    where: `${pipeline.transform} of ${pipeline.id}`,
    consequence: 'nothing of this interval was loaded',
    next: "make the SELECT give _line and exactly the contract's columns, then: penstock lint",
  });
}
