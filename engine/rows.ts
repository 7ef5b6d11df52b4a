/** The session's rows in the forms that the loader takes: sorted chunks for the COPY, refused rows for quarantine, keys to hold. */
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import { duckdbTypeOf } from '../core/duckdb-type.ts';
import { keyColumns, type Table } from '../core/contract.ts';
import type { UndecodableRow } from '../core/decode.ts';
import type { RefusedRow } from '../loaders/postgres/quarantine.ts';
import { identifier as id } from '../transforms/quote.ts';
import type { Session } from '../transforms/session.ts';

/** More held keys than this are not sent: nothing is withdrawn then. */
const MOST_HELD_KEYS = 50_000;

export interface TypedRows extends AsyncIterable<DuckDBDataChunk> {
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
}

/** `typed` in the order of the key, columns in the order of the contract. */
export async function typedRows(
  session: Session,
  table: Table,
  afterFirstChunk: () => Promise<void>,
): Promise<TypedRows> {
  const columns = Object.entries(table.columns).map(
    ([name, column]) => `${id(name)}::${duckdbTypeOf(column)} as ${id(name)}`,
  );
  // The transform left them sorted, and the session keeps the order of insertion.
  const sql = `select ${columns.join(', ')} from typed`;
  const { names, types } = await session.columns(sql);
  return {
    columnNames: () => names,
    columnTypes: () => types,
    async *[Symbol.asyncIterator]() {
      let first = true;
      for await (const chunk of session.stream(sql)) {
        yield chunk;
        if (first) await afterFirstChunk();
        first = false;
      }
    },
  };
}

/** Refused rows with their text as published; rows that could not be cut into cells come first. */
export async function* refusedRows(
  session: Session,
  undecodable: readonly UndecodableRow[],
): AsyncGenerator<RefusedRow[]> {
  if (undecodable.length > 0) {
    yield undecodable.map(({ line, raw, reason }) => ({ line, raw, reason, rule: 'decode', key: null }));
  }
  const size = 5_000;
  for (let from = 0; ; from += size) {
    // Several elements of an XML document may start in one line: each refusal then shows all that the line holds.
    const rows = await session.rows<RefusedRow>(
      `with f as (select row_number() over (order by _line, row_key) as n, * from refused qualify n > ${from} and n <= ${from + size}),
         published as (
           select _line, left(string_agg(coalesce(_raw, to_json(r)::varchar), ' '), 2000) as raw
           from raw r where _line in (select _line from f) group by _line
         )
       select f._line as line, f.rule, f.reason, nullif(f.row_key, '') as key, coalesce(p.raw, '') as raw
       from f left join published p using (_line) order by n`,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
  }
}

/**
 * Keys of refused rows, whose earlier versions stay current.
 * @returns null when a refused row's key could not be read, or there are too many: nothing may be withdrawn then
 */
export async function heldKeys(
  session: Session,
  table: Table,
  refused: { readonly count: number; readonly keyless: number },
): Promise<Record<string, string>[] | null> {
  if (refused.keyless > 0 || refused.count > MOST_HELD_KEYS) return null;
  if (refused.count === 0) return [];
  return session.rows(
    `select distinct ${keyColumns(table)
      .map((name) => `${id(name)}::varchar as ${id(name)}`)
      .join(', ')} from refused`,
  );
}
