/** Which tables anybody may ask for the past of, as the database says it: columns, types and key. Read once, and again after a while. */
import { closest, distance } from 'fastest-levenshtein';
import type { Clock, Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import type { RowSource, SourceColumn } from './select.ts';
import { STREAMS } from './streams.ts';

export interface Series {
  /** As in addresses: `ontario_hourly_demand`, or the key of a stream. */
  readonly name: string;
  readonly source: RowSource;
  /** Null: a table. Only tables can be asked `as_of`. */
  readonly stream: StreamKey | null;
  /** The table that the rows are in, without its schema. */
  readonly table: string;
}

export interface SeriesCatalog {
  /** A stream by its key; a table by its name; a stream by its key with underscores, where no table has that name. @throws Fault `DATA_UNKNOWN` */
  find(name: string): Promise<Series>;
}

// grain: one row per table. reads: pg_catalog, by series_tables(). params: none.
const TABLES = `
  select t.table_name, t.key_columns, t.time_column, c.columns
  from public.series_tables() t
  cross join lateral (
    select json_agg(json_build_object('name', a.attname,
        'type', case when y.typelem <> 0 and y.typcategory = 'A' then e.typname || '[]' else y.typname end,
        'typmod', case when y.typname = 'numeric' then a.atttypmod else -1 end) order by a.attnum) as columns
    from pg_attribute a
    join pg_type y on y.oid = a.atttypid
    left join pg_type e on e.oid = y.typelem
    where a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
  ) c
  order by t.table_name`;

interface TableRow {
  readonly table_name: string;
  readonly key_columns: readonly string[];
  readonly time_column: string | null;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly typmod: number }[];
}

/** A migration says nothing when it changes a table. */
const KEPT_MS = 60_000;
/** An unknown name is looked for again, but not at each call. */
const KEPT_FOR_UNKNOWN_MS = 5_000;

export function createSeriesCatalog(reads: Database, clock: Pick<Clock, 'now'>): SeriesCatalog {
  let held: { readonly at: number; readonly tables: Promise<ReadonlyMap<string, Series>> } | null = null;
  const tables = (maxAgeMs: number): Promise<ReadonlyMap<string, Series>> => {
    if (held !== null && clock.now() - held.at < maxAgeMs) return held.tables;
    const now = { at: clock.now(), tables: readTables(reads) };
    // What failed is not kept.
    now.tables.catch(() => {
      if (held === now) held = null;
    });
    held = now;
    return now.tables;
  };
  return {
    find: async (name) => {
      const stream = STREAM_KEYS.find((key) => key === name);
      if (stream !== undefined) return seriesOfStream(stream);
      const known = (await tables(KEPT_MS)).get(name) ?? (await tables(KEPT_FOR_UNKNOWN_MS)).get(name);
      if (known !== undefined) return known;
      const underscored = STREAM_KEYS.find((key) => key.replaceAll('-', '_') === name);
      if (underscored !== undefined) return seriesOfStream(underscored);
      throw unknown(name, [...STREAM_KEYS, ...(await tables(KEPT_MS)).keys()]);
    },
  };
}

function seriesOfStream(stream: StreamKey): Series {
  return {
    name: stream,
    source: streamSource(stream),
    stream,
    table: STREAMS[stream].table.replace('public.', ''),
  };
}

export function streamSource(stream: StreamKey): RowSource {
  const { view, columns, key } = STREAMS[stream];
  const named = key.flatMap((name) => columns.filter((column) => column.name === name));
  const sourceByVersion = ['source', 'version'].every((name) => columns.some((column) => column.name === name));
  return { relation: view, columns, key: named, time: named[0] ?? null, sourceByVersion };
}

async function readTables(reads: Database): Promise<ReadonlyMap<string, Series>> {
  const rows = await reads.query<TableRow>(TABLES);
  return new Map(rows.map((row) => [row.table_name, seriesOf(row)]));
}

function seriesOf({ table_name, key_columns, time_column, columns: given }: TableRow): Series {
  const columns = given.map(columnOf);
  const named = (name: string): SourceColumn[] => columns.filter((column) => column.name === name);
  return {
    name: table_name,
    source: {
      relation: table_name,
      columns,
      key: key_columns.flatMap(named),
      time: time_column === null ? null : (named(time_column)[0] ?? null),
    },
    stream: null,
    table: table_name,
  };
}

/** The modifier of numeric(p,s) holds both, and 4 more. */
function columnOf({ name, type, typmod }: TableRow['columns'][number]): SourceColumn {
  if (typmod < 4) return { name, type };
  return { name, type, precision: ((typmod - 4) >> 16) & 0xffff, scale: (typmod - 4) & 0x7ff };
}

const NEAR = 6;

function unknown(name: string, names: readonly string[]): Fault {
  const asked = name.slice(0, 80);
  const near = names
    .toSorted((a, b) => distance(asked, a) - distance(asked, b))
    .filter((one) => distance(asked, one) <= NEAR || one.includes(asked) || asked.includes(one));
  const named = near.length > 0 ? near.slice(0, 5) : [closest(asked, names), ...STREAM_KEYS];
  return new Fault({
    code: 'DATA_UNKNOWN',
    kind: 'usage',
    what: `there is no public series ${JSON.stringify(asked)}`,
    consequence: 'nothing was shown',
    next: `ask for ${[...new Set(named)].join(', ')}; series_tables() in the database names all tables`,
  });
}
