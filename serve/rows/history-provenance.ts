/** Where rows of a series are from: of the loads that wrote them, else of the whole stream. */
import type { Database } from '../../core/effects.ts';
import type { Provenance } from '../api/provenance.ts';
import type { Series } from './catalog.ts';
import { newestInstant, type TextRow } from './page.ts';
import { STREAMS } from './streams.ts';

// grain: one row. reads: etl.load and what belongs to it, by the function. params: $1 loads, $2 newest instant, $3 stream or null.
const OF_LOADS = `select public.provenance_of_loads($1::bigint[], $2::timestamptz, $3) as provenance`;

// grain: one row. reads: what stream_provenance reads. params: $1 stream.
const OF_STREAM = `select public.stream_provenance($1) as provenance`;

type Query = Pick<Database, 'query'>;

/** Of a page of rows. */
export function pageProvenance(db: Query, series: Series, rows: readonly TextRow[]): Promise<Provenance> {
  const { source, stream } = series;
  const column = stream === null ? 'load_id' : 'version';
  if (!source.columns.some(({ name }) => name === column)) return rangeProvenance(db, series, [], null);
  const loads = new Set(rows.flatMap((row) => row[column] ?? []));
  return ofLoads(db, series, [...loads], newestInstant(source, rows));
}

/** Of all rows of a range, whose loads are known for tables only. */
export async function rangeProvenance(
  db: Query,
  series: Series,
  loads: readonly (string | null)[],
  newest: string | null,
): Promise<Provenance> {
  if (series.stream === null) return ofLoads(db, series, loads, newest);
  return only(await db.query<{ provenance: Provenance }>(OF_STREAM, [series.stream]));
}

async function ofLoads(
  db: Query,
  { stream, table }: Series,
  loads: readonly (string | null)[],
  newest: string | null,
): Promise<Provenance> {
  return only(await db.query<{ provenance: Provenance }>(OF_LOADS, [loads, newest, stream ?? streamOfTable(table)]));
}

function only(rows: readonly { readonly provenance: Provenance }[]): Provenance {
  const [row] = rows;
  if (row === undefined) throw new Error('the question for provenance gave no row');
  return row.provenance;
}

/** Rows of a stream grow stale after the stream's own time. */
function streamOfTable(table: string): string | null {
  return Object.values(STREAMS).find((shape) => shape.table === `public.${table}`)?.stream ?? null;
}
