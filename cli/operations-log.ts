/** The log of operations: what `db migrate` and `db seed` changed, when, where and by whom, one line each in a Markdown file. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import type { Log } from '../core/effects.ts';
import { redact } from '../core/errors.ts';
import type { Connected } from '../loaders/postgres/connect.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './settings.ts';

/** In a checkout the file belongs to it; elsewhere it lies beside the data. */
const FOLDER = 'docs/operations';
const NAME = 'changelog.md';
const HEADING = `# Changes of databases

Written by \`db migrate\` and \`db seed\`: what was changed, when (UTC), in which database, as which of its users, by whom on which machine.

`;

export interface Operation {
  /** `db migrate` */
  readonly command: string;
  /** One line each. */
  readonly changes: readonly string[];
  readonly connected: Pick<Connected, 'kind' | 'pool'>;
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @param typed what `--changelog` says */
export function changelogPath(
  typed: string | undefined,
  env: Environment,
  { dataDir, databaseUrl }: Pick<Settings, 'dataDir' | 'databaseUrl'>,
): string {
  const own = typed ?? env['PENSTOCK_CHANGELOG'];
  // An embedded database of another data folder (samples, a try-out) is no matter of the checkout.
  const ofCheckout = existsSync(FOLDER) && (databaseUrl !== null || dataDir === 'data');
  return own ?? (ofCheckout ? join(FOLDER, NAME) : join(dataDir, 'operations', NAME));
}

/**
 * Adds the lines to the file; nothing without changes. The database has changed by then, so a file that cannot be written is a warning.
 * @returns where they stand; null when they could not be written or there was nothing to write
 */
export async function recordOperation(path: string, operation: Operation, log: Log): Promise<string | null> {
  const { command, changes, connected, now } = operation;
  if (changes.length === 0) return null;
  try {
    const [who] = await connected.pool.query<{ name: string }>('select current_user::text as name');
    const when = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
    const where = `in ${plain(databaseName(operation))} as ${plain(who?.name ?? 'unknown')}, by ${plain(osUser())}@${plain(hostname())}`;
    await append(path, changes.map((change) => `- ${when} ${command}: ${plain(change)}; ${where}\n`).join(''));
    return path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn(
      `the database has changed, and ${path} could not be written: ${why}; note it by hand: ${changes.join('; ')}`,
    );
    return null;
  }
}

/** The port of an embedded server says nothing: its folder does. */
function databaseName({ connected: { kind, pool }, dataDir }: Operation): string {
  return kind === 'embedded' ? `the embedded database of ${resolve(dataDir)}` : pool.name;
}

async function append(path: string, lines: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (!existsSync(path)) await createWithHeading(path);
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
    // One write at the end of the file: lines of two processes do not mix.
    await file.write(`${last === '\n' ? '' : '\n'}${lines}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The file appears with its heading or not at all; another process may be as fast. */
async function createWithHeading(path: string): Promise<void> {
  const part = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(part, HEADING);
    await link(part, path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  } finally {
    await rm(part, { force: true });
  }
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id that no account has.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** One line without secrets, whatever names hold. */
function plain(text: string): string {
  return redact(text).replaceAll(/\s+/g, ' ').slice(0, 500);
}
