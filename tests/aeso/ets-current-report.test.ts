/** The Current Supply Demand report: the recorded file counted again in every table, and files that differ from it. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { RunReport } from '../../reports/model.ts';
import { freshDatabase } from '../support/postgres.ts';
import { hasShared } from '../support/shared.ts';
import { currentReport } from './current-report.ts';
import { checkOf, CURRENT_REPORT_URL, datasetOf, recordedBody, runOn } from './support.ts';

const IDS = [
  'aeso-ets-asset',
  'aeso-ets-generation-by-fuel',
  'aeso-ets-grid-status',
  'aeso-ets-interchange',
  'aeso-ets-supply-demand',
];
const FUEL_TOTAL = 'sql(transforms/aeso/check_current_report_fuel_total.sql)';
const ASSET_TOTAL = 'sql(transforms/aeso/check_current_report_asset_total.sql)';
const PATH_TOTAL = 'sql(transforms/aeso/check_current_report_path_total.sql)';
const SECTIONS = 'sql(transforms/aeso/check_current_report_sections.sql)';
const SUMMARY = 'sql(transforms/aeso/check_current_report_summary.sql)';

/** A snapshot is asked once a minute, so every run is a minute later than the one before. */
let minutes = 0;
const load = (pool: Pool, body: string, ids = IDS): Promise<RunReport> =>
  runOn(
    pool,
    [{ url: CURRENT_REPORT_URL, body, headers: { 'content-type': 'text/csv;charset=UTF-8' } }],
    { ids },
    new Date(Date.parse('2026-11-22T12:00:00Z') + 60_000 * ++minutes).toISOString(),
  );

describe.skipIf(!hasShared('recordings'))('the recorded report of 2023-09-22 12:10', () => {
  let pool: Pool;
  let report: RunReport;
  let sections: string[][][];
  beforeAll(async () => {
    ({ pool } = await freshDatabase());
    const body = recordedBody('ets.aeso.ca/CSDReportServlet/2023-09-22T1210.csv');
    report = await load(pool, body);
    sections = body
      .split('\r\n\r\n')
      .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
      .filter((block) => block.length > 0)
      .map((block) => block.map((line) => line.trim().slice(1, -1).split('","')));
  });

  test('loads in all five datasets without a refused row or a finding of theirs', () => {
    for (const id of IDS) {
      const dataset = datasetOf(report, id);
      expect([id, dataset.outcomes, dataset.rows.rejected]).toEqual([id, { loaded: 1 }, 0]);
      expect(dataset.checks.filter(({ failingRows }) => failingRows > 0)).toEqual([]);
    }
  });

  test('gives the summary at its own time, which is Mountain daylight time', async () => {
    expect(await pool.query('select * from public.alberta_supply_demand')).toEqual([
      expect.objectContaining({
        total_gen_mw: 9533,
        net_interchange_mw: -200,
        total_demand_mw: 9733,
        net_to_grid_mw: 7251,
        contingency_reserve_required_mw: 441,
        contingency_reserve_dispatched_mw: 458,
        contingency_reserve_generation_mw: 350,
        contingency_reserve_other_mw: 108,
        lssi_armed_mw: 0,
        lssi_offered_mw: 114,
        ffr_armed_mw: null,
        ffr_offered_mw: null,
        long_lead_time_mw: null,
        pool_price_cad: null,
      }),
    ]);
    for (const table of ['supply_demand', 'generation_by_fuel', 'interchange', 'asset_generation'])
      expect(
        await pool.query(`select distinct timestamp = '2023-09-22 18:10Z' as right from public.alberta_${table}`),
      ).toEqual([{ right: true }]);
  });

  test('gives every fuel and path as published, and no TOTAL', async () => {
    const fuels = sections[3] ?? [];
    expect(
      await pool.query(
        `select fuel, maximum_capability_mw::text as mc, net_generation_mw::text as tng, dispatched_contingency_reserve_mw::text as dcr
         from public.alberta_generation_by_fuel order by fuel`,
      ),
    ).toEqual(
      fuels
        .filter(([fuel]) => fuel !== 'TOTAL')
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
        .map(([fuel, mc, tng, dcr]) => ({ fuel, mc, tng, dcr })),
    );
    expect(fuels.length).toBe(9);
    expect(await pool.query('select path, flow_mw from public.alberta_interchange order by path')).toEqual([
      { path: 'British Columbia', flow_mw: 0 },
      { path: 'Montana', flow_mw: -111 },
      { path: 'Saskatchewan', flow_mw: -89 },
    ]);
  });

  test('gives every asset as published, with its heading, its marks, and the fuel whose totals its block has', async () => {
    const published = sections.slice(5).flatMap((block, i) => {
      let heading: string | null = null;
      return block.flatMap(([name = '', mc, tng, dcr]) => {
        if (mc === undefined) heading = name.replaceAll(/<[^>]*>/g, '');
        if (mc === undefined || mc === 'MC') return [];
        const open = name.lastIndexOf('(');
        const close = name.lastIndexOf(')');
        return [
          {
            id: name.slice(open + 1, close).trim(),
            name: name.slice(0, open).trim(),
            heading,
            // Blocks come in the order of the fuels.
            fuel: sections[3]?.[i]?.[0],
            mc,
            tng,
            dcr,
            marks: name.slice(close + 1) || null,
          },
        ];
      });
    });
    const loaded = await pool.query(
      `select asset_id as id, asset_name as name, asset_group as heading, fuel, maximum_capability_mw::text as mc,
         net_generation_mw::text as tng, dispatched_contingency_reserve_mw::text as dcr, marks
       from public.alberta_asset_generation order by asset_id collate "C"`,
    );
    expect(loaded).toEqual(published.sort((a, b) => (a.id < b.id ? -1 : 1)));
    expect(loaded.length).toBe(191);
    expect(loaded.filter((asset) => asset['fuel'] === null)).toEqual([]);
    expect(new Set(loaded.map((asset) => asset['marks']))).toEqual(new Set([null, '*', '^']));
  });

  test('gives grid_status with the imports of each path and the reserve as a fraction of the load', async () => {
    expect(
      await pool.query(`select region, captured_at = '2023-09-22 18:10Z' as at, demand_mw::text, supply_mw::text, reserve_margin::text,
        frequency_hz, voltage_kv, congestion_index, status, data_source from public.grid_status`),
    ).toEqual([
      {
        region: 'Alberta',
        at: true,
        demand_mw: '9733.00',
        supply_mw: '9733.00',
        reserve_margin: (458 / 9733).toFixed(3),
        frequency_hz: null,
        voltage_kv: null,
        congestion_index: null,
        status: 'stable',
        data_source: 'aeso CSDReportServlet',
      },
    ]);
  });
});

describe('a report that differs', () => {
  let pool: Pool;
  beforeAll(async () => {
    ({ pool } = await freshDatabase());
  });

  test('in its fuels keeps the unknown one, says so, and leaves a block without matching totals without a fuel', async () => {
    const report = await load(
      pool,
      currentReport({
        updated: 'Dec 01, 2025 09:00',
        fuels: [
          '"COGENERATION","150","60","11"',
          '"TIDAL","50","40","0"',
          '"WIND","80","50","0"',
          '"TOTAL","280","150","11"',
        ],
      }),
    );
    const fuels = datasetOf(report, 'aeso-ets-generation-by-fuel');
    expect(fuels.outcomes).toEqual({ loaded: 1 });
    expect(checkOf(fuels, 'oneOf(fuel)').samples.map(({ value }) => value)).toEqual(['TIDAL']);
    expect(
      await pool.query(
        `select fuel from public.alberta_generation_by_fuel where timestamp = '2025-12-01 16:00Z' order by 1`,
      ),
    ).toEqual([{ fuel: 'COGENERATION' }, { fuel: 'TIDAL' }, { fuel: 'WIND' }]);
    expect(
      await pool.query(
        `select asset_id, asset_name, asset_group, fuel from public.alberta_asset_generation where timestamp = '2025-12-01 16:00Z' order by 1`,
      ),
    ).toEqual([
      { asset_id: 'BRZ1', asset_name: 'Breeze', asset_group: null, fuel: 'WIND' },
      { asset_id: 'ONE1', asset_name: 'One', asset_group: 'Simple Cycle', fuel: null },
      { asset_id: 'TWO2', asset_name: 'Two', asset_group: 'Simple Cycle', fuel: null },
    ]);
  });

  test('in its sums is loaded, and each TOTAL that does not hold is a finding', async () => {
    const report = await load(
      pool,
      currentReport({
        updated: 'Dec 01, 2025 09:05',
        fuels: ['"GAS","200","100","11"', '"WIND","80","50","0"', '"TOTAL","281","150","11"'],
        paths: ['"British Columbia","30"', '"Montana","-51"', '"TOTAL","-20"'],
      }),
    );
    for (const [id, check] of [
      ['aeso-ets-generation-by-fuel', FUEL_TOTAL],
      ['aeso-ets-asset', ASSET_TOTAL],
      ['aeso-ets-interchange', PATH_TOTAL],
    ] as const) {
      const dataset = datasetOf(report, id);
      expect([dataset.outcomes, checkOf(dataset, check).failingRows]).toEqual([{ loaded: 1 }, 1]);
    }
    expect(
      await pool.query(
        `select supply_mw::text, status from public.grid_status where captured_at = '2025-12-01 16:05Z'`,
      ),
    ).toEqual([{ supply_mw: '201.00', status: 'stable' }]);
  });

  test('in its summary names the quantity that nobody reads; a reserve below what is required is a warning', async () => {
    const report = await load(
      pool,
      currentReport({
        updated: 'Dec 01, 2025 09:10',
        summary: [
          ['Alberta Total Net Generation', '150'],
          ['Net Actual Interchange', '-20'],
          ['Alberta Internal Load (AIL)', '170'],
          ['Contingency Reserve Required', '13'],
          ['Dispatched Contingency Reserve (DCR)', '12'],
          ['FFR Armed Dispatch', '7'],
          ['Long Lead Time Volume', '1,044'],
          ['Flux Reserve', '3'],
        ],
      }),
    );
    const summary = datasetOf(report, 'aeso-ets-supply-demand');
    expect(checkOf(summary, SUMMARY).samples.map(({ value }) => value)).toEqual(['Flux Reserve 3']);
    expect(
      await pool.query(
        `select ffr_armed_mw, long_lead_time_mw, lssi_armed_mw, net_to_grid_mw from public.alberta_supply_demand where timestamp = '2025-12-01 16:10Z'`,
      ),
    ).toEqual([{ ffr_armed_mw: 7, long_lead_time_mw: 1044, lssi_armed_mw: null, net_to_grid_mw: null }]);
    expect(await pool.query(`select status from public.grid_status where captured_at = '2025-12-01 16:10Z'`)).toEqual([
      { status: 'warning' },
    ]);
  });

  test('in the clock of the hour that comes twice is refused; the same hour of November 2026 is not', async () => {
    const ambiguous = datasetOf(
      await load(pool, currentReport({ updated: 'Nov 03, 2024 01:30' }), ['aeso-ets-interchange']),
      'aeso-ets-interchange',
    );
    expect(ambiguous.outcomes).toEqual({ failed: 1 });
    expect(JSON.stringify(ambiguous.intervals[0]?.error)).toContain(
      '2024-11-03 01:30 is ambiguous in America/Edmonton',
    );
    const skipped = datasetOf(
      await load(pool, currentReport({ updated: 'Mar 09, 2025 02:30' }), ['aeso-ets-interchange']),
      'aeso-ets-interchange',
    );
    expect(JSON.stringify(skipped.intervals[0]?.error)).toContain('does not exist in America/Edmonton');
    const clear = datasetOf(
      await load(pool, currentReport({ updated: 'Nov 01, 2026 01:30' }), ['aeso-ets-interchange']),
      'aeso-ets-interchange',
    );
    expect(clear.outcomes).toEqual({ loaded: 1 });
    expect(
      await pool.query(
        `select count(*)::int as n from public.alberta_interchange where timestamp = '2026-11-01 07:30Z'`,
      ),
    ).toEqual([{ n: 2 }]);
  });

  test.each([
    [
      'without paths',
      (text: string) => text.replace(/"British[^\r]*\r\n\r\n/, ''),
      'interchange paths with a TOTAL × 0',
    ],
    [
      'without a TOTAL of the fuels',
      (text: string) => text.replace('"TOTAL","280","150","11"', '"X","1","1","1"'),
      'fuels with MC, TNG, DCR and a TOTAL × 0',
    ],
    ['without assets', (text: string) => text.replace(/"<center>[^]*/, ''), 'assets with MC, TNG, DCR × 0'],
  ])('%s is not loaded', async (_, change, finding) => {
    const report = await load(pool, change(currentReport({ updated: 'Dec 01, 2025 10:00' })));
    for (const id of IDS) {
      const dataset = datasetOf(report, id);
      expect(Object.keys(dataset.outcomes).every((outcome) => outcome === 'blocked' || outcome === 'failed')).toBe(
        true,
      );
    }
    const seen = IDS.flatMap((id) => datasetOf(report, id).checks.filter(({ name }) => name === SECTIONS));
    expect(seen.flatMap(({ samples }) => samples.map(({ value }) => value))).toContain(finding);
  });

  test('without its time is refused: no row has a key', async () => {
    const report = await load(pool, currentReport().replace(/"Last Update[^\r]*/, '"Updated"'));
    for (const id of IDS) {
      const dataset = datasetOf(report, id);
      expect([id, dataset.outcomes, dataset.intervals[0]?.error?.code]).toEqual([
        id,
        { failed: 1 },
        'FORMAT_NO_USABLE_ROW',
      ]);
    }
  });

  test('in nothing but the time adds rows; the same time again adds none', async () => {
    const ids = ['aeso-ets-generation-by-fuel'];
    const count = async (): Promise<unknown> =>
      pool.query(
        `select count(*)::int as n from public.alberta_generation_by_fuel where timestamp >= '2026-01-01' and timestamp < '2026-02-01'`,
      );
    const first = await load(pool, currentReport({ updated: 'Jan 05, 2026 10:00' }), ids);
    expect(datasetOf(first, ids[0] ?? '').rows.inserted).toBe(2);
    await load(pool, currentReport({ updated: 'Jan 05, 2026 10:05' }), ids);
    expect(await count()).toEqual([{ n: 4 }]);
    // A feed that stalls repeats its time, here with a fuel that was corrected.
    const corrected = currentReport({
      updated: 'Jan 05, 2026 10:05',
      fuels: ['"GAS","200","101","11"', '"WIND","80","50","0"', '"TOTAL","280","151","11"'],
    });
    const again = await load(pool, corrected, ids);
    expect(datasetOf(again, ids[0] ?? '').rows).toMatchObject({ inserted: 0, revised: 1, unchanged: 1, withdrawn: 0 });
    expect(await count()).toEqual([{ n: 4 }]);
  });
});
