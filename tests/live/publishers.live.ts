/**
 * Asks each publisher for its smallest current file and says what changed in its format: `npm run test:live`. It needs the network and is never part of CI.
 * A publisher whose key is not set is left out with a line that says so.
 */
import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../cli/environment.ts';
import type { Decode } from '../../core/decode.ts';
import type { Interval } from '../../core/interval.ts';
import { ALL_TIME, partitionIntervals } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { overdueFrom } from '../../engine/plan.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import { extract } from '../../loaders/source/extract.ts';
import { createHttp, type HttpClient } from '../../loaders/source/http.ts';
import { openLanding } from '../../loaders/source/landing.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { importParquet } from '../../transforms/raw-parquet.ts';
import { openSession } from '../../transforms/session.ts';
import { clockAt, temporaryFolder } from '../support/engine.ts';
import { silentLog } from '../support/log.ts';

const catalog = await loadCatalog();
const clock = clockAt();
const env = readEnvironment(process.cwd());

/** Per publisher: small files, one of each format that it uses. */
const SMALLEST = [
  'ieso-day-ahead-zonal-price',
  'ieso-realtime-totals',
  'ieso-realtime-zonal-price',
  'aeso-ets-supply-demand',
  'aeso-pool-price',
  'aeso-current-supply-demand',
  'kaggle-provincial-generation',
  'statcan-electricity-generation',
  'eccc-weather-toronto',
  'eccc-weather-edmonton',
  'hf-electricity-demand',
] as const;

let http: HttpClient;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  http = createHttp({ clock, random: Math.random, log: silentLog, userAgent: 'penstock live smoke test' });
});
afterAll(async () => {
  await http.close();
  await folder[Symbol.asyncDispose]();
});

/** The newest interval that the publisher should have issued by now. */
function newest(pipeline: Pipeline): Interval {
  const now = clock.now();
  const all = partitionIntervals(pipeline.partitions, ALL_TIME, now);
  const due = pipeline.partitions.kind === 'calendar' ? all.filter((one) => overdueFrom(pipeline, one) <= now) : all;
  const last = due.at(-1) ?? all.at(-1);
  if (last === undefined) throw new Error(`${pipeline.id} has no interval`);
  return last;
}

/** Of a dataset with inputs the smallest file is an input: its main file may have gigabytes. */
function smallestPart(pipeline: Pipeline): Pipeline {
  const [first] = Object.values(pipeline.extract.inputs ?? {});
  if (first === undefined) return pipeline;
  const { hub } = pipeline.extract;
  return { ...pipeline, extract: { ...first, ...(hub !== undefined && { hub }) } };
}

async function rowsOf(path: string, spec: Decode, name: string): Promise<number> {
  if (spec.format === 'parquet') {
    const own = join(folder.path, 'session');
    await mkdir(own, { recursive: true });
    const file = join(own, 'live.parquet');
    await link(path, file);
    const session = await openSession({ folder: own });
    try {
      return (await importParquet(session, 'raw', spec, file, name)).rows;
    } finally {
      await session.close();
    }
  }
  let rows = 0;
  for await (const part of decode(path, spec, { name })) {
    if (part.kind === 'rows') rows += part.batch.lines.length;
    else throw new Error(`rows that cannot be read: ${JSON.stringify(part.rows.slice(0, 3))}`);
  }
  return rows;
}

describe('the format of', () => {
  test.each(SMALLEST)('%s is the one that its definition knows', async (id) => {
    const found = catalog.pipelines.find((pipeline) => pipeline.id === id);
    if (found === undefined) throw new Error(`there is no dataset ${id}`);
    const pipeline = smallestPart(found);
    const publisher = catalog.publishers.get(pipeline.publisher);
    if (publisher === undefined) throw new Error(`there is no publisher ${pipeline.publisher}`);
    const landing = await openLanding(join(folder.path, 'landing'), clock);
    // What changed is the message of the fault: the columns that were added and are missing.
    const answer = await extract(
      { pipeline, publisher, interval: newest(pipeline), previous: null },
      { http, landing, env, needsKey: true, commits: new Map() },
    );
    if (answer.outcome === 'not configured') {
      console.warn(`${id} was not asked: ${answer.note}`);
      return;
    }
    expect(answer.outcome).toBe('landed');
    if (answer.outcome !== 'landed') return;
    const { sha256, url, bytes } = answer.files.main;
    const rows = await rowsOf(landing.path(sha256), pipeline.extract.decode, url);
    console.info(`${id}: ${rows} rows in ${bytes} bytes from ${url}`);
    expect(rows).toBeGreaterThan(0);
  });
});
