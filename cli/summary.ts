/** The end of a run in words: a few lines per dataset, the failures, where the report is. */
import type { RunResult } from '../engine/run.ts';
import type { DatasetReport, IntervalReport, RunReport } from '../reports/model.ts';
import { count, counted } from '../reports/words.ts';
import { faultText } from './output.ts';
import { planDocument } from './plan-text.ts';

/** Different failures of one dataset that are written out; the report has all. */
const FAILURES_SHOWN = 3;

export function documentOf({ report, written, plan }: RunResult): object {
  const { runId, exitCode, source, datasets } = report;
  return { runId, exitCode, source, plan: planDocument(plan), datasets, report: written };
}

/** Empty under `--quiet` when nothing failed and nothing was found. */
export function summaryText({ report, written, plan }: RunResult, quiet: boolean): string {
  const shown = quiet
    ? report.datasets.filter(({ state }) => ['failed', 'blocked', 'warning'].includes(state))
    : report.datasets;
  if (quiet && shown.length === 0) return '';
  const planned = (id: string): number => plan.filter(({ dataset }) => dataset === id).length;
  const lines = shown.flatMap((dataset) => datasetLines(dataset, planned(dataset.id)));
  return [...lines, ...(shown.length > 1 ? [statesLine(shown)] : []), `report: ${written.html}`].join('\n');
}

/** `43 datasets: 8 warning, 13 not checked, 22 good`, the worst first. */
function statesLine(datasets: readonly DatasetReport[]): string {
  const states = (['failed', 'blocked', 'warning', 'not checked', 'good'] as const).flatMap((state) => {
    const n = datasets.filter((dataset) => dataset.state === state).length;
    return n === 0 ? [] : [`${count(n)} ${state}`];
  });
  return `${counted(datasets.length, 'dataset')}: ${states.join(', ')}`;
}

function datasetLines(dataset: DatasetReport, planned: number): string[] {
  const { id, rows, outcomes, verdict, intervals, checks } = dataset;
  const left = planned - intervals.length;
  const stopped = left > 0 ? [`${id}: stopped before ${count(left)} of ${counted(planned, 'interval')}`] : [];
  // What is not recorded was never begun, and what another dataset loaded may contradict this one.
  const silent = (outcomes['not recorded'] ?? 0) === 0 && checks.every(({ result }) => result !== 'found');
  if (intervals.length === 0 && silent) return left > 0 ? stopped : [`${id}: nothing is due`];
  const lines = [verdict, ...stopped];
  if ((outcomes.loaded ?? 0) > 0) {
    lines.push(
      `${id}: ${counted(rows.inserted, 'row')} inserted, ${count(rows.revised)} revised, ${count(rows.withdrawn)} withdrawn, ${count(rows.rejected)} rejected`,
    );
  }
  const notRecorded = outcomes['not recorded'] ?? 0;
  if (notRecorded > 0) {
    const first = dataset.firstNotRecorded === undefined ? '' : `, the first: ${dataset.firstNotRecorded}`;
    lines.push(`${id}: ${counted(notRecorded, 'interval')} not recorded${first}`);
  }
  return lines;
}

/** Faults of intervals that failed or were blocked, the same fault of several intervals once. */
export function failureText({ datasets }: RunReport): string {
  return datasets.flatMap(datasetFailures).join('\n');
}

function datasetFailures({ id, intervals }: DatasetReport): string[] {
  const groups = new Map<string, IntervalReport[]>();
  for (const interval of intervals) {
    if (interval.error === null) continue;
    const key = `${interval.error.code} ${interval.error.what}`;
    groups.set(key, [...(groups.get(key) ?? []), interval]);
  }
  const texts = [...groups.values()].slice(0, FAILURES_SHOWN).flatMap((group) => {
    const [first] = group;
    if (first?.error == null) return [];
    const labels =
      group.length === 1 ? first.label : `${group.length} intervals from ${first.label} to ${group.at(-1)?.label}`;
    return [`${id} ${labels}\n${faultText(first.error)}`];
  });
  const rest = groups.size - FAILURES_SHOWN;
  return rest > 0 ? [...texts, `${id}: ${counted(rest, 'other failure')}, all of them are in the report`] : texts;
}
