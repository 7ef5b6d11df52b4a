/** The page of progress: a status is there only where something ran, and it is the newest one. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CAPABILITIES } from '../../serve/verify/capabilities.ts';
import { PLAN } from '../../docs/progress-rows.ts';
import { keyOf, progressText, resultsIn } from '../../docs/progress-text.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const rows = PLAN.flatMap((part) => part.rows);
const lineOf = (text: string, what: string): string =>
  text.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? '';

test('without results every row is not run', () => {
  const text = progressText([]);
  expect(text.match(/\| not run \|/g)).toHaveLength(rows.length);
  expect(text).toContain(`0 of ${rows.length} rows passed`);
  expect(text).not.toMatch(/\| passed|\*\*failed/);
});

test('each row is proved by something that there is, and each capability has a row', () => {
  const proofs = rows.map(({ proof }) => proof);
  for (const proof of proofs) if ('test' in proof) expect(existsSync(join(ROOT, proof.test)), proof.test).toBe(true);
  const named = proofs.flatMap((proof) => ('capability' in proof ? [proof.capability] : []));
  expect(named.toSorted()).toEqual(CAPABILITIES.toSorted());
});

test('of two results of one thing the newest counts; what is off or failed is not passed', () => {
  const at = (finishedAt: string, failed: number, off = 0): unknown => ({
    finishedAt,
    capabilities: [{ capability: 'help', checks: 40, failed, off, allowed: false }],
  });
  const early = resultsIn(at('2026-01-01T00:00:00.000Z', 0));
  const late = resultsIn(at('2026-01-02T10:20:30.000Z', 2, 1));
  for (const order of [
    [...early, ...late],
    [...late, ...early],
  ])
    expect(lineOf(progressText(order), 'Every help id of the front end')).toContain(
      '**failed**: 3 of 40 checks failed or off | 2026-01-02 10:20 UTC',
    );
});

test('rows of etl.verification, the reporter of tests and a bench are read', () => {
  expect(
    resultsIn([{ capability: 'core', checks_run: 12, checks_failed: 0, finished_at: '2026-01-02T00:00:00+00:00' }]),
  ).toEqual([{ key: 'capability core', passed: true, said: '12 checks', at: '2026-01-02T00:00:00.000Z' }]);
  const file = (status: string, ...states: string[]): unknown => ({
    testResults: [
      {
        name: '/somewhere/tests/api/gate.test.ts',
        status,
        endTime: 0,
        assertionResults: states.map((one) => ({ status: one })),
      },
    ],
  });
  expect(resultsIn(file('passed', 'passed', 'skipped'))).toEqual([
    { key: 'test tests/api/gate.test.ts', passed: true, said: '1 test', at: '1970-01-01T00:00:00.000Z' },
  ]);
  expect(resultsIn(file('failed', 'passed', 'failed'))[0]).toMatchObject({
    passed: false,
    said: '1 of 2 tests failed',
  });
  expect(resultsIn(file('passed', 'skipped'))[0]?.passed).toBe(false);
  expect(resultsIn({ bench: 'serve', date: '2026-01-02T00:00:00.000Z' })[0]?.key).toBe('bench serve');
  expect(() => resultsIn({ hello: 1 })).toThrow('neither');
});

test('the page that is kept was made by the program: its rows are those of the plan', () => {
  const text = readFileSync(join(ROOT, 'docs/progress.md'), 'utf8');
  for (const { what, proof } of rows)
    expect(lineOf(text, what), keyOf(proof)).toMatch(/\| (not run|passed: .+|\*\*failed\*\*: .+) \|/);
});
