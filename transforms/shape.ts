/** The shape of a file as published: which columns it has, and how many of their cells are filled. Its changes are drift of the schema. */
import { identifier, literal } from './quote.ts';
import type { CheckOutcome } from './checks.ts';
import type { Session } from './session.ts';

/** Column → cells that are not blank, and the number of rows as `*`. */
export type Shape = Readonly<Record<string, number>>;

/** Name of the check in reports. */
export const SHAPE_CHECK = 'schema';
export const SHAPE_SENTENCE = 'the file has the columns that the one before had, and fills them';

/** Share of filled cells from which a column counts as in use: wind chill fades out every spring, and is not missed. */
const IN_USE = 0.9;

/** Of the rows of `raw` that became rows of `typed`: a file that lists hours to come has blanks in them, and no other schema. */
export async function rawShape(session: Session): Promise<Shape> {
  const columns = await session.rows<{ name: string }>(
    `select column_name as name from duckdb_columns() where table_name = 'raw' and left(column_name, 1) <> '_' order by column_index`,
  );
  const counts = columns.map(({ name }) => `count(nullif(trim(${identifier(name)}::varchar), ''))::double`);
  const [row] = await session.rows<{ counts: string }>(
    `select to_json([count(*)::double${counts.map((count) => `, ${count}`).join('')}])::varchar as counts from raw where _line in (select _line from typed)`,
  );
  const found: number[] = JSON.parse(row?.counts ?? '[]');
  const named = ['*', ...columns.map(({ name }) => name)].map((name, i) => [name, found[i] ?? 0] as const);
  return Object.fromEntries([...named, ...(await elements(session))]);
}

/**
 * Names of elements (`<Output>`) and keys (`"pool_price"`) in the rows as published, those included that no column reads: a report in XML or
 * JSON can grow without its decoder noticing. Absent where no row has one, since an element without a value is left out by publishers.
 */
async function elements(session: Session): Promise<(readonly [name: string, rows: number])[]> {
  const rows = await session.rows<{ name: string; rows: number }>(
    `with published as (select _raw from raw where _raw is not null and _line in (select _line from typed)),
     named as (
       select unnest(list_distinct(regexp_extract_all(_raw, '<([A-Za-z_][A-Za-z0-9_.-]*)>', 1))) as name, '<' as kind
       from published where starts_with(_raw, '<')
       union all
       select unnest(json_keys(_raw)) as name, '"' as kind from published where starts_with(_raw, '{') and json_valid(_raw)
     )
     select case when kind = '<' then concat('<', name, '>') else concat('"', name, '"') end as name, count(*)::double as rows from named group by all order by 1 limit 200`,
  );
  return rows.map(({ name, rows: count }) => [name, count]);
}

export interface ShapeChange {
  readonly column: string;
  readonly change: 'new in the file' | 'gone from the file' | 'empty now' | 'filled now';
}

/** From one file to the next, in the order of the columns' names. A column that was only now and then filled is not missed. */
export function shapeChanges(before: Shape, now: Shape): ShapeChange[] {
  const changes: ShapeChange[] = [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => name !== '*').sort();
  const inUse = (shape: Shape, name: string): boolean => (shape[name] ?? 0) > IN_USE * (shape['*'] ?? 0);
  for (const column of names) {
    if (!Object.hasOwn(now, column)) {
      if (!isPublishedName(column) || (inUse(before, column) && (now['*'] ?? 0) > 0))
        changes.push({ column, change: 'gone from the file' });
    } else if (!Object.hasOwn(before, column)) changes.push({ column, change: 'new in the file' });
    else if (inUse(before, column) && now[column] === 0 && (now['*'] ?? 0) > 0)
      changes.push({ column, change: 'empty now' });
    else if (before[column] === 0 && inUse(now, column)) changes.push({ column, change: 'filled now' });
  }
  return changes;
}

/** As a check: what a reader of the table misses is a warning, what is there besides is none. */
export function shapeOutcome(changes: readonly ShapeChange[]): CheckOutcome {
  const missing = changes.filter(({ change }) => change === 'gone from the file' || change === 'empty now');
  const [first] = missing;
  return {
    name: SHAPE_CHECK,
    sentence: SHAPE_SENTENCE,
    severity: 'warn',
    failingRows: missing.length,
    samples:
      first === undefined
        ? []
        : [
            {
              key: missing.map(({ column }) => column).join(', '),
              value: [...new Set(missing.map(({ change }) => change))].join(', '),
              expectation: 'filled columns, as in the file before',
            },
          ],
    sql: first === undefined ? '' : `select count(*) as rows, ${filledSql(first.column)} as filled from raw`,
  };
}

/** An element or a key is no column of `raw`: it is looked for in the text as published. */
function filledSql(column: string): string {
  return isPublishedName(column)
    ? `count(*) filter (where contains(_raw, ${literal(column)}))`
    : `count(nullif(trim(${identifier(column)}), ''))`;
}

/** `<Output>` or `"pool_price"`, as {@link elements} names them. */
function isPublishedName(column: string): boolean {
  return /^[<"]/.test(column);
}
