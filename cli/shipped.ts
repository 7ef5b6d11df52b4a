/** What ships beside the code: the package's version and the samples, found from the source folder and from `dist`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../core/errors.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOTS: readonly string[] = [join(HERE, '..'), join(HERE, '../..')];

export function packageVersion(): string {
  for (const root of ROOTS) {
    const file = join(root, 'package.json');
    if (!existsSync(file)) continue;
    const text: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof text === 'object' && text !== null && 'version' in text) return String(text.version);
  }
  return 'unknown';
}

/** Where the files of the page that browses the API are. */
export function swaggerFolder(): string {
  return dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
}

/** Folder of the generated samples, or null when this installation has none. */
export function samplesFolder(): string | null {
  return (
    ROOTS.map((root) => join(root, 'data/samples')).find((folder) => existsSync(join(folder, 'index.json'))) ?? null
  );
}

/** @throws Fault `SAMPLES_MISSING` */
export function requireSamples(): string {
  const folder = samplesFolder();
  if (folder !== null) return folder;
  throw new Fault({
    code: 'SAMPLES_MISSING',
    kind: 'configuration',
    what: 'this installation has no samples (data/samples/index.json)',
    consequence: 'nothing was run',
    next: 'install penstock again, or give a folder with --recordings',
  });
}
