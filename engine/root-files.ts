/** Reads what lies below a project's root, as far as definitions need it. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAccess } from '../sql/access.ts';
import type { RootFiles } from './scaffold.ts';

/** @throws Fault `ACCESS_INVALID` */
export async function readRootFiles(root: string): Promise<RootFiles> {
  const migrationsFolder = join(root, 'sql/migrations');
  const accessFile = join(root, 'sql/access.csv');
  const names = await readdir(migrationsFolder).catch(() => []);
  const migrations = new Map<string, string>();
  for (const name of names.filter((file) => file.endsWith('.sql')))
    migrations.set(name, await readFile(join(migrationsFolder, name), 'utf8'));
  return {
    migrations,
    access: existsSync(accessFile) ? await readAccess(accessFile) : [],
    sqlFiles: new Set(await sqlFilesBelow(root, 'transforms')),
  };
}

/** Paths from the root, sorted. */
async function sqlFilesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sqlFilesBelow(root, path);
    return entry.name.endsWith('.sql') ? [path] : [];
  });
  return (await Promise.all(nested)).flat().sort();
}
