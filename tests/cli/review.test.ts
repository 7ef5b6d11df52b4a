/** `review`: list, show, approve, reject and note from the command line; what is refused; and a real finding that no longer alarms. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import type { ReviewDetail, ReviewEntry, ReviewList } from '../../core/review.ts';
import type { RunReport } from '../../reports/model.ts';
import { GAP, putFinding, putResult } from '../support/findings.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
/** Many processes, one after the other. */
const LONG = { timeout: 240_000 };
let db: FreshDatabase;
const penstock = (words: readonly string[], env: Readonly<Record<string, string>> = { USER: 'ada' }): Promise<Answer> =>
  runProgram(program, words, { cwd: folder, env: { DATABASE_URL: db.url, ...env } });
const faultOf = async (words: readonly string[], env?: Readonly<Record<string, string>>): Promise<FaultJson> => {
  const answer = await penstock([...words, '--json'], env);
  expect(answer.code, words.join(' ')).toBe(1);
  return answer.json<{ error: FaultJson }>().error;
};

describe('with three findings', () => {
  beforeEach(async () => {
    db = await freshDatabase();
    await putFinding(db.pool, GAP);
    await putFinding(db.pool, {
      fingerprint: 'aaaa0000ffff0000',
      dataset: 'ieso-hoep',
      check: 'range(price, -2000, 2000)',
      severity: 'reject',
      subject: '2024: 2024-02-03T04:00:00Z',
      sentence: '"price lies between" does not hold for 2 rows',
      rows: 2,
      keys: ['2024-02-03T04:00:00Z', '2024-02-03T05:00:00Z'],
      owner: 'bob',
    });
    await putFinding(db.pool, {
      fingerprint: 'bbbb000000000000',
      severity: 'info',
      sentence: 'only \u001b[31minformation',
    });
    await putResult(db.pool, [
      { key: '2025-05-01T05:00:00Z', value: null, expectation: 'a row for every hour' },
      { key: '2025-09-01T05:00:00Z', value: null, expectation: 'a row for every hour' },
    ]);
  });

  test('list shows the open ones, worst first, and can be narrowed', LONG, async () => {
    const { stdout, code } = await penstock(['review', 'list']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^finding +state +severity +dataset +interval +since +owner +what$/);
    expect(lines[2]).toMatch(/^aaaa0000ffff0000 +open +reject +ieso-hoep +2024 +2026-02-01 +bob +"price lies between"/);
    expect(lines[3]).toMatch(/^aaaa000011112222 +open +warn +ieso-demand +2025 +2026-02-01 +1 row missing at/);
    expect(lines[4]).toContain(String.raw`\u{1b}[31m`);
    expect(stdout).toContain('3 findings; next: penstock review show aaaa0000ffff0000');
    const listed = async (...words: string[]): Promise<string[]> =>
      (await penstock(['review', 'list', ...words, '--json']))
        .json<ReviewList>()
        .findings.map(({ fingerprint }) => fingerprint.slice(0, 8));
    expect(await listed('ieso-hoep')).toEqual(['aaaa0000']);
    expect(await listed('--owner', 'bob')).toEqual(['aaaa0000']);
    expect(await listed('--state', 'accepted')).toEqual([]);
    expect(await listed('--state', 'all', '--limit', '1')).toHaveLength(1);
    expect((await penstock(['review', 'list', '--limit', '1'])).stdout).toContain(
      'the first 1 of 3 findings (--limit)',
    );
    expect((await penstock(['review', 'list', '--state', 'fixed'])).stdout).toBe('No fixed findings.\n');
  });

  test('show names rows, SQL, the command for the failing rows and every decision', async () => {
    await penstock(['review', 'note', 'aaaa00001', 'asked the publisher', '--owner', 'ada']);
    const { stdout } = await penstock(['review', 'show', 'AAAA00001']);
    for (const part of [
      'finding:       aaaa000011112222',
      'state:         open',
      'what:          1 row missing at 2025-05-01T05:00Z (every hour has a row)',
      'rows:          1, 2025-05-01T05:00:00Z',
      'owner:         ada',
      'note:          asked the publisher',
      'last seen:     2026-02-01T00:00Z by run r1',
      '  2025-05-01T05:00:00Z         a row for every hour',
      'sql (DuckDB, on the file):\n  select hour\n  from expected',
      'to run it:     penstock inspect ieso-demand "2025" --check "complete(hour, PT1H)"',
      'ada: words changed, owner ada, "asked the publisher"',
      ': new -> open',
      'next: penstock review approve aaaa000011112222',
    ])
      expect(stdout).toContain(part);
    // The other missing hour is another finding.
    expect(stdout).not.toContain('2025-09-01');
    const detail = (await penstock(['review', 'show', 'aaaa00001', '--json'])).json<ReviewDetail>();
    expect(detail).toMatchObject({
      evidence: { engine: 'duckdb', rows: [{ key: '2025-05-01T05:00:00Z' }] },
      changes: [{ actor: 'ada' }, { from: null }],
    });
  });

  test('approve accepts for good or until a day, reject sends back, each with who and why', async () => {
    const first = await penstock([
      'review',
      'approve',
      'aaaa00001',
      'aaaa0000f',
      '--note',
      'the publisher has no such hour',
      '--by',
      'grace',
    ]);
    expect(first.stdout).toContain('aaaa000011112222 is accepted by grace: ieso-demand, 1 row missing');
    expect(await db.pool.query('select fingerprint from etl.open_finding')).toEqual([]);
    const [until] = (await penstock(['review', 'approve', 'aaaa00001', '--until', '2099-12-01', '--json'])).json<
      ReviewEntry[]
    >();
    expect(until).toMatchObject({
      state: 'acknowledged',
      acknowledgedUntil: '2099-12-01T00:00:00.000Z',
      note: 'the publisher has no such hour',
    });
    expect((await penstock(['review', 'list', '--state', 'acknowledged'])).stdout).toContain(
      'acknowledged until 2099-12-01',
    );
    const back = (
      await penstock(['review', 'reject', 'aaaa00001', '--note', 'ask again', '--owner', '', '--json'])
    ).json<ReviewEntry[]>();
    expect(back).toMatchObject([
      { state: 'open', acknowledgedUntil: null, owner: null, note: 'ask again', changedBy: 'ada' },
    ]);
    // Health follows each decision; the other finding of the dataset is information.
    expect(
      await db.pool.query(
        `select source_name, open_findings from public.source_health where source_name like '%/%' order by 1`,
      ),
    ).toEqual([
      { source_name: 'ieso/ieso-demand', open_findings: 1 },
      { source_name: 'ieso/ieso-hoep', open_findings: 0 },
    ]);
    const { changes } = (await penstock(['review', 'show', 'aaaa00001', '--json'])).json<ReviewDetail>();
    expect(changes.map(({ actor, from, to }) => `${actor} ${from} ${to}`).slice(0, 3)).toEqual([
      'ada acknowledged open',
      'ada accepted acknowledged',
      'grace open accepted',
    ]);
    // A person's change that alarms again is told, too.
    expect(await db.pool.query(`select kind, run_id, payload ->> 'text' as text from etl.alert`)).toEqual([
      {
        kind: 'finding reopened',
        run_id: null,
        text: 'ieso-demand 2025: sent back by ada (ask again), 1 row missing at 2025-05-01T05:00Z (every hour has a row)',
      },
    ]);
  });

  test('what cannot be done is refused as a whole, with what to do instead', LONG, async () => {
    const before = await db.pool.query('select * from etl.review order by fingerprint');
    for (const [words, code, says] of [
      [['show', 'aaaa0000'], 'REVIEW_AMBIGUOUS', /aaaa000011112222, aaaa0000ffff0000.*give more digits/],
      [['show', 'aaaa00001112'], 'REVIEW_UNKNOWN', /did you mean aaaa000011112222\?/],
      [['show', 'aaaa'], 'REVIEW_UNKNOWN', /at least 6/],
      [['show', "x' or true --"], 'REVIEW_UNKNOWN', /is no fingerprint/],
      [['approve', 'bbbb0000', 'cccc0000'], 'REVIEW_UNKNOWN', /cccc0000/],
      [['approve', 'bbbb0000', '--until', '2025-02-30'], 'REVIEW_REFUSED', /is no date/],
      [['approve', 'bbbb0000', '--until', 'tomorrow'], 'REVIEW_REFUSED', /is no date/],
      [['approve', 'bbbb0000', '--until', '2020-01-01'], 'REVIEW_REFUSED', /has passed/],
      [['reject', 'bbbb0000'], 'USAGE', /--note/],
      [['reject', 'bbbb0000', '--note', ' '], 'REVIEW_REFUSED', /without a word/],
      [['note', 'bbbb0000', 'x'.repeat(4_001)], 'REVIEW_REFUSED', /4001 characters/],
      [['note', 'bbbb0000', 'a\u0007b'], 'REVIEW_REFUSED', /control character/],
      [['approve', 'bbbb0000', '--by', ' '], 'REVIEW_BY_WHOM', /--by/],
      [['list', 'ieso-demnd'], 'UNKNOWN_DATASET', /did you mean ieso-demand/],
      [['list', '--state', 'closed'], 'USAGE', /open, acknowledged, accepted, fixed, all/],
    ] as const) {
      const fault = await faultOf(['review', ...words]);
      expect(fault.code, words.join(' ')).toBe(code);
      expect(`${fault.what} ${fault.next}`).toMatch(says);
    }
    expect((await faultOf(['review', 'approve', 'bbbb0000'], {})).code).toBe('REVIEW_BY_WHOM');
    expect(await db.pool.query('select * from etl.review order by fingerprint')).toEqual(before);
    await db.pool.query(`update etl.review set state = 'fixed'`);
    expect((await faultOf(['review', 'approve', 'bbbb0000'])).what).toContain('is fixed');
  });

  test('a note keeps its lines, and help explains every part', async () => {
    await penstock(['review', 'note', 'bbbb0000', 'first\nsecond']);
    expect((await penstock(['review', 'show', 'bbbb0000'])).stdout).toContain(
      'note:          first\n               second\n',
    );
    for (const part of ['list', 'show', 'approve', 'reject', 'note']) {
      const { stdout, code } = await penstock(['review', part, '--help']);
      expect({ part, code }).toEqual({ part, code: 0 });
      expect(stdout).toContain(`Usage: penstock review ${part}`);
    }
    expect((await penstock(['review', '--help'])).stdout).toContain('The same in a browser: penstock serve');
  });
});

describe.skipIf(!hasShared('recordings'))('the hour of 2025-05-01 that was never published', () => {
  beforeAll(async () => {
    db = await freshDatabase();
  });

  test('alarms until it is accepted by `review approve`, and stays visible then', LONG, async () => {
    const range = [
      'ieso-demand',
      '--from',
      '2025-01-01',
      '--to',
      '2026-01-01',
      '--recordings',
      sharedFolder('recordings'),
    ];
    const first = (await penstock(['run', ...range, '--json'])).json<RunReport>();
    expect(first.datasets[0]).toMatchObject({
      state: 'warning',
      findingCounts: { open: expect.any(Number) as number },
    });
    const { findings } = (await penstock(['review', 'list', 'ieso-demand', '--json'])).json<ReviewList>();
    const hour = findings.find(({ subject }) => subject === '2025: 2025-05-01T05:00:00Z');
    expect(hour).toMatchObject({ state: 'open', rows: 1, check: 'complete(hour, PT1H)' });
    for (const { fingerprint, severity } of findings) {
      if (severity === 'info') continue;
      const approved = await penstock([
        'review',
        'approve',
        fingerprint.slice(0, 8),
        '--note',
        'never published: the night the renewed market started',
        '--by',
        'ada',
      ]);
      expect(approved.code).toBe(0);
    }
    // The same bytes again, and the same bytes loaded anew.
    for (const words of [
      ['run', ...range],
      ['replay', 'ieso-demand', '--from', '2025-01-01', '--to', '2026-01-01'],
    ]) {
      const again = (await penstock([...words, '--json'])).json<RunReport>();
      expect(again.datasets[0]?.state, words[0]).not.toBe('warning');
      expect(again.datasets[0]?.findings).toContainEqual(
        expect.objectContaining({ fingerprint: hour?.fingerprint, state: 'accepted', rows: 1 }),
      );
      expect(again.datasets[0]?.verdict).toMatch(/accepted finding/);
    }
    expect((await penstock(['review', 'list', '--state', 'accepted'])).stdout).toContain(hour?.fingerprint ?? 'none');
  });
});
