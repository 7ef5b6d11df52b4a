/** Findings of a test's own in `etl.review`, without a run. */
import type { Database } from '../../core/effects.ts';

export interface Put {
  readonly fingerprint: string;
  readonly dataset?: string;
  readonly check?: string;
  readonly severity?: 'failure' | 'block' | 'reject' | 'warn' | 'info';
  readonly subject?: string;
  readonly sentence?: string;
  readonly rows?: number;
  readonly keys?: readonly [first: string, last: string];
  readonly owner?: string;
}

export const GAP: Put = { fingerprint: 'aaaa000011112222' };

/** Of Ontario's demand of 2025, first seen 2026-02-01, found by run `r1`. */
export async function putFinding(db: Database, put: Put): Promise<void> {
  const { keys = ['2025-05-01T05:00:00Z', '2025-05-01T05:00:00Z'] } = put;
  await db.query(
    `insert into etl.review (fingerprint, dataset, check_name, severity, subject, sentence, interval_start, first_key, last_key, failing_rows, owner,
       first_run_id, last_run_id, first_seen_at, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, '2025-01-01T05:00Z', $7, $8, $9, $10, 'r1', 'r1', '2026-02-01T00:00Z', '2026-02-01T00:00Z')`,
    [
      put.fingerprint,
      put.dataset ?? 'ieso-demand',
      put.check ?? 'complete(hour, PT1H)',
      put.severity ?? 'warn',
      put.subject ?? `2025: ${keys[0]}`,
      put.sentence ?? '1 row missing at 2025-05-01T05:00Z (every hour has a row)',
      keys[0],
      keys[1],
      put.rows ?? 1,
      put.owner ?? null,
    ],
  );
}

/** What the check found when it last looked. */
export async function putResult(
  db: Database,
  samples: readonly { readonly key: string | null; readonly value: string | null; readonly expectation: string }[],
  change: { readonly check?: string; readonly sql?: string } = {},
): Promise<void> {
  await db.query(
    `insert into etl.check_result (run_id, dataset, interval_start, interval_end, check_name, severity, result, failing_rows, samples, sql, checked_at)
     values ('r1', 'ieso-demand', '2025-01-01T05:00Z', '2026-01-01T05:00Z', $1, 'warn', 'found', $2, $3, $4, '2026-02-01T00:00Z')`,
    [
      change.check ?? 'complete(hour, PT1H)',
      samples.length,
      JSON.stringify(samples),
      change.sql ?? 'select hour\nfrom expected',
    ],
  );
}
