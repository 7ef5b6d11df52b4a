/** `npm run build [folder]`: compiles to dist/ and takes along what the program reads at run time (SQL, access rows, samples, reference data, help, prompts) and the schema of reports. */
import { spawnSync } from 'node:child_process';
import { chmod, cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const OUT = process.argv[2] ?? 'dist';
const ROOMS = ['transforms', 'sql', 'reports', 'data/samples', 'data/reference', 'data/help', 'data/prompts'];
const CARRIED = /\.(sql|csv|xml|json|zip|parquet|md)$/;

await rm(OUT, { recursive: true, force: true });
const compiled = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', OUT],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

let carried = 0;
for (const room of ROOMS) {
  for (const entry of await readdir(room, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !CARRIED.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    await cp(path, join(OUT, path));
    carried += 1;
  }
}
await cp('package.json', join(OUT, 'package.json'));
await chmod(join(OUT, 'cli/main.js'), 0o755);
console.log(`built ${OUT}: ${carried} data and SQL files beside the program`);
