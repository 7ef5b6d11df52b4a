/** Keeps a verification in `etl.verification`, one row per capability: what flags may open follows from these rows. */
import type { Database } from '../../core/effects.ts';
import type { Check } from './check.ts';
import { summaryOf } from './summary.ts';

export interface VerificationRun {
  readonly runId: string;
  readonly baseUrl: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly version: string;
  readonly checks: readonly Check[];
  /** Samples were let pass: such a run proves nothing about data, so it leaves no row of the streams. */
  readonly samplesAllowed: boolean;
}

// grain: one row per capability. reads: nothing. params: $1 run, $2 capability, $3 address, $4 and $5 instants, $6 and $7 counts, $8 results, $9 version.
const KEEP = `
  insert into etl.verification (run_id, capability, base_url, started_at, finished_at, checks_run, checks_failed, results, version)
  values ($1, $2, $3, least($4, $5, clock_timestamp()), least($5, clock_timestamp()), $6, $7, $8::jsonb, $9)`;

/** @returns the capabilities that have a row now, in one transaction */
export async function keepVerification(db: Database, run: VerificationRun): Promise<string[]> {
  const rows = summaryOf(run.checks).filter(({ allowed }) => !(allowed && run.samplesAllowed));
  await db.transaction(async (tx) => {
    for (const { capability, checks, failed, off } of rows)
      await tx.query(KEEP, [
        run.runId,
        capability,
        run.baseUrl,
        new Date(run.startedAt),
        new Date(run.finishedAt),
        checks,
        failed + off,
        JSON.stringify(resultsOf(run.checks.filter((check) => check.capability === capability))),
        run.version,
      ]);
  });
  return rows.map(({ capability }) => capability);
}

interface Result {
  readonly name: string;
  readonly outcome: string;
  readonly why: string | null;
  readonly count?: number;
}

/** What passed is counted by its name; everything else stands alone. */
function resultsOf(checks: readonly Check[]): Result[] {
  const passed = new Map<string, number>();
  for (const { name, outcome } of checks) if (outcome === 'passed') passed.set(name, (passed.get(name) ?? 0) + 1);
  return [
    ...checks
      .filter(({ outcome }) => outcome !== 'passed')
      .map(({ name, where, outcome, why }) => ({
        name,
        outcome,
        why: why === null ? where : `${why.what} (${where}): expected ${why.expected}, got ${why.got}`,
      })),
    ...[...passed].map(([name, count]) => ({ name, outcome: 'passed', why: null, count })),
  ];
}
