/** What the database has for a stream: its newest rows, its loads since one of them, the rows of a load. Read with the rights of anon. */
import type { Database } from '../../core/effects.ts';
import { type StreamKey, STREAM_KEYS } from '../../core/flags.ts';
import type { Provenance } from '../api/provenance.ts';

/** Rows as JSON text, as PostgreSQL wrote them: they go out as they are. */
export interface Rows {
  readonly rows: readonly string[];
  readonly provenance: Provenance;
}

export interface Newest extends Rows {
  /** Number of the newest load; 0: none. Rows and number are of one instant. */
  readonly load: number;
  /** Of the stream as a whole. */
  readonly streamProvenance: Provenance;
}

export interface Load {
  readonly id: number;
  readonly dataset: string;
  /** Inserted and revised; some may have been revised again since. */
  readonly changed: number;
  readonly withdrawn: number;
  /** The interval that the rows lie in, ISO; null: no bound. */
  readonly from: string | null;
  readonly to: string | null;
  readonly knownAt: string;
}

interface Shape {
  readonly table: string;
  readonly view: string;
  /** Order of pages, newest first. */
  readonly newestFirst: string;
  /** The instant of a row. */
  readonly at: string;
  /** Rows have a day and no instant, so the interval of their load does not bound them. */
  readonly byDay?: true;
  /** Number of the load that wrote a row. */
  readonly load: string;
  /** Rows of load $1, where `load` would have to be found out row by row. */
  readonly ofLoad: string;
}

const BY_VERSION = { load: 'v.version::bigint', ofLoad: 'v.version = $1::bigint::text' };
const BY_DATETIME = { ...BY_VERSION, at: 'v.datetime' };

const SHAPES: Readonly<Record<StreamKey, Shape>> = {
  'ontario-demand': {
    ...BY_DATETIME,
    table: 'public.ontario_hourly_demand',
    view: 'public.stream_ontario_demand',
    newestFirst: 'v.datetime desc',
  },
  'provincial-generation': {
    ...BY_VERSION,
    table: 'public.provincial_generation',
    view: 'public.stream_provincial_generation',
    newestFirst: 'v.date desc, v.province_code desc, v.producer desc, v.generation_type desc',
    at: `(v.date::timestamp at time zone 'UTC')`,
    byDay: true,
  },
  'ontario-prices': {
    ...BY_DATETIME,
    table: 'public.ontario_nodal_prices',
    view: 'public.stream_ontario_prices',
    newestFirst: 'v.datetime desc, v.node_name desc',
  },
  'hf-electricity-demand': {
    ...BY_DATETIME,
    table: 'public.hf_electricity_demand',
    view: 'public.stream_hf_electricity_demand',
    newestFirst: 'v.datetime desc, v.household_id desc',
  },
  // The shape has no version: the row's id leads to its load.
  'aeso-grid-data': {
    table: 'public.grid_status',
    view: 'public.stream_aeso_grid_data',
    newestFirst: 'v.captured_at desc',
    at: 'v.captured_at',
    load: '(select b.load_id from public.grid_status b where b.id = v.id)',
    ofLoad: `v.id in (select b.id from public.grid_status b where b.region = 'Alberta' and b.load_id = $1::bigint
        order by b.captured_at desc limit $4::bigint)`,
  },
};

// grain: one row. reads: the view of the stream, stream_loads, one snapshot for both. params: $1 stream, $2 rows.
const newestSql = ({ view, newestFirst, at, load }: Shape): string => `
  with newest as (
    select row_to_json(v)::text as row, ${at} as at, ${load} as load_id, row_number() over (order by ${newestFirst}) as place
    from ${view} v order by ${newestFirst} limit $2::bigint
  )
  select coalesce((select l.load_id from public.stream_loads($1) l), 0)::text as load,
    coalesce((select array_agg(n.row order by n.place desc) from newest n), '{}') as rows,
    public.provenance_of_loads((select array_agg(distinct n.load_id) from newest n), (select max(n.at) from newest n), $1) as provenance,
    public.stream_provenance($1) as stream_provenance`;

// grain: one row. reads: the view of the stream, inside the interval of the load, newest first until all its rows are found.
// params: $1 load, $2 from, $3 to (null: no bound), $4 rows that the load wrote, $5 stream.
const ofLoadSql = ({ view, newestFirst, at, ofLoad }: Shape): string => `
  with of_load as (
    select row_to_json(v)::text as row, ${at} as at, row_number() over (order by ${newestFirst}) as place
    from ${view} v
    where ${ofLoad} and ${at} >= coalesce($2::timestamptz, '-infinity') and ${at} < coalesce($3::timestamptz, 'infinity')
    order by ${newestFirst} limit $4::bigint
  )
  select coalesce((select array_agg(o.row order by o.place desc) from of_load o), '{}') as rows,
    public.provenance_object($1::bigint, (select max(o.at) from of_load o), $5) as provenance`;

// grain: one row per load. reads: stream_loads. params: $1 stream, $2 after, $3 loads.
const LOADS = `
  select load_id::text as id, dataset, rows_changed::float8 as changed, rows_withdrawn::float8 as withdrawn,
    to_json(from_time) #>> '{}' as "from", to_json(to_time) #>> '{}' as "to", to_json(known_at) #>> '{}' as known_at
  from public.stream_loads($1, $2, $3) order by load_id`;

/** Streams that a notice of `penstock_load` is about. */
export function streamsOfNotice(payload: string): StreamKey[] {
  try {
    const said: unknown = JSON.parse(payload);
    const table = typeof said === 'object' && said !== null && 'table' in said ? said.table : null;
    return STREAM_KEYS.filter((stream) => SHAPES[stream].table === table);
  } catch {
    return [];
  }
}

export async function readNewest(reads: Database, stream: StreamKey, rows: number): Promise<Newest> {
  const [row] = await reads.query<{
    load: string;
    rows: string[];
    provenance: Provenance;
    stream_provenance: Provenance;
  }>(newestSql(SHAPES[stream]), [stream, rows]);
  if (row === undefined) throw new Error('no answer about the newest rows');
  return {
    load: Number(row.load),
    rows: row.rows,
    provenance: row.provenance,
    streamProvenance: row.stream_provenance,
  };
}

/** Oldest first, `most` of them. */
export async function readLoads(reads: Database, stream: StreamKey, after: number, most: number): Promise<Load[]> {
  const rows = await reads.query<Omit<Load, 'id' | 'knownAt'> & { id: string; known_at: string }>(LOADS, [
    stream,
    after,
    most,
  ]);
  const unbounded = SHAPES[stream].byDay === true ? { from: null, to: null } : {};
  return rows.map(({ id, known_at: knownAt, ...row }) => ({ ...row, ...unbounded, id: Number(id), knownAt }));
}

/** Rows that the load wrote and no later one has revised or withdrawn, oldest first. */
export async function readRows(reads: Database, stream: StreamKey, load: Load): Promise<Rows> {
  const [row] = await reads.query<Rows>(ofLoadSql(SHAPES[stream]), [load.id, load.from, load.to, load.changed, stream]);
  if (row === undefined) throw new Error('no answer about the rows of a load');
  return row;
}
