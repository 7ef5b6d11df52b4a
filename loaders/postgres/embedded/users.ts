/** Who uses the embedded server: one empty file per user, with the process in its name, so that the dead can be told. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ourIdentity } from './processes.ts';

/** Registers a use by this process; returns its file, which {@link leave} removes. */
export function enter(folder: string): string {
  const file = join(folder, `${ourIdentity()}-${randomUUID().slice(0, 8)}`);
  writeFileSync(file, '');
  return file;
}

export function leave(file: string): void {
  rmSync(file, { force: true });
}

/** Number of uses by living processes; those of dead ones are removed. */
export function countUsers(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((name) => {
    const alive = isAlive(name.split('-').slice(0, 2).join('-'));
    if (!alive) rmSync(join(folder, name), { force: true });
    return alive;
  }).length;
}
