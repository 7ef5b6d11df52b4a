/** Where the embedded server lives: `<dataDir>/postgres`, or a folder that this one points to when the server's user cannot get in. */
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../../../core/effects.ts';
import { Fault } from '../../../core/errors.ts';
import { type Account, canEnter, ourUid, serverAccount } from './account.ts';
import { withLock } from './lock.ts';

export interface ServerFolder {
  /** Real path; ours, except for `cluster` under root. */
  readonly base: string;
  /** PostgreSQL's own data folder; belongs to the account. */
  readonly cluster: string;
  readonly lock: string;
  readonly users: string;
  /** Password of the owner, mode 0600. */
  readonly password: string;
  /** Exists while the server shall outlive its users. */
  readonly keep: string;
  readonly log: string;
  readonly account: Account;
}

/** Folders for data that the server's user cannot reach in the project, when we are root. The first keeps it; the others may be swept. */
const ELSEWHERE = ['/var/lib', '/var/tmp', '/tmp'];

/** The server's folder if there is one. Creates nothing. Throws `EMBEDDED_OTHER_USER`. */
export function findFolder(dataDir: string): ServerFolder | null {
  const home = join(resolve(dataDir), 'postgres');
  if (!existsSync(home)) return null;
  requireOurs(home);
  const base = pointedTo(home) ?? home;
  if (!existsSync(join(base, 'users'))) return null;
  return folderAt(base);
}

/** The server's folder, made if necessary. Throws `EMBEDDED_OTHER_USER`, `EMBEDDED_NO_ACCOUNT`, `EMBEDDED_NO_FOLDER`. */
export async function openFolder(dataDir: string, log: Log): Promise<ServerFolder> {
  const home = join(resolve(dataDir), 'postgres');
  mkdirSync(home, { recursive: true });
  requireOurs(home);
  const pointed = pointedTo(home);
  if (pointed === null && existsSync(join(home, 'location'))) {
    log.warn(
      `the folder of the embedded database that ${join(home, 'location')} names is gone; an empty database is begun`,
    );
  }
  const base = pointed ?? (await chooseBase(home, log));
  const folder = folderAt(base);
  // Our own folders; under root the server's user must be able to pass through to its data, and through nothing else.
  if (lstatSync(base).uid === ourUid()) chmodSync(base, ourUid() === 0 ? 0o711 : 0o700);
  for (const own of [folder.lock, folder.users]) {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    giveToFolderOwner(own);
  }
  return folder;
}

function folderAt(path: string): ServerFolder {
  const base = realpathSync(path);
  const place = join(base, 'cluster');
  // Somebody may have put it on another disk and left a link.
  const cluster = existsSync(place) ? realpathSync(place) : place;
  return {
    base,
    cluster,
    lock: join(base, 'lock'),
    users: join(base, 'users'),
    password: join(base, 'password'),
    keep: join(base, 'keep'),
    log: join(base, 'server.log'),
    account: serverAccount(existsSync(cluster) ? lstatSync(cluster).uid : null),
  };
}

/** Two processes that begin together must choose the same folder. */
async function chooseBase(home: string, log: Log): Promise<string> {
  if (ourUid() !== 0) return home;
  const lock = join(home, 'lock');
  mkdirSync(lock, { recursive: true, mode: 0o700 });
  giveToFolderOwner(lock);
  return withLock(lock, log, async () => pointedTo(home) ?? homeOrElsewhere(home, log));
}

function homeOrElsewhere(home: string, log: Log): string {
  const { account } = folderAt(home);
  chmodSync(home, 0o711);
  if (canEnter(account, home)) return home;
  if (existsSync(join(home, 'cluster'))) {
    throw new Fault({
      code: 'EMBEDDED_NO_FOLDER',
      kind: 'configuration',
      what: `user ${account?.name ?? ''} cannot enter the folder of its embedded database any more`,
      where: home,
      consequence: 'the embedded database was not started',
      next: 'give that user the right to pass through the folders above it (chmod o+x), or move the project back to where it was',
    });
  }
  const name = `penstock-${ourUid()}-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
  // The second name is for the case that a stranger has taken the first, or that it holds the data of a folder that was removed.
  for (const path of ELSEWHERE.flatMap((parent) => [
    join(parent, name),
    join(parent, `${name}-${randomUUID().slice(0, 8)}`),
  ])) {
    if (existsSync(join(path, 'cluster'))) {
      log.warn(
        `an earlier embedded database of ${home} lies in ${path}; nothing points to it any more, remove it if nobody needs it`,
      );
      continue;
    }
    if (!makeOurs(path) || !canEnter(account, path)) continue;
    writeFileAtomically(join(home, 'location'), `${path}\n`);
    log.info(`user ${account?.name ?? ''} cannot enter ${home}, so the embedded database lies in ${path}`);
    return path;
  }
  throw new Fault({
    code: 'EMBEDDED_NO_FOLDER',
    kind: 'configuration',
    what: `there is no folder for the embedded database that user ${account?.name ?? ''} could enter`,
    where: [home, ...ELSEWHERE].join(', '),
    consequence: 'the embedded database was not started',
    next: 'use --data-dir with a folder that every user may pass through, or set DATABASE_URL',
  });
}

/** Makes a folder, or accepts one that is ours and that nobody else can write to. */
function makeOurs(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false;
    if (!isOurs(lstatSync(path))) return false;
  }
  chmodSync(path, 0o711);
  return true;
}

function isOurs(stats: Stats): boolean {
  return stats.isDirectory() && stats.uid === ourUid() && (stats.mode & 0o022) === 0;
}

function pointedTo(home: string): string | null {
  const pointer = join(home, 'location');
  if (!existsSync(pointer)) return null;
  const path = readFileSync(pointer, 'utf8').trim();
  // Swept away, or the project was copied to another machine: begin anew there.
  if (path === '' || !existsSync(path)) return null;
  if (isOurs(lstatSync(path))) return path;
  throw otherUser(path, lstatSync(path).uid);
}

/** An ordinary user can do nothing with another's folder; root can with everybody's. */
function requireOurs(home: string): void {
  const { uid } = lstatSync(realpathSync(home));
  if (ourUid() !== 0 && uid !== ourUid()) throw otherUser(home, uid);
}

function otherUser(path: string, uid: number): Fault {
  return new Fault({
    code: 'EMBEDDED_OTHER_USER',
    kind: 'configuration',
    what: `the folder of the embedded database belongs to user ${uid}, or others may write to it; you are user ${ourUid()}`,
    where: path,
    consequence: 'the embedded database was not started',
    next: 'run as that user, use another folder (--data-dir), or set DATABASE_URL',
  });
}

/** Writes a small file so that it is either the old or the new one, whatever happens. */
export function writeFileAtomically(path: string, text: string): void {
  const temporary = `${path}.${randomUUID().slice(0, 8)}`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  giveToFolderOwner(temporary);
  renameSync(temporary, path);
}

/** What root makes in an ordinary user's folder must stay usable by that user. */
export function giveToFolderOwner(path: string): void {
  if (ourUid() !== 0) return;
  const { uid, gid } = lstatSync(dirname(path));
  chownSync(path, uid, gid);
}
