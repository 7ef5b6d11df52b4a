/** The plan is a pure function: which intervals, why, and whether the publisher is asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { daily, hourly, type Partitions, partitionIntervals, snapshot, whole, yearly } from '../../core/partitions.ts';
import { definePipeline, type Pipeline, type Publishes } from '../../core/pipeline.ts';
import { type Done, overdueFrom, parseRange, planDataset, purgedBefore } from '../../engine/plan.ts';

const zone = 'Etc/GMT+5';
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

function pipeline(partitions: Partitions, publishes: Partial<Publishes> = {}): Pipeline {
  return definePipeline({
    id: 'grid-load',
    title: 'x',
    publisher: 'grid',
    licence: { name: 'x', attribution: 'x' },
    partitions,
    extract: { url: 'https://grid.example.org/{yyyy}', decode: csv({ header: ['a'] }) },
    publishes: {
      every: 'PT1H',
      delay: 'P1D',
      revises: 'P35D',
      staleAfter: 'P2D',
      schedule: '20 * * * *',
      zone,
      ...publishes,
    },
    transform: 'x.sql',
    table: table('public.grid_load', { hour: instant({ key: true, doc: 'x' }), load_mw: mw({ doc: 'x' }) }),
  });
}

const years = pipeline(yearly({ from: 2023, zone }));
const start = (year: number): number => Date.UTC(year, 0, 1, 5);
function loaded(year: number, change: Partial<Done> = {}): Done {
  return {
    start: start(year),
    status: 'loaded',
    definitionHash: 'h',
    checkedAt: at('2026-07-01T00:00Z'),
    attempts: 0,
    everLoaded: true,
    sha256: `sha-${year}`,
    ...change,
  };
}
function plan(ledger: readonly Done[], now: string, change: Partial<Parameters<typeof planDataset>[0]> = {}): string[] {
  return planDataset({
    pipeline: years,
    definitionHash: 'h',
    ledger,
    landed: new Set(),
    now: at(now),
    range: null,
    ...change,
  }).planned.map(({ label, reason, action, strategy }) => [label, reason, action, strategy].join(' '));
}
const settled = [loaded(2023), loaded(2024), loaded(2025)];

describe('what is due', () => {
  test('everything, where nothing was ever loaded', () => {
    expect(plan([], '2025-06-01T00:00Z')).toEqual([
      '2023 missing fetch append',
      '2024 missing fetch append',
      '2025 missing fetch append',
    ]);
  });

  test.each<[string, readonly Done[], string, string[]]>([
    ['nothing, before the first rows of a new year can be there', settled, '2026-01-02T05:59:59Z', []],
    [
      'the new year, one step and the delay after its start',
      settled,
      '2026-01-02T06:00Z',
      ['2026 missing fetch append'],
    ],
    ['a hole in the middle', [loaded(2023), loaded(2025)], '2026-01-01T06:00Z', ['2024 missing fetch append']],
    [
      'the open year, asked an hour ago',
      [...settled, loaded(2026, { checkedAt: at('2026-08-01T00:00Z') })],
      '2026-08-01T01:00Z',
      ['2026 possibly revised fetch merge'],
    ],
    [
      'not the open year, asked less than an hour ago',
      [...settled, loaded(2026, { checkedAt: at('2026-08-01T00:00Z') })],
      '2026-08-01T00:53:59Z',
      [],
    ],
    [
      'the open year at the tick an hour after the tick before, though its download ended seconds later',
      [...settled, loaded(2026, { checkedAt: at('2026-08-01T00:20:07Z') })],
      '2026-08-01T01:20:00Z',
      ['2026 possibly revised fetch merge'],
    ],
    [
      'last year, while it is revised',
      [
        loaded(2023),
        loaded(2024),
        loaded(2025, { checkedAt: at('2026-02-05T00:00Z') }),
        loaded(2026, { checkedAt: at('2026-02-05T00:00Z') }),
      ],
      '2026-02-05T00:30Z',
      [],
    ],
    [
      'last year, last asked before it was settled, however long ago',
      [loaded(2023), loaded(2024), loaded(2025, { checkedAt: at('2026-02-06T04:59:59Z') })],
      '2028-01-01T00:00Z',
      ['2025 possibly revised fetch merge', '2026 missing fetch append', '2027 missing fetch append'],
    ],
    [
      'not last year, asked once it was settled',
      [loaded(2023), loaded(2024), loaded(2025, { checkedAt: at('2026-02-06T05:00Z') })],
      '2026-01-02T00:00Z',
      [],
    ],
    [
      'a failed one, though it was asked just now',
      [loaded(2023), loaded(2024, { status: 'failed', attempts: 2 }), loaded(2025)],
      '2026-01-01T06:00Z',
      ['2024 failed before fetch merge'],
    ],
    [
      'a failed one that never loaded',
      [loaded(2023), loaded(2024, { status: 'failed', attempts: 1, everLoaded: false, sha256: null }), loaded(2025)],
      '2026-01-01T06:00Z',
      ['2024 failed before fetch append'],
    ],
    [
      'a blocked one',
      [loaded(2023), loaded(2024, { status: 'blocked', attempts: 1, everLoaded: false }), loaded(2025)],
      '2026-01-01T06:00Z',
      ['2024 failed before fetch append'],
    ],
    [
      'a stale one, that landing lost',
      [loaded(2023, { definitionHash: 'old' }), loaded(2024), loaded(2025)],
      '2026-01-01T06:00Z',
      ['2023 stale fetch merge'],
    ],
    [
      'a failed one is asked for even when its definition changed',
      [loaded(2023, { definitionHash: 'old', status: 'failed', attempts: 1 }), loaded(2024), loaded(2025)],
      '2026-01-01T06:00Z',
      ['2023 failed before fetch merge'],
    ],
  ])('%s', (_, ledger, now, expected) => {
    expect(plan(ledger, now)).toEqual(expected);
  });

  test('a stale one is replayed from landing', () => {
    expect(
      plan([loaded(2023, { definitionHash: 'old' }), loaded(2024), loaded(2025)], '2026-01-01T06:00Z', {
        landed: new Set(['sha-2023']),
      }),
    ).toEqual(['2023 stale replay merge']);
  });

  test('the reason comes with figures', () => {
    const because = (ledger: readonly Done[], now: string): string | undefined =>
      planDataset({ pipeline: years, definitionHash: 'h', ledger, landed: new Set(), now: at(now), range: null })
        .planned[0]?.because;
    expect(because([], '2026-01-01T06:00Z')).toBe('never loaded');
    expect(
      because(
        [loaded(2023, { status: 'failed', attempts: 3, checkedAt: at('2026-01-01T00:00Z') })],
        '2026-01-01T06:00Z',
      ),
    ).toBe('failed 3 times, last 2026-01-01T00:00Z');
    expect(
      because(
        [loaded(2023, { status: 'blocked', attempts: 1, checkedAt: at('2026-01-01T00:00Z') })],
        '2026-01-01T06:00Z',
      ),
    ).toBe('was stopped by a check once, last 2026-01-01T00:00Z');
    expect(because([...settled, loaded(2026)], '2026-08-01T00:00Z')).toBe(
      'last asked 2026-07-01T00:00Z; its end has not come yet',
    );
    expect(
      because(
        [loaded(2023), loaded(2024), loaded(2025, { checkedAt: at('2026-01-03T00:00Z') }), loaded(2026)],
        '2026-01-20T00:00Z',
      ),
    ).toBe('last asked 2026-01-03T00:00Z; the publisher revises for 36 days after its end');
  });
});

describe('a range', () => {
  const range = { start: start(2024), end: start(2026) };

  test('asks for every interval that overlaps it, done or not', () => {
    expect(plan([loaded(2024)], '2026-08-01T00:00Z', { range })).toEqual([
      '2024 asked for fetch merge',
      '2025 missing fetch append',
    ]);
  });

  test('asks the publisher also for what is stale', () => {
    expect(
      plan([loaded(2024, { definitionHash: 'old' }), loaded(2025)], '2026-08-01T00:00Z', {
        range,
        landed: new Set(['sha-2024']),
      }),
    ).toEqual(['2024 stale fetch merge', '2025 asked for fetch merge']);
  });

  test('runs an interval whole, though it overlaps by a millisecond', () => {
    expect(plan([], '2026-08-01T00:00Z', { range: { start: start(2025) - 1, end: start(2025) } })).toEqual([
      '2024 missing fetch append',
    ]);
  });

  test.each<[string | undefined, string | undefined, unknown]>([
    [undefined, undefined, null],
    ['2025-01-01', '2026-01-01', { start: start(2025), end: start(2026) }],
    ['2025-01-01', undefined, { start: start(2025), end: Infinity }],
    [undefined, '2025-01-01T00:00Z', { start: -Infinity, end: at('2025-01-01T00:00Z') }],
    ['2025-01-01', '2025-01-01', '--to 2025-01-01 is not after --from 2025-01-01; ranges are half-open'],
    [
      '2025-02-30',
      undefined,
      '--from 2025-02-30 is neither a date (2025-05-01) nor an instant with offset (2025-05-01T05:00Z)',
    ],
    ['2025-01-01', 'soon', '--to soon is neither a date (2025-05-01) nor an instant with offset (2025-05-01T05:00Z)'],
  ])('from %s to %s is %j', (from, to, expected) => {
    expect(parseRange(years, from, to)).toEqual(expected);
  });
});

describe('replay', () => {
  test('takes what landing holds, whatever the ledger says, and nothing else', () => {
    const ledger = [loaded(2023), loaded(2024, { status: 'failed', attempts: 1 }), loaded(2025, { sha256: null })];
    expect(
      plan(ledger, '2026-08-01T00:00Z', { replay: true, landed: new Set(['sha-2023', 'sha-2024', 'sha-other']) }),
    ).toEqual(['2023 replay replay merge', '2024 replay replay merge']);
    expect(plan(ledger, '2026-08-01T00:00Z', { replay: true })).toEqual([]);
  });
});

describe('files without dates', () => {
  const entry = (begin: number, change: Partial<Done> = {}): Done => loaded(2025, { start: begin, ...change });

  test('a whole file is asked for again when its next issue is due, for ever', () => {
    const file = pipeline(whole(), { every: 'P1D' });
    const checked = entry(-Infinity, { checkedAt: at('2026-07-01T00:00Z') });
    expect(plan([], '2026-07-01T00:00Z', { pipeline: file })).toEqual(['all missing fetch append']);
    expect(plan([checked], '2026-07-01T21:35Z', { pipeline: file })).toEqual([]);
    expect(plan([checked], '2026-07-02T00:00Z', { pipeline: file })).toEqual(['all possibly revised fetch merge']);
    expect(plan([checked], '2026-07-01T00:01Z', { pipeline: file, range: { start: 0, end: 1 } })).toEqual([
      'all asked for fetch merge',
    ]);
  });

  test('a snapshot is asked for on every run, whatever the range', () => {
    const now = pipeline(snapshot());
    const before = entry(at('2026-07-01T00:00Z'), { checkedAt: at('2026-07-01T00:00:30Z') });
    expect(plan([before], '2026-07-01T00:01:07Z', { pipeline: now })).toEqual([
      '2026-07-01T00:01Z missing fetch merge',
    ]);
    expect(plan([before], '2026-07-01T00:01:07Z', { pipeline: now, range: { start: 0, end: 1 } })).toEqual([
      '2026-07-01T00:01Z missing fetch merge',
    ]);
  });

  test('an earlier snapshot is read again from landing when its definition changed, and never asked for', () => {
    const now = pipeline(snapshot());
    const earlier = (minute: string, sha256: string, definitionHash: string): Done =>
      entry(at(`2026-07-01T00:0${minute}Z`), { sha256, definitionHash, checkedAt: at(`2026-07-01T00:0${minute}:30Z`) });
    const ledger = [earlier('0', 'a', 'old'), earlier('1', 'lost', 'old'), earlier('2', 'c', 'h')];
    const landed = new Set(['a', 'c']);
    expect(plan(ledger, '2026-07-01T00:09:07Z', { pipeline: now, landed })).toEqual([
      '2026-07-01T00:00Z stale replay merge',
      '2026-07-01T00:09Z missing fetch merge',
    ]);
    expect(plan(ledger, '2026-07-01T00:09:07Z', { pipeline: now, landed, replay: true })).toEqual([
      '2026-07-01T00:00Z replay replay merge',
      '2026-07-01T00:02Z replay replay merge',
    ]);
    const range = { start: at('2026-07-01T00:02Z'), end: at('2026-07-01T00:03Z') };
    expect(plan(ledger, '2026-07-01T00:09:07Z', { pipeline: now, landed, replay: true, range })).toEqual([
      '2026-07-01T00:02Z replay replay merge',
    ]);
  });
});

describe('what the publisher has purged', () => {
  const short = pipeline(daily({ from: '2026-06-01', zone }), { retention: 'P3D', revises: 'P1D' });
  const now = '2026-06-10T05:00Z';

  test('is not asked for unless a range names it', () => {
    expect(plan([], now, { pipeline: short }).map((line) => line.slice(0, 10))).toEqual([
      '2026-06-06',
      '2026-06-07',
      '2026-06-08',
    ]);
    expect(
      plan([], now, { pipeline: short, range: { start: at('2026-06-01T05:00Z'), end: at('2026-06-02T05:00Z') } }),
    ).toEqual(['2026-06-01 missing fetch append']);
  });

  test('is asked for again where the ledger knows that it was there, and its definition changed', () => {
    const known = loaded(2026, { start: at('2026-06-02T05:00Z'), definitionHash: 'old', sha256: 'a' });
    expect(plan([known], now, { pipeline: short, landed: new Set(['a']) })[0]).toBe('2026-06-02 stale replay merge');
  });

  test('is looked for in recordings, where it may still be', () => {
    const recorded = (url: string): boolean => url === 'https://grid.example.org/2026-06-02';
    const dated = { ...short, extract: { ...short.extract, url: 'https://grid.example.org/{yyyy}-{mm}-{dd}' } };
    const input = {
      pipeline: dated,
      definitionHash: 'h',
      ledger: [],
      landed: new Set<string>(),
      now: at(now),
      range: null,
    };
    const { planned, notRecorded } = planDataset({ ...input, recorded });
    expect(planned.map(({ label, reason }) => `${label} ${reason}`)).toEqual(['2026-06-02 missing']);
    expect(notRecorded).toHaveLength(7);
  });

  test('is not retried either', () => {
    const failed = loaded(2026, { start: at('2026-06-02T05:00Z'), status: 'failed', attempts: 1 });
    expect(plan([failed], now, { pipeline: short }).some((line) => line.startsWith('2026-06-02'))).toBe(false);
  });

  test('ends at the retention', () => {
    expect(purgedBefore(short, at(now))).toBe(at('2026-06-07T05:00Z'));
    expect(purgedBefore(years, at(now))).toBe(-Infinity);
    expect(overdueFrom(years, { start: start(2024), end: start(2025) })).toBe(start(2025) + 24 * HOUR);
  });
});

test('missing is what is wanted less what is done, whatever is done and whenever it is', () => {
  const hours = pipeline(hourly({ from: '2026-01-01', zone }), { delay: 'PT90M' });
  const first = at('2026-01-01T05:00Z');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 60 * 60 }),
      (doneHours, minutes) => {
        const now = first + minutes * 60_000;
        const ledger = doneHours.map((n) => loaded(2026, { start: first + n * HOUR, checkedAt: now }));
        const { planned } = planDataset({
          pipeline: hours,
          definitionHash: 'h',
          ledger,
          landed: new Set(),
          now,
          range: null,
        });
        // Rows of an hourly file can be there an hour and ninety minutes after the hour began.
        const wanted = Array.from({ length: 61 }, (_, n) => n).filter((n) => n * 60 + 150 <= minutes);
        expect(planned.map(({ interval }) => (interval.start - first) / HOUR)).toEqual(
          wanted.filter((n) => !doneHours.includes(n)),
        );
        expect(
          planned.every(({ reason, interval }) => reason === 'missing' && interval.end - interval.start === HOUR),
        ).toBe(true);
      },
    ),
  );
});

test('what is not recorded is counted and not planned, but an address that needs a commit is asked', () => {
  const input = {
    definitionHash: 'h',
    ledger: [],
    landed: new Set<string>(),
    now: at('2025-06-01T00:00Z'),
    range: null,
  };
  const recorded = (url: string): boolean => url.endsWith('/2024');
  expect(planDataset({ ...input, pipeline: years, recorded })).toMatchObject({
    planned: [{ label: '2024' }],
    notRecorded: [start(2023), start(2025)],
  });
  const hub = { ...pipeline(whole()), extract: { ...years.extract, url: 'https://grid.example.org/{commit}/x' } };
  expect(planDataset({ ...input, pipeline: hub, recorded })).toMatchObject({
    planned: [{ label: 'all' }],
    notRecorded: [],
  });
  const replayed = { ...input, ledger: [loaded(2023)], landed: new Set(['sha-2023']), replay: true };
  expect(planDataset({ ...replayed, pipeline: years, recorded })).toMatchObject({
    planned: [{ label: '2023', action: 'replay' }],
    notRecorded: [],
  });
});

test('planned intervals are partitions of the calendar', () => {
  const { planned } = planDataset({
    pipeline: years,
    definitionHash: 'h',
    ledger: [],
    landed: new Set(),
    now: at('2026-08-01T00:00Z'),
    range: null,
  });
  expect(planned.map(({ interval }) => interval)).toEqual(
    partitionIntervals(years.partitions, { start: -Infinity, end: Infinity }, at('2026-08-01T00:00Z')),
  );
  expect(planned[0]?.url).toBe('https://grid.example.org/2023');
});
