/** `etl.review` as people use it: list, show, decide. Who decides is told to the database, which logs each change. */
import type { Database } from '../../core/effects.ts';
import type {
  ReviewChange,
  ReviewDetail,
  ReviewEntry,
  ReviewEvidence,
  ReviewFilter,
  ReviewList,
  ReviewStore,
} from '../../core/review.ts';
import { placeOfSubject } from '../../core/review.ts';
import { isTableCheck } from '../../core/table-check.ts';
import { type NewAlert, queueAlerts } from './alerts.ts';
import {
  ambiguousFault,
  changedFault,
  cleanDecision,
  type CleanDecision,
  refused,
  unknownFault,
} from './review-faults.ts';
import { toPg } from './instant.ts';

/** What follows from a decision, in its transaction; `datasets` are those whose findings were decided about. */
export type Decided = (tx: Database, datasets: readonly string[]) => Promise<void>;

export function reviewStore(
  db: Database,
  clock: { now(): number },
  decided: Decided = async () => undefined,
): ReviewStore {
  return {
    list: (filter) => list(db, filter),
    show: (word) => show(db, word),
    decide: async (words, decision) => {
      const clean = cleanDecision(decision, clock.now());
      return db.transaction(async (tx) => {
        const entries = await decide(tx, words, clean);
        await decided(tx, [...new Set(entries.map(({ dataset }) => dataset))]);
        return entries;
      });
    },
  };
}

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A date that has passed counts as open, as in `etl.open_finding`. */
const STATE = `case when r.state = 'acknowledged' and r.acknowledged_until <= now() then 'open' else r.state end`;
const SEVERITY = `coalesce(r.severity, 'warn')`;
const ENTRY = `r.fingerprint, r.dataset, r.check_name as "check", ${SEVERITY} as severity, r.subject, coalesce(r.sentence, r.subject) as sentence,
  case when isfinite(r.interval_start) then ${iso('r.interval_start')} end as "intervalStart", r.first_key as "firstKey", r.last_key as "lastKey",
  coalesce(r.failing_rows, 0)::float8 as rows, ${STATE} as state, ${iso('r.acknowledged_until')} as "acknowledgedUntil", r.owner, r.note,
  ${iso('r.first_seen_at')} as "firstSeenAt", ${iso('r.last_seen_at')} as "lastSeenAt", r.changed_by as "changedBy", ${iso('r.changed_at')} as "changedAt"`;
/** Open before decided, worst first, then the newest. */
const ORDER = `array_position(array['open', 'acknowledged', 'accepted', 'fixed'], ${STATE}),
  array_position(array['failure', 'block', 'reject', 'warn', 'info'], ${SEVERITY}), r.dataset, r.interval_start desc nulls first, r.subject`;

async function list(db: Database, { datasets, state, owner, limit }: ReviewFilter): Promise<ReviewList> {
  const rows = await db.query<ReviewEntry & { total: number }>(
    `select ${ENTRY}, count(*) over ()::int as total from etl.review r
     where ($1::text[] is null or r.dataset = any ($1)) and ($2::text is null or ${STATE} = $2) and ($3::text is null or r.owner = $3)
     order by ${ORDER} limit $4`,
    [datasets ?? null, state ?? null, owner ?? null, limit],
  );
  return { findings: rows.map(({ total: _total, ...entry }) => entry), total: rows[0]?.total ?? 0 };
}

async function resolve(db: Database, word: string): Promise<string> {
  const digits = word.trim().toLowerCase();
  const matches = /^[0-9a-f]{6,16}$/.test(digits)
    ? await db.query<{ fingerprint: string }>(
        `select fingerprint from etl.review where starts_with(fingerprint, $1) order by fingerprint limit 6`,
        [digits],
      )
    : [];
  const [only, second] = matches;
  if (only === undefined) {
    const near = await db.query<{ fingerprint: string }>(
      `select fingerprint from etl.review order by state = 'fixed', last_seen_at desc limit 2000`,
    );
    throw unknownFault(
      digits,
      near.map(({ fingerprint }) => fingerprint),
    );
  }
  if (second !== undefined)
    throw ambiguousFault(
      digits,
      matches.map(({ fingerprint }) => fingerprint),
    );
  return only.fingerprint;
}

async function show(db: Database, word: string): Promise<ReviewDetail> {
  const fingerprint = await resolve(db, word);
  const [row] = await db.query<ReviewEntry & { firstRunId: string; lastRunId: string; startText: string | null }>(
    `select ${ENTRY}, r.first_run_id as "firstRunId", r.last_run_id as "lastRunId", r.interval_start::text as "startText"
     from etl.review r where r.fingerprint = $1`,
    [fingerprint],
  );
  if (row === undefined) throw unknownFault(fingerprint, []);
  const { startText, ...entry } = row;
  const changes = await db.query<ReviewChange>(
    `select ${iso('changed_at')} as at, actor, from_state as "from", to_state as "to", ${iso('acknowledged_until')} as "acknowledgedUntil", owner, note
     from etl.review_change where fingerprint = $1 order by changed_at desc, review_change_id desc limit 200`,
    [fingerprint],
  );
  return { ...entry, evidence: await evidenceOf(db, entry, startText), changes };
}

/** The newest result of the check for the interval. Checks that look at tables are recognised by their names. */
async function evidenceOf(db: Database, entry: ReviewEntry, start: string | null): Promise<ReviewEvidence | null> {
  if (entry.severity === 'failure' || start === null) return null;
  const [result] = await db.query<Omit<ReviewEvidence, 'engine'>>(
    `select sql, ${iso('checked_at')} as "checkedAt", run_id as "runId", samples as rows from etl.check_result
     where dataset = $1 and interval_start = $2::timestamptz and check_name = $3 and result <> 'not checked' order by checked_at desc limit 1`,
    [entry.dataset, start, entry.check],
  );
  if (result === undefined) return null;
  const engine = isTableCheck({ kind: entry.check.split('(', 1)[0] ?? '' }) ? 'postgres' : 'duckdb';
  return { ...result, engine, rows: ownRows(entry, result.rows) };
}

/** Rows of the finding among those of its check: the same series, between its first and its last key. */
function ownRows({ firstKey, lastKey }: ReviewEntry, rows: ReviewEvidence['rows']): ReviewEvidence['rows'] {
  if (firstKey === null || lastKey === null) return rows;
  const series = firstKey.replace(/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?/, '');
  const own = rows.filter(({ key }) => key !== null && key.endsWith(series) && key >= firstKey && key <= lastKey);
  return own.length === 0 ? rows : own;
}

async function decide(
  tx: Database,
  words: readonly string[],
  decision: CleanDecision,
): Promise<readonly ReviewEntry[]> {
  await tx.query(`select set_config('penstock.actor', $1, true)`, [decision.by]);
  const fingerprints: string[] = [];
  for (const word of words) fingerprints.push(await resolve(tx, word));
  // In one order, so that two who decide at once wait for each other and do not lock each other out.
  const before = await tx.query<{ fingerprint: string; state: string; rows: number }>(
    `select fingerprint, state, coalesce(failing_rows, 0)::float8 as rows from etl.review where fingerprint = any ($1) order by fingerprint for update`,
    [fingerprints],
  );
  for (const { fingerprint, state, rows } of before) {
    if (decision.action === 'approve' && state === 'fixed')
      throw refused(
        `finding ${fingerprint} is fixed, so there is nothing to approve`,
        'penstock review list shows what is open',
      );
    const { seenRows } = decision;
    if (seenRows !== undefined && seenRows !== rows) throw changedFault(fingerprint, seenRows, rows);
  }
  await write(tx, fingerprints, decision);
  const after = await tx.query<ReviewEntry>(
    `select ${ENTRY} from etl.review r where r.fingerprint = any ($1) order by ${ORDER}`,
    [fingerprints],
  );
  const was = new Map(before.map(({ fingerprint, state }) => [fingerprint, state]));
  const alerts = after.flatMap((entry) => reopenedAlert(entry, was.get(entry.fingerprint) ?? 'open', decision));
  await queueAlerts(tx, alerts);
  return after;
}

async function write(tx: Database, fingerprints: readonly string[], decision: CleanDecision): Promise<void> {
  const { action, note, owner, until } = decision;
  const keepsOwner = owner === undefined;
  const words = 'note = coalesce($2, note), owner = case when $3 then owner else $4 end';
  const params = [fingerprints, note, keepsOwner, owner ?? null];
  if (action === 'note') await tx.query(`update etl.review set ${words} where fingerprint = any ($1)`, params);
  else if (action === 'reject')
    await tx.query(
      `update etl.review set ${words}, state = 'open', acknowledged_until = null, decided_rows = null where fingerprint = any ($1)`,
      params,
    );
  else
    await tx.query(
      `update etl.review set ${words}, state = case when $5::timestamptz is null then 'accepted' else 'acknowledged' end,
         acknowledged_until = $5, decided_rows = failing_rows where fingerprint = any ($1)`,
      [...params, until === null ? null : toPg(until)],
    );
}

function reopenedAlert(entry: ReviewEntry, from: string, { action, by, note }: CleanDecision): NewAlert[] {
  if (action !== 'reject' || from === 'open' || entry.severity === 'info') return [];
  const { fingerprint, dataset, subject, sentence, severity } = entry;
  return [
    {
      subject: fingerprint,
      kind: 'finding reopened',
      runId: null,
      payload: {
        text: `${dataset} ${placeOfSubject(subject)}: sent back by ${by} (${note ?? ''}), ${sentence}`,
        dataset,
        severity,
        from,
        to: 'open',
        next: `npm run pipeline -- review show ${fingerprint}`,
      },
    },
  ];
}
