/**
 * The judgement: a dataset's numbers become its state and one sentence, a run's datasets its exit code and one sentence.
 *
 * Green needs evidence: at least one interval was looked at and every check ran. Whatever was not looked at is `not checked`.
 */
import { summariseCoverage } from './coverage.ts';
import { alarms, decidedInWords, findingInWords, openFindings, refusalsAlarm, undecided } from './decided.ts';
import type { CheckReport, DatasetReport, DatasetState, IntervalReport, Outcome, RunReport } from './model.ts';
import { addRows, NO_ROWS } from './model.ts';
import {
  gapsCommand,
  HEALTH_COMMAND,
  nextWhenNotChecked,
  quarantineCommand,
  rangeCommand,
  reviewListCommand,
  showCommand,
} from './next-step.ts';
import { clip, count, counted, instant, listed, OUTCOMES, STATES } from './words.ts';

/** How the run was asked for: a dataset that was named and has nothing recorded is a failure, else it is skipped. */
export interface Asked {
  readonly named?: readonly string[];
}

export type DatasetNumbers = Omit<DatasetReport, 'state' | 'verdict'>;

/** The dataset with its state and verdict. */
export function judgeDataset(numbers: DatasetNumbers, asked: Asked = {}): DatasetReport {
  return { ...numbers, state: stateOf(numbers, asked), verdict: verdictOf(numbers, asked) };
}

/** The run with its exit code and verdict. */
export function judgeRun(run: Omit<RunReport, 'exitCode' | 'verdict'>, asked: Asked = {}): RunReport {
  return { ...run, exitCode: exitCodeOfRun(run.datasets, asked), verdict: verdictOfRun(run, asked) };
}

/** A check that passed in no interval has not been checked. */
export function resultOf(check: Pick<CheckReport, 'result' | 'intervals'>): CheckReport['result'] {
  return check.result === 'passed' && check.intervals === 0 ? 'not checked' : check.result;
}

export function stateOf(dataset: DatasetNumbers, asked: Asked = {}): DatasetState {
  if (intervals(dataset, 'failed') > 0 || nothingRecorded(dataset, asked)) return 'failed';
  if (intervals(dataset, 'blocked') > 0) return 'blocked';
  if (alarms(dataset)) return 'warning';
  const lookedAt = intervals(dataset, 'loaded') + intervals(dataset, 'unchanged');
  const checked = dataset.checks.length > 0 && dataset.checks.every((check) => resultOf(check) !== 'not checked');
  return lookedAt > 0 && checked ? 'good' : 'not checked';
}

/**
 * Exit code of a run: 2 an interval failed; 3 none failed, but one was blocked; 0 otherwise, also with quarantined rows,
 * warnings, and parts that are not recorded or not configured.
 */
export function exitCodeOfRun(
  datasets: readonly Pick<DatasetReport, 'id' | 'outcomes'>[],
  asked: Asked = {},
): 0 | 2 | 3 {
  if (datasets.some((d) => intervals(d, 'failed') > 0 || nothingRecorded(d, asked))) return 2;
  return datasets.some((d) => intervals(d, 'blocked') > 0) ? 3 : 0;
}

/** One sentence: which dataset, which interval, since when; then what to run next. */
export function verdictOf(dataset: DatasetNumbers, asked: Asked = {}): string {
  const next = nextOf(dataset, asked);
  const { staleSince } = dataset.freshness;
  const stale = staleSince === null ? '' : `; stale since ${instant(staleSince)}`;
  const step = next ?? (staleSince === null ? null : HEALTH_COMMAND);
  return `${dataset.id}: ${judgement(dataset, asked)}${stale}. ${step === null ? 'Nothing to do.' : `Next: ${step}`}`;
}

/** The command (or advice of the error) that follows from the state; null when there is nothing to do. */
export function nextOf(dataset: DatasetNumbers, asked: Asked = {}): string | null {
  switch (stateOf(dataset, asked)) {
    case 'failed': {
      const failed = withOutcome(dataset, 'failed');
      const advice = failed.find((interval) => interval.error !== null)?.error?.next;
      return advice ?? (failed.length > 0 ? rangeCommand('run', dataset.id, failed) : showCommand(dataset.id));
    }
    case 'blocked':
      return `settle the cause, then ${rangeCommand('replay', dataset.id, withOutcome(dataset, 'blocked'))}`;
    case 'warning': {
      const open = openFindings(dataset);
      if (refusalsAlarm(dataset) || open[0]?.severity === 'reject') return quarantineCommand(dataset.id);
      if (isGap(open[0]?.check ?? worst(dataset)?.name)) return gapsCommand(dataset.id);
      return open.length > 0 ? reviewListCommand(dataset.id) : showCommand(dataset.id);
    }
    case 'not checked':
      return nextWhenNotChecked(dataset);
    case 'good':
      return null;
  }
}

/** One sentence for the top of the page, with the next step of the worst dataset. */
export function verdictOfRun({ datasets, source }: Pick<RunReport, 'datasets' | 'source'>, asked: Asked = {}): string {
  if (datasets.length === 0) return 'Nothing was due: no dataset was asked.';
  const rows = datasets.reduce((sum, d) => addRows(sum, d.rows), NO_ROWS);
  const groups = STATES.flatMap((state) => {
    const ids = datasets.filter((d) => d.state === state).map((d) => d.id);
    if (ids.length === 0) return [];
    return [
      state === 'good' ? `${count(ids.length)} good` : `${count(ids.length)} ${STATE_WORDS[state]} (${listed(ids)})`,
    ];
  });
  const allGood = datasets.every((d) => d.state === 'good');
  const states = allGood ? 'all good' : groups.join(', ');
  const origin = source === 'live' ? '' : source === 'samples' ? ', generated samples' : ', recorded responses';
  const worstDataset = [...datasets].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))[0];
  const next = worstDataset === undefined || allGood ? null : nextOf(worstDataset, asked);
  return (
    `${counted(datasets.length, 'dataset')}${origin}: ${states}; ${rowsInWords(rows)}.` +
    (next === null ? '' : ` Next: ${next}`)
  );
}

const STATE_WORDS: Readonly<Record<DatasetState, string>> = {
  failed: 'failed',
  blocked: 'blocked',
  warning: 'with warnings',
  'not checked': 'not checked',
  good: 'good',
};

function judgement(dataset: DatasetNumbers, asked: Asked): string {
  switch (stateOf(dataset, asked)) {
    case 'failed':
      return intervals(dataset, 'failed') > 0
        ? stopped(dataset, 'failed', 'failed')
        : `it was asked for by name and none of its ${counted(total(dataset), 'interval')} is recorded${missingRecording(dataset)}`;
    case 'blocked':
      return stopped(dataset, 'blocked', 'not loaded, stopped by a blocking check');
    case 'warning':
      return `${warningOf(dataset)}; ${loadedInWords(dataset)}${decidedInWords(dataset)}`;
    case 'not checked':
      return `${notCheckedOf(dataset)}${decidedInWords(dataset)}`;
    case 'good': {
      const through = dataset.coverage.at(-1)?.day;
      const passed = dataset.checks.filter((check) => resultOf(check) === 'passed').length;
      return `${loadedInWords(dataset)}; ${count(passed)} of ${counted(dataset.checks.length, 'check')} passed${through === undefined ? '' : `, data through ${through}`}${decidedInWords(dataset)}${asideOf(dataset)}`;
    }
  }
}

function stopped(dataset: DatasetNumbers, outcome: 'failed' | 'blocked', words: string): string {
  const all = withOutcome(dataset, outcome);
  const first = [...all].sort((a, b) => (a.start < b.start ? -1 : 1))[0];
  const head = `${count(intervals(dataset, outcome))} of ${counted(total(dataset), 'interval')} ${words}`;
  if (first === undefined) return head;
  const error = all.find((interval) => interval.error !== null)?.error ?? null;
  const check = outcome === 'blocked' ? findings(dataset).find((c) => c.severity === 'block') : undefined;
  const why = error !== null ? plain(error.what) : check !== undefined ? checkInWords(check) : null;
  return `${head} (${listed(all.map((i) => i.label))})${sinceWhen(first.start)}${why === null ? '' : `: ${why}`}`;
}

/** A whole file has no beginning in time. */
function sinceWhen(start: string): string {
  return start.includes('infinity') ? '' : `, since ${instant(start)}`;
}

function warningOf(dataset: DatasetNumbers): string {
  const parts: string[] = [];
  if (refusalsAlarm(dataset)) {
    const hit = dataset.intervals.filter((i) => i.rows.rejected > 0).sort((a, b) => (a.start < b.start ? -1 : 1));
    const first = hit[0];
    const where = first === undefined ? '' : ` (${listed(hit.map((i) => i.label))}${sinceWhen(first.start)})`;
    const reason = [...dataset.rejectedBy].sort((a, b) => b.rows - a.rows)[0];
    const why = reason === undefined ? '' : `, most for "${clip(reason.reason, 120)}"`;
    parts.push(`${count(dataset.rows.rejected)} of ${counted(dataset.rows.read, 'row')} in quarantine${where}${why}`);
  }
  const open = openFindings(dataset).filter(({ severity }) => severity !== 'reject' || parts.length === 0);
  if (open[0] !== undefined) {
    parts.push(findingInWords(open[0]));
    if (open.length > 1) parts.push(counted(open.length - 1, 'more finding'));
    return parts.join('; ');
  }
  const found = undecided(dataset).filter((c) => c.severity !== 'reject' || parts.length === 0);
  const first = worst(dataset) ?? found[0];
  if (first !== undefined && found.includes(first)) parts.push(checkInWords(first));
  const rest = found.filter((check) => check !== first).length;
  if (rest > 0) parts.push(`${counted(rest, 'more finding')}`);
  if (parts.length === 0 && first !== undefined) parts.push(checkInWords(first));
  return parts.join('; ');
}

function checkInWords(check: CheckReport): string {
  const sample = check.samples[0];
  // A finding may lie in many intervals: the sample is the first of them, not the place of all.
  const one =
    check.intervals === 1 ||
    (check.samples.length >= check.failingRows && new Set(check.samples.map(({ interval }) => interval)).size === 1);
  const where =
    sample === undefined
      ? ''
      : one
        ? ` (${sample.interval}, first at ${instant(sample.key)})`
        : ` (the first in ${sample.interval}, at ${instant(sample.key)})`;
  if (isGap(check.name)) return `${counted(check.failingRows, 'row')} missing${where}`;
  return `"${plain(check.sentence)}" does not hold for ${counted(check.failingRows, 'row')}${where}`;
}

function notCheckedOf(dataset: DatasetNumbers): string {
  if (total(dataset) === 0) return 'nothing was due, so nothing was checked';
  if (intervals(dataset, 'loaded') > 0) {
    const idle = dataset.checks.filter((check) => resultOf(check) === 'not checked').length;
    const why =
      dataset.checks.length === 0
        ? 'it has no checks'
        : `${count(idle)} of ${counted(dataset.checks.length, 'check')} did not run`;
    return `${loadedInWords(dataset)}, but ${why}`;
  }
  if (intervals(dataset, 'unchanged') > 0) return `nothing new, so no check ran (${outcomesInWords(dataset)})`;
  if (dataset.notConfigured !== undefined) return `skipped, ${dataset.notConfigured}`;
  return `nothing was loaded, so nothing was checked (${outcomesInWords(dataset)}${missingRecording(dataset)})`;
}

function missingRecording({ firstNotRecorded }: DatasetNumbers): string {
  return firstNotRecorded === undefined ? '' : `, the first is ${firstNotRecorded}`;
}

/** What a good dataset is not: parts that nobody looked at, days with missing rows that no warning covers. */
function asideOf(dataset: DatasetNumbers): string {
  const others = OUTCOMES.filter((o) => o !== 'loaded' && o !== 'unchanged' && intervals(dataset, o) > 0);
  const unseen = others.map((o) => `${count(intervals(dataset, o))} ${o}`).join(', ');
  const coverage = summariseCoverage(dataset.coverage);
  const first = coverage?.holes[0];
  const holes =
    coverage === null || first === undefined
      ? ''
      : `; ${counted(coverage.incomplete + coverage.empty, 'day')} not complete, since ${first.from}`;
  return `${holes}${unseen === '' ? '' : `; not looked at: ${unseen}`}`;
}

function loadedInWords(dataset: DatasetNumbers): string {
  const parts = (['loaded', 'unchanged'] as const).flatMap((o) =>
    intervals(dataset, o) > 0 ? [`${count(intervals(dataset, o))} ${o}`] : [],
  );
  const head = parts.length === 0 ? 'none loaded' : parts.join(', ');
  return `${head} of ${counted(total(dataset), 'interval')}, ${rowsInWords(dataset.rows)}`;
}

function rowsInWords(rows: RunReport['datasets'][number]['rows']): string {
  const parts = [`${counted(rows.inserted, 'row')} new`, `${count(rows.revised)} revised`];
  if (rows.withdrawn > 0) parts.push(`${count(rows.withdrawn)} withdrawn`);
  if (rows.rejected > 0) parts.push(`${count(rows.rejected)} rejected`);
  return parts.join(', ');
}

function outcomesInWords(dataset: Pick<DatasetReport, 'outcomes'>): string {
  return OUTCOMES.flatMap((o) =>
    intervals(dataset, o) > 0 ? [`${counted(intervals(dataset, o), 'interval')} ${o}`] : [],
  ).join(', ');
}

function nothingRecorded(dataset: Pick<DatasetReport, 'id' | 'outcomes'>, asked: Asked): boolean {
  const missing = intervals(dataset, 'not recorded');
  return missing > 0 && missing === total(dataset) && (asked.named ?? []).includes(dataset.id);
}

function intervals(dataset: Pick<DatasetReport, 'outcomes'>, outcome: Outcome): number {
  return dataset.outcomes[outcome] ?? 0;
}

function total(dataset: Pick<DatasetReport, 'outcomes'>): number {
  return OUTCOMES.reduce((sum, outcome) => sum + intervals(dataset, outcome), 0);
}

function withOutcome(dataset: DatasetNumbers, outcome: Outcome): IntervalReport[] {
  return dataset.intervals.filter((interval) => interval.outcome === outcome);
}

function findings(dataset: Pick<DatasetReport, 'checks'>): CheckReport[] {
  return dataset.checks.filter((check) => check.result === 'found');
}

/** The finding to name: a blocking one before a warning; gaps before other warnings, because a command fills them. */
function worst(dataset: DatasetNumbers): CheckReport | undefined {
  const found = undecided(dataset);
  return (
    found.find((c) => c.severity === 'block') ??
    found.find((c) => c.severity === 'warn' && isGap(c.name)) ??
    found.find((c) => c.severity === 'warn')
  );
}

function isGap(check: string | undefined): boolean {
  return check?.startsWith('complete(') === true;
}

function plain(sentence: string): string {
  return clip(sentence.trim().replace(/\.$/, ''), 240);
}
