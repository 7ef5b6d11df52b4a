/** Which files of the program some of its files import, whether by themselves or through others, and which packages. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');
/** How the functions name the program. */
export const PROGRAM = 'penstock/';

export interface Reached {
  /** Relative to the root of the checkout. */
  readonly files: readonly string[];
  /** Names of packages, without their own paths. */
  readonly packages: readonly string[];
}

// Also of types alone: the bundler of Supabase wants to read every file that is named.
const IMPORT = /^(?:import|export)\s+(?:[\w*{][^'"`;=()]*\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** @param starts relative to the root */
export function reachedFrom(starts: readonly string[]): Reached {
  const files = new Set<string>();
  const packages = new Set<string>();
  const open = [...starts];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.ts')) continue;
    for (const [, plain, dynamic] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
      const name = plain ?? dynamic ?? '';
      if (name.startsWith('.')) open.push(relative(ROOT, join(ROOT, dirname(file), name)));
      else if (name.startsWith(PROGRAM)) open.push(name.slice(PROGRAM.length));
      else if (!name.startsWith('node:')) packages.add(packageOf(name));
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
