/** The catalog and the order of datasets: names that nobody has, circles, references without an order, addresses of local files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documents } from '../../core/decode.ts';
import { definitionFaults } from '../../core/pipeline.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { temporaryFolder } from '../support/engine.ts';
import { LOCAL, localPipeline } from '../support/local-dataset.ts';

async function faultsOf(changes: readonly Parameters<typeof localPipeline>[0][]): Promise<string> {
  await using folder = await temporaryFolder();
  const root = join(folder.path, 'pipelines');
  await mkdir(join(root, 'local'), { recursive: true });
  await writeFile(join(root, 'local/publisher.mjs'), `export default ${JSON.stringify(LOCAL)};`);
  for (const change of changes) {
    const pipeline = localPipeline(change);
    await writeFile(join(root, `local/${pipeline.id}.mjs`), `export default ${JSON.stringify(pipeline)};`);
  }
  return await loadCatalog(root).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

test('a dataset that nobody has is named with the nearest one', async () => {
  expect(await faultsOf([{ id: 'local-a', after: ['local-bb'] }, { id: 'local-b' }])).toContain(
    'local-a.mjs: after: there is no dataset local-bb; did you mean local-b?',
  );
});

test('a circle is named for each dataset in it', async () => {
  const message = await faultsOf([
    { id: 'local-a', after: ['local-b'] },
    { id: 'local-b', after: ['local-a'] },
    { id: 'local-c', after: ['local-a'] },
  ]);
  expect(message).toContain('after: local-a waits for local-b waits for local-a');
  expect(message).toContain('after: local-b waits for local-a waits for local-b');
  expect(message).not.toContain('local-c.mjs');
});

test('a column that refers to the table of another dataset needs that dataset before it', async () => {
  const { table } = localPipeline();
  const refers = {
    id: 'local-b',
    table: {
      name: 'public.items',
      columns: { ...table.columns, name: { ...table.columns['id'], key: false, references: 'public.kinds(id)' } },
    },
  } as Parameters<typeof localPipeline>[0];
  expect(await faultsOf([{ id: 'local-a' }, refers])).toContain(
    'local-b.mjs: after: name refers to public.kinds, so name local-a',
  );
  expect(await faultsOf([{ id: 'local-a' }, { ...refers, after: ['local-a'] }])).toBe('');
});

test.each([
  ['documents of one file', 'local://help/a.md', documents({ fields: ['id'] }), /reads a folder of data\//],
  ['a folder as a table', 'local://reference/', localPipeline().extract.decode, /a local file is local:/],
  ['a folder of nobody', 'local://samples/x.csv', localPipeline().extract.decode, /samples is not a host of local/],
  ['lists that are no fields', 'local://help/', documents({ fields: ['id'], lists: ['tags'] }), /tags in lists/],
])('%s is a fault', (_, url, decode, fault) => {
  const faults = definitionFaults(localPipeline({ extract: { url, decode } }), new Map([['local', LOCAL]]));
  expect(faults.join('\n')).toMatch(fault);
});
