/** Values of columns that tell something about a person: a report says that there is one, not which. */
import { checkName } from '../core/check.ts';
import { keyColumns, timeColumn } from '../core/contract.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { CheckReport, DatasetReport, FailingRow, Finding, RejectedSample } from '../reports/model.ts';

export const MASK = '(masked)';

type Maskable = Pick<DatasetReport, 'checks' | 'revisions' | 'rejected' | 'findings' | 'series'>;

/** The same parts of a report without the values of sensitive columns; as they are where the table has none. */
export function masked(pipeline: Pipeline, parts: Maskable): Maskable {
  const sensitive = sensitiveColumns(pipeline);
  if (sensitive.size === 0) return parts;
  const findings = parts.findings.map((finding) => maskedFinding(pipeline, finding, sensitive));
  const sentences = new Map(findings.map(({ fingerprint, sentence }) => [fingerprint, sentence]));
  return {
    checks: parts.checks.map((check) => maskedCheck(pipeline, check, sensitive)),
    revisions: parts.revisions.map((revision) => ({
      ...revision,
      key: maskedKey(pipeline, revision.key, keyColumns(pipeline.table), sensitive),
      old: sensitive.has(revision.column) ? maskedValue(revision.old) : revision.old,
      new: sensitive.has(revision.column) ? maskedValue(revision.new) : revision.new,
    })),
    rejected: parts.rejected.map(maskedRow),
    findings,
    series: parts.series && {
      ...parts.series,
      closeUps: parts.series.closeUps.map((closeUp) => ({
        ...closeUp,
        title: sentences.get(closeUp.fingerprint) ?? MASK,
      })),
    },
  };
}

export function sensitiveColumns({ table }: Pick<Pipeline, 'table'>): ReadonlySet<string> {
  return new Set(Object.entries(table.columns).flatMap(([name, column]) => (column.sensitive === true ? [name] : [])));
}

function maskedCheck(pipeline: Pipeline, check: CheckReport, sensitive: ReadonlySet<string>): CheckReport {
  const names = keyNames(pipeline, check.name);
  const reads = mayTell(check.name, check.severity, sensitive);
  const row = (sample: FailingRow): FailingRow => ({
    ...sample,
    key: maskedKey(pipeline, sample.key, names, sensitive),
    value: reads ? maskedValue(sample.value) : sample.value,
    expectation: reads ? MASK : sample.expectation,
  });
  return { ...check, samples: check.samples.map(row) };
}

/** A SQL file may answer with anything, and a refused row with all its reasons; other checks name the columns that they read. */
function mayTell(check: string, severity: Finding['severity'], sensitive: ReadonlySet<string>): boolean {
  return check.startsWith('sql(') || severity === 'reject' || [...sensitive].some((name) => wordsOf(check).has(name));
}

/** The text of a row as published is one text; the reason names the value that it is about. */
function maskedRow(sample: RejectedSample): RejectedSample {
  return { ...sample, raw: MASK, reason: sample.reason.split(':', 1)[0] ?? MASK };
}

function maskedFinding(pipeline: Pipeline, finding: Finding, sensitive: ReadonlySet<string>): Finding {
  const names = keyNames(pipeline, finding.check);
  const hide = (key: string | null): string | null =>
    key === null ? null : maskedKey(pipeline, key, names, sensitive);
  const within = (text: string): string =>
    [finding.firstKey, finding.lastKey].reduce<string>(
      (sum, key) => (key === null || key === '' ? sum : sum.replaceAll(key, hide(key) ?? MASK)),
      text,
    );
  return {
    ...finding,
    subject: within(finding.subject),
    // Its sentence shows the first value.
    sentence: mayTell(finding.check, finding.severity, sensitive)
      ? `${finding.check} does not hold; the values are masked`
      : within(finding.sentence),
    firstKey: hide(finding.firstKey),
    lastKey: hide(finding.lastKey),
  };
}

/** What the parts of a failing row's key are, in order. */
function keyNames({ table, checks }: Pipeline, name: string): readonly string[] {
  const check = checks.find((one) => checkName(one) === name);
  return check?.kind === 'complete' ? check.columns : keyColumns(table);
}

/** Part by part where that is certain, else all of it. */
function maskedKey({ table }: Pipeline, key: string, names: readonly string[], sensitive: ReadonlySet<string>): string {
  if (!names.some((name) => sensitive.has(name))) return key;
  const parts = key.split(', ');
  const place = names.indexOf(timeColumn(table) ?? '');
  const certain = parts.length === names.length && (place < 0 || !Number.isNaN(Date.parse(parts[place] ?? '')));
  return certain ? parts.map((part, i) => (sensitive.has(names[i] ?? '') ? MASK : part)).join(', ') : MASK;
}

function maskedValue(value: string | null): string | null {
  return value === null ? null : MASK;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\w+/g) ?? []);
}
