/** Oddities and damage of the intertie reports: the shipped samples, and what is planted into them here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, expectHelpful, type World } from '../support/bad-input.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import {
  bodyOf,
  checkOf,
  finding,
  LAST_DAY,
  openPhysical,
  planted,
  PUBLIC,
  refusals,
  rowsOf,
} from './physical-world.ts';

const SCHEDULE_TOTALS = 'sql(transforms/ieso/checks/intertie_schedule_totals.sql)';
const FLOW_TOTALS = 'sql(transforms/ieso/checks/intertie_flow_totals.sql)';
const YEAR_TOTALS = 'sql(transforms/ieso/checks/intertie_year_totals.sql)';

let db: FreshDatabase;
let world: World;
beforeAll(async () => {
  db = await freshDatabase();
  world = await openPhysical(db.pool);
});
afterAll(() => world[Symbol.asyncDispose]());

const runDay = (body: string): Promise<Answered> =>
  world.run([{ url: `${PUBLIC}/IntertieScheduleFlow/PUB_IntertieScheduleFlow_20251231.xml`, body }], {
    ids: ['ieso-intertie-schedule', 'ieso-intertie-flow'],
    ...LAST_DAY,
  });
const runYear = (body: string): Promise<Answered> =>
  world.run([{ url: `${PUBLIC}/IntertieScheduleFlowYear/PUB_IntertieScheduleFlowYear_2025.csv`, body }], {
    ids: ['ieso-intertie-year'],
    from: '2025-01-01',
    to: '2026-01-01',
  });
const sums = async (): Promise<unknown> =>
  db.pool.query(
    `select (select count(*)::int from public.ontario_intertie_schedule) as schedules, (select count(*)::int from public.ontario_intertie_flow) as flows,
       (select array_agg(distinct intertie order by intertie) from public.ontario_intertie_flow) as interties`,
  );

/** The block of one element, e.g. everything between `<Totals>` and `</Totals>`. */
const blockOf = (body: string, name: string): string => new RegExp(`<${name}>[^]*?</${name}>`).exec(body)?.[0] ?? '';
const DAY = 'IntertieScheduleFlow';
const WHOLE_DAY = [{ schedules: 2 * 24, flows: 2 * 288, interties: ['MANITOBA', 'NEW-YORK'] }];

describe('the daily report', () => {
  test('gives schedules and flows; its totals agree and are no intertie', async () => {
    const answered = await runDay(bodyOf(DAY));
    expect(await sums()).toEqual(WHOLE_DAY);
    expect(finding(answered, 'ieso-intertie-schedule', SCHEDULE_TOTALS)).toEqual(['passed', 'warn', 0]);
    expect(finding(answered, 'ieso-intertie-flow', FLOW_TOTALS)).toEqual(['passed', 'warn', 0]);
  });

  test('totals that are not the sum of the interties are findings with both numbers', async () => {
    const totals = blockOf(bodyOf(DAY), 'Totals');
    const flow = /<Interval>7<\/Interval>\n<Flow>([-\d.]+)</.exec(totals)?.[1] ?? '';
    const imports = /<Hour>3<\/Hour>\n<Import>(\d+)</.exec(totals)?.[1] ?? '';
    const wrong = totals
      .replace(`<Interval>7</Interval>\n<Flow>${flow}<`, `<Interval>7</Interval>\n<Flow>${Number(flow) + 2}<`)
      .replace(`<Hour>3</Hour>\n<Import>${imports}<`, `<Hour>3</Hour>\n<Import>${Number(imports) + 1}<`);
    const answered = await runDay(planted(DAY, [totals, wrong]));
    const schedule = checkOf(answered, 'ieso-intertie-schedule', SCHEDULE_TOTALS);
    expect([schedule.failingRows, schedule.samples[0]]).toMatchObject([
      1,
      {
        value: expect.stringContaining(`total import ${Number(imports) + 1}.0`) as string,
        expectation: expect.stringContaining(`sum of the interties: import ${imports}.0`) as string,
      },
    ]);
    expect(checkOf(answered, 'ieso-intertie-flow', FLOW_TOTALS)).toMatchObject({ result: 'found', failingRows: 1 });
    expect(await sums()).toEqual(WHOLE_DAY);
  });

  test('totals that are rounded by less than 1 MW agree; hours without a total do not', async () => {
    const totals = blockOf(bodyOf(DAY), 'Totals');
    const rounded = totals.replaceAll(
      /<Flow>([-\d.]+)</g,
      (_, flow: string) => `<Flow>${(Number(flow) + 0.3).toFixed(1)}<`,
    );
    const close = await runDay(planted(DAY, [totals, rounded]));
    expect(finding(close, 'ieso-intertie-flow', FLOW_TOTALS)).toEqual(['passed', 'warn', 0]);
    const without = await runDay(planted(DAY, [totals, '']));
    expect(finding(without, 'ieso-intertie-schedule', SCHEDULE_TOTALS)).toEqual(['found', 'warn', 24]);
    expect(finding(without, 'ieso-intertie-flow', FLOW_TOTALS)).toEqual(['found', 'warn', 288]);
    expect(await sums()).toEqual(WHOLE_DAY);
  });

  test('a total that comes before the interties does not take the name of one', async () => {
    const body = bodyOf(DAY);
    const totals = blockOf(body, 'Totals');
    const between = body.replace(totals, '').replace('</IntertieZone>', () => `</IntertieZone>\n${totals}`);
    const answered = await runDay(between);
    expect(finding(answered, 'ieso-intertie-schedule', SCHEDULE_TOTALS)).toEqual(['passed', 'warn', 0]);
    expect(await sums()).toEqual(WHOLE_DAY);
  });

  test('interval 13 and text are refused, an absent flow is NULL, an unknown intertie is kept', async () => {
    const zone = blockOf(bodyOf(DAY), 'IntertieZone');
    const actual = (hour: number, interval: number): string =>
      new RegExp(`<Actual>\n<Hour>${hour}</Hour>\n<Interval>${interval}</Interval>[^]*?</Actual>`).exec(zone)?.[0] ??
      '';
    const changed = zone
      .replace(actual(5, 12), actual(5, 12).replace('<Interval>12<', '<Interval>13<'))
      .replace(actual(6, 1), actual(6, 1).replace(/<Flow>[^<]*</, '<Flow>down<'))
      .replace(actual(7, 1), actual(7, 1).replace(/<Flow>[^<]*<\/Flow>\n/, ''));
    await runDay(planted(DAY, [zone, changed.replace('MANITOBA', 'PQ.NEW')]));
    expect(await refusals(db.pool, 'ieso-intertie-flow')).toEqual([
      expect.stringContaining('flow_mw: down is not a number') as string,
      expect.stringContaining('interval 13 is not an instant') as string,
    ]);
    const rows = await rowsOf(db.pool, 'ontario_intertie_flow', `intertie = 'PQ.NEW'`);
    expect([rows.length, rows.filter(({ flow_mw: flow }) => flow === null).length]).toEqual([286, 1]);
    expect(rows.find(({ flow_mw: flow }) => flow === null)).toMatchObject({
      interval_start: new Date('2025-12-31T11:00Z'),
    });
  });

  test('a negative import is refused: imports and exports are amounts, flow has the sign', async () => {
    const zone = blockOf(bodyOf(DAY), 'IntertieZone');
    await runDay(planted(DAY, [zone, zone.replace(/<Import>\d+</, '<Import>-5<')]));
    expect(await refusals(db.pool, 'ieso-intertie-schedule')).toEqual([expect.stringContaining('import_mw') as string]);
  });
});

describe('the yearly report', () => {
  const YEAR = 'IntertieScheduleFlowYear';
  const DAILY = 'public.ontario_intertie_schedule';

  test('has each intertie in rows of its own, and agrees with the daily report', async () => {
    await runDay(bodyOf(DAY));
    const answered = await runYear(bodyOf(YEAR));
    expect((await rowsOf(db.pool, 'ontario_intertie_hourly')).length).toBe(7 * 24 * 14);
    expect(finding(answered, 'ieso-intertie-year', YEAR_TOTALS)).toEqual(['passed', 'warn', 0]);
    for (const side of ['import_mw', 'export_mw'])
      expect(finding(answered, 'ieso-intertie-year', `reconciles(${side}, ${DAILY}.${side})`)).toEqual([
        'passed',
        'warn',
        0,
      ]);
    // One line by hand: NEW-YORK is the fifth intertie, columns 15 to 17.
    const line =
      bodyOf(YEAR)
        .split('\n')
        .find((text) => text.startsWith('2025-12-31,24,')) ?? '';
    const [imports, exports, flow] = line.split(',').slice(14, 17).map(Number);
    expect(
      await rowsOf(db.pool, 'ontario_intertie_hourly', `intertie = 'NEW-YORK' and hour = '2026-01-01T04:00Z'`),
    ).toMatchObject([{ import_mw: imports, export_mw: exports, flow_mw: flow }]);
  });

  test('a total that is no sum, and an hour that the daily report has differently, are findings', async () => {
    const lines = bodyOf(YEAR).split('\n');
    const at = lines.findIndex((line) => line.startsWith('2025-12-31,24,'));
    const cells = (lines[at] ?? '').split(',');
    // Imports of NEW-YORK: now neither the daily report nor the total agrees.
    cells[14] = String(Number(cells[14]) + 3);
    lines[at] = cells.join(',');
    const answered = await runYear(lines.join('\n'));
    expect(checkOf(answered, 'ieso-intertie-year', YEAR_TOTALS)).toMatchObject({
      result: 'found',
      severity: 'warn',
      failingRows: 1,
      samples: [{ value: expect.stringMatching(/^total import \d+\.0, export/) as string }],
    });
    expect(finding(answered, 'ieso-intertie-year', `reconciles(import_mw, ${DAILY}.import_mw)`)).toEqual([
      'found',
      'warn',
      1,
    ]);
    expect(finding(answered, 'ieso-intertie-year', `reconciles(export_mw, ${DAILY}.export_mw)`)).toEqual([
      'passed',
      'warn',
      0,
    ]);
  });

  test('a blank cell is NULL, not zero', async () => {
    const lines = bodyOf(YEAR).split('\n');
    const at = lines.findIndex((line) => line.startsWith('2025-12-30,1,'));
    lines[at] = (lines[at] ?? '')
      .split(',')
      .map((cell, i) => (i === 4 ? '' : cell))
      .join(',');
    await runYear(lines.join('\n'));
    expect(await rowsOf(db.pool, 'ontario_intertie_hourly', 'flow_mw is null')).toMatchObject([
      { hour: new Date('2025-12-30T05:00Z'), intertie: 'MANITOBA' },
    ]);
  });

  test('a new intertie, or columns that stand under another one, fail the year and are named', async () => {
    const before = (await rowsOf(db.pool, 'ontario_intertie_hourly')).length;
    for (const [from, to] of [
      ['PQ.X2Y,PQ.X2Y,PQ.X2Y', 'PQ.NEW,PQ.NEW,PQ.NEW'],
      ['MANITOBA,MANITOBA,MANITOBA,', 'MANITOBA,MANITOBA,MANITOBA SK,'],
    ] as const) {
      const { outcome, error } = (await runYear(planted(YEAR, [from, to]))).intervals['ieso-intertie-year 2025'] ?? {};
      expect(outcome).toBe('failed');
      expectHelpful(error);
      expect([error?.code, error?.what]).toEqual([
        'FORMAT_HEADER_CHANGED',
        expect.stringContaining(to.startsWith('PQ') ? 'PQ.NEW Imp' : 'MANITOBA SK Flow') as string,
      ]);
    }
    expect((await rowsOf(db.pool, 'ontario_intertie_hourly')).length).toBe(before);
  });
});
