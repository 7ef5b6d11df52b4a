/** Rebuilds one interval's rows in DuckDB from landing, so that a check's SQL can be run by hand. Asks nobody, writes nothing. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { checkName } from '../core/check.ts';
import { Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { isTableCheck } from '../core/table-check.ts';
import type { CheckOutcome } from '../transforms/checks.ts';
import { SHAPE_CHECK } from '../transforms/shape.ts';
import type { Engine } from './engine.ts';
import { makePlan } from './make-plan.ts';
import { prepare } from './prepare.ts';

export interface InspectRequest {
  readonly id: string;
  /** Name of the partition on the publisher's clock, e.g. `2025`. */
  readonly label: string;
  /** DuckDB SQL over `raw`, `typed` and `refused`, or the name of a check: its failing rows. */
  readonly what: { readonly sql: string } | { readonly check: string };
}

/**
 * @returns rows of the query as plain objects
 * @throws Fault `NOTHING_LANDED` when the interval has no file in landing, `CHECK_OF_TABLES` for a check that looks at tables, `INSPECT_SQL` when DuckDB refuses the SQL
 */
export async function inspect(engine: Engine, request: InspectRequest): Promise<Record<string, unknown>[]> {
  const [plan] = await makePlan(engine, { ids: [request.id], mode: 'replay' });
  const planned = plan?.planned.find(({ label }) => label === request.label);
  if (plan === undefined || planned === undefined)
    throw nothingLanded(request, plan?.planned.map(({ label }) => label) ?? []);
  const folder = join(engine.dataDir, 'work', `${engine.processId}-inspect-${request.id}`);
  try {
    const ledger = plan.ledger.get(planned.interval.start);
    const ready = await prepare(engine, {
      definition: plan.definition,
      planned,
      ledger,
      runId: 'inspect',
      folder,
      commits: new Map(),
    });
    if (ready.kind !== 'ready') return [];
    try {
      return await ready.session.rows(sqlOf(request, plan.definition.pipeline, ready.checks));
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw sqlFault(request, cause);
    } finally {
      await ready.session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a reader needs who is told that columns are gone or empty. */
const SHAPE_SQL = 'select column_name, count, null_percentage, min, max from (summarize raw)';

function sqlOf({ what, id }: InspectRequest, pipeline: Pipeline, checks: readonly CheckOutcome[]): string {
  if ('sql' in what) return what.sql;
  if (what.check === SHAPE_CHECK) return SHAPE_SQL;
  const check = checks.find(({ name }) => name === what.check);
  if (check !== undefined) return check.sql;
  if (pipeline.checks.some((one) => isTableCheck(one) && checkName(one) === what.check))
    throw new Fault({
      code: 'CHECK_OF_TABLES',
      kind: 'usage',
      what: `${JSON.stringify(what.check)} looks at tables in PostgreSQL, and landing has files only`,
      where: id,
      consequence: 'nothing was run',
      next: `take its SQL from the report or from penstock review list ${id}, then: penstock query "…"`,
    });
  const names = checks.map(({ name }) => name);
  throw new Fault({
    code: 'UNKNOWN_CHECK',
    kind: 'usage',
    what: `${id} has no check ${JSON.stringify(what.check)}; did you mean ${closest(what.check, names)}?`,
    where: names.join('; '),
    consequence: 'nothing was run',
    next: 'give the name as the report shows it, in quotes',
  });
}

function nothingLanded(request: InspectRequest, labels: readonly string[]): Fault {
  return new Fault({
    code: 'NOTHING_LANDED',
    kind: 'usage',
    what: `landing has no file of ${request.id} for ${JSON.stringify(request.label)}`,
    where: labels.length === 0 ? 'landing is empty for this dataset' : `it has ${labels.join(', ')}`,
    consequence: 'nothing was run',
    next: `penstock run ${request.id}`,
  });
}

function sqlFault(request: InspectRequest, cause: unknown): Fault {
  return new Fault({
    code: 'INSPECT_SQL',
    kind: 'usage',
    what: cause instanceof Error ? cause.message : String(cause),
    where: `${request.id} ${request.label}`,
    consequence: 'nothing was changed',
    next: 'the tables are raw, typed and refused; DuckDB may read nothing else',
    cause,
  });
}
