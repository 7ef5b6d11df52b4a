/** Rows of all five streams in a database, with hand-written loads, and walks over their pages. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Database } from '../../core/effects.ts';
import { ask } from '../serve/support.ts';
import { loadOf } from '../support/lineage.ts';

const STREAMS_FILE = resolve(import.meta.dirname, '../../data/reference/streams.csv');

/** As the reference file says; its publishers and kinds of provenance are there by name only. */
export async function putManifest(db: Database): Promise<void> {
  const rows = parse<Record<string, string>>(await readFile(STREAMS_FILE, 'utf8'), { columns: true });
  await db.transaction(async (tx) => {
    for (const row of rows) {
      await tx.query(
        `insert into public.data_sources (publisher, title, url, licence, attribution, credentials, credentials_env, load_id)
         values ($1, $1, 'https://example.org', 'x', 'x', 'none', '{}', 1) on conflict do nothing`,
        [row['provider']],
      );
      await tx.query(
        `insert into public.data_provenance_types (code, label, quality_tier, description, load_id)
         values ($1, $1, 'historical', 'x', 1) on conflict do nothing`,
        [row['provenance_type']],
      );
      await tx.query(
        `insert into public.stream_manifest (stream_key, health_key, dataset, version, fields, page_size_default, max_page_size, title, provider,
           region, license, source_url, update_frequency, stale_after_hours, enabled, provenance_type, notes, load_id)
         select $1->>'stream_key', $1->>'health_key', $1->>'dataset', $1->>'version', regexp_split_to_array($1->>'fields', '; *'),
           ($1->>'page_size_default')::int, ($1->>'max_page_size')::int, $1->>'title', $1->>'provider', nullif($1->>'region', ''), $1->>'license',
           $1->>'source_url', $1->>'update_frequency', nullif($1->>'stale_after_hours', '')::int, ($1->>'enabled')::boolean,
           $1->>'provenance_type', nullif($1->>'notes', ''), 1
         from (select $1::jsonb) given`.replaceAll('$1->>', '($1::jsonb)->>'),
        [JSON.stringify(row)],
      );
    }
  });
}

/** Hours of Ontario demand from 2024-01-01T05:00Z on, `hours` of them; each third row has no value. */
export async function putDemand(db: Database, hours: number, load?: string): Promise<string> {
  const id = load ?? (await loadOf(db, 'ontario_hourly_demand'));
  await db.query(
    `insert into public.ontario_hourly_demand (hour, market_demand_mw, ontario_demand_mw, load_id)
     select timestamptz '2024-01-01T05:00Z' + make_interval(hours => h), 15000 + h, case when h % 3 <> 2 then 12000 + h / 7.0 end, $2::bigint
     from generate_series(0, $1::int - 1) h`,
    [hours, id],
  );
  return id;
}

/** `months` × 2 provinces × 2 kinds of Statistics Canada; of each month the copy too, and one row that only the copy has. */
export async function putGeneration(db: Database, months: number): Promise<void> {
  const load = await loadOf(db, 'provincial_generation', 'live', 'statcan');
  const copy = await loadOf(db, 'provincial_generation', 'live', 'kaggle');
  await db.query(
    `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, megawatt_hours, generation_gwh, source, load_id)
     select 'month', date '2010-01-01' + make_interval(months => m), p.code, p.name, 'industries', k.kind, m * 10 - 5, (m * 10 - 5) / 1000.0, s.source,
       case s.source when 'statcan' then $2::bigint else $3::bigint end
     from generate_series(0, $1::int - 1) m, (values ('ON', 'Ontario'), ('QC', 'Québec')) p (code, name),
       (values ('solar', 'statcan'), ('wind power turbine', 'statcan'), ('tidal power turbine', 'kaggle'), ('solar', 'kaggle')) k (kind, source),
       lateral (select k.source) s`,
    [months, load, copy],
  );
}

/** `hours` × `nodes` of the day-ahead market, and as many of real time, which the stream leaves out. */
export async function putPrices(db: Database, hours: number, nodes: number): Promise<void> {
  const load = await loadOf(db, 'ontario_nodal_prices');
  await db.query(
    `insert into public.ontario_nodal_prices (datetime, node_name, market, lmp_price, energy_price, congestion_price, loss_price, market_date, interval_ending, load_id)
     select at, '=NODE "' || n || '", é', market, h + n / 100.0, 20.13, -5.59, null, (at at time zone interval '-05:00')::date, at + interval '1 hour', $3::bigint
     from generate_series(0, $1::int - 1) h, generate_series(1, $2::int) n, (values ('day_ahead'), ('real_time')) m (market),
       lateral (select timestamptz '2025-05-01T04:00Z' + make_interval(hours => h) as at) t`,
    [hours, nodes, load],
  );
}

/** Quarters of an hour of `meters`, at instants with microseconds. */
export async function putMeters(db: Database, quarters: number, meters: number): Promise<void> {
  const load = await loadOf(db, 'hf_electricity_demand', 'live', 'huggingface');
  await db.query(
    `insert into public.hf_electricity_demand (datetime, household_id, electricity_demand, temperature, location, day_of_week, hour, load_id)
     select timestamptz '2013-06-01T00:00:00.123456Z' + make_interval(mins => q * 15), 'meter-' || m, 0.1 + 0.2 * q, null, 'Trondheim, "Ø"', 6, 0, $3::bigint
     from generate_series(0, $1::int - 1) q, generate_series(1, $2::int) m`,
    [quarters, meters, load],
  );
}

export async function putAlberta(db: Database, rows: number): Promise<void> {
  const load = await loadOf(db, 'grid_status', 'live', 'aeso');
  await db.query(
    `insert into public.grid_status (region, captured_at, demand_mw, supply_mw, reserve_margin, data_source, load_id)
     select region, timestamptz '2026-01-01T00:00Z' + make_interval(mins => m * 5), 10000.25 + m, 11000, 0.083, 'aeso CSDReportServlet', $2::bigint
     from generate_series(0, $1::int - 1) m, (values ('Alberta'), ('Ontario')) r (region)`,
    [rows, load],
  );
}

export interface StreamBody {
  readonly rows: readonly Record<string, string | number | null>[];
  readonly metadata: {
    readonly streamKey: string;
    readonly limit: number;
    readonly offset: number;
    readonly returned: number;
    readonly totalEstimate: number | null;
    readonly hasMore: boolean;
    readonly usingSampleData: boolean;
  };
  readonly next_cursor: string | null;
  readonly provenance: Record<string, unknown>;
}

/** All pages of a question, as the front end walks them; `between` happens after each page. */
export async function walk(
  url: string,
  path: string,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<StreamBody[]> {
  const pages: StreamBody[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const next = `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`;
    const answer = await ask(url, next);
    if (answer.status !== 200) throw new Error(`${next}: ${answer.status} ${answer.body}`);
    const page = answer.json<StreamBody>();
    pages.push(page);
    if ((answer.headers['x-next-cursor'] ?? null) !== page.next_cursor) throw new Error('header and body differ');
    cursor = page.next_cursor;
    await between(pages.length);
  }
  return pages;
}
