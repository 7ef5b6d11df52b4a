/** A definition with the SQL it names and the hash of everything that decides what its rows look like. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../core/errors.ts';
import type { Pipeline, Publisher } from '../core/pipeline.ts';
import { isTableCheck } from '../core/table-check.ts';
import { zoneFingerprint } from '../core/zones/history.ts';
import type { Catalog } from '../pipelines/index.ts';
import { zonesIn } from '../transforms/zone-data.ts';

export interface Definition {
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly sql: string;
  /** Text of the SQL files of its `sql` checks, by path. */
  readonly checkSql: ReadonlyMap<string, string>;
  /** SHA-256 over decode, SQL, contract, checks and partitions; titles, schedules and what reports mask do not count. */
  readonly hash: string;
}

/** Raised when decoders or casts change in a way that changes rows: every interval is then stale and replayed. */
const ENGINE_GENERATION = 1;

/** @throws Fault `SQL_FILE_MISSING` that lists all files that are missing */
export async function readDefinitions(
  catalog: Catalog,
  pipelines: readonly Pipeline[],
  macros: string,
): Promise<Definition[]> {
  const missing: string[] = [];
  const read = async (path: string): Promise<string> =>
    readFile(join(catalog.root, path), 'utf8').catch(() => {
      missing.push(path);
      return '';
    });
  const definitions: Definition[] = [];
  for (const pipeline of pipelines) {
    const sql = await read(pipeline.transform);
    const checkSql = new Map<string, string>();
    for (const check of pipeline.checks) if (check.kind === 'sql') checkSql.set(check.file, await read(check.file));
    const publisher = catalog.publishers.get(pipeline.publisher);
    if (publisher !== undefined)
      definitions.push({ pipeline, publisher, sql, checkSql, hash: hashOf(pipeline, sql, checkSql, macros) });
  }
  if (missing.length === 0) return definitions;
  throw new Fault({
    code: 'SQL_FILE_MISSING',
    kind: 'definition',
    what: `SQL files that definitions name are not there: ${missing.join(', ')}`,
    where: catalog.root,
    consequence: 'nothing was run',
    next: 'write them (docs/adding-a-pipeline.md), then: penstock lint',
  });
}

function hashOf(pipeline: Pipeline, sql: string, checkSql: ReadonlyMap<string, string>, macros: string): string {
  const { extract, table, checks, partitions } = pipeline;
  const decisive = {
    generation: ENGINE_GENERATION,
    decode: extract.decode,
    // Absent where there are none, so that the hash of such a definition does not depend on this line.
    inputs: extract.inputs && Object.entries(extract.inputs).map(([name, { decode }]) => [name, decode]),
    complete: extract.complete ?? true,
    partitions: { ...partitions, until: null },
    table: {
      name: table.name,
      columns: Object.entries(table.columns).map(([name, { doc: _, unit: __, sensitive: ___, ...rest }]) => [
        name,
        rest,
      ]),
    },
    // What looks at tables decides no row: a new threshold is judged anew, and nothing is loaded again.
    checks: checks.filter((check) => !isTableCheck(check)),
    sql: withoutComments(sql),
    checkSql: [...checkSql].map(([path, text]) => [path, withoutComments(text)]),
    macros: withoutComments(macros),
    // New zone data make stale what used a zone that they change, and nothing else.
    zones: [sql, ...checkSql.values()].map((text) => zoneFingerprint(zonesIn(text))),
    clock: zoneFingerprint(new Set([partitions.zone])),
  };
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex');
}

/** Whole-line comments and blank lines do not change rows. */
function withoutComments(sql: string): string {
  return sql
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('--'))
    .join('\n');
}
