/** Writes `.env.example` from the list of variables. `npm run docs` runs it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleText, variablesOf } from '../cli/environment.ts';
import { loadCatalog } from '../pipelines/index.ts';

writeFileSync(join(import.meta.dirname, '..', '.env.example'), exampleText(variablesOf(await loadCatalog())));
