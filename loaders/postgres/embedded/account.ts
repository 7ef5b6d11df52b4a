/** The user that the server runs as: ourselves, or an ordinary user when we are root, since PostgreSQL refuses to run as root. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getuid } from 'node:process';
import { Fault } from '../../../core/errors.ts';

/** Null stands for ourselves. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/** Our own user id; 0 is root. */
export function ourUid(): number {
  return getuid?.() ?? -1;
}

/** Chosen in this order where the data folder has no owner yet. */
const PREFERRED = ['postgres', '_postgres', 'nobody', 'daemon'];

/**
 * The server's account. `ownerUid` is the owner of a data folder that exists already: a server runs as the owner of its data.
 * Throws `EMBEDDED_NO_ACCOUNT`.
 */
export function serverAccount(ownerUid: number | null): Account {
  if (ourUid() !== 0) return null;
  const accounts = passwd().filter(({ uid }) => uid !== 0);
  const found =
    ownerUid === null
      ? (PREFERRED.map((name) => accounts.find((account) => account.name === name)).find(
          (account) => account !== undefined,
        ) ?? accounts[0])
      : accounts.find(({ uid }) => uid === ownerUid);
  if (found !== undefined) return found;
  throw new Fault({
    code: 'EMBEDDED_NO_ACCOUNT',
    kind: 'configuration',
    what:
      ownerUid === null
        ? 'PostgreSQL refuses to run as root, and /etc/passwd has no other user'
        : `the data of the embedded database belongs to user ${ownerUid}, which /etc/passwd does not know`,
    consequence: 'the embedded database was not started',
    next: 'add an ordinary user (useradd postgres), run as an ordinary user, or set DATABASE_URL',
  });
}

/** Whether the account can enter a folder. Tried and not computed: access lists and mount options count too. */
export function canEnter(account: Account, folder: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    ...spawnAs(account),
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

/** Options for `spawn`: the account, and an environment that does not depend on the shell's. */
export function spawnAs(account: Account): { uid?: number; gid?: number; env: Record<string, string> } {
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };
  return account === null ? { env } : { uid: account.uid, gid: account.gid, env };
}

function passwd(): NonNullable<Account>[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4 && /^-?\d+$/.test(fields[2] ?? ''))
    .map((fields) => ({ name: fields[0] ?? '', uid: Number(fields[2]), gid: Number(fields[3]) }));
}
