/** One page of rows as a question to PostgreSQL. Names come from the catalog of the database or from this repository, values are parameters. */
import type { RowColumn } from '../api/endpoint.ts';
import { identifier } from '../../sql/identifier.ts';

/** Rows that can be walked: a table or view of public with a key. */
export interface RowSource {
  /** Of public. */
  readonly relation: string;
  readonly columns: readonly SourceColumn[];
  /** Unique, and an index walks it. */
  readonly key: readonly SourceColumn[];
  /** The column of the key that ranges are about; null: the rows have no time. */
  readonly time: SourceColumn | null;
  /** True: `source` is not asked for here, and follows from `version`. */
  readonly sourceByVersion?: boolean;
}

export interface SourceColumn extends RowColumn {
  /** Of numeric(p,s), where they are declared. */
  readonly precision?: number;
  readonly scale?: number;
}

export interface PageAsk {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** Half-open, instants; a date is its midnight in UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Values of the key that the page comes after. */
  readonly after?: readonly string[] | undefined;
  readonly offset?: number | undefined;
  /** Only for tables with history: rows as they were known then. */
  readonly asOf?: string | undefined;
}

export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** Each value as the text that PostgreSQL writes; one row more than the page, which says whether there is another page. */
export function pageStatement(source: RowSource, ask: PageAsk): Statement {
  const values = new Values();
  const { order, limit, offset = 0 } = ask;
  const asked = source.columns.filter(({ name }) => source.sourceByVersion !== true || name !== 'source');
  const list = asked.map((column) => `${asText(column)} as ${identifier(column.name)}`).join(', ');
  const by = source.key.map(({ name }) => `r.${identifier(name)} ${order}`).join(', ');
  const rows =
    ask.asOf === undefined
      ? `public.${identifier(source.relation)} r${whereOf(source, ask, values)}`
      : knownRows(source, ask, ask.asOf, values);
  const skip = offset === 0 ? '' : ` offset ${values.add(offset, 'int8')}`;
  return {
    text: `select ${list} from ${rows} order by ${by} limit ${values.add(limit + 1, 'int8')}${skip}`,
    params: values.all,
  };
}

/** What a range has altogether: `row_count`, counted to `atMost` and no further; of tables also `load_ids` and `newest`. */
export function extentStatement(
  source: RowSource,
  { from, to, asOf }: Pick<PageAsk, 'from' | 'to' | 'asOf'>,
  atMost: number,
): Statement {
  const values = new Values();
  const table = `public.${identifier(source.relation)}`;
  if (asOf !== undefined) {
    const given = [asOf, from ?? null, to ?? null].map((instant) => values.add(instant, 'timestamptz'));
    const text = `select row_count, load_ids, newest::text from public.series_extent(null::${table}, ${given.join(', ')}, ${values.add(atMost, 'int4')})`;
    return { text, params: values.all };
  }
  const { time, columns } = source;
  const newest = time === null ? 'null::timestamptz' : instantOf(time);
  const load = columns.some(({ name }) => name === 'load_id') ? 'r.load_id' : 'null::int8';
  const rows = `select ${load} as load_id, ${newest} as at from ${table} r${whereOf(source, { from, to, order: 'asc' }, values)} limit ${values.add(atMost, 'int8')}`;
  return {
    text: `select coalesce(sum(l.n), 0)::int as row_count, coalesce(array_agg(l.load_id), '{}') as load_ids, max(l.newest)::text as newest
      from (select r.load_id, count(*) as n, max(r.at) as newest from (${rows}) r group by r.load_id) l`,
    params: values.all,
  };
}

/** The function stops at the page by itself, so it is given what the page needs and the offset. */
function knownRows(source: RowSource, ask: PageAsk, asOf: string, values: Values): string {
  const { from = null, to = null, after = null, order, limit, offset = 0 } = ask;
  const given = [
    `null::public.${identifier(source.relation)}`,
    values.add(asOf, 'timestamptz'),
    values.add(from, 'timestamptz'),
    values.add(to, 'timestamptz'),
    values.add(after, 'text[]'),
    values.add(order === 'desc', 'bool'),
    values.add(limit + 1 + offset, 'int4'),
  ];
  return `public.series_page(${given.join(', ')}) r`;
}

function whereOf(source: RowSource, ask: Pick<PageAsk, 'from' | 'to' | 'after' | 'order'>, values: Values): string {
  const { time, key } = source;
  const bound = (compare: string, instant: string | undefined): string[] =>
    instant === undefined || time === null
      ? []
      : [`r.${identifier(time.name)} ${compare} ${midnight(time, values.add(instant, 'timestamptz'))}`];
  const { after, order } = ask;
  const behind =
    after === undefined
      ? []
      : [
          `(${key.map(({ name }) => `r.${identifier(name)}`).join(', ')}) ${order === 'asc' ? '>' : '<'} ` +
            `(${key.map(({ type }, i) => values.add(after[i], type)).join(', ')})`,
        ];
  const all = [...bound('>=', ask.from), ...bound('<', ask.to), ...behind];
  return all.length === 0 ? '' : ` where ${all.join(' and ')}`;
}

/** A date is its midnight in UTC. */
function instantOf({ name, type }: SourceColumn): string {
  const column = `r.${identifier(name)}`;
  return type === 'date' ? `(${column}::timestamp at time zone 'UTC')` : column;
}

function midnight({ type }: SourceColumn, instant: string): string {
  return type === 'date' ? `(${instant} at time zone 'UTC')` : instant;
}

/** Lists and records are JSON, so that every form of an answer can hold them. */
function asText({ name, type }: SourceColumn): string {
  const column = `r.${identifier(name)}`;
  return type.endsWith('[]') ? `to_json(${column})::text` : `${column}::text`;
}

/** Parameters in the order in which they are needed. */
class Values {
  readonly all: unknown[] = [];
  add(value: unknown, type: string): string {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  }
}
