/** A world of the physical datasets: runs on the shipped samples and on what a test plants into them. */
import { iesoPhysicalSamples } from '../../data/samples/ieso-physical.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import demandZonal from '../../pipelines/ieso/demand-zonal.ts';
import demand from '../../pipelines/ieso/demand.ts';
import generationByFuel from '../../pipelines/ieso/generation-by-fuel.ts';
import generatorOutputMonth from '../../pipelines/ieso/generator-output-month.ts';
import generatorOutput from '../../pipelines/ieso/generator-output.ts';
import intertieFlow from '../../pipelines/ieso/intertie-flow.ts';
import intertieSchedule from '../../pipelines/ieso/intertie-schedule.ts';
import intertieYear from '../../pipelines/ieso/intertie-year.ts';
import type { CheckReport } from '../../reports/model.ts';
import { type Answered, openWorld, type World } from '../support/bad-input.ts';
import { iesoCatalog } from './catalog.ts';

export const PUBLIC = 'https://reports-public.ieso.ca/public';
export const LAST_DAY = { from: '2025-12-31', to: '2026-01-01' };

export const openPhysical = (pool: Pool): Promise<World> =>
  openWorld(
    pool,
    iesoCatalog([
      demand,
      demandZonal,
      generationByFuel,
      generatorOutput,
      generatorOutputMonth,
      intertieFlow,
      intertieSchedule,
      intertieYear,
    ]),
  );

/** The shipped sample of a report: `bodyOf('DemandZonal')`. */
export function bodyOf(report: string): string {
  const found = iesoPhysicalSamples().find(({ url }) => url.includes(`/${report}/`));
  if (found === undefined) throw new Error(`no sample of ${report}`);
  return String(found.body);
}

/** The sample with each text, which must occur, replaced once. */
export function planted(report: string, ...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((body, [from, to]) => {
    if (!body.includes(from)) throw new Error(`the sample of ${report} does not hold ${from}`);
    return body.replace(from, () => to);
  }, bodyOf(report));
}

export function checkOf(answered: Answered, id: string, name: string): CheckReport {
  const found = answered.report.datasets.find((one) => one.id === id)?.checks.find((check) => check.name === name);
  if (found === undefined) throw new Error(`${id} has no check ${name}`);
  return found;
}

/** Result, severity, failing rows. */
export function finding(answered: Answered, id: string, name: string): unknown {
  const { result, severity, failingRows } = checkOf(answered, id, name);
  return [result, severity, failingRows];
}

export async function rowsOf(pool: Pool, table: string, where = 'true'): Promise<Record<string, unknown>[]> {
  return pool.query<Record<string, unknown>>(`select * from public.${table} where ${where}`);
}

/** Reasons of the rows that the last run of a dataset refused. */
export async function refusals(pool: Pool, dataset: string): Promise<string[]> {
  const rows = await pool.query<{ reason: string }>(
    'select reason from etl.quarantine where dataset = $1 and resolved_at is null order by reason',
    [dataset],
  );
  return rows.map(({ reason }) => reason);
}
