/** A tiny dataset of a test's own: two yearly files of (hour, fuel, value), its table made from the contract. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { integer, instant, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { createTableSql } from '../../sql/ddl.ts';

export const GRID: Publisher = {
  id: 'grid',
  title: 'Grid',
  hosts: ['grid.example.org'],
  pace: { perSecond: 1_000, concurrent: 4 },
};
export const SMALL_URL = (year: number): string => `https://grid.example.org/small_${year}.csv`;
export const SMALL_SQL = 'select _line, hour, fuel, value from raw';

export function smallPipeline(change: Partial<Pipeline> = {}): Pipeline {
  return {
    ...definePipeline({
      id: 'grid-small',
      title: 'Small',
      publisher: 'grid',
      licence: { name: 'x', attribution: 'x' },
      partitions: yearly({ from: 2020, until: '2022-01-01', zone: 'UTC' }),
      extract: { url: 'https://grid.example.org/small_{yyyy}.csv', decode: csv({ header: ['hour', 'fuel', 'value'] }) },
      publishes: { every: 'PT1H', delay: 'PT1H', staleAfter: 'P100000D', schedule: '0 * * * *', zone: 'UTC' },
      transform: 'transforms/grid/small.sql',
      table: table('public.grid_small', {
        hour: instant({ key: true, doc: 'Hour.' }),
        fuel: text({ key: true, doc: 'Fuel.' }),
        value: integer({ doc: 'Value.' }),
      }),
    }),
    ...change,
  };
}

/** A catalog of these definitions, their SQL below `root`; creates their tables. */
export async function smallCatalog(
  pool: Pool,
  root: string,
  pipelines: readonly Pipeline[],
  sql: string = SMALL_SQL,
): Promise<Catalog> {
  for (const pipeline of pipelines) {
    await mkdir(dirname(join(root, pipeline.transform)), { recursive: true });
    await writeFile(join(root, pipeline.transform), sql);
    await pool.query(createTableSql(pipeline.table, { title: pipeline.title }));
  }
  return { pipelines, publishers: new Map([[GRID.id, GRID]]), root, files: new Map() };
}

export function smallFile(
  rows: readonly (readonly [hour: string, fuel: string, value: string | number | null])[],
): string {
  return ['hour,fuel,value', ...rows.map(([hour, fuel, value]) => `${hour},${fuel},${value ?? ''}`), ''].join('\n');
}
