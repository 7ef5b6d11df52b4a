/** The data folder: made by `initdb` beside its place and moved there when it is complete, so that half of one is never taken for one. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../../core/effects.ts';
import { Fault } from '../../../core/errors.ts';
import { spawnAs } from './account.ts';
import { asDiskFull, startFault } from './faults.ts';
import { type ServerFolder, writeFileAtomically } from './folder.ts';
import { serversIn, signal, waitForEnd } from './processes.ts';

/** Name of the owner and of the database. */
export const OWNER = 'penstock';
/** Of the server that comes with penstock. */
export const MAJOR = '18';

/** Makes the data folder unless it is there. Call it under the lock. Throws `EMBEDDED_OTHER_VERSION`, `EMBEDDED_CANNOT_START`, `EMBEDDED_DISK_FULL`. */
export async function ensureCluster(folder: ServerFolder, bin: string, log: Log): Promise<void> {
  await removeUnfinished(folder);
  const versionFile = join(folder.cluster, 'PG_VERSION');
  if (existsSync(versionFile)) return requireVersion(readFileSync(versionFile, 'utf8').trim(), folder);
  log.info(`creating the embedded database in ${folder.base}`);
  try {
    await create(folder, bin);
  } catch (error) {
    await removeUnfinished(folder);
    throw asDiskFull(error, folder.base);
  }
}

/** The owner's password. Throws `EMBEDDED_NO_PASSWORD`. */
export function readPassword(folder: ServerFolder): string {
  if (existsSync(folder.password)) return readFileSync(folder.password, 'utf8').trim();
  throw new Fault({
    code: 'EMBEDDED_NO_PASSWORD',
    kind: 'configuration',
    what: 'the file with the password of the embedded database is missing',
    where: folder.password,
    consequence: 'the embedded database cannot be used',
    next: 'put the file back, or remove the folder to begin with an empty database (penstock replay fills it from landing)',
  });
}

async function create(folder: ServerFolder, bin: string): Promise<void> {
  // Before the data folder, so that there is never one whose password nobody knows.
  if (!existsSync(folder.password)) writeFileAtomically(folder.password, `${randomBytes(24).toString('base64url')}\n`);
  const work = mkdtempSync(join(folder.base, 'new-'));
  const passwordCopy = join(work, 'password');
  writeFileSync(passwordCopy, readFileSync(folder.password), { mode: 0o600 });
  if (folder.account !== null) {
    for (const path of [passwordCopy, work]) chownSync(path, folder.account.uid, folder.account.gid);
  }
  const data = join(work, 'data');
  // The collation is PostgreSQL's own, so sorting never depends on the machine's C library.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const output = await initdb(folder, join(bin, 'initdb'), work, [
    `--pgdata=${data}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--data-checksums',
    ...locale,
  ]);
  if (output !== null) throw startFault('initdb failed', output, folder.base);
  renameSync(data, folder.cluster);
  syncFolder(folder.base);
  rmSync(work, { recursive: true, force: true });
}

/** Null when it worked, else the end of its output. */
function initdb(folder: ServerFolder, program: string, cwd: string, args: readonly string[]): Promise<string | null> {
  return new Promise((done) => {
    // The working folder marks its processes as belonging to this attempt.
    const child = spawn(program, args, { ...spawnAs(folder.account), cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-4_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => done(error.message));
    child.once('close', (code, killedBy) =>
      done(
        code === 0 ? null : `${output.trim().split('\n').slice(-12).join('\n')} (${killedBy ?? `exit code ${code}`})`,
      ),
    );
  });
}

/** Folders of attempts that were killed; their `initdb` may still be at work. */
async function removeUnfinished(folder: ServerFolder): Promise<void> {
  for (const name of readdirSync(folder.base)) {
    if (!name.startsWith('new-')) continue;
    const path = join(folder.base, name);
    for (let attempt = 0; attempt < 5; attempt++) {
      const left = serversIn(path);
      if (left.length === 0) break;
      for (const process of left) signal(process, 'SIGKILL');
      await waitForEnd(left, 5_000);
    }
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function requireVersion(version: string, folder: ServerFolder): void {
  if (version === MAJOR) return;
  throw new Fault({
    code: 'EMBEDDED_OTHER_VERSION',
    kind: 'configuration',
    what: `the data of the embedded database was made by PostgreSQL ${version}, and this is ${MAJOR}`,
    where: folder.cluster,
    consequence: 'the embedded database was not started',
    next: 'use the version of penstock that made it, or another --data-dir (penstock replay fills it from landing)',
  });
}

function syncFolder(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
