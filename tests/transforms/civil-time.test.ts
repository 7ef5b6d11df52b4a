/** The macros that turn local time into UTC, against the worked examples of the publishers and against core/zone.ts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { instant } from '../../core/contract.ts';
import { daily } from '../../core/partitions.ts';
import { type LocalInstant, localInstant, offsetAt, parseDate } from '../../core/zone.ts';
import { histories, zoneFingerprint } from '../../core/zones/history.ts';
import { TZDATA_VERSION } from '../../core/zones/transitions.ts';
import { readDefinitions } from '../../engine/definition.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { coverageByDay } from '../../transforms/checks.ts';
import { zonesIn } from '../../transforms/zone-data.ts';
import { testPipeline, type TestSession, testSession, transformRows } from '../support/transform.ts';

const HOUR = 3_600_000;
let test1: TestSession;
beforeAll(async () => {
  test1 = await testSession();
});
afterAll(async () => test1[Symbol.asyncDispose]());

/** One value of SQL. */
async function value(sql: string): Promise<string | null> {
  const [row] = await test1.session.rows<{ v: string | null }>(`select ${sql} as v`);
  return row?.v ?? null;
}
/** `2024-11-03T07:00:00Z`. */
const utc = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
/** `2024-11-03 01:00` of milliseconds that stand for a clock's time. */
const clock = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

describe('hours that AESO labels', () => {
  test.each([
    ['2024-11-03', '01', '2024-11-03T06:00:00Z'],
    ['2024-11-03', '02', '2024-11-03T07:00:00Z'],
    ['2024-11-03', '02*', '2024-11-03T08:00:00Z'],
    ['2024-11-03', '03', '2024-11-03T09:00:00Z'],
    ['2024-11-03', '24', '2024-11-04T06:00:00Z'],
    ['2025-03-09', '01', '2025-03-09T07:00:00Z'],
    ['2025-03-09', '03', '2025-03-09T08:00:00Z'],
    ['2025-03-09', '04', '2025-03-09T09:00:00Z'],
    ['2025-03-09', '24', '2025-03-10T05:00:00Z'],
    ['2025-07-15', '24', '2025-07-16T05:00:00Z'],
    ['2025-07-15', ' 7 ', '2025-07-15T12:00:00Z'],
    // No change of the clock that autumn any more.
    ['2026-11-01', '03', '2026-11-01T08:00:00Z'],
    ['2026-11-22', '07', '2026-11-22T12:00:00Z'],
  ])('%s HE %s starts at %s', async (day, label, start) => {
    expect(await value(`hour_ending_instant('${day}', '${label}', 'America/Edmonton')`)).toBe(start);
    expect(await value(`hour_ending_instant(date '${day}', '${label}', 'America/Edmonton')`)).toBe(start);
  });

  test.each([
    [
      '2025-03-09',
      '02',
      '2025-03-09 hour ending 02 does not exist in America/Edmonton, where the clock was set forward',
    ],
    ['2025-03-09', '02*', '2025-03-09 hour ending 02*: no hour comes twice that day in America/Edmonton'],
    ['2025-07-15', '02*', '2025-07-15 hour ending 02*: no hour comes twice that day in America/Edmonton'],
    ['2026-11-01', '02*', '2026-11-01 hour ending 02*: no hour comes twice that day in America/Edmonton'],
    ['2024-11-03', '03*', '2024-11-03 hour ending 03*: another hour comes twice that day in America/Edmonton'],
    ['2024-11-03', '25', '2024-11-03 hour ending 25'],
    ['2024-11-03', '00', '2024-11-03 hour ending 00'],
    ['2024-11-31', '01', '2024-11-31 hour ending 01'],
    ['11/03/2024', '01', '11/03/2024 hour ending 01'],
    [
      '1999-07-01',
      '01',
      '1999-07-01 is outside 2000 to 2037, for which the clock changes of America/Edmonton are known',
    ],
  ])('%s HE %s is refused with the reason', async (day, label, reason) => {
    expect(await value(`hour_ending_instant('${day}', '${label}', 'America/Edmonton')`)).toBe(reason);
  });

  test.each([
    ['America/Edmonton', 2000, 2031],
    ['America/Toronto', 2024, 2026],
    ['Etc/GMT+5', 2024, 2025],
  ])(
    'the labels of all days of %s from %d until %d are hours in a row',
    async (zone, first, end) => {
      // Every label that could be; those that are refused are no instants.
      const rows = await test1.session.rows<{ at: number }>(`with labels as (
        select lpad(cast(n as varchar), 2, '0') as label from range(1, 25) r(n) union all select '02*'
      ), starts as (
        select try_cast(hour_ending_instant(day, label, '${zone}') as timestamptz) as start
        from (select unnest(range(date '${first}-01-01', date '${end}-01-01', interval 1 day))::date as day), labels
      )
      select epoch_ms(start) as at from starts where start is not null order by start`);
      const starts = rows.map(({ at }) => Number(at));
      const newYear = (year: number): LocalInstant => localInstant({ year, month: 1, day: 1, hour: 0 }, zone);
      expect(newYear(first)).toEqual({ kind: 'once', instant: starts[0] });
      expect(starts.filter((at, i) => i > 0 && at - (starts[i - 1] ?? 0) !== HOUR)).toEqual([]);
      expect(newYear(end)).toEqual({ kind: 'once', instant: (starts.at(-1) ?? 0) + HOUR });
    },
    60_000,
  );

  test('a day whose first hour is skipped is refused: nothing says how it would be labelled', async () => {
    expect(await value("hour_ending_instant('2024-03-10', '05', 'America/Havana')")).toBe(
      '2024-03-10 hour ending 05: the clock of America/Havana changes that day in a way that such labels cannot tell',
    );
  });
});

describe('hours of IESO', () => {
  test.each([
    ['2025-07-15', '1', '2025-07-15T05:00:00Z'],
    ['2025-07-15', '24', '2025-07-16T04:00:00Z'],
    ['2025-01-15', '24', '2025-01-16T04:00:00Z'],
    ['2025-03-09', '3', '2025-03-09T07:00:00Z'],
    ['2025-11-02', '2', '2025-11-02T06:00:00Z'],
    ['2026-03-05', '1', '2026-03-05T05:00:00Z'],
  ])('%s HE %s starts at %s by either macro', async (day, label, start) => {
    expect(await value(`ieso_hour_start('${day}', '${label}')`)).toBe(start);
    expect(await value(`hour_ending_instant('${day}', '${label}', 'Etc/GMT+5')`)).toBe(start);
  });

  test('the last one of a summer day begins at midnight of the next day in Toronto', async () => {
    expect(await value("utc_to_local('2025-07-16T04:00Z', 'America/Toronto')")).toBe('2025-07-16 00:00');
    expect(await value("utc_to_local('2025-01-16T04:00Z', 'America/Toronto')")).toBe('2025-01-15 23:00');
  });
});

describe('local times', () => {
  test.each([
    ['2024-11-03 00:30', 'America/Edmonton', '2024-11-03T06:30:00Z'],
    ['2024-11-03T00:30:05', 'America/Edmonton', '2024-11-03T06:30:05Z'],
    ['2024-11-03 02:00', 'America/Edmonton', '2024-11-03T09:00:00Z'],
    ['2026-11-22 06:00', 'America/Edmonton', '2026-11-22T12:00:00Z'],
    ['2024-07-01 00:00:00.25', 'America/St_Johns', '2024-07-01T02:30:00.25Z'],
    ['1931-07-01 00:00', 'Etc/GMT+5', '1931-07-01T05:00:00Z'],
    ['2024-11-03 01:30', 'America/Edmonton', '2024-11-03 01:30 is ambiguous in America/Edmonton'],
    ['2025-03-09 02:30', 'America/Edmonton', '2025-03-09 02:30 does not exist in America/Edmonton'],
    ['2011-12-30 12:00', 'Pacific/Apia', '2011-12-30 12:00 does not exist in Pacific/Apia'],
    ['2024-07-01 00:00', 'America/Calgary', '2024-07-01 00:00 in unknown zone America/Calgary'],
    [
      '1999-07-01 00:00',
      'America/Toronto',
      '1999-07-01 00:00 is outside 2000 to 2037, for which the clock changes of America/Toronto are known',
    ],
    ['2024-07-01', 'America/Toronto', '2024-07-01'],
    ['2024-07-01 00:00Z', 'America/Toronto', '2024-07-01 00:00Z'],
    ['2024-02-30 00:00', 'America/Toronto', '2024-02-30 00:00'],
  ])('%s in %s is %s', async (published, zone, expected) => {
    expect(await value(`local_instant('${published}', '${zone}')`)).toBe(expected);
  });

  test('may stand in columns of any name', async () => {
    const names = ['zone', 'zone_name', 'published', 'year', 'p'];
    const [row] = await test1.session.rows<Record<string, string>>(
      `select ${names.map((name, i) => `local_instant(p.${name}, zone_name) as a${i}, local_instant(${name}, p.zone_name) as b${i}`).join(', ')}
       from (select 'America/Edmonton' as zone_name, ${names
         .filter((name) => name !== 'zone_name')
         .map((name) => `'2024-07-01 00:00' as ${name}`)
         .join(', ')}) p`,
    );
    expect(
      Object.entries(row ?? {})
        .filter(([name]) => !name.endsWith('1'))
        .map(([, at]) => at),
    ).toEqual(Array.from({ length: 8 }, () => '2024-07-01T06:00:00Z'));
    expect(
      await test1.session.rows(`select hour_ending_instant(day, label, zone) as v, utc_to_local(instant, zone) as w
        from (select '2024-11-03' as day, '02*' as label, 'America/Edmonton' as zone, '2024-11-03 08:00' as instant) zone_period`),
    ).toEqual([{ v: '2024-11-03T08:00:00Z', w: '2024-11-03 01:00' }]);
  });

  test('may be timestamps, and nothing stays nothing', async () => {
    expect(await value("local_instant(timestamp '2024-07-01 00:00', 'America/Toronto')")).toBe('2024-07-01T04:00:00Z');
    expect(await value("local_instant(cast(null as varchar), 'America/Toronto')")).toBeNull();
    expect(await value("utc_to_local(cast(null as varchar), 'America/Toronto')")).toBeNull();
    expect(
      await value("hour_ending_instant(cast(null as varchar), cast(null as varchar), 'America/Edmonton')"),
    ).toBeNull();
    expect(await value("local_instant('2024-07-01 00:00', cast(null as varchar))")).toBe(
      '2024-07-01 00:00 in unknown zone ',
    );
  });

  test('an instant is shown on the clock, whatever offset it is written with', async () => {
    for (const instant of [
      "'2024-11-03 08:00'",
      "'2024-11-03T08:00Z'",
      "'2024-11-03T03:00:00-05:00'",
      "timestamptz '2024-11-03 08:00:00Z'",
    ])
      expect(await value(`utc_to_local(${instant}, 'America/Edmonton')`)).toBe('2024-11-03 01:00');
    expect(await value("utc_to_local('2026-11-22T12:00:00Z', 'America/Edmonton')")).toBe('2026-11-22 06:00');
    expect(await value("utc_to_local('soon', 'America/Edmonton')")).toBe('soon');
    expect(await value("utc_to_local('2024-11-03 08:00', 'Mars/Base')")).toBe(
      '2024-11-03 08:00 in unknown zone Mars/Base',
    );
  });

  test('in the zone of each row, around every change of every clock since 2018, come out as core/zone.ts says', async () => {
    const cases: { local: string; zone: string; instant: string; shown: string }[] = [];
    for (const { zones, periods } of histories()) {
      const zone = zones[0] ?? '';
      const changes = periods.filter(({ from }) => from > Date.UTC(2018, 0, 1)).map(({ from }) => from);
      for (const change of [...changes, Date.UTC(2020, 1, 29, 12)]) {
        for (const minutes of [-90, -30, 0, 30, 90]) {
          const at = change + minutes * 60_000;
          const local = at + offsetAt(zone, change - 1);
          const text = clock(local);
          const time = new Date(local);
          const found = localInstant(
            {
              year: time.getUTCFullYear(),
              month: time.getUTCMonth() + 1,
              day: time.getUTCDate(),
              hour: time.getUTCHours(),
              minute: time.getUTCMinutes(),
            },
            zone,
          );
          const instant =
            found.kind === 'once'
              ? utc(found.instant)
              : `${text} ${found.kind === 'ambiguous' ? 'is ' : ''}${found.kind} in ${zone}`;
          cases.push({ local: text, zone, instant, shown: `${utc(at)} ${clock(at + offsetAt(zone, at))}` });
        }
      }
    }
    expect(cases.length).toBeGreaterThan(5000);
    await test1.session.run('create or replace table cases as select unnest(string_split($1, chr(10))) as line', [
      cases
        .map(({ local, zone, instant, shown }) => [local, zone, instant, shown.slice(0, 20), shown.slice(21)].join('|'))
        .join('\n'),
    ]);
    const wrong = await test1.session.rows(`with parts as (select string_split(line, '|') as p from cases),
        named as (select p[1] as local, p[2] as zone, p[3] as instant, p[4] as utc, p[5] as shown from parts)
      select *, local_instant(local, zone) as got, utc_to_local(utc, zone) as got_shown from named
      where local_instant(local, zone) is distinct from instant or utc_to_local(utc, zone) is distinct from shown`);
    expect(wrong).toEqual([]);
  });
});

describe('zones are loaded', () => {
  test.each<[string, string[] | 'all']>([
    ["select number_text('1')", []],
    ["select local_instant(at, 'America/Edmonton') from raw", ['America/Edmonton']],
    ["select Local_Instant (concat(a, ','), 'UTC'), utc_to_local(x(1, 2), 'Etc/GMT+5' )", ['UTC', 'Etc/GMT+5']],
    ['select local_instant(at, zone) from raw', 'all'],
    ["select local_instant(at, coalesce(zone, 'UTC')) from raw", 'all'],
    ["select local_instant(at, 'UTC'), hour_ending_instant(d, '02', zone) from raw", 'all'],
    ["select local_instant(')', 'UTC')", ['UTC']],
    ['select * from zone_period', 'all'],
  ])('as %s needs', (sql, zones) => {
    expect(zonesIn(sql)).toEqual(zones === 'all' ? 'all' : new Set(zones));
  });

  test('only then, and each once, by whatever way the statement comes', async () => {
    await using own = await testSession();
    const { session } = own;
    const count = async (): Promise<number> => {
      const [row] = await session.rows<{ n: number }>(
        "select estimated_size as n from duckdb_tables() where table_name = 'zone' || '_period'",
      );
      return Number(row?.n);
    };
    expect(await count()).toBe(0);
    await session.run("create table a as select local_instant('2024-07-01 00:00', 'America/Edmonton') as at");
    const one = await count();
    expect(one).toBeGreaterThan(50);
    await session.rows("select utc_to_local('2024-07-01 00:00', 'America/Edmonton')");
    expect(await count()).toBe(one);
    for await (const _ of session.stream(
      "select local_instant('2024-07-01 00:00', z) as v from (values ('Asia/Tokyo')) v(z)",
    ));
    const all = await count();
    expect(all).toBeGreaterThan(40_000);
    expect(
      await session.rows('select zp_zone, zp_year, zp_utc_from from zone_period group by all having count(*) > 1'),
    ).toEqual([]);
    await session.run("select local_instant('2024-07-01 00:00', 'Europe/Paris')");
    expect(await count()).toBe(all);
  });
});

test('statements at the same time do not load a zone twice', async () => {
  await using own = await testSession();
  const both = [0, 1, 2].map(async () =>
    own.session.rows("select local_instant('2024-07-01 00:00', 'Europe/Paris') as v"),
  );
  expect((await Promise.all(both)).flat()).toEqual(Array.from({ length: 3 }, () => ({ v: '2024-06-30T22:00:00Z' })));
});

test.each([
  ['2025-03-09', 23],
  ['2024-11-03', 25],
  ['2026-11-01', 24],
])('%s of Alberta is expected to have %d hours, and those around it 24', async (date, hours) => {
  await using own = await testSession();
  const pipeline = {
    ...testPipeline({ hour: instant({ key: true, doc: 'x' }) }, [complete('hour', 'PT1H')]),
    partitions: daily({ from: 2020, zone: 'America/Edmonton' }),
  };
  const start = (parseDate(date, 'America/Edmonton') ?? 0) - 24 * HOUR;
  const interval = { start, end: start + (48 + hours) * HOUR };
  const rows = Array.from({ length: 48 + hours }, (_, n) => [new Date(start + n * HOUR).toISOString()]);
  await transformRows(own.session, pipeline, { columns: ['hour'], rows }, { interval });
  const coverage = await coverageByDay(own.session, { pipeline, interval, expectedUntil: Infinity });
  expect(coverage.map(({ expected, present }) => [expected, present])).toEqual([
    [24, 24],
    [hours, hours],
    [24, 24],
  ]);
  expect(coverage[1]?.day).toBe(date);
});

test('what the data say of a zone is in the hash of the definitions that use it, and of no other', async () => {
  const catalog = await loadCatalog();
  const [pipeline] = catalog.pipelines.filter(({ id }) => id === 'ieso-demand');
  if (pipeline === undefined) throw new Error('no ieso-demand');
  const hash = async (zone: string): Promise<string | undefined> =>
    (await readDefinitions(catalog, [{ ...pipeline, partitions: { kind: 'whole', zone } }], 'x'))[0]?.hash;
  expect(await hash('America/Edmonton')).not.toBe(await hash('Etc/GMT+5'));
  expect(zoneFingerprint(new Set(['America/Edmonton']))).toContain(`${Date.parse('2026-03-08T09:00Z')} ${-6 * HOUR}`);
  expect(zoneFingerprint('all')).toBe(TZDATA_VERSION);
  expect(zoneFingerprint(new Set())).toBe('');
});

test("no SQL asks DuckDB's own zone data: at time zone is for UTC only", async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const files: string[] = [];
  for (const folder of ['transforms', 'bench'])
    for (const name of await readdir(join(root, folder), { recursive: true }))
      if (name.endsWith('.sql')) files.push(join(root, folder, name));
  const found: string[] = [];
  for (const file of files) {
    const sql = (await readFile(file, 'utf8')).replaceAll(/--.*$/gm, '');
    for (const [text] of sql.matchAll(/at\s+time\s+zone\s+(?!'UTC')\S+|\btimezone\s*\(|\bset\s+(global\s+)?timezone/gi))
      found.push(`${file}: ${text}`);
  }
  expect(files.length).toBeGreaterThan(3);
  expect(found).toEqual([]);
});
