/** Bad CSV files and bad answers, end to end: what is refused as a whole leaves everything as it was, bad rows go to quarantine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  contentOf,
  expectHelpful,
  expectNothingLeft,
  healthOf,
  ledgerOf,
  openWorld,
  quarantineOf,
  type World,
} from '../support/bad-input.ts';
import { DEMAND_URL, demandFile, type Recorded } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';

const HOEP_URL = 'https://reports-public.ieso.ca/public/PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_2024.csv';
const HOEP_HEADER =
  'Date,Hour,HOEP,Hour 1 Predispatch,Hour 2 Predispatch,Hour 3 Predispatch,OR 10 Min Sync,OR 10 Min non-sync,OR 30 Min';
const hoepFile = (...rows: string[]): string =>
  ['\\\\Yearly HOEP OR Predispatch Report', HOEP_HEADER, ...rows, ''].join('\n');
const goodHoep: Recorded = { url: HOEP_URL, body: hoepFile('2024-01-01,1,"1,054.00",20.5,-3,4,,,') };

const day = (year: number): [string, number, number, number][] =>
  Array.from({ length: 24 }, (_, i) => [`${year}-01-01`, i + 1, 16_000 + i, 14_000 + i]);
const good = (year: number): Recorded => ({ url: DEMAND_URL(year), body: demandFile(year, day(year)) });
const bad2024 = (body: string | Uint8Array, rest: Partial<Recorded> = {}): Recorded => ({
  url: DEMAND_URL(2024),
  body,
  ...rest,
});
const HEADER = 'Date,Hour,Market Demand,Ontario Demand';
const lines = (...rest: string[]): string => ['\\\\Hourly Demand Report,,,', ...rest, ''].join('\n');
const ROWS = ['2024-01-01,1,16000,14000', '2024-01-01,2,16001,14001'];
const TWO_YEARS = { ids: ['ieso-demand', 'ieso-hoep'], from: '2023-01-01', to: '2025-01-01' };

interface FileCase {
  readonly name: string;
  readonly answer: Recorded;
  readonly code: string;
  /** What the message must name. */
  readonly says: RegExp;
}

const status = (code: number, body = 'an error page'): Recorded => bad2024(body, { status: code });
const withBytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

const files: FileCase[] = [
  {
    name: 'a truncated download',
    answer: bad2024(lines(HEADER, ...ROWS), { headers: { 'content-length': '5000' } }),
    code: 'HTTP_BODY_SHORT',
    says: /of 5000 bytes/,
  },
  {
    name: 'a web page with status 200',
    answer: bad2024('<!DOCTYPE html>\n<html><body>Scheduled maintenance</body></html>', {
      headers: { 'content-type': 'text/html' },
    }),
    code: 'FORMAT_HTML_INSTEAD_OF_DATA',
    says: /web page/,
  },
  {
    name: 'a login page',
    answer: bad2024('<html><form><input type="password"></form></html>'),
    code: 'FORMAT_HTML_INSTEAD_OF_DATA',
    says: /login/,
  },
  { name: 'a 404 for a file that is due', answer: status(404), code: 'HTTP_NOT_FOUND', says: /404/ },
  { name: 'a 429', answer: status(429), code: 'HTTP_RATE_LIMITED', says: /429/ },
  { name: 'a 500', answer: status(500), code: 'HTTP_SERVER_ERROR', says: /500/ },
  { name: 'a 403', answer: status(403), code: 'HTTP_KEY_REFUSED', says: /403/ },
  { name: 'an unforeseen status', answer: status(451), code: 'HTTP_STATUS', says: /451/ },
  {
    name: 'JSON of a wrong content type',
    answer: bad2024('{"error":"quota"}', { headers: { 'content-type': 'application/json' } }),
    code: 'FORMAT_WRONG_TYPE',
    says: /JSON.*application\/json/,
  },
  { name: 'a PDF', answer: bad2024('%PDF-1.7\n'), code: 'FORMAT_WRONG_TYPE', says: /PDF/ },
  {
    name: 'a redirect to another host',
    answer: { url: DEMAND_URL(2024), status: 302, headers: { location: 'https://login.example.org/' } },
    code: 'HTTP_HOST_REFUSED',
    says: /login\.example\.org/,
  },
  {
    name: 'a renamed column',
    answer: bad2024(lines('Date,Hour,Market Demand,Ontario Load', ...ROWS)),
    code: 'FORMAT_HEADER_CHANGED',
    says: /"Ontario Load".*"Ontario Demand"/,
  },
  {
    name: 'an added column',
    answer: bad2024(lines(`${HEADER},Quality`, '2024-01-01,1,16000,14000,A')),
    code: 'FORMAT_HEADER_CHANGED',
    says: /added \["Quality"\]/,
  },
  {
    name: 'a missing column',
    answer: bad2024(lines('Date,Hour,Ontario Demand', '2024-01-01,1,14000')),
    code: 'FORMAT_HEADER_CHANGED',
    says: /missing \["Market Demand"\]/,
  },
  {
    name: 'a doubled column',
    answer: bad2024(lines(`${HEADER},Hour`, '2024-01-01,1,16000,14000,1')),
    code: 'FORMAT_HEADER_CHANGED',
    says: /doubled \["Hour"\]/,
  },
  { name: 'no header at all', answer: bad2024(lines(...ROWS)), code: 'FORMAT_HEADER_CHANGED', says: /2024-01-01/ },
  { name: 'an empty file', answer: bad2024(''), code: 'FORMAT_EMPTY_BODY', says: /empty/ },
  { name: 'nothing but a preamble', answer: bad2024(lines()), code: 'FORMAT_HEADER_CHANGED', says: /empty/ },
  {
    name: 'a header only, where rows were before',
    answer: bad2024(lines(HEADER)),
    code: 'FORMAT_ALL_ROWS_GONE',
    says: /no usable row/,
  },
  {
    name: 'the file of another report',
    answer: bad2024(goodHoep.body ?? ''),
    code: 'FORMAT_HEADER_CHANGED',
    says: /HOEP/,
  },
  {
    name: 'the file of another year',
    answer: bad2024(demandFile(2022, day(2022))),
    code: 'FORMAT_NO_USABLE_ROW',
    says: /none of 24 rows.*2022-01-01/,
  },
  {
    name: 'no row that can be cut',
    answer: bad2024(lines(HEADER, '2024-01-01', '2024-01-02')),
    code: 'FORMAT_NO_USABLE_ROW',
    says: /none of 2 rows.*1 cells/,
  },
  {
    name: 'invalid UTF-8',
    answer: bad2024(withBytes(lines(HEADER, ROWS[0] ?? ''), [0xff, 0xfe, 0x2c], '\n')),
    code: 'FORMAT_INVALID_UTF8',
    says: /line 4/,
  },
  {
    name: 'a line of 10 MB',
    answer: bad2024(lines(HEADER, ROWS[0] ?? '', '9'.repeat(10_000_000))),
    code: 'FORMAT_LINE_TOO_LONG',
    says: /line 4/,
  },
  {
    name: 'a file of 10 MB without a line end',
    answer: bad2024('9'.repeat(10_000_000)),
    code: 'FORMAT_LINE_TOO_LONG',
    says: /line 1/,
  },
  {
    name: 'a quote that is never closed',
    answer: bad2024(lines(HEADER, '2024-01-01,1,"16000,14000', ...ROWS)),
    code: 'FORMAT_CSV_BROKEN',
    says: /line 3/,
  },
  {
    name: 'more bytes than allowed',
    answer: bad2024(Buffer.alloc(64 * 1024 * 1024 + 1, '\\\\\n')),
    code: 'HTTP_TOO_LARGE',
    says: /larger than/,
  },
];

describe('a file that is refused as a whole', () => {
  let world: World;
  let before: unknown[];
  beforeAll(async () => {
    world = await openWorld((await freshDatabase()).pool);
    const first = await world.run([good(2023), good(2024), goodHoep], TWO_YEARS);
    expect(first.outcomes).toEqual({
      'ieso-demand 2023': 'loaded',
      'ieso-demand 2024': 'loaded',
      'ieso-hoep 2024': 'loaded',
    });
    before = await contentOf(world.pool, 'ontario_hourly_demand');
    expect(before).toHaveLength(48);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each(files)('$name: $code, and everything else goes on', async ({ answer, code, says }) => {
    const { report, intervals, outcomes, written } = await world.run([good(2023), answer, goodHoep], TWO_YEARS);
    const error = intervals['ieso-demand 2024']?.error;
    expect(error?.code, JSON.stringify(error)).toBe(code);
    expectHelpful(error);
    expect(`${error?.what} ${error?.where}`).toMatch(says);
    expect(outcomes).toMatchObject({
      'ieso-demand 2023': 'unchanged',
      'ieso-demand 2024': 'failed',
      'ieso-hoep 2024': 'unchanged',
    });
    expect(report.exitCode).toBe(2);
    expect(written).toContain(code);
    expect(await contentOf(world.pool, 'ontario_hourly_demand')).toEqual(before);
    expect(await quarantineOf(world.pool, 'ieso-demand', '2024')).toEqual([]);
    expect(await ledgerOf(world.pool, 'ieso-demand', '2024')).toEqual({ status: 'failed', code });
    const health = await healthOf(world.pool, 'ieso/ieso-demand');
    expect(health?.status).toBe('degraded');
    expect(health?.notes).toContain(code);
    expect((await healthOf(world.pool, 'ieso/ieso-hoep'))?.status).toBe('healthy');
    await expectNothingLeft(world.pool);

    const recovered = await world.run([good(2024)], { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' });
    expect(recovered.report.exitCode).toBe(0);
    expect(await contentOf(world.pool, 'ontario_hourly_demand')).toEqual(before);
    expect(await ledgerOf(world.pool, 'ieso-demand', '2024')).toEqual({ status: 'loaded', code: null });
    // The failure is forgotten; that rows of 2024 are old by now is all that is left to say.
    expect((await healthOf(world.pool, 'ieso/ieso-demand'))?.notes).toMatch(/^loaded; stale since 2024-01-/);
  });
});

interface RowCase {
  readonly name: string;
  /** Lines below the header. */
  readonly rows: readonly string[];
  /** Rows in the table afterwards. */
  readonly loaded: number;
  /** [line, reason] of each quarantined row. */
  readonly refused: readonly (readonly [number, RegExp])[];
}

const HOUR = /hour: .* is not an instant/;
const rowCases: RowCase[] = [
  {
    name: 'identical rows',
    rows: ['Y-01-01,1,16000,14000', 'Y-01-01,1,16000,14000', 'Y-01-01,2,16000,14000'],
    loaded: 2,
    refused: [[4, /repeats line 3/]],
  },
  {
    name: 'conflicting rows',
    rows: ['Y-01-01,1,16000,14000', 'Y-01-01,1,16000,14001', 'Y-01-01,2,16000,14000'],
    loaded: 1,
    refused: [
      [3, /2 times with different values/],
      [4, /2 times with different values/],
    ],
  },
  { name: 'hour 0', rows: ['Y-01-01,0,16000,14000', 'Y-01-01,1,16000,14000'], loaded: 1, refused: [[3, HOUR]] },
  { name: 'hour 25', rows: ['Y-01-01,25,16000,14000', 'Y-01-01,1,16000,14000'], loaded: 1, refused: [[3, HOUR]] },
  { name: 'hour 02*', rows: ['Y-11-03,02*,16000,14000', 'Y-01-01,1,16000,14000'], loaded: 1, refused: [[3, HOUR]] },
  { name: 'a blank hour', rows: ['Y-01-01,,16000,14000', 'Y-01-01,1,16000,14000'], loaded: 1, refused: [[3, HOUR]] },
  {
    name: 'a date that does not exist',
    rows: ['Y-02-30,1,16000,14000', 'Y-01-01,1,16000,14000'],
    loaded: 1,
    refused: [[3, HOUR]],
  },
  {
    name: 'a cell that is no number',
    rows: ['Y-01-01,1,n/a,14000', 'Y-01-01,2,16000,14000'],
    loaded: 1,
    refused: [[3, /market_demand_mw: n\/a is not a number/]],
  },
  {
    name: 'NaN and Infinity',
    rows: ['Y-01-01,1,NaN,14000', 'Y-01-01,2,16000,Infinity', 'Y-01-01,3,1e999,14000', 'Y-01-01,4,16000,14000'],
    loaded: 1,
    refused: [
      [3, /NaN is not a number/],
      [4, /Infinity is not a number/],
      [5, /1e999 is not a number/],
    ],
  },
  {
    name: 'a number out of range',
    rows: ['Y-01-01,1,16000,140000', 'Y-01-01,2,16000,-1', 'Y-01-01,3,16000,14000'],
    loaded: 1,
    refused: [
      [3, /between 1500 and 30000/],
      [4, /-1/],
    ],
  },
  {
    name: 'a NUL byte',
    rows: ['Y-01-01,1,160\u000000,14000', 'Y-01-01,2,16000,14000'],
    loaded: 1,
    refused: [[3, /NUL byte/]],
  },
  {
    name: 'ragged rows',
    rows: ['Y-01-01,1,16000', 'Y-01-01,2,16000,14000,1,2', 'Y-01-01,3,16000,14000'],
    loaded: 1,
    refused: [
      [3, /3 cells, the header has 4/],
      [4, /6 cells/],
    ],
  },
  {
    name: 'a row of another year',
    rows: ['1999-01-01,1,16000,14000', 'Y-01-01,1,16000,14000'],
    loaded: 1,
    refused: [[3, /1999-01-01/]],
  },
  {
    name: 'badly placed thousands',
    rows: ['Y-01-01,1,"1,60,00",14000', 'Y-01-01,2,16000,14000'],
    loaded: 1,
    refused: [[3, /1,60,00 is not a number/]],
  },
  {
    name: 'a row with markup',
    rows: ['Y-01-01,1,<script>alert(1)</script>,14000', 'Y-01-01,2,16000,14000'],
    loaded: 1,
    refused: [[3, /<script>/]],
  },
  {
    name: 'trailing commas and quoted thousands',
    rows: ['Y-01-01,1,"16,000",14000,', 'Y-01-01,2,16000,"14,000.5",'],
    loaded: 2,
    refused: [],
  },
  {
    name: 'line ends of both kinds',
    rows: ['Y-01-01,1,16000,14000\r', 'Y-01-01,2,16000,14000', 'Y-01-01,3,16000,14000\r'],
    loaded: 3,
    refused: [],
  },
];

describe('a file with bad rows', () => {
  let world: World;
  let year = 2002;
  beforeAll(async () => {
    world = await openWorld((await freshDatabase()).pool);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each(rowCases)(
    '$name: the bad ones are kept with their reason, the others load',
    async ({ rows, loaded, refused }) => {
      year += 1;
      const body = lines(HEADER, ...rows.map((row) => row.replace('Y', String(year))));
      const request = { ids: ['ieso-demand'], from: `${year}-01-01`, to: `${year + 1}-01-01` };
      const { report, intervals, html } = await world.run([{ url: DEMAND_URL(year), body }], request);
      const interval = intervals[`ieso-demand ${year}`];
      expect(interval?.error).toBeNull();
      expect(interval?.rows).toMatchObject({ read: rows.length, inserted: loaded, rejected: refused.length });
      expect(report.exitCode).toBe(0);
      const [count] = await world.pool.query<{ n: number }>(
        `select count(*)::int as n from ontario_hourly_demand where hour >= $1::date + interval '5 hours' and hour < $1::date + interval '1 year 5 hours'`,
        [`${year}-01-01`],
      );
      expect(count?.n).toBe(loaded);
      const kept = await quarantineOf(world.pool, 'ieso-demand', String(year));
      expect(kept.map(({ line }) => line)).toEqual(refused.map(([line]) => line));
      refused.forEach(([line, reason], i) => {
        expect(kept[i]?.reason).toMatch(reason);
        expect(kept[i]?.raw).toBe(body.split('\n')[line - 1]?.replace('\r', '').replaceAll('\0', '\\u0000'));
      });
      const state = refused.length > 0 || loaded < 8_784 ? 'warning' : 'good';
      expect(report.datasets[0]?.state).toBe(state);
      expect(html).not.toContain('<script>alert');
      await expectNothingLeft(world.pool);
    },
  );

  test('reordered columns and a byte order mark are fine', async () => {
    const body = `\uFEFF${lines('Hour,Ontario Demand,Date,Market Demand', '1,14000,2021-01-01,16000')}`;
    const { intervals } = await world.run([{ url: DEMAND_URL(2021), body }], {
      ids: ['ieso-demand'],
      from: '2021-01-01',
      to: '2022-01-01',
    });
    expect(intervals['ieso-demand 2021']?.rows).toMatchObject({ inserted: 1, rejected: 0 });
    const rows = await world.pool.query(
      `select market_demand_mw as m, ontario_demand_mw as o from ontario_hourly_demand where hour = '2021-01-01T05:00Z'`,
    );
    expect(rows).toEqual([{ m: 16_000, o: 14_000 }]);
  });

  test('a row that turns bad in a newer file keeps its earlier version', async () => {
    const request = { ids: ['ieso-demand'], from: '2022-01-01', to: '2023-01-01' };
    const url = DEMAND_URL(2022);
    await world.run([{ url, body: lines(HEADER, '2022-01-01,1,16000,14000', '2022-01-01,2,16000,14000') }], request);
    const { intervals } = await world.run(
      [{ url, body: lines(HEADER, '2022-01-01,1,oops,14000', '2022-01-01,2,16000,14001') }],
      request,
    );
    expect(intervals['ieso-demand 2022']?.rows).toEqual({
      read: 2,
      rejected: 1,
      inserted: 0,
      revised: 1,
      withdrawn: 0,
      unchanged: 0,
    });
    const rows = await world.pool.query(
      `select ontario_demand_mw as o from ontario_hourly_demand where hour >= '2022-01-01T05:00Z' and hour < '2023-01-01T05:00Z' order by hour`,
    );
    expect(rows).toEqual([{ o: 14_000 }, { o: 14_001 }]);
  });
});

test('one bad year of four leaves the other years and datasets alone on the very first run', async () => {
  await using world = await openWorld((await freshDatabase()).pool);
  const { report, outcomes } = await world.run(
    [good(2022), good(2023), bad2024('<html></html>'), good(2025), goodHoep],
    {
      ids: ['ieso-demand', 'ieso-hoep'],
      from: '2022-01-01',
      to: '2026-01-01',
      jobs: 2,
    },
  );
  expect(outcomes).toMatchObject({
    'ieso-demand 2022': 'loaded',
    'ieso-demand 2023': 'loaded',
    'ieso-demand 2024': 'failed',
    'ieso-demand 2025': 'loaded',
    'ieso-hoep 2024': 'loaded',
  });
  expect(report.exitCode).toBe(2);
  expect(await world.pool.query('select count(*)::int as n from ontario_hourly_demand')).toEqual([{ n: 72 }]);
  const health = await healthOf(world.pool, 'ieso/ieso-demand');
  expect(health?.status).toBe('degraded');
  expect(health?.notes).toMatch(/2024.*FORMAT_HTML_INSTEAD_OF_DATA/);
  expect(report.datasets.find(({ id }) => id === 'ieso-demand')?.verdict).toMatch(/1 of 4 intervals failed \(2024\)/);
});

test('a 404 for a file that is not due yet is no failure', async () => {
  await using world = await openWorld((await freshDatabase()).pool);
  const { report, outcomes } = await world.run([{ url: DEMAND_URL(2026), body: '', status: 404 }], {
    ids: ['ieso-demand'],
    from: '2026-01-01',
  });
  expect(outcomes).toEqual({ 'ieso-demand 2026': 'not published' });
  expect(report.exitCode).toBe(0);
  expect(await ledgerOf(world.pool, 'ieso-demand', '2026')).toBeUndefined();
});
