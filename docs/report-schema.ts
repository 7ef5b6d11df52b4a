/** Writes `reports/report.schema.json` from the model's schema (part of `npm run docs`); a test says whether it is up to date. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportSchemaText } from '../reports/schema.ts';

await writeFile(join(import.meta.dirname, '../reports/report.schema.json'), reportSchemaText());
console.log('reports/report.schema.json: written');
