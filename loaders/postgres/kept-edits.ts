/** Rows that people edited by hand: which of them a load leaves alone, and how the report names them. */
import { escapeIdentifier as id } from 'pg';
import { keyColumns, type Table } from '../../core/contract.ts';
import type { Database } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';
import { cellText } from './revision.ts';

/** Rows by hand, and rows that were there before penstock: nobody but a person may say that they are wrong. */
const BY_HAND = `('edit', 'adopted')`;
/** More kept rows than this are counted and not named. */
const MOST_NAMED = 1_000;
export const KEPT_CHECK = 'kept(edits)';
export const KEPT_SENTENCE = 'rows that people edited, added or deleted by hand are as the file has them';

/** Names of the merge, of the same statement. */
interface Names {
  readonly table: string;
  readonly history: string;
  readonly stage: string;
  readonly sameKey: string;
  readonly differs: string;
}

export interface KeptSql {
  /** Of a row `t`: its version was written by hand. */
  readonly edited: string;
  /** Of a row `s` of the stage that the table does not have: a person deleted it. A row that only ever was there by hand may come. */
  readonly deletedByHand: string;
  /** $1 limit, $2 jsonb of held keys, null when nobody can say what the file lacks: what the load leaves as it is. */
  readonly kept: string;
  /** For people: the rows of the table that are not the file's. */
  readonly shown: string;
}

export function keptSql(contract: Table, { table, history, stage, sameKey, differs }: Names): KeptSql {
  const keys = keyColumns(contract);
  const edited = `exists (select from etl.load e where e.load_id = t.load_id and e.strategy in ${BY_HAND})`;
  const isKey = (alias: string): string => keys.map((k) => `${alias}.${id(k)} = s.${id(k)}`).join(' and ');
  const closing = `select h.closed_by_load_id from ${history} h where ${isKey('h')} order by h.closed_by_load_id desc limit 1`;
  const deletedByHand = `(exists (select from etl.load c where c.load_id = (${closing}) and c.strategy = 'edit')
      and exists (select from ${history} h join etl.load w on w.load_id = h.load_id where ${isKey('h')} and w.strategy <> 'edit'))`;
  const heldKeys = keys.map((k) => `${id(k)} ${contract.columns[k]?.pg ?? 'text'}`).join(', ');
  const order = keys.map((k) => `coalesce(now, file) ->> '${k}'`).join(', ');
  return {
    edited,
    deletedByHand,
    kept: `with kept as (
        select 'changed' as kind, to_jsonb(t) as now, to_jsonb(s) as file, t.load_id as by_load
        from ${stage} s join ${table} t on ${sameKey} where ${differs} and ${edited}
        union all
        select 'added', to_jsonb(t), null, t.load_id from ${table} t
        where $2::jsonb is not null and ${edited} and not exists (select from ${stage} s where ${sameKey})
          and not exists (select from jsonb_to_recordset($2::jsonb) as s(${heldKeys}) where ${sameKey})
        union all
        select 'deleted', null, to_jsonb(s), (${closing}) from ${stage} s
        where not exists (select from ${table} t where ${sameKey}) and ${deletedByHand}
      )
      select kind, now, file, l.strategy, r.actor, l.known_at::text as at, count(*) over ()::int as n
      from kept join etl.load l on l.load_id = by_load left join etl.run r on r.run_id = l.run_id
      order by ${order} limit $1`,
    shown: `select t.*, r.actor, l.known_at from ${table} t join etl.load l on l.load_id = t.load_id left join etl.run r on r.run_id = l.run_id where l.strategy in ${BY_HAND}`,
  };
}

/** A row that the load left as a person made it. `key`, `value` and `expectation` are what reports show of any finding. */
export interface KeptEdit {
  readonly kind: 'changed' | 'added' | 'deleted';
  readonly key: string;
  /** null: nobody said, or the row was there before penstock. */
  readonly by: string | null;
  readonly at: string;
  readonly columns: readonly { readonly column: string; readonly file: string | null; readonly kept: string | null }[];
  readonly value: string;
  readonly expectation: string;
}

export interface Kept {
  readonly changed: number;
  readonly added: number;
  readonly deleted: number;
  /** All kept rows; `edits` names the first of them. */
  readonly rows: number;
  readonly edits: readonly KeptEdit[];
  readonly shown: string;
}

interface KeptRow {
  readonly kind: KeptEdit['kind'];
  readonly now: Readonly<Record<string, unknown>> | null;
  readonly file: Readonly<Record<string, unknown>> | null;
  readonly strategy: string;
  readonly actor: string | null;
  readonly at: string;
  readonly n: number;
}

/** Asked when the merge is done: what it left alone, by the stage that it read. */
export async function readKept(tx: Database, sql: KeptSql, contract: Table, heldKeys: unknown): Promise<Kept> {
  const rows = await tx.query<KeptRow>(sql.kept, [MOST_NAMED, heldKeys === null ? null : JSON.stringify(heldKeys)]);
  const count = (kind: KeptEdit['kind']): number => rows.filter((row) => row.kind === kind).length;
  return {
    changed: count('changed'),
    added: count('added'),
    deleted: count('deleted'),
    rows: rows[0]?.n ?? 0,
    edits: rows.map((row) => keptEdit(contract, row)),
    shown: sql.shown,
  };
}

/** Whether people edited the table after the interval's last load: the same bytes are then compared once more. */
export async function editedSince(db: Database, table: Table, dataset: string, start: number): Promise<boolean> {
  if (table.edits !== 'kept') return false;
  const found = await db.query(
    `select from etl.load e where e.table_name = $1 and e.strategy in ${BY_HAND}
       and e.load_id > (select i.load_id from etl.interval i where i.dataset = $2 and i.interval_start = $3) limit 1`,
    [table.name, dataset, toPg(start)],
  );
  return found.length > 0;
}

function keptEdit(contract: Table, { kind, now, file, strategy, actor, at }: KeptRow): KeptEdit {
  const keys = keyColumns(contract);
  const row = now ?? file ?? {};
  const columns =
    kind === 'changed'
      ? Object.keys(contract.columns)
          .map((column) => ({ column, file: cellText(file?.[column]), kept: cellText(now?.[column]) }))
          .filter((cell) => cell.file !== cell.kept)
      : [];
  const when = new Date(fromPg(at)).toISOString();
  const who = strategy === 'adopted' ? 'was there before penstock, adopted' : `${kind} by ${actor ?? 'somebody'}`;
  const list = (side: 'file' | 'kept'): string =>
    columns.map((cell) => `${cell.column} ${quoted(cell[side])}`).join(', ');
  const value = { changed: `kept: ${list('kept')}`, added: 'kept', deleted: 'left out' }[kind];
  const expectation = {
    changed: `${list('file')} in the file`,
    added: 'no such row in the file',
    deleted: 'a row of the file',
  }[kind];
  return {
    kind,
    key: keys.map((name) => cellText(row[name])).join(', '),
    by: strategy === 'adopted' ? null : actor,
    at: when,
    columns,
    value: `${value} (${who} at ${when})`,
    expectation,
  };
}

function quoted(text: string | null): string {
  if (text === null) return 'without a value';
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text);
}

/** What the current loads of these datasets left as people made it, by dataset; all that was named then. */
export async function keptEdits(
  db: Database,
  datasets: readonly string[],
): Promise<ReadonlyMap<string, { readonly rows: number; readonly edits: readonly KeptEdit[] }>> {
  const found = await db.query<{ dataset: string; rows: number; edits: KeptEdit[] }>(
    `select i.dataset, c.failing_rows::int as rows, c.samples as edits
     from etl.interval i join etl.check_result c using (load_id)
     where i.dataset = any ($1) and c.check_name = $2 and c.failing_rows > 0`,
    [datasets, KEPT_CHECK],
  );
  return new Map(found.map(({ dataset, rows, edits }) => [dataset, { rows, edits }]));
}
