/** Gaps: intervals that were never loaded, steps that loaded ones lack; and what is none. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complete } from '../../core/check.ts';
import { formatInstant } from '../../core/interval.ts';
import type { Engine } from '../../engine/engine.ts';
import { findGaps, type Gap } from '../../engine/gaps.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { type Recorded, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Days from 1 January, without these hours (`05` of a day, hours ending). */
function demand(year: number, days: number, without: readonly string[]): Recorded {
  const rows = Array.from({ length: days }, (_, d) =>
    new Date(Date.UTC(year, 0, d + 1)).toISOString().slice(0, 10),
  ).flatMap((day) =>
    Array.from({ length: 24 }, (_, h) => h + 1).flatMap((hour) =>
      without.includes(`${day} ${hour}`) ? [] : [`${day},${hour},15000,14000`],
    ),
  );
  return {
    url: `https://reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`,
    body: ['\\\\Hourly Demand Report', 'Date,Hour,Market Demand,Ontario Demand', ...rows, ''].join('\n'),
  };
}

async function engineWith(recorded: readonly Recorded[], now: string): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-gaps-'));
  folders.push(folder);
  const { pool } = await freshDatabase();
  return testEngine({
    pool,
    dataDir: join(folder, 'data'),
    recordings: await writeRecordings(join(folder, 'recordings'), recorded),
    now,
  });
}

function said(gaps: readonly Gap[]): string[] {
  return gaps.map(
    ({ kind, start, end, missing, label, of }) =>
      `${kind} ${formatInstant(start)} – ${formatInstant(end)} ${missing} in ${label}${of === null ? '' : ` of ${of}`}`,
  );
}

describe('hourly demand', () => {
  let engine: Engine;
  beforeAll(async () => {
    // 2025 lacks three hours in two places; 2026 is published up to 10 January, read on the 12th at noon.
    engine = await engineWith(
      [demand(2025, 365, ['2025-03-09 3', '2025-05-01 1', '2025-05-01 2']), demand(2026, 10, [])],
      '2026-01-12T12:00:00Z',
    );
    await testRun(engine, { ids: ['ieso-demand'], from: '2025-01-01' });
  });

  test('are ranges of missing steps inside loaded intervals, and runs of intervals that were never loaded', async () => {
    expect(said(await findGaps(engine, { ids: ['ieso-demand'] }))).toEqual([
      'interval 2002-05-01T05:00Z – 2025-01-01T05:00Z 23 in 2002 – 2024',
      'steps 2025-03-09T07:00Z – 2025-03-09T08:00Z 1 in 2025',
      'steps 2025-05-01T05:00Z – 2025-05-01T07:00Z 2 in 2025',
      // Published up to 10 January inclusive; what is younger than the publisher's delay of a day is no gap.
      'steps 2026-01-11T05:00Z – 2026-01-11T12:00Z 7 in 2026',
    ]);
  });

  test('inside a range only, cut at its ends', async () => {
    const gaps = async (from: string, to: string): Promise<string[]> =>
      said(await findGaps(engine, { ids: ['ieso-demand'], from, to }));
    expect(await gaps('2025-01-01', '2025-03-09')).toEqual([]);
    expect(await gaps('2025-05-01T06:00Z', '2025-06-01')).toEqual([
      'steps 2025-05-01T06:00Z – 2025-05-01T07:00Z 1 in 2025',
    ]);
    expect(await gaps('2024-06-01', '2025-01-01')).toEqual([
      'interval 2024-01-01T05:00Z – 2025-01-01T05:00Z 1 in 2024',
    ]);
    expect(await gaps('2027-01-01', '2028-01-01')).toEqual([]);
  });

  test('other datasets are not touched, unknown ones are refused', async () => {
    expect(said(await findGaps(engine, { ids: ['ieso-hoep'], from: '2025-01-01' }))).toEqual([
      'interval 2025-01-01T05:00Z – 2025-05-01T05:00Z 1 in 2025',
    ]);
    await expect(findGaps(engine, { ids: ['nothing'] })).rejects.toMatchObject({ code: 'UNKNOWN_DATASET' });
    await expect(findGaps(engine, { ids: [], from: 'x' })).rejects.toMatchObject({ code: 'RANGE_INVALID' });
  });
});

test('a failed interval that was loaded before keeps its rows and is no gap', async () => {
  const engine = await engineWith([demand(2025, 365, [])], '2026-01-12T12:00:00Z');
  await testRun(engine, { ids: ['ieso-demand'], from: '2025-01-01', to: '2026-01-01' });
  await engine.pool.query(`update etl.interval set status = 'failed', attempts = 1`);
  expect(await findGaps(engine, { ids: ['ieso-demand'], from: '2025-01-01', to: '2026-01-01' })).toEqual([]);
});

test('a grid by another column expects every step of each of its values', async () => {
  const catalog = await loadCatalog();
  const fuels = {
    ...catalog,
    pipelines: catalog.pipelines.map((pipeline) =>
      pipeline.id === 'ieso-generation-by-fuel'
        ? { ...pipeline, checks: [complete('hour', 'PT1H', { by: ['fuel'] })] }
        : pipeline,
    ),
  };
  const engine = { ...(await engineWith([], '2026-01-12T12:00:00Z')), catalog: fuels };
  await engine.pool.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('r', '', 'live', now(), '', 1, '')`,
  );
  await engine.pool
    .query(`insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
    values ('ieso-generation-by-fuel', '2025-01-01T05:00Z', repeat('0', 64), '', 0, now(), 'live', 'r')`);
  await engine.pool
    .query(`insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
    values ('r', 'ieso-generation-by-fuel', '', '2025-01-01T05:00Z', '2026-01-01T05:00Z', 1, '', 'append', now())`);
  await engine.pool
    .query(`insert into etl.interval (dataset, interval_start, interval_end, status, definition_hash, artifact_id, load_id, checked_at)
    values ('ieso-generation-by-fuel', '2025-01-01T05:00Z', '2026-01-01T05:00Z', 'loaded', '', 1, 1, now())`);
  await engine.pool.query(`insert into public.ontario_generation_by_fuel (hour, fuel, load_id)
    select hour, fuel, 1 from generate_series('2025-01-01T05:00Z'::timestamptz, '2025-01-01T08:00Z', '1 hour') hour, unnest(array['GAS', 'WIND']) fuel
    where not (fuel = 'GAS' and hour = '2025-01-01T06:00Z')`);
  expect(
    said(await findGaps(engine, { ids: ['ieso-generation-by-fuel'], from: '2025-01-01', to: '2025-01-01T09:00Z' })),
  ).toEqual(['steps 2025-01-01T06:00Z – 2025-01-01T07:00Z 1 in 2025 of GAS']);
});
