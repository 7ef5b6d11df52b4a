/** Every dataset that a question may name has rows for a model, as anybody may read them, with ids and provenance. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { loadContext } from '../../serve/llm/context.ts';
import { datasetOf, LLM_DATASETS } from '../../serve/llm/datasets.ts';
import { transitionKpis } from '../../serve/llm/kpis.ts';
import { samplesDatabase } from '../sql/read-helpers-support.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const readerOf = ({ url }: FreshDatabase): Pool =>
  openPool(url, { max: 2, applicationName: 'test anon', session: { role: 'anon', readOnly: true } });

let samples: Pool;
let empty: Pool;
beforeAll(async () => {
  samples = readerOf(await samplesDatabase());
  empty = readerOf(await freshDatabase());
}, 300_000);
afterAll(async () => {
  await Promise.all([samples.close(), empty.close()]);
});

test.each(LLM_DATASETS.map((spec) => [spec.key, spec] as const))('%s', async (key, spec) => {
  const context = await loadContext(samples, spec, 30, true);
  expect(context.dataset).toBe(key);
  expect(context.provenance).toMatchObject({ freshness_status: 'demo', is_fallback: true });
  expect(context.sources.map(({ id }) => id.split('/')[0])).toEqual(context.sources.map(() => key));
  for (const { id, rows, provenance } of context.sources) {
    // Enough to say something, and no more than a model reads.
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows).length).toBeLessThan(40_000);
    if (!id.endsWith('/quality'))
      expect(provenance).toMatchObject({ freshness_status: 'demo', last_updated: expect.any(String) });
    expect(JSON.stringify(rows)).not.toMatch(/"(version|loads|load_id)"/);
  }
  // The same data are the same version, whoever asks and when.
  expect((await loadContext(samples, spec, 30, true)).version).toBe(context.version);
  await expect(loadContext(empty, spec, 30, true)).rejects.toThrow(/DATA_UNKNOWN/);
});

test('a longer look back gives a model no more than it reads', async () => {
  for (const spec of LLM_DATASETS) {
    const { sources } = await loadContext(samples, spec, 366, false);
    expect(JSON.stringify(sources).length).toBeLessThan(80_000);
  }
});

test.each(['provincial-generation', 'ontario-generation-by-fuel'])('key figures of %s add up', async (key) => {
  const { result } = await transitionKpis(samples, datasetOf(key)!, '30d', 30);
  const { total_mwh, top_source, renewable_share } = result.kpis;
  expect(total_mwh).toBeGreaterThan(0);
  expect(top_source?.mwh).toBeLessThanOrEqual(total_mwh ?? 0);
  if (renewable_share !== null) expect(renewable_share).toBeGreaterThanOrEqual(0);
  await expect(transitionKpis(empty, datasetOf(key)!, '30d', 30)).rejects.toThrow(/DATA_UNKNOWN/);
});
