/** Work files of runs that were killed. */
import process from 'node:process';
import { removeStaleWork } from '../engine/run.ts';

export async function removeLeftovers(dataDir: string): Promise<void> {
  await removeStaleWork(dataDir, isAlive);
}

/** Whether a process of this number exists; one that belongs to somebody else does. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
