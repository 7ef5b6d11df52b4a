/** A DuckDB of one run: its own folder, a memory limit, spilling to disk, no way to any other file or to the network. */
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { identifier, literal } from './quote.ts';
import { plainValue } from './values.ts';
import { addZones, zonesIn } from './zone-data.ts';

/** Bound as `$1` … or `$name`. */
export type Params = readonly DuckDBValue[] | Readonly<Record<string, DuckDBValue>>;

export interface SessionOptions {
  /** Exists already; the session's files lie in it, and SQL may read and write files in it only. */
  readonly folder: string;
  /** Default 256 MiB. DuckDB spills to the folder beyond it. */
  readonly memoryLimitMb?: number;
  /** Default 2. */
  readonly threads?: number;
  /** False saves memory where nobody relies on the order of rows without `order by`. Default true. */
  readonly keepOrder?: boolean;
}

export interface StreamedColumns {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
}

export interface Session {
  readonly folder: string;
  /** Runs one or more statements. */
  run(sql: string, params?: Params): Promise<void>;
  /** All rows as objects of plain values (see `plainValue`); for small results. */
  rows<T extends object>(sql: string, params?: Params): Promise<T[]>;
  /** The result chunk by chunk, on a connection of its own, so other statements may run meanwhile. A chunk is valid until the next. */
  stream(sql: string, params?: Params): AsyncGenerator<DuckDBDataChunk, void, undefined>;
  /** Names and types of a query's columns; nothing is read. */
  columns(sql: string): Promise<StreamedColumns>;
  /** Appends chunks to a table of the main schema; they are visible when it resolves. */
  append(table: string, chunks: AsyncIterable<DuckDBDataChunk>): Promise<void>;
  /** Removes the session's database from the folder. */
  close(): Promise<void>;
}

const DATABASE = 'session.duckdb';
const SPILL = 'spill';

/** Opens a session with the macros of `macros.sql`. Errors of SQL are DuckDB's own. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { memoryLimitMb = 96, threads = 1, keepOrder = true } = options;
  const folder = resolve(options.folder);
  const macros = await readFile(fileURLToPath(new URL('macros.sql', import.meta.url)), 'utf8');
  await removeFiles(folder);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${memoryLimitMb}MiB`,
    temp_directory: join(folder, SPILL),
    preserve_insertion_order: String(keepOrder),
    // Memory that a finished step has freed goes back to the system, not to the next peak.
    allocator_flush_threshold: '8MiB',
    allocator_bulk_deallocation_flush_threshold: '16MiB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    await connection.run(macros);
    await connection.run("set global TimeZone = 'UTC'");
    // The order matters: folders can be allowed only before access is closed, and nothing can be changed after the lock.
    await connection.run(`set allowed_directories = [${literal(folder)}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    return sessionOn(instance, connection, folder);
  } catch (error) {
    instance.closeSync();
    await removeFiles(folder);
    throw error;
  }
}

function sessionOn(instance: DuckDBInstance, connection: DuckDBConnection, folder: string): Session {
  const zones = zoneLoader(connection);
  return {
    folder,
    async run(sql, params) {
      await zones(sql);
      await connection.run(sql, bound(params));
    },
    async rows<T extends object>(sql: string, params?: Params) {
      await zones(sql);
      const result = await connection.run(sql, bound(params));
      const rows = await result.convertRowObjects(plainValue);
      return rows as T[];
    },
    async *stream(sql, params) {
      await zones(sql);
      const own = await instance.connect();
      try {
        const result = await own.stream(sql, bound(params));
        for (
          let chunk = await result.fetchChunk();
          chunk !== null && chunk.rowCount > 0;
          chunk = await result.fetchChunk()
        )
          yield chunk;
      } finally {
        own.closeSync();
      }
    },
    async columns(sql) {
      const statement = await connection.prepare(sql);
      try {
        const places = Array.from({ length: statement.columnCount }, (_, i) => i);
        return { names: places.map((i) => statement.columnName(i)), types: places.map((i) => statement.columnType(i)) };
      } finally {
        statement.destroySync();
      }
    },
    async append(table, chunks) {
      const appender = await connection.createAppender(table);
      try {
        for await (const chunk of chunks) appender.appendDataChunk(chunk);
      } finally {
        appender.closeSync();
      }
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await removeFiles(folder);
    },
  };
}

/** Sessions are opened once per interval and few of them look at a clock, so zones are loaded when a statement needs them. */
function zoneLoader(connection: DuckDBConnection): (sql: string) => Promise<void> {
  const loaded = new Set<string>();
  let all = false;
  const load = async (sql: string): Promise<void> => {
    const wanted = zonesIn(sql);
    if (all || (wanted !== 'all' && [...wanted].every((zone) => loaded.has(zone)))) return;
    await addZones(async (text, lines) => void (await connection.run(text, [lines])), wanted, loaded);
    if (wanted === 'all') all = true;
    else for (const zone of wanted) loaded.add(zone);
  };
  // One after the other: a period that two statements added at once would make every local time ambiguous.
  let earlier: Promise<void> = Promise.resolve();
  return async (sql) => {
    const turn = earlier.then(async () => load(sql));
    earlier = turn.catch(() => undefined);
    await turn;
  };
}

function bound(params: Params | undefined): DuckDBValue[] | Record<string, DuckDBValue> | undefined {
  if (params === undefined) return undefined;
  return isList(params) ? [...params] : { ...params };
}

function isList(params: Params): params is readonly DuckDBValue[] {
  return Array.isArray(params);
}

async function removeFiles(folder: string): Promise<void> {
  for (const name of [DATABASE, `${DATABASE}.wal`, SPILL])
    await rm(join(folder, name), { recursive: true, force: true });
}

/** Drops a table or view of this name, whichever it is. */
export async function dropRelation(session: Session, name: string): Promise<void> {
  for (const { kind } of await session.rows<{ kind: string }>(
    `select case when table_type = 'VIEW' then 'view' else 'table' end as kind from information_schema.tables
      where table_schema = 'main' and table_name = $1`,
    [name],
  )) {
    await session.run(`drop ${kind} ${identifier(name)}`);
  }
}
