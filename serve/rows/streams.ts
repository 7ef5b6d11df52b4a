/** The five streams as this server knows them: the view that has the rows, its columns, the key that pages walk, the tables behind it. */
import { z } from 'zod';
import type { StreamKey } from '../../core/flags.ts';
import '../api/provenance.ts';
import type { SourceColumn } from './select.ts';

export interface StreamShape {
  readonly stream: StreamKey;
  /** Of public. */
  readonly view: string;
  readonly columns: readonly SourceColumn[];
  /** Unique in the view; its first column is the time. */
  readonly key: readonly string[];
  /** The table that the rows are in: a load into it ends what was made of them. */
  readonly table: string;
}

type ColumnTypes = Readonly<Record<string, string>>;

function shape(stream: StreamKey, table: string, key: readonly string[], types: ColumnTypes): StreamShape {
  const columns = Object.entries(types).map(([name, type]) => columnOf(name, type));
  return { stream, view: `stream_${stream.replaceAll('-', '_')}`, columns, key, table: `public.${table}` };
}

function columnOf(name: string, declared: string): SourceColumn {
  const [, type = declared, precision, scale] = /^(numeric)\((\d+),(\d+)\)$/.exec(declared) ?? [];
  return precision === undefined ? { name, type } : { name, type, precision: Number(precision), scale: Number(scale) };
}

export const STREAMS: Readonly<Record<StreamKey, StreamShape>> = {
  'ontario-demand': shape('ontario-demand', 'ontario_hourly_demand', ['datetime'], {
    datetime: 'timestamptz',
    hour_ending: 'int4',
    total_demand_mw: 'float8',
    hourly_demand_gwh: 'float8',
    date: 'date',
    source: 'text',
    version: 'text',
  }),
  'provincial-generation': shape(
    'provincial-generation',
    'provincial_generation',
    ['date', 'province_code', 'producer', 'generation_type'],
    {
      date: 'date',
      province: 'text',
      province_code: 'text',
      producer: 'text',
      generation_type: 'text',
      megawatt_hours: 'float8',
      generation_gwh: 'float8',
      source: 'text',
      created_at: 'timestamptz',
      version: 'text',
    },
  ),
  'ontario-prices': shape('ontario-prices', 'ontario_nodal_prices', ['datetime', 'node_name'], {
    datetime: 'timestamptz',
    node_name: 'text',
    lmp_price: 'numeric(10,2)',
    energy_price: 'numeric(10,2)',
    congestion_price: 'numeric(10,2)',
    loss_price: 'numeric(10,2)',
    zone: 'text',
    market_date: 'date',
    interval_ending: 'timestamptz',
    source: 'text',
    version: 'text',
  }),
  'hf-electricity-demand': shape('hf-electricity-demand', 'hf_electricity_demand', ['datetime', 'household_id'], {
    datetime: 'timestamptz',
    electricity_demand: 'float8',
    temperature: 'float8',
    humidity: 'float8',
    wind_speed: 'float8',
    solar_irradiance: 'float8',
    household_id: 'text',
    location: 'text',
    day_of_week: 'int4',
    hour: 'int4',
    source: 'text',
    version: 'text',
  }),
  'aeso-grid-data': shape('aeso-grid-data', 'grid_status', ['captured_at'], {
    id: 'uuid',
    region: 'text',
    demand_mw: 'numeric(10,2)',
    supply_mw: 'numeric(10,2)',
    reserve_margin: 'numeric(6,3)',
    frequency_hz: 'numeric(6,4)',
    voltage_kv: 'numeric(6,3)',
    congestion_index: 'numeric(6,3)',
    status: 'text',
    captured_at: 'timestamptz',
    data_source: 'text',
  }),
};

/** Every key is there; a value may be missing, but those of the key are not. */
export function rowSchema({ columns, key }: StreamShape): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(
      columns.map(({ name, type }) => {
        const value = /^(int|float|numeric)/.test(type) ? z.number() : z.string();
        return [name, key.includes(name) ? value : value.nullable()];
      }),
    ),
  );
}
