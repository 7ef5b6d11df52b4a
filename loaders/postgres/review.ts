/**
 * `etl.review` as a run settles it: everything about one dataset in one transaction, under a lock of the dataset, so that two runs that end
 * at once lose and double nothing. A handful of statements, however many findings there are.
 */
import type { Database } from '../../core/effects.ts';
import type { ReviewSeverity, ReviewState } from '../../core/review.ts';
import { type NewAlert, queueAlerts } from './alerts.ts';
import { fromPg, toPg } from './instant.ts';

/** A row of `etl.review`. Instants are milliseconds since the epoch. */
export interface Review {
  readonly fingerprint: string;
  readonly checkName: string;
  readonly subject: string;
  readonly severity: ReviewSeverity;
  readonly sentence: string;
  /** null where it is about the dataset as a whole. */
  readonly intervalStart: number | null;
  readonly firstKey: string | null;
  readonly lastKey: string | null;
  readonly rows: number;
  readonly state: ReviewState;
  readonly acknowledgedUntil: number | null;
  /** Rows when it was accepted or acknowledged. */
  readonly decidedRows: number | null;
  readonly owner: string | null;
  readonly note: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** An interval of the ledger. */
export interface LedgerState {
  readonly status: 'loaded' | 'failed' | 'blocked';
  /** The load whose rows are current, and its run; null where it was never loaded. */
  readonly loadId: string | null;
  readonly runId: string | null;
}

/** A result of a current load that never became a finding, or was never compared with the findings. */
export interface StoredResult {
  readonly start: number;
  readonly name: string;
  readonly severity: ReviewSeverity;
  readonly failingRows: number;
  readonly samples: readonly {
    readonly key: string | null;
    readonly value: string | null;
    readonly expectation: string;
  }[];
}

export interface LedgerFacts {
  /** Start → the interval as the ledger has it now. */
  readonly ledger: ReadonlyMap<number, LedgerState>;
  /** Start of the newest interval of the ledger; null where there is none. */
  readonly newest: number | null;
  readonly stored: readonly StoredResult[];
}

export interface Settlement {
  readonly added: readonly Review[];
  /** Seen again or changed. */
  readonly changed: readonly Review[];
  readonly alerts: readonly NewAlert[];
}

export interface SettleJob<T extends Settlement> {
  readonly dataset: string;
  readonly runId: string;
  /** Intervals of the run, milliseconds since the epoch. */
  readonly starts: readonly number[];
  /** Those that lie as an earlier load left them: what that load found and nobody settled is read. */
  readonly unchanged: readonly number[];
  /** What was found, and what follows from it once the dataset's findings are read: all but the fixed ones, and of those the ones found. */
  readonly look: (facts: LedgerFacts) => {
    readonly found: readonly string[];
    readonly decide: (reviews: readonly Review[]) => T;
  };
}

/** Who writes what a run finds. */
const ACTOR = 'penstock';

/** @returns what `decide` made of the dataset's findings; it is committed then */
export async function settleReviews<T extends Settlement>(db: Database, job: SettleJob<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0)), set_config('penstock.actor', $2, true)`, [
      `penstock.review.${job.dataset}`,
      ACTOR,
    ]);
    const { ledger, newest } = await readLedger(tx, job);
    const stored = job.unchanged.length === 0 ? [] : await readStored(tx, job);
    const { found, decide } = job.look({ ledger, newest, stored });
    const settlement = decide(await readReviews(tx, job.dataset, found));
    if (settlement.added.length > 0) await insert(tx, job, settlement.added);
    if (settlement.changed.length > 0) await update(tx, job, settlement.changed);
    await queueAlerts(tx, settlement.alerts);
    return settlement;
  });
}

async function readLedger(
  tx: Database,
  { dataset, starts }: Pick<SettleJob<Settlement>, 'dataset' | 'starts'>,
): Promise<Pick<LedgerFacts, 'ledger' | 'newest'>> {
  const rows = await tx.query<LedgerState & { start: string }>(
    `select i.interval_start::text as start, i.status, i.load_id::text as "loadId", l.run_id as "runId"
     from etl.interval i left join etl.load l using (load_id)
     where i.dataset = $1 and (i.interval_start = any ($2::timestamptz[])
       or i.interval_start = (select max(interval_start) from etl.interval where dataset = $1))`,
    [dataset, starts.map(toPg)],
  );
  const ledger = new Map(rows.map(({ start, ...state }) => [fromPg(start), state]));
  return { ledger, newest: ledger.size === 0 ? null : Math.max(...ledger.keys()) };
}

/**
 * Of a run that was killed between its load and its end nothing is settled; of results that were there before there were findings, those
 * that failed.
 */
async function readStored(
  tx: Database,
  { dataset, unchanged }: Pick<SettleJob<Settlement>, 'dataset' | 'unchanged'>,
): Promise<StoredResult[]> {
  const rows = await tx.query<Omit<StoredResult, 'start'> & { start: string }>(
    `select i.interval_start::text as start, c.check_name as name, c.severity, c.failing_rows::float8 as "failingRows", c.samples
     from etl.interval i
       join etl.check_result c on c.dataset = i.dataset and c.interval_start = i.interval_start and c.load_id = i.load_id
       left join etl.run r on r.run_id = c.run_id
     where i.dataset = $1 and i.interval_start = any ($2::timestamptz[]) and c.result <> 'not checked'
       and (r.finished_at is null or c.result = 'found' and not exists (select from etl.review v
         where v.dataset = i.dataset and v.interval_start = i.interval_start and v.check_name = c.check_name))`,
    [dataset, unchanged.map(toPg)],
  );
  return rows.map((row) => ({ ...row, start: fromPg(row.start) }));
}

type ReviewRow = Omit<Review, 'intervalStart' | 'acknowledgedUntil' | 'firstSeenAt' | 'lastSeenAt'> & {
  readonly intervalStart: string | null;
  readonly acknowledgedUntil: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
};

async function readReviews(tx: Database, dataset: string, found: readonly string[]): Promise<Review[]> {
  // A person who decides at this moment is waited for, and waits for us.
  const rows = await tx.query<ReviewRow>(
    `select fingerprint, check_name as "checkName", subject, coalesce(severity, 'warn') as severity, coalesce(sentence, subject) as sentence,
       interval_start::text as "intervalStart", first_key as "firstKey", last_key as "lastKey", coalesce(failing_rows, 0)::float8 as rows, state,
       acknowledged_until::text as "acknowledgedUntil", decided_rows::float8 as "decidedRows", owner, note,
       first_seen_at::text as "firstSeenAt", last_seen_at::text as "lastSeenAt"
     from etl.review where dataset = $1 and (state <> 'fixed' or fingerprint = any ($2)) order by fingerprint for update`,
    [dataset, found],
  );
  const orNull = (text: string | null): number | null => (text === null ? null : fromPg(text));
  return rows.map((row) => ({
    ...row,
    intervalStart: orNull(row.intervalStart),
    acknowledgedUntil: orNull(row.acknowledgedUntil),
    firstSeenAt: fromPg(row.firstSeenAt),
    lastSeenAt: fromPg(row.lastSeenAt),
  }));
}

const RECORD = `jsonb_to_recordset($1::jsonb) as f(fingerprint text, "checkName" text, subject text, severity text, sentence text,
  "intervalStart" timestamptz, "firstKey" text, "lastKey" text, rows bigint, state text, "acknowledgedUntil" timestamptz, "decidedRows" bigint,
  note text, "firstSeenAt" timestamptz, "lastSeenAt" timestamptz)`;

function recordOf(reviews: readonly Review[]): string {
  const orNull = (at: number | null): string | null => (at === null ? null : toPg(at));
  return JSON.stringify(
    reviews.map((review) => ({
      ...review,
      intervalStart: orNull(review.intervalStart),
      acknowledgedUntil: orNull(review.acknowledgedUntil),
      firstSeenAt: toPg(review.firstSeenAt),
      lastSeenAt: toPg(review.lastSeenAt),
    })),
  );
}

async function insert(
  tx: Database,
  { dataset, runId }: Pick<SettleJob<Settlement>, 'dataset' | 'runId'>,
  added: readonly Review[],
): Promise<void> {
  await tx.query(
    `insert into etl.review (fingerprint, dataset, check_name, subject, severity, sentence, interval_start, first_key, last_key, failing_rows,
       state, first_run_id, last_run_id, first_seen_at, last_seen_at)
     select fingerprint, $2, "checkName", subject, severity, sentence, "intervalStart", "firstKey", "lastKey", rows,
       'open', $3, $3, "firstSeenAt", "lastSeenAt" from ${RECORD}`,
    [recordOf(added), dataset, runId],
  );
}

/** `last_run_id` is of the run that saw it last; a fixed one was not seen. */
async function update(
  tx: Database,
  { dataset, runId }: Pick<SettleJob<Settlement>, 'dataset' | 'runId'>,
  changed: readonly Review[],
): Promise<void> {
  await tx.query(
    `update etl.review r set check_name = f."checkName", subject = f.subject, severity = f.severity, sentence = f.sentence, interval_start = f."intervalStart",
       first_key = f."firstKey", last_key = f."lastKey", failing_rows = f.rows, state = f.state, acknowledged_until = f."acknowledgedUntil",
       decided_rows = f."decidedRows", note = f.note, last_run_id = case when f.state = 'fixed' then r.last_run_id else $3 end,
       last_seen_at = greatest(r.last_seen_at, f."lastSeenAt")
     from ${RECORD} where r.dataset = $2 and r.fingerprint = f.fingerprint`,
    [recordOf(changed), dataset, runId],
  );
}
