/** The report as GitHub-flavoured Markdown: the same content, shorter, for terminals and issue trackers. */
import { summariseCoverage } from './coverage.ts';
import { pickIntervals, rowsByOutcome, timingsByStage } from './intervals.ts';
import { filesOf } from './files.ts';
import type { CheckReport, DatasetReport, RowCounts, RunReport } from './model.ts';
import { inspectCommand, QUERY_COMMAND, quarantineCommand, reviewCommand } from './next-step.ts';
import { FORMULA, freshnessText, qualityByPublisher, qualityParts, scoreText, shareText } from './quality.ts';
import { at, code, fence, grid, moreLine, prose } from './markdown-text.ts';
import { resultOf } from './verdict.ts';
import {
  byteSize,
  clip,
  count,
  counted,
  duration,
  exitMeaning,
  FINDING_STATES,
  instant,
  listed,
  minute,
  sourceBanner,
  STATES,
} from './words.ts';

/** Characters at most: an issue tracker takes 65,536. */
export const MARKDOWN_LIMIT = 60_000;

/** Samples per list. */
const SAMPLES = 5;
const FINDINGS = 10;

/** The report as Markdown; datasets whose section would go beyond {@link MARKDOWN_LIMIT} keep their line in the first table. */
export function renderMarkdown(report: RunReport): string {
  const ordered = report.datasets.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  let page = runPart(report, ordered);
  let left = 0;
  for (const dataset of ordered) {
    const section = datasetPart(dataset);
    if (page.length + section.length > MARKDOWN_LIMIT - 200) left += 1;
    else page += section;
  }
  return left === 0
    ? page
    : `${page}\n${counted(left, 'more dataset')} without a section here: see report.html or report.json.\n`;
}

function runPart(report: RunReport, ordered: readonly DatasetReport[]): string {
  const banner = sourceBanner(report.source);
  const { engine } = report;
  const shown = ordered.slice(0, 60);
  return `# Data quality of run ${code(report.runId, 100)}

${banner === null ? '' : `> **${banner.title}.** ${banner.text}\n\n`}${prose(report.verdict, 1_500)}

- Command: ${code(report.command, 500)}
- Source: ${report.source}
- ${at(report.startedAt)} to ${at(report.finishedAt)}, ${duration(report.durationMs)}
- Exit code ${report.exitCode}: ${exitMeaning(report.exitCode)}
- penstock ${prose(engine.penstock, 40)}, Node ${prose(engine.node, 40)}, DuckDB ${prose(engine.duckdb, 40)}, PostgreSQL ${prose(engine.postgres, 40)}

${grid(
  ['State', 'Score', 'Freshness', 'Dataset', 'Verdict'],
  shown.map((d) => [
    d.state,
    scoreText(d.quality?.score),
    d.freshness.state,
    prose(d.title, 120),
    prose(d.verdict, 500),
  ]),
)}${moreLine(ordered.length - shown.length, 'dataset')}${publishersTable(report)}`;
}

function datasetPart(dataset: DatasetReport): string {
  return `
## ${prose(dataset.title, 200)}: ${dataset.state}

${code(dataset.id, 200)} → ${code(dataset.table, 200)}, publisher ${prose(dataset.publisher, 200)}${dataset.unitOfTime === null ? '' : `, one row per ${prose(dataset.unitOfTime, 60)}`}

${qualityLines(dataset)}${errorLines(dataset)}${findingsTable(dataset)}${rowsTable(dataset)}
${checksPart(dataset)}${coverageLines(dataset)}${revisionsPart(dataset)}${rejectedPart(dataset)}${sourcesPart(dataset)}
${prose(dataset.attribution, 500)}
`;
}

function qualityLines({ quality, freshness }: DatasetReport): string {
  const shares = qualityParts(quality).map(({ name, share }) => `${name} ${shareText(share)}`);
  const score = quality?.score == null ? 'not measured' : `${scoreText(quality.score)} = 100 × ${shares.join(' × ')}`;
  return `- Score: ${score}\n- Freshness: ${prose(freshnessText(freshness), 200)}\n\n`;
}

function findingsTable({ findings, findingCounts }: DatasetReport): string {
  const words = FINDING_STATES.flatMap((state) =>
    findingCounts[state] > 0 ? [`${count(findingCounts[state])} ${state}`] : [],
  );
  if (words.length === 0 && findings.length === 0) return '';
  const shown = findings
    .toSorted((a, b) => FINDING_STATES.indexOf(a.state) - FINDING_STATES.indexOf(b.state))
    .slice(0, FINDINGS);
  const total = FINDING_STATES.reduce((sum, state) => sum + findingCounts[state], 0);
  const [first] = shown;
  const table = grid(
    ['State', 'Severity', 'Finding', 'Since', 'Owner', 'Fingerprint', 'Rows'],
    shown.map((f) => [
      f.change === null || f.change === f.state ? f.state : `${f.state}, ${f.change}`,
      f.severity,
      `${prose(f.sentence, 200)}${f.note === null ? '' : `; ${prose(f.note, 120)}`}`,
      prose(minute(f.firstSeenAt), 40),
      f.owner === null ? '–' : prose(f.owner, 60),
      code(f.fingerprint, 64),
      count(f.rows),
    ]),
    6,
  );
  return `Findings: ${words.length === 0 ? counted(findings.length, 'finding') : words.join(', ')}.

${shown.length === 0 ? '' : table}${moreLine(Math.max(total, findings.length) - shown.length, 'finding')}${
    first === undefined ? '' : `\nTo see or settle one: ${code(reviewCommand(first.fingerprint), 120)}\n`
  }
`;
}

function publishersTable({ datasets }: RunReport): string {
  const publishers = qualityByPublisher(datasets);
  if (publishers.every(({ score }) => score === null)) return '';
  const shown = publishers.slice(0, 30);
  return `
${FORMULA}

${grid(
  ['Publisher', 'Lowest', 'Score', 'Measured', 'Datasets'],
  shown.map((one) => [
    prose(one.publisher, 120),
    one.lowest.length === 0 ? '–' : listed(one.lowest.map((id) => prose(id, 120))),
    scoreText(one.score),
    count(one.measured),
    count(one.datasets),
  ]),
  2,
)}${moreLine(publishers.length - shown.length, 'publisher')}`;
}

function errorLines(dataset: DatasetReport): string {
  const failed = dataset.intervals.filter((i) => i.error !== null);
  const lines = failed.slice(0, SAMPLES).map(({ label, error }) => {
    if (error === null) return '';
    const parts = [error.what, error.where, error.consequence]
      .filter((text) => text !== null)
      .map((text) => prose(text, 300));
    return `- ${prose(label, 120)}: ${code(error.code, 80)} ${parts.join('; ')}${error.next === null ? '' : `. Next: ${prose(error.next, 300)}`}\n`;
  });
  return lines.length === 0 ? '' : `${lines.join('')}${moreLine(failed.length - SAMPLES, 'error')}\n`;
}

function rowsTable({ outcomes, intervals, rows }: DatasetReport): string {
  const cells = (r: RowCounts): string[] =>
    [r.read, r.inserted, r.revised, r.withdrawn, r.unchanged, r.rejected].map(count);
  const byOutcome = rowsByOutcome(outcomes, intervals);
  const all = byOutcome.reduce((sum, { intervals: n }) => sum + n, 0);
  return grid(
    ['Outcome', 'Intervals', 'Read', 'New', 'Revised', 'Withdrawn', 'Unchanged', 'Rejected'],
    [...byOutcome.map((o) => [o.outcome, count(o.intervals), ...cells(o.rows)]), ['all', count(all), ...cells(rows)]],
    1,
  );
}

function checksPart({ id, checks }: DatasetReport): string {
  if (checks.length === 0) return 'Checks: not checked.\n';
  const order = ['found', 'not checked', 'passed'];
  const ordered = checks.toSorted((a, b) => order.indexOf(resultOf(a)) - order.indexOf(resultOf(b)));
  const table = grid(
    ['Check', 'Result', 'Severity', 'Intervals', 'Failing rows'],
    ordered
      .slice(0, 40)
      .map((c) => [prose(c.sentence, 200), resultOf(c), c.severity, count(c.intervals), count(c.failingRows)]),
    3,
  );
  const found = ordered.filter((check) => resultOf(check) === 'found').slice(0, 10);
  return `${table}${moreLine(ordered.length - 40, 'check')}${found.map((check) => findingPart(id, check)).join('')}`;
}

function findingPart(id: string, check: CheckReport): string {
  const samples = check.samples.slice(0, SAMPLES);
  const lines = samples.map(
    (row) =>
      `- ${prose(row.interval, 120)}, ${code(instant(row.key), 200)}: ${row.value === null ? 'none' : code(row.value, 200)}, expected ${prose(row.expectation, 200)}\n`,
  );
  const reproduce =
    check.engine === 'postgres'
      ? `All of the first interval that has some, by ${code(QUERY_COMMAND, 100)}:\n\n`
      : `All of them: ${code(inspectCommand(id, samples[0]?.interval ?? '', check.name), 400)}\n\n`;
  const sql = check.sql === '' ? '' : `\n${reproduce}${fence(clip(check.sql, 2_000), 'sql')}`;
  return `\n${code(check.name, 200)}, ${counted(check.failingRows, 'failing row')}:\n\n${lines.join('')}${moreLine(check.failingRows - samples.length, 'failing row')}${sql}`;
}

function coverageLines({ coverage }: DatasetReport): string {
  const sum = summariseCoverage(coverage);
  if (sum === null) return '\nCoverage by day: not checked.\n';
  const holes = sum.holes.toReversed();
  const lines = holes
    .slice(0, SAMPLES)
    .map(
      (hole) =>
        `- ${prose(hole.from === hole.to ? hole.from : `${hole.from} to ${hole.to}`, 60)}: ${count(hole.present)} of ${counted(hole.expected, 'row')}\n`,
    );
  return `
Coverage by day in the intervals that were loaded, ${prose(sum.from, 20)} to ${prose(sum.to, 20)}: ${count(sum.complete)} of ${counted(sum.days, 'day')} complete, ${count(sum.incomplete)} incomplete, ${count(sum.empty)} empty; ${count(sum.present)} of ${count(sum.expected)} expected rows.

${lines.join('')}${moreLine(holes.length - SAMPLES, 'run of days')}`;
}

function revisionsPart({ revisions, rows }: DatasetReport): string {
  if (rows.revised === 0 && revisions.length === 0) return '';
  const shown = revisions.slice(0, SAMPLES);
  const value = (text: string | null): string => (text === null ? 'none' : code(text, 120));
  return `
Revisions, ${counted(rows.revised, 'row')}; a sample:

${grid(
  ['Key', 'Column', 'Old', 'New', 'Old value known since'],
  shown.map((r) => [code(instant(r.key), 200), code(r.column, 80), value(r.old), value(r.new), at(r.knownSince)]),
)}`;
}

function rejectedPart({ id, rows, rejected, rejectedBy }: DatasetReport): string {
  if (rows.rejected === 0 && rejectedBy.length === 0) return '';
  const reasons = rejectedBy.toSorted((a, b) => b.rows - a.rows);
  const others = reasons.slice(10).reduce((sum, { rows: n }) => sum + n, 0);
  const table = grid(
    ['Reason', 'Rows'],
    [
      ...reasons.slice(0, 10).map((r) => [prose(r.reason, 200), count(r.rows)]),
      ...(others > 0 ? [['other reasons', count(others)]] : []),
    ],
    1,
  );
  const lines = rejected
    .slice(0, SAMPLES)
    .map(
      (r) =>
        `- ${prose(r.quarantineId, 60)}, ${prose(r.interval, 120)} line ${count(r.line)}: ${prose(r.reason, 200)}: ${code(r.raw, 200)}\n`,
    );
  return `
Quarantine, ${counted(rows.rejected, 'rejected row')}:

${table}
${lines.join('')}${moreLine(rows.rejected - lines.length, 'rejected row')}
All of them: ${code(quarantineCommand(id), 300)}
`;
}

function sourcesPart({ intervals }: DatasetReport): string {
  const stages = timingsByStage(intervals).slice(0, 20);
  const time = stages.map((s) => `${prose(s.stage, 40)} ${duration(s.totalMs)}`).join(', ');
  const files = intervals.filter((i) => i.artifact !== null);
  const bytes = files.reduce((sum, i) => sum + (i.artifact?.bytes ?? 0), 0);
  const shown = pickIntervals(files, SAMPLES).shown;
  const lines = shown.flatMap(({ label, artifact }) =>
    filesOf(artifact).map(
      ({ table, url, bytes: size, sha256, fetchedAt }) =>
        `- ${prose(table === null ? label : `${label} ${table}`, 120)}: ${code(url, 300)}, ${byteSize(size)}, SHA-256 ${code(sha256, 64)}, fetched ${at(fetchedAt)}\n`,
    ),
  );
  return `${time === '' ? '' : `\nTime per stage: ${time}.\n`}${
    files.length === 0
      ? ''
      : `\n${counted(files.length, 'file')}, ${byteSize(bytes)}:\n\n${lines.join('')}${moreLine(files.length - shown.length, 'file')}`
  }`;
}
