/** SQL of the merge: closes changed and withdrawn versions into `history`, inserts new ones. Names come from the contract only. */
import { escapeIdentifier } from 'pg';
import { keyColumns, type Table, timeColumn } from '../../core/contract.ts';
import { type KeptSql, keptSql } from './kept-edits.ts';

export interface MergeSql {
  readonly table: string;
  readonly history: string;
  readonly stage: string;
  /** Contract columns, without load_id. */
  readonly columns: readonly string[];
  readonly createStage: string;
  /** $1 start, $2 end of the interval (timestamptz): is any row of the interval there? */
  readonly anyRow: string;
  /** $1 start, $2 end, $3 dataset: is a row there that an earlier load of this dataset wrote? Tables may have several datasets. */
  readonly ownRow: string;
  /** $1 limit: old and new version of revised rows. Of a snapshot also $2 dataset, $3 start of its interval. */
  readonly sampleRevisions: string;
  /**
   * $1 load_id: closes rows whose values differ. Of a snapshot also $2 dataset, $3 start of its interval.
   * Where people edit the rows, it writes the new version over the old one; elsewhere insertNew brings it.
   */
  readonly closeRevised: string;
  /** $1 load_id, $2 start, $3 end, $4 dataset, $5 jsonb of held keys: closes rows that the file does not have any more. */
  readonly closeWithdrawn: string;
  /** Inserts what is not there now. Like the two before it answers with `n`, the number of rows. */
  readonly insertNew: string;
  /**
   * $1 start, $2 end, $3 dataset: the newest instant, text, of the dataset's own rows in the interval (of a snapshot, in the whole
   * table); null for reference data. Other datasets of a shared table may be fresher.
   */
  readonly newest: string | null;
  /** null where the file rules: nobody edits the rows. */
  readonly kept: KeptSql | null;
}

/** @param snapshot the rows hold since a time of their own, so an earlier snapshot that is read again must not undo a later one */
export function mergeSql(contract: Table, historyColumns: readonly string[], snapshot: boolean): MergeSql {
  const [schema = 'public', name = ''] = contract.name.split('.');
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  const history = `history.${escapeIdentifier(name)}`;
  const stage = 'pg_temp.penstock_stage';
  const columns = Object.keys(contract.columns);
  const keys = keyColumns(contract);
  const values = columns.filter((column) => !keys.includes(column));
  const time = timeColumn(contract);
  const isMeasured = columns
    .filter((column) => contract.columns[column]?.covers === true)
    .map((column) => ` and t.${escapeIdentifier(column)} is not null`)
    .join('');
  const sameKey = keys.map((k) => `t.${escapeIdentifier(k)} = s.${escapeIdentifier(k)}`).join(' and ');
  const row = (alias: string): string => `(${values.map((c) => `${alias}.${escapeIdentifier(c)}`).join(', ')})`;
  // jsonb and text[] compare with "is distinct from" as well; a table of keys only has nothing to revise.
  const differs = values.length === 0 ? 'false' : `${row('t')} is distinct from ${row('s')}`;
  const list = (names: readonly string[], alias = ''): string =>
    names.map((c) => `${alias}${escapeIdentifier(c)}`).join(', ');
  const inside = (from: string, to: string): string =>
    time === null
      ? 'true'
      : `t.${escapeIdentifier(time)} >= ${from}::timestamptz and t.${escapeIdentifier(time)} < ${to}::timestamptz`;
  const mine = (dataset: string, start: string): string =>
    // Without an instant in the key, only the load says to which interval's file a row belongs.
    `exists (select from etl.load l where l.load_id = t.load_id and l.dataset = ${dataset}${time === null ? ` and l.interval_start = ${start}::timestamptz` : ''})`;
  const close = (closed: string): string =>
    `with closed as (${closed}), kept as (
       insert into ${history} (${list(historyColumns)}, closed_by_load_id) select ${list(historyColumns)}, $1::bigint from closed returning 1
     ) select count(*)::int as n from kept`;
  // An edit that waits for this load looks for the row as it was: it follows a row that was updated, and finds nothing of one that
  // was deleted and inserted again. All three parts see the table as it was before the statement.
  const reviseInPlace = (condition: string): string => {
    const others = historyColumns.filter((column) => !columns.includes(column) && column !== 'load_id');
    const set = [
      ...[...values, 'load_id'].map((c) => `${escapeIdentifier(c)} = s.${escapeIdentifier(c)}`),
      // As an insert would fill them.
      ...others.map((c) => `${escapeIdentifier(c)} = default`),
    ];
    return `with old as materialized (select t.* from ${table} t join ${stage} s on ${condition}), revised as (
       update ${table} t set ${set.join(', ')} from ${stage} s where ${condition} returning 1
     ), kept as (
       insert into ${history} (${list(historyColumns)}, closed_by_load_id) select ${list(historyColumns)}, $1::bigint from old
     ) select count(*)::int as n from revised`;
  };
  const notLater = snapshot
    ? ` and not exists (select from etl.load later where later.load_id = t.load_id and later.dataset = $2 and later.interval_start > $3::timestamptz)`
    : '';
  const kept = contract.edits === 'kept' ? keptSql(contract, { table, history, stage, sameKey, differs }) : null;
  // What a person wrote stays, unless the file says the same: then the row is the file's again.
  // A row that was there before penstock has no source; the publisher's file gives it one, also where it says the same.
  const adopted = `t.load_id in (select a.load_id from etl.load a where a.strategy = 'adopted')`;
  const revises = kept === null ? `(${differs} or ${adopted})` : `(${differs}) <> ${kept.edited}`;
  const but = (condition: string | undefined): string => (condition === undefined ? '' : ` and not ${condition}`);
  const heldKeys = keys.map((k) => `${escapeIdentifier(k)} ${contract.columns[k]?.pg ?? 'text'}`).join(', ');
  return {
    table,
    history,
    stage,
    columns,
    createStage: `create temp table penstock_stage on commit drop as select ${list(columns)}, load_id from ${table} with no data`,
    anyRow: `select exists (select from ${table} t where ${inside('$1', '$2')} and $1::timestamptz < $2::timestamptz) as found`,
    ownRow: `select exists (select from ${table} t where ${inside('$1', '$2')} and ${mine('$3', '$1')} and $1::timestamptz < $2::timestamptz) as found`,
    sampleRevisions: `select to_jsonb(t) as old, to_jsonb(s) as new, l.known_at::text as known_at
      from ${stage} s join ${table} t on ${sameKey} join etl.load l on l.load_id = t.load_id
      where ${differs}${but(kept?.edited)}${notLater} order by ${list(keys, 's.')} limit $1`,
    closeRevised:
      kept === null
        ? close(`delete from ${table} t using ${stage} s where ${sameKey} and ${revises}${notLater} returning t.*`)
        : reviseInPlace(`${sameKey} and ${revises}${notLater}`),
    closeWithdrawn: close(`delete from ${table} t
       where ${inside('$2', '$3')} and ${mine('$4', '$2')} and $2::timestamptz < $3::timestamptz
         and not exists (select from ${stage} s where ${sameKey})
         and not exists (select from jsonb_to_recordset($5::jsonb) as s(${heldKeys}) where ${sameKey})${but(kept?.edited)}
       returning t.*`),
    insertNew: `with added as (
       insert into ${table} (${list(columns)}, load_id)
       select ${list(columns, 's.')}, s.load_id from ${stage} s
       where not exists (select from ${table} t where ${sameKey})${but(kept?.deletedByHand)} order by ${list(keys, 's.')} returning 1
     ) select count(*)::int as n from added`,
    kept,
    newest:
      time === null
        ? newestDate(contract, table, mine('$3', '$1'))
        : `select t.${escapeIdentifier(time)}::text as newest from ${table} t
           where ${snapshot ? '$1::timestamptz < $2::timestamptz' : inside('$1', '$2')} and ${mine('$3', '$1')}${isMeasured}
           order by t.${escapeIdentifier(time)} desc limit 1`,
  };
}

/** Without an instant in the key, a date in it says how far the data reach; null where there is neither. */
function newestDate(contract: Table, table: string, mine: string): string | null {
  const date = keyColumns(contract).find((column) => contract.columns[column]?.pg === 'date');
  if (date === undefined) return null;
  return `select (max(t.${escapeIdentifier(date)})::timestamp at time zone 'UTC')::text as newest from ${table} t
           where ${mine} and $1::timestamptz < $2::timestamptz`;
}
