/** After all loads of a run: values are judged by what the tables hold, whatever order they were loaded in. */
import { checkSentence } from '../core/check-sentence.ts';
import { checkName, type Severity } from '../core/check.ts';
import { asFault } from '../core/errors.ts';
import { partitionLabel } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { isTableCheck, TABLE_CHECK_KINDS } from '../core/table-check.ts';
import {
  analyzeLoaded,
  forgetOthers,
  judge,
  type JudgedInterval,
  loadedDatasets,
  toJudge,
} from '../loaders/postgres/table-checks.ts';
import { counted } from '../reports/words.ts';
import { tableCheckSql } from '../sql/checks/compile.ts';
import { SAMPLE_LIMIT } from '../reports/model.ts';
import type { Engine } from './engine.ts';

/** What one check found, interval by interval. */
export interface TableCheckResult {
  readonly name: string;
  readonly sentence: string;
  readonly severity: Severity;
  readonly intervals: readonly JudgedInterval[];
}

const SCOPES = { calendar: 'time', whole: 'all', snapshot: 'load' } as const;

/**
 * Looks at every dataset of the catalog, not only at those of the run: what a run loads may contradict what lies there since long.
 * A comparison that cannot be made is told and stays not checked; the loads are not touched by it.
 * @returns dataset → its checks that were looked at
 */
export async function runTableChecks(
  engine: Engine,
  runId: string,
  reported: readonly string[],
): Promise<ReadonlyMap<string, readonly TableCheckResult[]>> {
  const found = new Map<string, TableCheckResult[]>();
  // PostgreSQL would else plan for the tables as they were before the loads, and take minutes instead of a second.
  await analyzeLoaded(engine.pool, runId).catch(() => undefined);
  const held = await loadedDatasets(engine.pool).catch(() => null);
  for (const pipeline of engine.catalog.pipelines) {
    if (held?.has(pipeline.id) === false) continue;
    const checks = await runChecksOf(engine, runId, pipeline);
    if (checks.length > 0) found.set(pipeline.id, checks);
    if (!reported.includes(pipeline.id)) tell(engine, pipeline, checks);
  }
  return found;
}

async function runChecksOf(engine: Engine, runId: string, pipeline: Pipeline): Promise<TableCheckResult[]> {
  const { id: dataset, table, partitions, checks } = pipeline;
  const looked: TableCheckResult[] = [];
  const names = checks.filter(isTableCheck).map(checkName);
  await forgetOthers(engine.pool, dataset, { kinds: TABLE_CHECK_KINDS, names }).catch(() => undefined);
  for (const check of checks) {
    if (!isTableCheck(check)) continue;
    const name = checkName(check);
    const shared = isShared(engine, pipeline);
    const sql = tableCheckSql({ dataset, table, scope: SCOPES[partitions.kind], shared }, check);
    const other = check.kind === 'reconciles' ? check.with : null;
    const parameters = JSON.stringify({ ...check, severity: undefined });
    const job = { dataset, table: table.name, name, severity: check.severity, with: other, parameters, sql };
    try {
      const loaded = await toJudge(engine.pool, job, runId);
      if (loaded.length === 0) continue;
      const intervals = await judge(engine.pool, job, loaded, { runId, sampleLimit: SAMPLE_LIMIT });
      looked.push({ name, sentence: checkSentence(check), severity: check.severity, intervals });
    } catch (error) {
      engine.log.warn(`${dataset}: ${name} was not checked: ${asFault(error, 'database').message}`);
    }
  }
  return looked;
}

/** Whether another dataset writes the table, too. */
export function isShared({ catalog }: Engine, { table }: Pipeline): boolean {
  return catalog.pipelines.filter((other) => other.table.name === table.name).length > 1;
}

/** A dataset that is not part of the run has no section in its report. */
function tell(engine: Engine, { id, partitions }: Pipeline, checks: readonly TableCheckResult[]): void {
  for (const { name, intervals } of checks) {
    const failing = intervals.filter(({ failingRows }) => failingRows > 0);
    const [first] = failing;
    if (first === undefined) continue;
    const rows = failing.reduce((sum, { failingRows }) => sum + failingRows, 0);
    engine.log.warn(
      `${id}: ${name} does not hold for ${counted(rows, 'row')} of ${counted(failing.length, 'interval')} from ${partitionLabel(partitions, first)} on; next: penstock run ${id}`,
    );
  }
}
