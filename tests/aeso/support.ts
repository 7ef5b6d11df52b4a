/** Runs of AESO's datasets on answers that a test wrote or the publisher gave, each in a data folder of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { CheckReport, DatasetReport, RunReport } from '../../reports/model.ts';
import { type Recorded, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { sharedFolder } from '../support/shared.ts';

const ETS = 'http://ets.aeso.ca/ets_web/ip/Market/Reports';
const API = 'https://apimgw.aeso.ca/public';

export const CURRENT_REPORT_URL = `${ETS}/CSDReportServlet?contentType=csv`;
export const poolPriceUrl = (year: number): string =>
  `${ETS}/HistoricalPoolPriceReportServlet?contentType=csv&beginDate=0101${year}&endDate=0101${year + 1}`;
export const apiReport = (path: string, first: string, last: string): string =>
  `${API}/${path}?startDate=${first}&endDate=${last}`;
export const PRICE = 'poolprice-api/v1.1/price/poolPrice';
export const MARGINAL = 'systemmarginalprice-api/v1.1/price/systemMarginalPrice';
export const LOAD = 'actualforecast-api/v1/load/albertaInternalLoad';
export const METERED = 'meteredvolume-api/v1/meteredvolume/details';
export const SUMMARY_URL = `${API}/currentsupplydemand-api/v2/csd/summary/current`;
export const ASSETS_NOW_URL = `${API}/currentsupplydemand-api/v1/csd/generation/assets/current`;
export const ASSET_LIST_URL = `${API}/assetlist-api/v1/assetlist`;

/** A body of the real recordings. */
export function recordedBody(file: string): string {
  return readFileSync(join(sharedFolder('recordings'), file), 'utf8');
}

/** Runs these datasets on these answers, at this time. */
export async function runOn(
  pool: Pool,
  recorded: readonly Recorded[],
  request: Partial<RunRequest>,
  now: string,
): Promise<RunReport> {
  const dataDir = await mkdtemp(join(tmpdir(), 'penstock-aeso-'));
  try {
    const recordings = await writeRecordings(join(dataDir, 'recordings'), recorded);
    const { report } = await testRun(await testEngine({ pool, recordings, dataDir, now }), request);
    return report;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The one dataset of a run. */
export function datasetOf(report: RunReport, id: string): DatasetReport {
  const found = report.datasets.find((dataset) => dataset.id === id);
  if (found === undefined) throw new Error(`the report has no ${id}`);
  return found;
}

/** What a check of the dataset said. */
export function checkOf(dataset: DatasetReport, name: string): CheckReport {
  const found = dataset.checks.find((check) => check.name === name);
  if (found === undefined)
    throw new Error(`${dataset.id} has no check ${name}: ${dataset.checks.map((c) => c.name).join(', ')}`);
  return found;
}

/** A recorded answer of the API. */
export const json = (url: string, body: unknown): Recorded => ({
  url,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

let minutes = 0;

/** Runs one dataset, a minute after the run before: a snapshot is asked once a minute. */
export async function load(
  pool: Pool,
  id: string,
  recorded: readonly Recorded[],
  range: { readonly from?: string; readonly to?: string } = {},
): Promise<DatasetReport> {
  const now = new Date(Date.parse('2026-11-22T12:00:00Z') + 60_000 * ++minutes).toISOString();
  return datasetOf(await runOn(pool, recorded, { ids: [id], ...range }, now), id);
}

/** The table of pool prices, as text. */
export const prices = (pool: Pool): Promise<unknown[]> =>
  pool.query(`select to_char(hour at time zone 'UTC', 'MM-DD HH24:MI') as hour, pool_price_cad_per_mwh::text as price,
    forecast_pool_price_cad_per_mwh::text as forecast, rolling_30day_avg_cad_per_mwh::text as average from public.aeso_pool_price order by 1`);
