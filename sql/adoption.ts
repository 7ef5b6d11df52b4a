/** What became of tables that were there before penstock: read from the schema `adopted`, which the migrations write. */
import type { Database } from '../core/effects.ts';

export interface AdoptedTable {
  /** Where the earlier table is now, e.g. `adopted.help_content`. */
  readonly earlier: string;
  /** Our table that has its rows, e.g. `public.help_content`. */
  readonly target: string;
  /** found = adopted + refused + left */
  readonly found: number;
  readonly adopted: number;
  /** Kept in `adopted.refused_row` with the reason. */
  readonly refused: number;
  /** Rows of a table that is not copied at all: `whyNot` says why. */
  readonly left: number;
  readonly whyNot: string | null;
  /** Columns that have no place in our table. */
  readonly columnsLeft: readonly string[];
  /** What still means the earlier table: foreign keys, policies, functions, columns of its row type, and its own triggers. */
  readonly stillUsedBy: readonly string[];
}

/** One entry per earlier table, in the order of moving; empty where nothing was in the way. */
export async function adoption(db: Database): Promise<AdoptedTable[]> {
  const [there] = await db.query<{ there: boolean }>(`select to_regclass('adopted.table_report') is not null as there`);
  if (there?.there !== true) return [];
  return await db.query<AdoptedTable>(
    `select earlier_table as earlier, target, rows_found::float8 as found, rows_adopted::float8 as adopted, rows_refused::float8 as refused,
       rows_left::float8 as left, why_not as "whyNot", columns_left as "columnsLeft", still_used_by as "stillUsedBy"
     from adopted.table_report order by object_id`,
  );
}

/** Copies earlier rows whose reference was not there before: feedback to a help text that `db seed` has loaded now. Nothing is asked of a publisher. */
export async function adoptWhatRefers(db: Database): Promise<void> {
  const [there] = await db.query<{ there: boolean }>(`select to_regprocedure('adopted.adopt()') is not null as there`);
  if (there?.there === true) await db.query('select adopted.adopt()');
}

/** For a run that applied nothing: the one before may have been stopped before it could say. */
export function adoptionPointer(tables: readonly AdoptedTable[]): string[] {
  if (tables.length === 0) return [];
  return [
    `${tables.length} earlier tables are in the schema adopted: penstock query "select * from adopted.table_report"`,
  ];
}

/** Lines for a terminal. */
export function adoptionText(tables: readonly AdoptedTable[]): string[] {
  if (tables.length === 0) return [];
  const refused = tables.reduce((sum, table) => sum + table.refused, 0);
  return [
    'earlier tables were set aside in the schema adopted, their rows copied where they fit:',
    ...tables.map(({ target, found, adopted, refused: no, whyNot, stillUsedBy }) => {
      const counts = whyNot === null ? `${adopted} of ${found} rows adopted, ${no} refused` : `not copied: ${whyNot}`;
      return [`  ${target}: ${counts}`, ...stillUsedBy.map((user) => `    still of the earlier table: ${user}`)].join(
        '\n',
      );
    }),
    ...(refused === 0
      ? []
      : ['why rows were refused: penstock query "select table_name, reason, detail, row from adopted.refused_row"']),
  ];
}
