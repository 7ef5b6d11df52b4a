/** The model of a report as a schema: what `report.json` is checked against and what `report.schema.json` is made from. */
import { z } from 'zod';
import type { RunReport } from './model.ts';
import { MODEL_VERSION } from './model.ts';

const text = z.string();
const maybe = text.nullable();
const share = z.number().min(0).max(1).nullable();
const whole = z.number().int().min(0);
const list = <T extends z.ZodType>(item: T): z.ZodReadonly<z.ZodArray<T>> => z.array(item).readonly();

const severity = z.enum(['reject', 'block', 'warn', 'info']);
const result = z.enum(['passed', 'found', 'not checked']);
const outcome = z.enum([
  'loaded',
  'unchanged',
  'blocked',
  'failed',
  'not published',
  'purged',
  'not recorded',
  'not configured',
  'busy',
]);
const mark = z.enum(['rejected', 'anomalous', 'revised']);
const findingState = z.enum(['open', 'acknowledged', 'fixed', 'accepted']);

const rows = z
  .strictObject({ read: whole, rejected: whole, inserted: whole, revised: whole, withdrawn: whole, unchanged: whole })
  .describe('Rows, counted by the loader inside the transaction.');

const quality = z
  .strictObject({
    score: z.number().min(0).max(100).nullable(),
    loadedShare: share,
    completeShare: share,
    validShare: share,
    cleanShare: share,
  })
  .describe(
    'Shares between 0 and 1, null where not measured. The score is 100 times the product of those that were, rounded down to a tenth.',
  );

const freshness = z.strictObject({
  state: z.enum(['fresh', 'stale', 'ended', 'unknown']),
  coveredUntil: maybe,
  expectedUntil: maybe,
  staleSince: maybe,
});

const finding = z.strictObject({
  fingerprint: text,
  check: text,
  severity: z.enum(['failure', ...severity.options]),
  subject: text,
  sentence: text,
  interval: text,
  firstKey: maybe,
  lastKey: maybe,
  rows: whole,
  state: findingState,
  acknowledgedUntil: maybe,
  owner: maybe,
  note: maybe,
  firstSeenAt: text,
  lastSeenAt: text,
  change: z.enum(['new', 'reopened', 'fixed']).nullable(),
});

const value = z.number().nullable();
const series = z.strictObject({
  column: text,
  unit: maybe,
  of: maybe,
  buckets: list(z.strictObject({ at: text, min: value, median: value, max: value })),
  marks: list(z.strictObject({ at: text, kind: mark, value })),
  closeUps: list(
    z.strictObject({
      fingerprint: text,
      title: text,
      points: list(z.strictObject({ at: text, value, lower: value, upper: value, mark: mark.nullable() })),
    }),
  ),
});

const check = z.strictObject({
  name: text,
  sentence: text,
  severity,
  result,
  intervals: whole,
  failingRows: whole,
  samples: list(z.strictObject({ interval: text, key: text, value: maybe, expectation: text })),
  sql: text,
  engine: z.enum(['duckdb', 'postgres']),
  history: list(z.strictObject({ runId: text, at: text, result, failingRows: whole })),
});

const artifact = z.strictObject({
  url: text,
  sha256: text,
  bytes: whole,
  fetchedAt: text,
  parts: list(z.strictObject({ table: text, url: text, sha256: text, bytes: whole })).exactOptional(),
});

const interval = z.strictObject({
  label: text,
  start: text,
  end: text,
  reason: z.enum(['missing', 'possibly revised', 'stale', 'failed before', 'asked for', 'replay']),
  outcome,
  strategy: z.enum(['append', 'merge']).nullable(),
  rows,
  artifact: artifact.nullable(),
  timingsMs: z.record(text, z.number()),
  error: z
    .strictObject({
      code: text,
      kind: z.enum(['usage', 'configuration', 'definition', 'request', 'file', 'format', 'database', 'check']),
      what: text,
      where: maybe,
      consequence: maybe,
      next: maybe,
    })
    .nullable(),
});

const dataset = z.strictObject({
  id: text,
  title: text,
  publisher: text,
  table: text,
  attribution: text,
  unitOfTime: maybe,
  state: z.enum(['good', 'warning', 'blocked', 'failed', 'not checked']),
  verdict: text,
  outcomes: z.partialRecord(outcome, whole),
  rows,
  checks: list(check),
  revisions: list(z.strictObject({ key: text, column: text, old: maybe, new: maybe, knownSince: text })),
  rejected: list(
    z.strictObject({ quarantineId: text, interval: text, line: whole, reason: text, raw: text, sha256: text }),
  ),
  rejectedBy: list(z.strictObject({ reason: text, rows: whole })),
  coverage: list(z.strictObject({ day: text, expected: whole, present: whole })),
  intervals: list(interval),
  firstNotRecorded: text.exactOptional(),
  notConfigured: text.exactOptional(),
  quality: quality.nullable(),
  freshness,
  findingCounts: z.record(findingState, whole),
  findings: list(finding),
  series: series.nullable(),
  contract: list(
    z.strictObject({
      name: text,
      type: text,
      unit: maybe,
      key: z.boolean(),
      required: z.boolean(),
      sensitive: z.boolean(),
      doc: text,
    }),
  ),
  schemaChanges: list(
    z.strictObject({
      interval: text,
      column: text,
      change: z.enum(['new in the file', 'gone from the file', 'empty now', 'filled now']),
    }),
  ),
  lineage: z.strictObject({ url: text, format: text, transform: text, definitionHash: text }),
});

/** The whole report. That it says the same as `model.ts` is tested. */
export const reportSchema = z.strictObject({
  version: z.literal(MODEL_VERSION),
  runId: text,
  command: text,
  source: z.enum(['live', 'recordings', 'samples']),
  startedAt: text,
  finishedAt: text,
  durationMs: z.number(),
  engine: z.strictObject({ penstock: text, node: text, duckdb: text, postgres: text }),
  exitCode: whole,
  verdict: text,
  datasets: list(dataset),
});

/** @throws z.ZodError that names each field that is not as the schema says */
export function parseReport(report: unknown): RunReport {
  return reportSchema.parse(report);
}

/** JSON Schema, draft 2020-12, as the text of `report.schema.json`. */
export function reportSchemaText(): string {
  const schema = z.toJSONSchema(reportSchema, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // That TypeScript may not write it says nothing to a reader of JSON.
      delete jsonSchema.readOnly;
    },
  });
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:penstock:report:${MODEL_VERSION}`,
    title: `Report of a penstock run, version ${MODEL_VERSION}`,
    description: 'Instants are ISO 8601 texts in UTC; samples are capped, totals are not.',
  };
  return `${JSON.stringify({ ...head, ...schema, $id: head.$id }, null, 2)}\n`;
}
