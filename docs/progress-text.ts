/** The page of progress from rows of the plan and results that were measured: what nobody ran is called so. */
import { PLAN, type PlanRow, type Proof } from './progress-rows.ts';

export interface Result {
  /** `capability core`, `test tests/api/gate.test.ts`, `bench serve`. */
  readonly key: string;
  readonly passed: boolean;
  /** `1,203 checks`, `3 of 40 tests failed`. */
  readonly said: string;
  /** ISO instant. */
  readonly at: string;
}

export function keyOf(proof: Proof): string {
  if ('capability' in proof) return `capability ${proof.capability}`;
  return 'test' in proof ? `test ${proof.test}` : `bench ${proof.bench}`;
}

export function commandOf(proof: Proof): string {
  if ('capability' in proof) return `npm run pipeline -- verify --only ${proof.capability}`;
  return 'test' in proof ? `npx vitest run --project main ${proof.test}` : `npm run bench:${proof.bench}`;
}

/**
 * Reads what a file of results holds: the output of `verify --json`, rows of `etl.verification` as JSON, the JSON reporter of the tests,
 * or a file of bench/results. @throws Error when it is none of them
 */
export function resultsIn(document: unknown): Result[] {
  if (Array.isArray(document)) return document.flatMap(ofVerificationRow);
  const given = recordOf(document);
  if (Array.isArray(given['capabilities'])) return given['capabilities'].flatMap((one) => ofSummary(one, given));
  if (Array.isArray(given['testResults'])) return given['testResults'].map(ofTestFile);
  if (typeof given['bench'] === 'string')
    return [
      { key: `bench ${given['bench']}`, passed: true, said: 'measured, see bench/results', at: String(given['date']) },
    ];
  throw new Error(
    'this is neither of verify --json, rows of etl.verification, the JSON reporter of the tests, or a bench',
  );
}

function ofSummary(summary: unknown, { finishedAt: at, command }: Record<string, unknown>): Result[] {
  const { capability, checks, failed, off, allowed } = recordOf(summary);
  const bad = Number(failed) + Number(off);
  const by = typeof command === 'string' ? `, by \`${command}\`` : '';
  const excused = `${allowed === true ? ', some allowed by hand' : ''}${by}`;
  const said =
    bad === 0 ? `${String(checks)} checks${excused}` : `${bad} of ${String(checks)} checks failed or off${excused}`;
  return [{ key: `capability ${String(capability)}`, passed: bad === 0, said, at: String(at) }];
}

function ofVerificationRow(row: unknown): Result[] {
  const { capability, checks_run: run, checks_failed: failed, finished_at: at } = recordOf(row);
  if (capability === undefined || at === undefined) throw new Error('a row has no capability or no finished_at');
  const bad = Number(failed);
  return [
    {
      key: `capability ${String(capability)}`,
      passed: Number(run) > 0 && bad === 0,
      said: bad === 0 ? `${String(run)} checks` : `${bad} of ${String(run)} checks failed or off`,
      at: new Date(String(at)).toISOString(),
    },
  ];
}

function ofTestFile(file: unknown): Result {
  const { name, status, endTime, assertionResults } = recordOf(file);
  const all = Array.isArray(assertionResults) ? assertionResults.map((one) => recordOf(one)['status']) : [];
  const failed = all.filter((one) => one === 'failed').length;
  const ran = all.filter((one) => one === 'passed' || one === 'failed').length;
  const passed = status === 'passed' && failed === 0 && ran > 0;
  return {
    key: `test ${String(name).replace(/^.*?(tests\/)/, '$1')}`,
    passed,
    said:
      failed === 0
        ? `${ran} test${ran === 1 ? '' : 's'}${passed ? '' : ', and the file failed'}`
        : `${failed} of ${ran} tests failed`,
    at: new Date(Number(endTime)).toISOString(),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Of several results of one thing, the newest counts. */
export function progressText(results: readonly Result[]): string {
  const newest = new Map<string, Result>();
  for (const result of results) if ((newest.get(result.key)?.at ?? '') <= result.at) newest.set(result.key, result);
  const rows = PLAN.flatMap((part) => part.rows);
  const of = (row: PlanRow): Result | undefined => newest.get(keyOf(row.proof));
  const passed = rows.filter((row) => of(row)?.passed === true).length;
  const failed = rows.filter((row) => of(row)?.passed === false).length;
  return [
    '# Progress',
    '',
    '<!-- Made by docs/progress.ts from results. Nobody writes a status here. -->',
    '',
    `${passed} of ${rows.length} rows passed when they were last run, ${failed} failed, ${rows.length - passed - failed} were not run.`,
    'A row is what its command says: run it, give its output to `npx tsx docs/progress.ts`, and this page follows.',
    'A capability with stale data or samples fails on purpose: its flag is to stay closed.',
    '',
    ...PLAN.flatMap(({ title, rows: own }) => [
      `## ${title}`,
      '',
      '| what | command | last result | when |',
      '|---|---|---|---|',
      ...own.map((row) => line(row, of(row))),
      '',
    ]),
  ].join('\n');
}

function line({ what, proof }: PlanRow, result: Result | undefined): string {
  const said = result === undefined ? 'not run' : `${result.passed ? 'passed' : '**failed**'}: ${result.said}`;
  return `| ${what} | \`${commandOf(proof)}\` | ${said} | ${result === undefined ? '' : result.at.slice(0, 16).replace('T', ' ').concat(' UTC')} |`;
}
