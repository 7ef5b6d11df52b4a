/**
 * Table contracts: columns with type, unit, key and meaning. The contract is the one source for DuckDB casts, the COPY
 * encoder, the check that the live table matches, the migration that `new` writes, and the documentation.
 */

/** PostgreSQL types that the loader can write. */
export const PG_TYPES = [
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'numeric',
  'text',
  'varchar',
  'timestamptz',
  'timestamp',
  'date',
  'uuid',
  'jsonb',
  'text[]',
] as const;
export type PgType = (typeof PG_TYPES)[number];

export interface Column {
  readonly pg: PgType;
  /** Part of the natural key; implies not null. */
  readonly key: boolean;
  readonly required: boolean;
  /** `MW`, `CAD/MWh`, `UTC` …; null for a name or a flag. */
  readonly unit: string | null;
  readonly doc: string;
  /** Inclusive bounds; a value outside is rejected. */
  readonly range?: readonly [number, number];
  readonly oneOf?: readonly string[];
  /** A regular expression (RE2) that the whole text must match. */
  readonly pattern?: string;
  /** A row where it is NULL only forecasts: it does not count for how far the data reach. */
  readonly covers?: boolean;
  /** Of a `numeric`; both or neither. */
  readonly precision?: number;
  readonly scale?: number;
  /** Of a `varchar`. */
  readonly length?: number;
  /** Tells something about a person, such as an account or a meter: reports show that there is a value, not which. */
  readonly sensitive?: true;
  /** `public.threat_models(id)`: the value is there, or NULL here. Checked at commit, since a load replaces rows. */
  readonly references?: string;
}

export type Columns = Readonly<Record<string, Column>>;

export interface Table<C extends Columns = Columns> {
  /** `schema.name` */
  readonly name: string;
  readonly columns: C;
  /** `kept`: people edit the rows too, and a row that somebody edited, added or deleted by hand stays as it is. Default: the publisher's file rules. */
  readonly edits?: 'kept';
}

interface Common {
  readonly doc: string;
  readonly key?: boolean;
  readonly required?: boolean;
  readonly covers?: boolean;
  readonly sensitive?: true;
  readonly references?: string;
}
interface Numeric extends Common {
  readonly range?: readonly [number, number];
}
interface Textual extends Common {
  readonly oneOf?: readonly string[];
  readonly pattern?: string;
}

function column(pg: PgType, unit: string | null, options: Common & Partial<Column>): Column {
  const { key = false, required = key, doc, ...rest } = options;
  return { pg, unit, key, required, doc, ...rest };
}

/** A UTC instant (`timestamptz`); of a series it is the start of the interval. */
export const instant = (options: Common): Column => column('timestamptz', 'UTC', options);
/** Average power over the interval, megawatts (`float8`). */
export const mw = (options: Numeric): Column => column('float8', 'MW', options);
/** Energy, megawatt hours (`float8`). */
export const mwh = (options: Numeric): Column => column('float8', 'MWh', options);
/** Price, Canadian dollars per megawatt hour (`float8`); negative prices are valid. */
export const cadPerMwh = (options: Numeric): Column => column('float8', 'CAD/MWh', options);
/** Any other measured number (`float8`) with its unit. */
export const measure = (unit: string, options: Numeric): Column => column('float8', unit, options);
export const text = (options: Textual): Column => column('text', null, options);
export const integer = (options: Numeric & { unit?: string }): Column =>
  column('int4', options.unit ?? null, withoutUnit(options));
export const bigint = (options: Numeric & { unit?: string }): Column =>
  column('int8', options.unit ?? null, withoutUnit(options));
export const boolean = (options: Common): Column => column('bool', null, options);
export const date = (options: Common): Column => column('date', null, options);
export const uuid = (options: Common): Column => column('uuid', null, options);
export const jsonb = (options: Common): Column => column('jsonb', null, options);
export const textArray = (options: Common): Column => column('text[]', null, options);
/** An exact decimal: `decimal(12, 2, { unit: 'CAD/MWh', doc: '…' })`. */
export const decimal = (precision: number, scale: number, options: Numeric & { unit?: string }): Column =>
  column('numeric', options.unit ?? null, { ...withoutUnit(options), precision, scale });

/** Any column by its PostgreSQL type, for what has no builder of its own (`float4`, `int2`, `varchar`, `timestamp`). */
export const typed = (
  pg: PgType,
  options: Common & Partial<Pick<Column, 'unit' | 'range' | 'oneOf' | 'pattern' | 'precision' | 'scale' | 'length'>>,
): Column => column(pg, options.unit ?? null, options);

/** A table contract: `table('public.ontario_hourly_demand', { hour: instant({ key: true, doc: '…' }), … })`. */
export function table<const C extends Columns>(
  name: string,
  columns: C,
  options: { readonly edits?: 'kept' } = {},
): Table<C> {
  return { name, columns, ...options };
}

export function keyColumns(contract: Table): string[] {
  return Object.entries(contract.columns).flatMap(([name, c]) => (c.key ? [name] : []));
}

/** The key column that places a row in time: the first instant of the key; null for reference data. */
export function timeColumn(contract: Table): string | null {
  return Object.entries(contract.columns).find(([, c]) => c.key && c.pg === 'timestamptz')?.[0] ?? null;
}

/** The type as PostgreSQL writes it in DDL and in `format_type`. */
export function pgTypeName(c: Column): string {
  switch (c.pg) {
    case 'bool':
      return 'boolean';
    case 'int2':
      return 'smallint';
    case 'int4':
      return 'integer';
    case 'int8':
      return 'bigint';
    case 'float4':
      return 'real';
    case 'float8':
      return 'double precision';
    case 'numeric':
      return c.precision === undefined ? 'numeric' : `numeric(${c.precision},${c.scale ?? 0})`;
    case 'varchar':
      return c.length === undefined ? 'character varying' : `character varying(${c.length})`;
    case 'timestamptz':
      return 'timestamp with time zone';
    case 'timestamp':
      return 'timestamp without time zone';
    default:
      return c.pg;
  }
}

function withoutUnit<T extends { unit?: string }>(options: T): Omit<T, 'unit'> {
  const { unit: _, ...rest } = options;
  return rest;
}
