/** Folders of real responses that are not part of the project: recordings of the publishers and fixtures. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type SharedFolder = 'recordings' | 'recordings-earlier' | 'fixtures';

const HOW = 'set PENSTOCK_SHARED to the folder that holds recordings/, or put it beside the project as ../shared';

/** Path of a shared folder. Throws when it is absent; guard with {@link hasShared}. */
export function sharedFolder(name: SharedFolder): string {
  const root = process.env['PENSTOCK_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');
  const folder = join(root, name);
  if (!existsSync(folder)) throw new Error(`no folder ${folder}: ${HOW}`);
  return folder;
}

/**
 * Whether a shared folder is there: `describe.skipIf(!hasShared('recordings'))(…)`. An absent one is said in one line, and
 * is an error under CI, where a test that never runs would look green.
 */
export function hasShared(name: SharedFolder): boolean {
  try {
    sharedFolder(name);
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw error;
    console.warn(`skipped: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
