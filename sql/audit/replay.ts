/** The catalogs that the repository says: migrations replayed into an empty database that is thrown away. */
import type { Catalog, CatalogObject } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { createLedger } from '../migrate.ts';
import type { PendingMigration } from './compare.ts';
import type { Ledger, Step } from './ledger.ts';
import { reprint } from './reprint.ts';
import { keyOf, snapshot } from './snapshot.ts';

export interface Replayed {
  /** As the ledger says that they were applied. */
  readonly expected: Catalog;
  /** With the pending ones on top. */
  readonly expectedAll: Catalog;
  readonly pending: readonly PendingMigration[];
}

/** @throws Fault `AUDIT_REPLAY_FAILED` */
export async function replay(shadow: Database, ledger: Ledger): Promise<Replayed> {
  if (ledger.applied.length > 0) await shadow.transaction((tx) => createLedger(tx));
  for (const step of ledger.applied) await apply(shadow, step);
  const expected = await catalogOf(shadow);
  const pending: PendingMigration[] = [];
  let before = expected;
  if (ledger.applied.length === 0 && ledger.pending.length > 0) await shadow.transaction((tx) => createLedger(tx));
  for (const step of ledger.pending) {
    await apply(shadow, step);
    const after = await snapshot(shadow);
    pending.push({ file: step.file, objects: changes(before, after) });
    before = after;
  }
  return { expected, expectedAll: ledger.pending.length === 0 ? expected : await catalogOf(shadow), pending };
}

async function catalogOf(shadow: Database): Promise<Catalog> {
  return await reprint(shadow, await snapshot(shadow));
}

async function apply(shadow: Database, { file, statements }: Step): Promise<void> {
  try {
    await shadow.transaction(async (tx) => {
      // It is thrown away in a moment: nobody needs it on the disk.
      await tx.query('set local synchronous_commit = off');
      // In one message: a round trip for each of thousands of statements costs more than the statements.
      if (statements.length > 0) await tx.query(statements.join('\n;\n'));
    });
  } catch (error) {
    throw new Fault({
      code: 'AUDIT_REPLAY_FAILED',
      kind: 'configuration',
      what: `${file} cannot be applied to an empty database: ${error instanceof Error ? error.message : String(error)}`,
      where: file,
      consequence: 'nothing was judged, because what the database should look like is not known',
      next: 'npm run pipeline -- db migrate on an empty database shows the line; if an extension is missing, give a server that has it with --shadow-url',
      cause: error,
    });
  }
}

/** One short line per object, those of a new table left out. */
function changes(before: Catalog, after: Catalog): string[] {
  const hidden = ({ parent }: CatalogObject, here: Catalog, there: Catalog): boolean =>
    parent !== null && here.objects.has(parent) && !there.objects.has(parent);
  const made = [...after.objects.values()].filter(
    (object) => !before.objects.has(keyOf(object)) && !hidden(object, after, before),
  );
  const removed = [...before.objects.values()].filter(
    (object) => !after.objects.has(keyOf(object)) && !hidden(object, before, after),
  );
  const changed = [...after.objects.values()].flatMap((object) => {
    const old = before.objects.get(keyOf(object));
    if (old === undefined) return [];
    const attributes = [...new Set([...Object.keys(old.attributes), ...Object.keys(object.attributes)])].filter(
      (attribute) => old.attributes[attribute] !== object.attributes[attribute],
    );
    return attributes.length === 0 ? [] : [`changes ${keyOf(object)}: ${attributes.join(', ')}`];
  });
  return [
    ...made.map((object) => `makes ${keyOf(object)}`),
    ...changed,
    ...removed.map((object) => `removes ${keyOf(object)}`),
  ].toSorted();
}
