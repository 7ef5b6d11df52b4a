/** Looks for secrets in every file of the tree (`.secretlintrc.json`), and says how many it read. Found values are masked. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Looked {
  readonly filePath: string;
  readonly messages: readonly {
    readonly message: string;
    readonly ruleId: string;
    readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  }[];
}

// Into a file: what it prints is cut when it is long.
const folder = mkdtempSync(join(tmpdir(), 'penstock-secrets-'));
const output = join(folder, 'found.json');
const done = spawnSync('node_modules/.bin/secretlint', ['--format', 'json', '--output', output, '**/*', '**/.*'], {
  encoding: 'utf8',
});
const files = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Looked[]) : [];
rmSync(folder, { recursive: true });
const faults = files.flatMap(({ filePath, messages }) =>
  messages.map(
    ({ message, ruleId, loc: { start } }) => `${filePath}:${start.line}:${start.column + 1}: ${message} (${ruleId})`,
  ),
);
for (const fault of faults) console.log(fault);
if (faults.length > 0)
  console.log('Take it out, make it invalid where it was issued, and read it from the environment.');
if (files.length === 0) console.log(`${done.stdout}${done.stderr}`.trimEnd());
console.log(`looked for secrets on ${new Set(files.map(({ filePath }) => filePath)).size} files`);
process.exitCode = faults.length > 0 || done.status !== 0 ? 1 : 0;
