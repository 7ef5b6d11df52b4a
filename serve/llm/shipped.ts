/** Prompts and lists of words that ship with the program, found from the source folder and from `dist`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Guards, guardsOf } from './guards.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Folder of the prompts, `data/prompts`. */
export function promptsFolder(): string {
  const folders = ['../..', '../../..'].map((up) => join(HERE, up, 'data/prompts'));
  const found = folders.find((folder) => existsSync(join(folder, 'guards.json')));
  if (found === undefined) throw new Error('data/prompts/guards.json does not ship with this installation');
  return found;
}

let guards: Guards | null = null;

/** Read when they are first needed. */
export function shippedGuards(): Guards {
  guards ??= guardsOf(readFileSync(join(promptsFolder(), 'guards.json'), 'utf8'));
  return guards;
}
