/** The SQL text of `sql` checks, and the fault that names its file when it does not run. */
import type { Check } from '../core/check.ts';
import { Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';

/** Runs a statement that holds the check's SQL. @throws Fault `CHECK_SQL_FAILED` for a `sql` check; what the statement throws for others */
export async function runningCheck<T>(pipeline: Pipeline, check: Check, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (check.kind !== 'sql' || cause instanceof Fault) throw cause;
    throw new Fault({
      code: 'CHECK_SQL_FAILED',
      kind: 'definition',
      what: (cause instanceof Error ? cause.message : String(cause)).split('\n').slice(0, 6).join('\n').slice(0, 600),
      where: `${check.file} of ${pipeline.id}`,
      consequence: 'nothing of this interval was loaded, since a check that does not run is not passed',
      next: `make the file one SELECT of _line, value, expectation over ${check.over}, then: penstock run ${pipeline.id}`,
      cause,
    });
  }
}

type SqlCheck = Extract<Check, { kind: 'sql' }>;

/** Characters of the row as published that name a finding over `raw`. */
const RAW_SHOWN = 160;

/** The file's one SELECT, ready to stand in brackets. */
export function selectOf(check: SqlCheck, checkSql: ReadonlyMap<string, string>): string {
  return (checkSql.get(check.file) ?? '').trim().replace(/;\s*$/, '');
}

/** Findings over the rows as published: nothing was typed of them perhaps, so line and text are their name. */
export function rawFailuresSql(check: SqlCheck, checkSql: ReadonlyMap<string, string>): string {
  // Several elements of an XML document may start in one line: all that the line holds is then shown.
  return `with f as (${selectOf(check, checkSql)}),
published as (
  select _line, left(string_agg(coalesce(_raw, to_json(r)::varchar), ' '), ${RAW_SHOWN}) as row_text
  from raw r where _line in (select _line from f) group by _line
)
select concat('line ', f._line, ': ', p.row_text) as key, cast(f.value as varchar) as value, cast(f.expectation as varchar) as expectation
from f left join published p using (_line) order by f._line`;
}
