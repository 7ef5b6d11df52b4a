/** The gate `help files`: reads data/help/*.md and prints every fault of every file (`npm run check -- "help files"`). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { faultLines, helpFaults } from './faults.ts';
import type { HelpFile } from './front-matter.ts';

/** The Markdown files of a folder, by name. */
export async function readHelpFiles(folder: string): Promise<HelpFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
}

if (argv[1] === import.meta.filename) {
  const files = await readHelpFiles(import.meta.dirname);
  const lines = faultLines(helpFaults(files));
  for (const line of lines) console.log(`data/help/${line}`);
  console.log(`${lines.length === 0 ? 'no faults' : `${lines.length} faults`} on ${files.length} files`);
  process.exitCode = lines.length === 0 ? 0 : 1;
}
