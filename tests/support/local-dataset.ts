/** A dataset of a local file that people also edit by hand: (id, name, score), below a folder of the test's own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { integer, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { definePipeline, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { Catalog } from '../../pipelines/index.ts';
import publisher from '../../pipelines/local/publisher.ts';
import { seed } from '../../pipelines/local/seed.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { testEngine, writeRecordings } from './engine.ts';

export const LOCAL: Publisher = publisher;

export function localPipeline(change: Partial<Pipeline> = {}): Pipeline {
  return {
    ...definePipeline({
      ...seed,
      id: 'local-kinds',
      title: 'Kinds',
      extract: { url: 'local://reference/kinds.csv', decode: csv({ header: ['id', 'name', 'score'] }) },
      transform: 'transforms/local/kinds.sql',
      table: table(
        'public.kinds',
        {
          id: text({ key: true, doc: 'Id.' }),
          name: text({ doc: 'Name.' }),
          score: integer({ doc: 'Score.' }),
        },
        { edits: 'kept' },
      ),
    }),
    ...change,
  };
}

/** `root` as a project: its SQL files, its tables, and an engine that has nothing recorded. */
export async function localEngine(
  pool: Pool,
  root: string,
  pipelines: readonly Pipeline[],
  sql: Readonly<Record<string, string>> = {},
): Promise<Engine> {
  for (const pipeline of pipelines) {
    const columns = Object.keys(pipeline.table.columns).join(', ');
    await put(join(root, pipeline.transform), sql[pipeline.id] ?? `select _line, ${columns} from raw`);
    await pool.query(createTableSql(pipeline.table, { title: pipeline.title }));
  }
  const catalog: Catalog = { pipelines, publishers: new Map([[LOCAL.id, LOCAL]]), root, files: new Map() };
  const recordings = await writeRecordings(join(root, 'recordings'), []);
  return testEngine({ pool, recordings, dataDir: join(root, 'work'), catalog });
}

export async function putReference(root: string, name: string, body: string): Promise<void> {
  await put(join(root, 'data/reference', name), body);
}

async function put(path: string, body: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
}
