/** The folder of migrations: `<YYYYMMDDHHMMSS>_<name>.sql` as the Supabase CLI names them, read and checked together. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../core/errors.ts';
import { placeOf, splitStatements, type Statement } from './split.ts';

export interface Migration {
  /** `20261122000000` */
  readonly version: string;
  readonly name: string;
  readonly file: string;
  /** With LF line ends and without a byte order mark, whatever the checkout made of it. */
  readonly text: string;
  /** SHA-256 of `text`, hexadecimal. */
  readonly sha256: string;
  readonly statements: readonly Statement[];
  /** Its header says that it knows what newer files have made, so it may be applied after them. */
  readonly mayComeLate: boolean;
}

/** The migrations that ship with penstock. */
export const SHIPPED_MIGRATIONS: string = join(dirname(fileURLToPath(import.meta.url)), 'migrations');

const MAY_COME_LATE = /^(?:--[^\n]*\n)*-- penstock: may come late\b/;
const FILE_NAME = /^(\d{14})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;
// Each file runs in one transaction; a file that ends it could be left half applied.
const TRANSACTION_CONTROL =
  /^(begin|commit|rollback|end|abort|savepoint|release|start transaction|prepare transaction)\b/;
// Connections are shared: a setting that outlives the file would change what later work on the connection means.
const SESSION_SETTING = /^(set (?!local\b|constraints\b|transaction\b)|reset\b|discard\b)/;

/**
 * All migrations of a folder, oldest first. Files that are not `.sql` are not looked at.
 * @throws Fault `MIGRATIONS_NOT_FOUND`, or `MIGRATION_FILES_INVALID` that lists every fault of every file
 */
export async function readMigrations(folder: string = SHIPPED_MIGRATIONS): Promise<Migration[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Fault({
      code: 'MIGRATIONS_NOT_FOUND',
      kind: 'configuration',
      what: `the folder of migrations cannot be read: ${folder}`,
      consequence: 'the database was not changed',
      next: 'check that the folder exists and is readable',
      cause,
    });
  });
  const faults: string[] = [];
  const migrations: Migration[] = [];
  const files = new Map<string, string>();
  for (const file of names.filter((name) => name.toLowerCase().endsWith('.sql')).sort()) {
    const [, version, name] = FILE_NAME.exec(file) ?? [];
    if (version === undefined || name === undefined || !isInstant(version)) {
      faults.push(
        `${file}: the name must be <YYYYMMDDHHMMSS>_<name>.sql, with a real date and a name of lower-case letters, digits and underscores`,
      );
      continue;
    }
    const other = files.get(version);
    if (other !== undefined) faults.push(`${file}: version ${version} is also the version of ${other}`);
    files.set(version, file);
    const text = (await readFile(join(folder, file), 'utf8')).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
    const migration = {
      version,
      name,
      file,
      text,
      sha256: sha256(text),
      statements: splitStatements(text),
      mayComeLate: MAY_COME_LATE.test(text),
    };
    faults.push(...statementFaults(migration));
    migrations.push(migration);
  }
  if (faults.length > 0) throw invalid(folder, faults);
  return migrations;
}

function statementFaults({ file, text, statements }: Migration): string[] {
  if (statements.length === 0) return [`${file}: holds no statement`];
  return statements.flatMap((statement) => {
    const at = `${file}: line ${placeOf(text, statement, 1).line}: ${statement.command}`;
    if (TRANSACTION_CONTROL.test(statement.command)) return [`${at}: each file runs in one transaction of its own`];
    return SESSION_SETTING.test(statement.command) ? [`${at}: settings end with the file, use set local`] : [];
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function isInstant(version: string): boolean {
  const iso = version.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6.000Z');
  const ms = Date.parse(iso);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === iso;
}

function invalid(folder: string, faults: readonly string[]): Fault {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return new Fault({
    code: 'MIGRATION_FILES_INVALID',
    kind: 'configuration',
    what: `${count} in the migrations of ${folder}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
    consequence: 'the database was not changed',
    next: 'mend them, then: npm run pipeline -- db migrate',
  });
}
