/** OpenLineage events of real runs: valid, whole, and never in the way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { range } from '../../core/check.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { type LineageEvent, lineageRunId, startEvent } from '../../engine/lineage-events.ts';
import { lineageSettings, type LineageSettings } from '../../engine/lineage-settings.ts';
import { readDefinitions } from '../../engine/definition.ts';
import type { RunResult } from '../../engine/run.ts';
import { createLineage, type LineageOptions } from '../../loaders/notify/lineage.ts';
import { createPoster } from '../../loaders/notify/poster.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_SQL, SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';
import { runEventSchema } from './openlineage.ts';
import { receiver, status } from './receiver.ts';

let db: FreshDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let log = recordingLog();
let issue = 0;
beforeEach(async () => {
  await db?.drop();
  await folder?.[Symbol.asyncDispose]();
  db = await freshDatabase();
  folder = await temporaryFolder();
  log = recordingLog();
});
afterAll(() => folder?.[Symbol.asyncDispose]());

const clock = { now: () => Date.now(), sleep: async () => undefined };
const poster = createPoster({ clock, random: () => 0, userAgent: 'penstock/test' });
const good: Recorded = { url: SMALL_URL(2020), body: smallFile([['2020-06-01T00:00Z', 'GAS', 1]]) };

async function runWith(
  recorded: readonly Recorded[],
  to: Pick<LineageSettings, 'file' | 'http'> | null,
  options: {
    readonly pipelines?: readonly Pipeline[];
    readonly signal?: AbortSignal;
    readonly from?: string;
    readonly limits?: LineageOptions['limits'];
  } = {},
): Promise<RunResult> {
  const recordings = await writeRecordings(join(folder.path, `issue-${issue++}`), recorded);
  const catalog = await smallCatalog(db.pool, folder.path, options.pipelines ?? [smallPipeline()]);
  const engine = await testEngine({
    pool: db.pool,
    recordings,
    dataDir: folder.path,
    catalog,
    now: '2021-06-01T00:00Z',
  });
  const { limits, signal, from } = options;
  const sink =
    to === null
      ? null
      : createLineage({
          ...to,
          namespace: 'penstock',
          poster,
          clock,
          log,
          ...(limits === undefined ? {} : { limits }),
        });
  const request = { ...(signal === undefined ? {} : { signal }), ...(from === undefined ? {} : { from }) };
  const done = await testRun({ ...engine, log, ...(sink === null ? {} : { lineage: sink }) }, request);
  await sink?.close();
  return done;
}
const inFile = (): { file: string; http: null } => ({ file: join(folder.path, 'lineage/events.jsonl'), http: null });
async function written(): Promise<LineageEvent[]> {
  const text = await readFile(inFile().file, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LineageEvent);
}
const told = (events: readonly LineageEvent[]): string[] =>
  events.map(({ eventType, job }) => `${eventType} ${job.name}`);

describe('the events of a run', () => {
  test('are START and COMPLETE of the run and of each dataset, as the standard demands', async () => {
    const { report } = await runWith([good], inFile());
    const events = await written();
    for (const event of events) expect(runEventSchema.parse(event)).toEqual(event);
    expect(told(events)).toEqual(['START run', 'START grid-small', 'COMPLETE grid-small', 'COMPLETE run']);
    const [run, start, complete, over] = events;
    expect([run?.run.runId, start?.run.runId]).toEqual([over?.run.runId, complete?.run.runId]);
    expect(start?.run.runId).toBe(lineageRunId(report.runId, 'grid-small'));
    expect(complete?.run.facets).toMatchObject({
      parent: { run: { runId: run?.run.runId }, job: { namespace: 'penstock', name: 'run' } },
    });
    expect(complete?.job.facets).toMatchObject({ sql: { query: SMALL_SQL }, documentation: { description: 'Small' } });
    const [read] = report.datasets[0]?.intervals ?? [];
    expect(complete?.inputs).toMatchObject([
      {
        namespace: 'https://grid.example.org',
        name: '/small_{yyyy}.csv',
        facets: { version: { datasetVersion: read?.artifact?.sha256 } },
        inputFacets: { dataQualityMetrics: { rowCount: 1, bytes: read?.artifact?.bytes, columnMetrics: {} } },
      },
    ]);
    const { hostname, port, pathname } = new URL(db.url);
    const assertions = {
      dataQualityAssertions: { assertions: expect.arrayContaining([expect.objectContaining({ success: true })]) },
    };
    expect(complete?.outputs).toMatchObject([
      {
        namespace: `postgres://${hostname}:${port}`,
        name: `${pathname.slice(1)}.public.grid_small`,
        facets: {
          schema: {
            fields: [
              { name: 'hour', type: 'timestamptz', description: 'Hour.' },
              { name: 'fuel', type: 'text', description: 'Fuel.' },
              { name: 'value', type: 'int4', description: 'Value.' },
            ],
          },
          dataQualityMetrics: { rowCount: 1 },
          ...(report.datasets[0]?.checks.length === 0 ? {} : assertions),
        },
        outputFacets: { outputStatistics: { rowCount: 1 } },
      },
    ]);
  });

  test('say of each check that ran whether it held, and of which column', async () => {
    const checks = [range('value', 0, 5, { severity: 'warn' }), range('value', 0, 50, { severity: 'warn' })];
    await runWith([{ ...good, body: smallFile([['2020-06-01T00:00Z', 'GAS', 9]]) }], inFile(), {
      pipelines: [smallPipeline({ checks })],
    });
    const complete = (await written()).find(
      ({ eventType, job }) => eventType === 'COMPLETE' && job.name === 'grid-small',
    );
    expect(complete?.outputs[0]).toMatchObject({
      facets: {
        dataQualityAssertions: {
          assertions: expect.arrayContaining([
            { assertion: 'range(value, 0, 5)', success: false, column: 'value' },
            { assertion: 'range(value, 0, 50)', success: true, column: 'value' },
          ]),
        },
      },
    });
  });

  test.each([
    ['an interval that failed', [{ url: SMALL_URL(2020), status: 500 }], {}, /^HTTP_SERVER_ERROR: /],
    [
      'an interval that was blocked',
      [good],
      { checks: [range('value', 5, 9, { severity: 'block' })] },
      /^CHECK_BLOCKED: /,
    ],
  ])('end with FAIL and the fault after %s', async (_, recorded, change, says) => {
    await runWith(recorded, inFile(), { pipelines: [smallPipeline(change)] });
    const events = await written();
    for (const event of events) runEventSchema.parse(event);
    expect(told(events).slice(2)).toEqual(['FAIL grid-small', 'FAIL run']);
    const { errorMessage } = events[2]!.run.facets as { errorMessage: { message: string } };
    expect(errorMessage.message).toMatch(says);
    // Nothing was loaded, so nothing is said about rows.
    expect(events[2]?.outputs[0]).not.toHaveProperty('facets.dataQualityMetrics');
  });

  test('end with ABORT where the run was interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    await runWith([good], inFile(), { signal: stop.signal });
    const events = await written();
    for (const event of events) runEventSchema.parse(event);
    expect(told(events)).toEqual(['START run', 'START grid-small', 'ABORT grid-small', 'ABORT run']);
  });

  test('of a run that has nothing to do are those of the run alone', async () => {
    await runWith([], inFile());
    expect(told(await written())).toEqual(['START run', 'COMPLETE run']);
  });

  test('of every dataset that ships are valid, and hold neither a key nor a local path', async () => {
    const catalog = await loadCatalog();
    const run = { namespace: 'penstock', runId: 'r', version: '0.1.0', database: '127.0.0.1:5432/penstock' };
    for (const definition of await readDefinitions(catalog, catalog.pipelines, '')) {
      const event = startEvent(run, definition, [], 0);
      expect(runEventSchema.safeParse(event).error?.issues ?? [], definition.pipeline.id).toEqual([]);
      expect(JSON.stringify(event)).not.toContain(catalog.root);
    }
  });
});

describe('a server', () => {
  test('gets each event at its endpoint with the key, in order', async () => {
    await using to = await receiver(status(201));
    const http = lineageSettings(
      { OPENLINEAGE_URL: `${new URL(to.url).origin}/`, OPENLINEAGE_API_KEY: 's3cret' },
      'live',
    )?.http;
    await runWith([good], { file: null, http: http ?? null });
    expect(told(to.messages.map(({ body }) => JSON.parse(body) as LineageEvent))).toEqual([
      'START run',
      'START grid-small',
      'COMPLETE grid-small',
      'COMPLETE run',
    ]);
    expect(
      to.messages.every(({ path, headers }) => path === '/api/v1/lineage' && headers.authorization === 'Bearer s3cret'),
    ).toBe(true);
  });

  test.each([
    ['refuses', status(500)],
    ['hangs', (): void => undefined],
  ])(
    'that %s changes nothing of the run: one warning without the key, and the file has all events',
    async (_, answer) => {
      await using to = await receiver(answer);
      const http = { url: to.url, headers: { authorization: 'Bearer s3cret-k3y' } };
      const { report } = await runWith([good], { ...inFile(), http }, { limits: { timeoutMs: 2_000, attempts: 1 } });
      expect(report.exitCode).toBe(0);
      expect(await db.pool.query('select value from public.grid_small')).toEqual([{ value: 1 }]);
      expect(await written()).toHaveLength(4);
      // After the first failure the server is left alone.
      expect(to.messages).toHaveLength(1);
      const said = log.lines.filter((line) => line.includes('OpenLineage'));
      expect(said).toEqual([expect.stringContaining('could not be posted'), 'warn: 4 OpenLineage events were dropped']);
      expect(said.join()).not.toMatch(/s3cret|T0KEN/);
    },
  );

  test('that is slow is not waited for beyond the end, and the queue has one', async () => {
    await using to = await receiver(() => undefined);
    const sink = createLineage({
      namespace: 'x',
      file: null,
      http: { url: to.url, headers: {} },
      poster,
      clock,
      log,
      limits: { waiting: 3, closeMs: 50 },
    });
    for (let i = 0; i < 10; i++) sink.emit({ i });
    await sink.close();
    expect(log.lines).toEqual(['warn: 10 OpenLineage events were dropped']);
  });

  test('a file that cannot be written is told once, and the run goes on', async () => {
    const { report } = await runWith([good], { file: '/dev/null/lineage.jsonl', http: null });
    expect(report.exitCode).toBe(0);
    expect(log.lines.filter((line) => line.includes('could not be written'))).toHaveLength(1);
  });
});

describe('the settings', () => {
  test('are the standard’s variables', () => {
    expect(lineageSettings({}, 'live')).toBeNull();
    expect(
      lineageSettings(
        {
          OPENLINEAGE_URL: 'https://m.example.org/base/',
          OPENLINEAGE_ENDPOINT: '/lineage',
          OPENLINEAGE_NAMESPACE: 'n',
        },
        'live',
      ),
    ).toEqual({ namespace: 'n', file: null, http: { url: 'https://m.example.org/base/lineage', headers: {} } });
    expect(
      lineageSettings({ OPENLINEAGE_URL: 'https://m.example.org', OPENLINEAGE_DISABLED: 'true' }, 'live'),
    ).toBeNull();
  });

  test.each(['samples', 'recordings'] as const)(
    'never send what is made of %s to a server; a file may have it',
    (source) => {
      const env = { OPENLINEAGE_URL: 'https://m.example.org' };
      expect(lineageSettings(env, source)).toBeNull();
      expect(lineageSettings({ ...env, PENSTOCK_OPENLINEAGE_FILE: 'x.jsonl' }, source)).toMatchObject({
        file: 'x.jsonl',
        http: null,
      });
    },
  );
});

test('the id of a run is a UUID that depends on run and dataset alone', () => {
  expect(lineageRunId('a', 'b')).toBe(lineageRunId('a', 'b'));
  expect(
    new Set([lineageRunId('a', 'b'), lineageRunId('a', 'c'), lineageRunId('b', 'b'), lineageRunId('a')]).size,
  ).toBe(4);
});
