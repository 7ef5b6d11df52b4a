/** Writes read-helpers.md: signatures, columns and units from a migrated database, examples with what they really answer on samples. */
import type { Database } from '../core/effects.ts';

interface Helper {
  readonly name: string;
  /** SQL that anon asks. */
  readonly sql: string;
  /** The same over PostgREST. */
  readonly rest: string;
  /** Keys of the answer of a function, with units. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** In the order of the page. A test compares the names with what the migrations make. */
export const HELPERS: readonly {
  readonly title: string;
  readonly about: string;
  readonly helpers: readonly Helper[];
}[] = [
  {
    title: 'Streams',
    about: `The rows that the front end gets, with its names and order of columns and nothing more. A view has no order of its own: ask for the key of its
comment, and for what comes after the last key of the page before (\`datetime=gt.…&order=datetime&limit=1000\`). The key is unique in its view and the
primary key of the table walks it, so pages neither repeat nor skip a row while rows arrive. \`source\` and \`version\` come from the load that wrote the
row: \`version\` is its number, and [\`load_provenance\`](#load_provenance) turns it into address, SHA-256 and time. A row that was revised has another version.
\`stream_ontario_prices\` has the day-ahead market only, because the shape has no column for the market: with both, a node would have two prices at the
start of each hour. \`stream_provincial_generation\` leaves out the Kaggle copy of a row that Statistics Canada itself has.`,
    helpers: [
      {
        name: 'stream_ontario_demand',
        sql: 'select * from stream_ontario_demand order by datetime limit 1',
        rest: 'stream_ontario_demand?order=datetime&limit=1',
      },
      {
        name: 'stream_provincial_generation',
        sql: 'select * from stream_provincial_generation order by date, province_code, producer, generation_type limit 1',
        rest: 'stream_provincial_generation?order=date,province_code,producer,generation_type&limit=1',
      },
      {
        name: 'stream_ontario_prices',
        sql: 'select * from stream_ontario_prices order by datetime, node_name limit 1',
        rest: 'stream_ontario_prices?order=datetime,node_name&limit=1',
      },
      {
        name: 'stream_hf_electricity_demand',
        sql: 'select * from stream_hf_electricity_demand order by datetime, household_id limit 1',
        rest: 'stream_hf_electricity_demand?order=datetime,household_id&limit=1',
      },
      {
        name: 'stream_aeso_grid_data',
        sql: 'select * from stream_aeso_grid_data order by captured_at desc limit 1',
        rest: 'stream_aeso_grid_data?order=captured_at.desc&limit=1',
      },
    ],
  },
  {
    title: 'Observations',
    about: `Views with one unique key each, which holds by construction: every province takes its rows from one table, whose primary key it is.`,
    helpers: [
      {
        name: 'latest_demand',
        sql: `select * from latest_demand where province = 'ON'`,
        rest: 'latest_demand?province=eq.ON',
      },
      {
        name: 'demand_observations',
        sql: 'select * from demand_observations order by observed_at, province limit 1',
        rest: 'demand_observations?order=observed_at,province&limit=1',
      },
      {
        name: 'energy_observations',
        sql: `select * from energy_observations where province = 'AB' order by observed_at, source_type limit 1`,
        rest: 'energy_observations?province=eq.AB&order=observed_at,source_type&limit=1',
      },
      {
        name: 'grid_snapshots',
        sql: `select * from grid_snapshots where region = 'Ontario' order by captured_at desc limit 1`,
        rest: 'grid_snapshots?region=eq.Ontario&order=captured_at.desc&limit=1',
      },
      {
        name: 'source_status',
        sql: `select * from source_status where source_name = 'ieso/ieso-demand'`,
        rest: 'source_status?source_name=eq.ieso/ieso-demand',
      },
      {
        name: 'source_quality',
        sql: `select * from source_quality where source_name = 'ieso/ieso-demand'`,
        rest: 'source_quality?source_name=eq.ieso/ieso-demand',
      },
    ],
  },
  {
    title: 'Curated reads',
    about: `Windows end at the newest data and not at now: they show what was published, and the answer says from when to when. No row is invented: a day
without data is absent, a number that nobody knows is NULL. Monthly rows cannot be cut into days, so a window of days is as many whole months as it is
long (30 → 1, 90 → 3, 365 → 12), at least one. Percentages are computed and never clamped.`,
    helpers: [
      {
        name: 'provincial_metrics',
        sql: `select provincial_metrics(province => 'ON', window_days => 30)`,
        rest: 'rpc/provincial_metrics?province=ON&window_days=30',
        keys: {
          province: 'Two letters, as asked.',
          period:
            'window_days as asked; months that were summed; start (first day) and end (first day after), NULL where the province has no data.',
          'generation.total_gwh':
            'Net generation of the window, without withheld cells: a part of the whole where metadata.withheld_rows is above 0. Unit: GWh. NULL: nothing is known.',
          'generation.by_source':
            'Kind of generation → net generation, negative where plants used more than they generated. Unit: GWh. NULL: withheld in all months; metadata.withheld_by_source has the kinds of which cells are missing.',
          'generation.top_source': 'The kind with most published generation.',
          'generation.renewable_share_percent':
            'Share of hydraulic, wind, solar and tidal generation in the total. Unit: %. NULL where any cell of the window is withheld, where the total is unknown or not above 0. Combustible fuels are not counted, though some are biomass.',
          latest_demand:
            'region, observed_at, period, demand_mw (MW) and source of latest_demand; NULL where no demand of the province is published to us.',
          metadata:
            'rows and withheld_rows of the window (cells that the publisher holds back), withheld_by_source: how many of each kind; sources that the rows are from.',
          provenance: 'Provenance object of all rows of generation (provenance_of_loads).',
        },
      },
      {
        name: 'national_overview',
        sql: 'select national_overview()',
        rest: 'rpc/national_overview',
        keys: {
          timestamp: 'When it was asked. Unit: UTC.',
          demand:
            'Newest measured hour of Ontario: hour (UTC), market_demand_mw and ontario_demand_mw (MW). NULL: none.',
          generation:
            'total_generation_gwh and by_province (GWh, most first), each without the cells that withheld_rows counts, of the newest month, from window_start to window_end, excluded. Only provinces that have rows of that month.',
          alberta: 'Newest row of alberta_supply_demand, its columns with their units. NULL: none.',
          weather:
            'At most 5 stations, newest first: the newest observation of each within 6 hours of the newest of all. temperature_c (°C), relative_humidity_percent (%), wind_speed_m_s (m/s), precipitation_mm (mm).',
          provenance:
            'Provenance objects of the four parts, of all rows that a part was made of (provenance_of_loads). That of weather is as old as its oldest observation.',
        },
      },
      {
        name: 'trends',
        sql: `select trends(timeframe => '2d')`,
        rest: 'rpc/trends?timeframe=2d',
        keys: {
          timeframe: 'As asked: 1d to 366d.',
          window:
            'start and end (excluded) of the demand, end being the end of the newest measured hour; days; months, generation_start and generation_end (excluded) of the generation. NULL: no data.',
          ontario_demand:
            'One row per day of EST (UTC-5) that has data, oldest first: hours that were measured, average_mw, minimum_mw, maximum_mw (MW), energy_gwh (GWh) of those hours. First and last day may be parts of days.',
          generation:
            'One row per month: total_gwh (GWh) without withheld cells, provinces that have rows, withheld_rows.',
          'metadata.completeness_pct':
            '100 × measured_hours / expected_hours, where expected_hours is 24 × days. Unit: %. NULL: nothing is known.',
          provenance: 'Provenance objects of the two parts, of all rows of the window (provenance_of_loads).',
        },
      },
    ],
  },
  {
    title: 'The past',
    about: `What did we believe at an instant: the version of each row that was known then. A table can be asked when anybody may read it anyway (anon may
select, and no policy holds rows back) and it has history; everything else is PT404, tables of \`etl\` among it. The service can use
\`as_of(null::public.<table>, instant)\`, which gives typed rows without a limit.`,
    helpers: [
      {
        name: 'series_as_of',
        sql: `select series_as_of(table_name => 'ontario_hourly_demand', at => '2030-01-01T00:00:00Z', from_time => '2025-01-01T05:00:00Z', to_time => '2025-01-01T06:00:00Z')`,
        rest: 'rpc/series_as_of?table_name=ontario_hourly_demand&at=2030-01-01T00:00:00Z&from_time=2025-01-01T05:00:00Z&to_time=2025-01-01T06:00:00Z',
        keys: {
          '(row)': 'All columns of the table, with their units; load_id names the load that wrote the version.',
          '(arguments)':
            'at: instant of knowledge. from_time, to_time: on the first column of the primary key that is an instant or a date (its midnight in UTC), half-open; PT400 where the table has none. max_rows: 1 to 5000.',
        },
      },
    ],
  },
  {
    title: 'Provenance',
    about: `Lineage without giving anybody the schema \`etl\`. Samples are \`demo\` and \`is_fallback\` everywhere; rows that were there before penstock (adopted) and
rows written by hand (edit) are \`unknown\`, since no publisher gave them. Without an instant the freshness is \`unknown\`. A stream is stale from
\`stream_manifest.stale_after_hours\` on, everything else after 24 hours.`,
    helpers: [
      {
        name: 'load_source',
        sql: `select load_source((select load_id from ontario_hourly_demand limit 1))`,
        rest: 'rpc/load_source?load_id=24',
      },
      {
        name: 'load_provenance',
        sql: `select * from load_provenance((select load_id from ontario_hourly_demand order by hour limit 1))`,
        rest: 'rpc/load_provenance?load_id=24',
        keys: {
          'dataset, table_name': 'What was loaded, and where it went.',
          source: 'live, recordings, samples, edit, adopted.',
          strategy: 'append, merge, edit, adopted.',
          'url, sha256, bytes, fetched_at':
            "The publisher's file: address without secrets, hash, size (bytes), time of fetching (UTC). NULL for edit and adopted.",
          known_at: 'When we learned the rows. Unit: UTC.',
        },
      },
      { name: 'database_content', sql: 'select database_content()', rest: 'rpc/database_content' },
      {
        name: 'provenance_object',
        sql: `select provenance_object(last_updated => '2026-01-01T00:00:00Z', stream_key => 'ontario-demand')`,
        rest: 'rpc/provenance_object?last_updated=2026-01-01T00:00:00Z&stream_key=ontario-demand',
        keys: {
          source: 'Publisher of the load (load_source). NULL: not known.',
          last_updated: 'Instant of the newest row. Unit: UTC.',
          freshness_status: 'live, stale, demo, unknown.',
          is_fallback: 'True for samples.',
          trust_tier:
            "demo; live or official_historical (the publisher's own numbers, fresh or stale); proxy (a copy of them). Absent: nobody said.",
          license_notes: 'Licence and attribution of the publisher, from data_sources. Absent: not known.',
          calculation_method: 'As given in the argument. Absent: nothing was calculated.',
          evidence_hash: "SHA-256 of the publisher's file. Absent: there is none.",
        },
      },
      {
        name: 'provenance_of_loads',
        sql: `select provenance_of_loads(load_ids => (select array_agg(distinct load_id) from provincial_generation), last_updated => '2026-01-01T00:00:00Z')`,
        rest: 'rpc/provenance_of_loads?load_ids={24,25}&last_updated=2026-01-01T00:00:00Z',
        keys: {
          source: 'All publishers, sorted, with a comma between them; unknown among them for a load that is not known.',
          last_updated:
            'The newest instant that all parts reach: of a sum over a window its newest rows, of several stations the oldest of their newest.',
          freshness_status:
            'The weakest: demo, unknown (one row that was adopted or edited is enough), stale, live. trust_tier likewise: demo, absent, proxy, official_historical, live.',
          license_notes: 'Of every source that has one.',
          evidence_hash: 'Only where one load wrote all rows.',
        },
      },
      {
        name: 'stream_provenance',
        sql: `select stream_provenance(stream_key => 'ontario-demand')`,
        rest: 'rpc/stream_provenance?stream_key=ontario-demand',
      },
    ],
  },
];

interface Described {
  readonly name: string;
  readonly view: boolean;
  readonly arguments: string | null;
  readonly result: string | null;
  readonly comment: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string }[] | null;
}

const DESCRIBE = `
  select c.relname as name, true as view, null as arguments, null as result, obj_description(c.oid, 'pg_class') as comment,
    (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'comment', col_description(c.oid, a.attnum)) order by a.attnum)
     from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' and c.relname = any ($1)
  union all
  select p.proname, false, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), obj_description(p.oid, 'pg_proc'), null
  from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any ($1)`;

const INTRO = `# Read helpers

Made by \`tests/sql/read-helpers-docs.test.ts\` (\`PENSTOCK_WRITE=1\` writes it); do not edit. Views and functions of \`public\` for PostgREST and Supabase. Names and
arguments are stable, there are no overloads, and anon, authenticated and service_role may use all of them, through row-level security. The examples
are what a database of the shipped samples answers to anon, so each says that it is a sample; \`…\` stands for what differs from load to load.

Instants are UTC and name the **start** of their interval. Errors: \`PT400\` (arguments that make no sense) and \`PT404\` (no such thing), which
PostgREST answers with status 400 and 404.
`;

/** @param db of a database that holds the samples */
export async function readHelpersPage(db: Database): Promise<string> {
  const all = await db.query<Described>(DESCRIBE, [HELPERS.flatMap(({ helpers }) => helpers.map(({ name }) => name))]);
  const parts = [INTRO];
  for (const { title, about, helpers } of HELPERS) {
    parts.push(`## ${title}\n\n${about}\n`);
    for (const helper of helpers) {
      const described = all.find(({ name }) => name === helper.name);
      if (described === undefined) throw new Error(`there is no ${helper.name}`);
      parts.push(section(helper, described, await answer(db, helper.sql)));
    }
  }
  return parts.join('\n');
}

function section({ name, sql, rest, keys = {} }: Helper, described: Described, output: string): string {
  const signature = described.view ? '' : `\n\`${name}(${described.arguments ?? ''}) → ${described.result ?? ''}\`\n`;
  const meanings = Object.entries(keys).map(([key, meaning]) => `| \`${key}\` | ${meaning} |`);
  const answers = meanings.length === 0 ? '' : `\n| key | meaning |\n|---|---|\n${meanings.join('\n')}\n`;
  const columns =
    described.columns === null
      ? answers
      : `\n| column | type | meaning |\n|---|---|---|\n${described.columns.map((column) => `| \`${column.name}\` | ${short(column.type)} | ${escaped(column.comment)} |`).join('\n')}\n`;
  return `### ${name}\n${signature}\n${escaped(described.comment)}\n${columns}\n\`\`\`sql\n${sql};  -- GET /rest/v1/${rest}\n\`\`\`\n\n\`\`\`json\n${output}\n\`\`\`\n`;
}

async function answer(db: Database, sql: string): Promise<string> {
  const rows = await db.transaction(async (tx) => {
    await tx.query('set local role anon');
    await tx.query(`set local time zone 'UTC'`);
    return tx.query<{ row: unknown }>(`select to_json(r) as row from (${sql}) r`);
  });
  return rows.map(({ row }) => JSON.stringify(unwrapped(row), steady, 1)).join('\n');
}

/** A function of one value is its value. */
function unwrapped(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const values: unknown[] = Object.values(row);
  return values.length === 1 ? values[0] : row;
}

const VOLATILE = ['id', 'version', 'load_id', 'created_at', 'known_at', 'judged_at', 'last_success'];

function steady(this: unknown, key: string, value: unknown): unknown {
  // The time of asking of national_overview; in rows of Alberta the same name is the operator's.
  const asked = key === 'timestamp' && typeof this === 'object' && this !== null && 'weather' in this;
  return (VOLATILE.includes(key) || asked) && value !== null ? '…' : value;
}

function short(type: string): string {
  return type.replace('timestamp with time zone', 'timestamptz').replace('double precision', 'float8');
}

function escaped(comment: string): string {
  return comment.replaceAll(/[|<]/g, String.raw`\$&`);
}
