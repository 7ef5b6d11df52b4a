/** What the server makes of its own text of a view: not always the same text, so a view that a repair made again would seem to differ. */
import type { Catalog } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';

/** Adds the second form to each view. Works in a transaction that is rolled back; for the shadow, never for the live database. */
export async function reprint(shadow: Database, catalog: Catalog): Promise<Catalog> {
  const objects = new Map(catalog.objects);
  await shadow
    .transaction(async (tx) => {
      for (const [key, object] of catalog.objects) {
        if (object.kind !== 'view' && object.kind !== 'materialized view') continue;
        const definition = object.attributes['definition'] ?? '';
        await tx.query(`set local search_path = ''`);
        await tx.query(`create view etl.penstock_reprint as ${definition}`);
        const [row] = await tx.query<{ text: string }>(
          `select pg_get_viewdef('etl.penstock_reprint'::regclass) as text`,
        );
        await tx.query('drop view etl.penstock_reprint');
        if (row !== undefined && row.text !== definition) objects.set(key, { ...object, reprinted: row.text });
      }
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return { ...catalog, objects };
}

class Undo extends Error {}
