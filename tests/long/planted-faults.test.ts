import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../reports/model.ts';
import { PLANTED } from '../planted/faults.ts';
import { foundTable } from '../planted/table.ts';
import {
  findingsOf,
  HISTORY,
  loadedDatabase,
  plantedFile,
  recordedFiles,
  type RecordedFile,
} from '../planted/trial.ts';
import type { FreshDatabase } from '../support/postgres.ts';
import { hasShared } from '../support/shared.ts';

const PAGE = new URL('../../docs/data-quality/planted-faults.md', import.meta.url);

describe.skipIf(!hasShared('recordings'))('faults planted in recorded years', () => {
  const found = new Map<string, readonly Finding[]>();
  const untouched = new Map<string, readonly Finding[]>();
  let files: RecordedFile[];
  let before: FreshDatabase;
  let after: FreshDatabase;

  const yearOf = ({ dataset, year }: { readonly dataset: string; readonly year: number }): string =>
    `${dataset} ${year}`;
  const targets = new Set(PLANTED.map(yearOf));

  /** Other reports are compared with the demand of the year, so it has to be there. */
  const baseOf = ({ dataset, again }: { readonly dataset: string; readonly again?: true }): FreshDatabase =>
    dataset === 'ieso-demand' && again === undefined ? before : after;

  beforeAll(async () => {
    files = await recordedFiles();
    const history = files.filter((file) => HISTORY.includes(file.dataset) && !targets.has(yearOf(file)));
    before = await loadedDatabase(history);
    const again = new Set(PLANTED.filter((planted) => planted.again).map(yearOf));
    after = await loadedDatabase(
      files.filter((file) => again.has(yearOf(file))),
      before,
    );
    for (const target of targets) {
      const file = files.find((one) => yearOf(one) === target);
      if (file !== undefined) untouched.set(target, await findingsOf(baseOf(file), file));
    }
  });

  afterAll(async () => {
    await after.drop();
    await before.drop();
  });

  test.each(PLANTED.map((planted) => [planted.id, planted] as const))('%s is tried', async (id, planted) => {
    const known = new Set((untouched.get(yearOf(planted)) ?? []).map(({ fingerprint }) => fingerprint));
    const findings = await findingsOf(baseOf(planted), plantedFile(planted, files));
    found.set(
      id,
      findings.filter(({ fingerprint }) => !known.has(fingerprint)),
    );
  });

  test('all but one at most are found', () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(25);
    const missed = PLANTED.filter(({ id }) => (found.get(id) ?? []).length === 0).map(({ id }) => id);
    expect(missed.length, `missed: ${missed.join(', ')}`).toBeLessThanOrEqual(1);
  });

  test('the page in docs says which check finds which fault', async () => {
    const page = foundTable(PLANTED, found);
    if (process.env['PENSTOCK_UPDATE_DOCS'] === '1') await writeFile(PAGE, page);
    expect(await readFile(PAGE, 'utf8')).toBe(page);
  });
});
