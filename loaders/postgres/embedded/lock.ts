/** A lock between processes that needs no cleaning up: what a killed process left of it is known to be dead by its name. */
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../core/effects.ts';
import { isAlive, ourIdentity, pidOf } from './processes.ts';

/**
 * Runs `work` while no other process runs one under the same folder.
 *
 * Lamport's bakery: announce that you choose, take a number above all others, wait for every lower number. One file per contender,
 * with the process in its name. So a file is only ever removed by its owner or because its owner is dead, and the race of
 * "remove the stale lock, create my own", in which two win, cannot happen. (Node has no flock, and a lock that the system
 * releases by itself would need a native module.)
 */
export async function withLock<T>(folder: string, log: Log, work: () => Promise<T>): Promise<T> {
  const me = `${ourIdentity()}-${randomUUID().slice(0, 8)}`;
  const choosing = join(folder, `choosing-${me}`);
  let ticket: string | undefined;
  try {
    writeFileSync(choosing, '');
    const highest = Math.max(0, ...contenders(folder, 'ticket').map((name) => Number(name.split('-')[0])));
    const mine = `${String(highest + 1).padStart(12, '0')}-${me}`;
    ticket = join(folder, `ticket-${mine}`);
    writeFileSync(ticket, '');
    rmSync(choosing, { force: true });
    await turn(folder, mine, log);
    return await work();
  } finally {
    rmSync(choosing, { force: true });
    if (ticket !== undefined) rmSync(ticket, { force: true });
  }
}

async function turn(folder: string, mine: string, log: Log): Promise<void> {
  for (let round = 0; ; round++) {
    // Two looks, in this order: who has stopped choosing at the first look has a ticket at the second.
    const blocker = contenders(folder, 'choosing')[0] ?? contenders(folder, 'ticket').find((name) => name < mine);
    if (blocker === undefined) return;
    if (round === 50) {
      const other = pidOf(blocker.replace(/^\d{12}-/, ''));
      log.info(`waiting for process ${other}, which is starting or stopping the embedded database`);
    }
    await sleep(40);
  }
}

/** Names of living contenders without their prefix; those of dead processes are removed. */
function contenders(folder: string, kind: 'choosing' | 'ticket'): string[] {
  return readdirSync(folder).flatMap((file) => {
    if (!file.startsWith(`${kind}-`)) return [];
    const name = file.slice(kind.length + 1);
    const identity = identityIn(kind === 'ticket' ? name.replace(/^\d{12}-/, '') : name);
    if (isAlive(identity)) return [name];
    rmSync(join(folder, file), { force: true });
    return [];
  });
}

/** `<pid>-<start>-<random>` without the random part. */
function identityIn(name: string): string {
  return name.split('-').slice(0, 2).join('-');
}
