/**
 * Writes `docs/progress.md`: `npx tsx docs/progress.ts results.json …`, with outputs of `verify --json`, rows of `etl.verification` as JSON
 * (`query "select * from etl.verification" --json`), of the JSON reporter of the tests and of the benches.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { progressText, resultsIn } from './progress-text.ts';

const files = process.argv.slice(2);
const results = await Promise.all(
  files.map(async (file) => {
    try {
      return resultsIn(JSON.parse(await readFile(file, 'utf8')));
    } catch (error) {
      throw new Error(`${file} holds no results`, { cause: error });
    }
  }),
);
await writeFile(join(import.meta.dirname, 'progress.md'), progressText(results.flat()));
console.log(`docs/progress.md: written from ${results.flat().length} results`);
