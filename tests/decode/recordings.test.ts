/** The publishers' real files: every cell equals a recount that only splits lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rawColumns } from '../../core/decode.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import demand from '../../pipelines/ieso/demand.ts';
import generation from '../../pipelines/ieso/generation-by-fuel.ts';
import hoep from '../../pipelines/ieso/hoep.ts';
import { hasShared, type SharedFolder, sharedFolder } from '../support/shared.ts';
import { gather } from './support.ts';

interface Recount {
  readonly lines: number[];
  readonly cells: (string | null)[][];
}

function recountCsv(text: string): Recount {
  const found: Recount = { lines: [], cells: [] };
  text.split('\n').forEach((line, i) => {
    if (!/^\d{4}-/.test(line)) return;
    found.lines.push(i + 1);
    found.cells.push(
      [...`,${line.trimEnd()}`.matchAll(/,(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? ''),
    );
  });
  return found;
}

/** The publisher writes one element a line. */
function recountXml(text: string): Recount {
  const found: Recount = { lines: [], cells: [] };
  let day = '';
  let hour = '';
  let row: (string | null)[] = [];
  text.split('\n').forEach((line, i) => {
    const [, name, value = ''] = /^<(\w+)>([^<]*)</.exec(line) ?? [];
    if (name === 'Day') day = value;
    if (name === 'Hour') hour = value;
    if (line === '<FuelTotal>') {
      row = [day, hour, null, null, null];
      found.lines.push(i + 1);
    }
    if (name === 'Fuel') row[2] = value;
    if (name === 'OutputQuality') row[3] = value;
    if (name === 'Output') row[4] = value;
    if (line === '</FuelTotal>') found.cells.push(row);
  });
  return found;
}

function filesOf(folder: SharedFolder, pipeline: Pipeline): string[] {
  const directory = sharedFolder(folder);
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as {
    recordings: { url: string; file?: string }[];
  };
  const [before = '', after = ''] = pipeline.extract.url.split('{yyyy}');
  return index.recordings.flatMap(({ url, file }) =>
    file !== undefined && url.startsWith(before) && /^\d{4}$/.test(url.slice(before.length, -after.length))
      ? [join(directory, file)]
      : [],
  );
}

const FOLDERS: readonly SharedFolder[] = ['recordings', 'recordings-earlier'];
describe.each(FOLDERS)('every file in %s', (folder) => {
  describe.skipIf(!hasShared(folder))('decodes to the cells of a recount', () => {
    test.each([demand, hoep, generation].map((pipeline) => [pipeline.id, pipeline] as const))(
      'of %s',
      async (_, pipeline) => {
        const files = filesOf(folder, pipeline);
        expect(files.length).toBeGreaterThanOrEqual(folder === 'recordings' ? 1 : 0);
        const different: string[] = [];
        for (const file of files) {
          const text = readFileSync(file, 'utf8');
          const recount = file.endsWith('.xml') ? recountXml(text) : recountCsv(text);
          const found = await gather(decode(file, pipeline.extract.decode));
          expect(found.undecodable).toEqual([]);
          expect(found.cells.length).toBeGreaterThan(2_000);
          // Deep equality of tens of thousands of rows is slow; the text is as strict.
          const same = JSON.stringify([found.lines, found.cells]) === JSON.stringify([recount.lines, recount.cells]);
          if (!same) different.push(file);
          expect(found.cells[0]?.length).toBe(rawColumns(pipeline.extract.decode).length);
        }
        expect(different).toEqual([]);
      },
    );
  });
});
