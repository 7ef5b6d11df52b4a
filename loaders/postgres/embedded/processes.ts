/** Processes of this machine, told apart by number and start, since numbers are used again. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { kill, pid as ownPid, platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** `<pid>-<start>`, safe in file names; no two processes share it, also across reboots. */
export type ProcessIdentity = string;

interface Status {
  readonly command: string;
  readonly start: string;
}

/** Identity of a living process, or null. A zombie is dead: it holds nothing any more, though the system still knows its number. */
export function identityOf(pid: number): ProcessIdentity | null {
  const status = statusOf(pid);
  return status === null ? null : `${pid}-${status.start}`;
}

export function isAlive(identity: ProcessIdentity): boolean {
  const pid = pidOf(identity);
  return pid > 0 && identityOf(pid) === identity;
}

/** Our own identity. */
export function ourIdentity(): ProcessIdentity {
  return (ours ??= identityOf(ownPid) ?? `${ownPid}-unknown`);
}
let ours: ProcessIdentity | undefined;

/** The process number in an identity, or in text that starts with one; 0 when there is none. */
export function pidOf(identity: ProcessIdentity): number {
  return Number(/^(\d+)-/.exec(identity)?.[1] ?? 0);
}

/** Whether the system knows this number at all, zombies and strangers included. */
export function numberInUse(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * Living `postgres` and `initdb` processes that work in a folder or below it. A server's processes stay in its data folder, so
 * this finds orphans whose postmaster is gone, and never a server of another folder. `folder` must be a real path.
 */
export function serversIn(folder: string): ProcessIdentity[] {
  return (platform === 'linux' ? linuxFolders() : lsofFolders()).flatMap(({ pid, cwd }) => {
    if (cwd !== folder && !cwd.startsWith(`${folder}/`)) return [];
    const status = statusOf(pid);
    return status !== null && /^(postgres|initdb)$/.test(status.command) ? [`${pid}-${status.start}`] : [];
  });
}

/** Whether one process is a server's that works in a folder; cheaper than looking at all. */
export function isServerIn(folder: string, identity: ProcessIdentity): boolean {
  if (platform !== 'linux') return serversIn(folder).includes(identity);
  try {
    return readlinkSync(`/proc/${pidOf(identity)}/cwd`) === folder && statusOf(pidOf(identity))?.command === 'postgres';
  } catch {
    return false;
  }
}

/** Sends a signal; true when the process was there to get it. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return kill(pidOf(identity), name);
  } catch {
    return false;
  }
}

/** Waits until none of the processes lives any more; false when `ms` milliseconds were not enough. */
export async function waitForEnd(processes: readonly ProcessIdentity[], ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (processes.some(isAlive)) {
    if (performance.now() > until) return false;
    await sleep(20);
  }
  return true;
}

function statusOf(pid: number): Status | null {
  return platform === 'linux' ? linuxStatus(pid) : psStatus(pid);
}

function linuxStatus(pid: number): Status | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // `pid (command) state …`: the command may hold spaces and brackets; field 22 is the start in clock ticks since boot.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return { command: text.slice(open + 1, close), start: `${fields[19]}b${bootId()}` };
}

let boot: string | undefined;

function bootId(): string {
  try {
    return (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8));
  } catch {
    return (boot = '');
  }
}

function linuxFolders(): { pid: number; cwd: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [{ pid: Number(name), cwd: readlinkSync(`/proc/${name}/cwd`) }];
    } catch {
      // Gone meanwhile, or another user's.
      return [];
    }
  });
}

function psStatus(pid: number): Status | null {
  const { stdout } = spawnSync('ps', ['-o', 'state=,lstart=,comm=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const match = /^(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.+)$/.exec((stdout ?? '').trim());
  if (match === null || match[1]?.startsWith('Z') === true) return null;
  const command = (match[3] ?? '').split('/').at(-1) ?? '';
  return { command: command.split(':')[0] ?? '', start: (match[2] ?? '').replaceAll(/\W+/g, '') };
}

function lsofFolders(): { pid: number; cwd: string }[] {
  const { stdout } = spawnSync('lsof', ['-a', '-d', 'cwd', '-c', 'postgres', '-c', 'initdb', '-Fpn'], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/bin' },
  });
  return [...(stdout ?? '').matchAll(/^p(\d+)\n(?:f.*\n)?n(.*)$/gm)].map((match) => ({
    pid: Number(match[1]),
    cwd: match[2] ?? '',
  }));
}
