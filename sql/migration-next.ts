/** Which migration comes next, or why none may: an applied file was edited, or a file came too late. */
import { Fault } from '../core/errors.ts';
import type { Migration } from './migration-files.ts';
import { splitStatements } from './split.ts';

/** A migration as the database remembers it. */
export interface Recorded {
  readonly version: string;
  /** Null when the Supabase CLI applied it. */
  readonly sha256: string | null;
  readonly statements: readonly string[] | null;
}

/**
 * The oldest file that is not applied; undefined when all are.
 * @throws Fault `MIGRATION_EDITED` that lists every applied file that differs, or `MIGRATION_OUT_OF_ORDER`
 */
export function nextMigration(
  migrations: readonly Migration[],
  rows: readonly Recorded[],
  includeAll: boolean,
): Migration | undefined {
  const applied = new Map(rows.map((row) => [row.version, row]));
  const edited = migrations.flatMap((migration) => {
    const row = applied.get(migration.version);
    const difference = row === undefined ? null : differenceOf(row, migration);
    return difference === null ? [] : [`  ${migration.file}\n${difference}`];
  });
  if (edited.length > 0) throw editedFault(edited);
  const waiting = migrations.filter(({ version }) => !applied.has(version));
  const newest = migrations.findLast(({ version }) => applied.has(version));
  const late =
    newest === undefined ? [] : waiting.filter(({ version, mayComeLate }) => version < newest.version && !mayComeLate);
  if (late.length > 0 && newest !== undefined && !includeAll) throw outOfOrderFault(late, newest);
  return waiting[0];
}

/** Null when the file is what was applied; else the changed lines, `-` as applied and `+` as it is now. */
export function differenceOf(row: Recorded, migration: Migration): string | null {
  if (row.sha256 === migration.sha256) return null;
  // The Supabase CLI keeps a comment at the end of a file as a statement of its own.
  const stored = row.statements?.filter((text) => splitStatements(text).length > 0) ?? null;
  const now = migration.statements.map(({ text }) => text);
  if (row.sha256 === null && (stored === null || stored.join('\n;\n') === now.join('\n;\n'))) return null;
  return shortDiff((stored ?? []).join('\n').split('\n'), now.join('\n').split('\n'));
}

function shortDiff(before: readonly string[], after: readonly string[]): string {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const lines = [
    ...cut(before.slice(head, before.length - tail)).map((line) => `    - ${line}`),
    ...cut(after.slice(head, after.length - tail)).map((line) => `    + ${line}`),
  ];
  return lines.length > 0 ? lines.join('\n') : '    only white space between statements or a comment at the end';
}

function cut(lines: readonly string[]): readonly string[] {
  return lines.length <= 6 ? lines : [...lines.slice(0, 5), `… ${lines.length - 5} more lines`];
}

function editedFault(edited: readonly string[]): Fault {
  return new Fault({
    code: 'MIGRATION_EDITED',
    kind: 'configuration',
    what: `${edited.length === 1 ? 'a migration was' : `${edited.length} migrations were`} edited after being applied (- as applied, + as it is now):\n${edited.join('\n')}\n`,
    consequence: 'nothing was applied, because the database and the files would tell different stories',
    next: 'put the file back as it was, and write the change as a new migration',
  });
}

function outOfOrderFault(late: readonly Migration[], newest: Migration): Fault {
  return new Fault({
    code: 'MIGRATION_OUT_OF_ORDER',
    kind: 'configuration',
    what: `${late.map(({ file }) => file).join(', ')} ${late.length === 1 ? 'is' : 'are'} older than ${newest.file}, which is applied`,
    consequence: 'nothing was applied, because a fresh database would run them in another order',
    next: 'rename to a newer version; or, when later files do not touch the same things: npm run pipeline -- db migrate --include-all',
  });
}
