/** Gives a transform the rows of a Parquet file without copying them: a view, read row group by row group. */
import type { ParquetDecode } from '../core/decode.ts';
import { Fault } from '../core/errors.ts';
import { HEADER_NEXT, headerDifference } from '../core/header.ts';
import { identifier, literal } from './quote.ts';
import { dropRelation, type Session } from './session.ts';

const NESTED = /\[\d*\]|^(struct|map|union|variant|list|array)\b/i;

/**
 * Makes the view `_line bigint, _raw varchar (NULL), <columns>` over a Parquet file in the session's folder; columns keep their
 * types, `_line` is the 1-based row. A relation of that name is replaced. The file must stay where it is while the view is read.
 * `name` is what messages call the file.
 * @throws Fault `FORMAT_HEADER_CHANGED`, `FORMAT_PARQUET_NESTED`, `FORMAT_PARQUET_BROKEN`
 */
export async function importParquet(
  session: Session,
  view: string,
  { columns, others }: Pick<ParquetDecode, 'columns' | 'others'>,
  path: string,
  name: string = path,
): Promise<{ rows: number }> {
  const file = `read_parquet(${literal(path)}, file_row_number = true, hive_partitioning = false)`;
  const described = await session
    .rows<{ column_name: string; column_type: string }>(`describe select * exclude (file_row_number) from ${file}`)
    .catch((error: unknown) => {
      throw broken(name, error);
    });
  const wanted = new Set(columns);
  const looked = others === 'left out' ? described.filter(({ column_name }) => wanted.has(column_name)) : described;
  const difference = headerDifference(
    looked.map((column) => column.column_name),
    [columns],
  );
  if (difference !== null) throw parquetFault('FORMAT_HEADER_CHANGED', name, difference, HEADER_NEXT);
  const nested = looked.find((column) => NESTED.test(column.column_type));
  if (nested !== undefined) {
    const what = `column ${nested.column_name} has the type ${nested.column_type.slice(0, 80)}; only plain columns can be loaded`;
    throw parquetFault('FORMAT_PARQUET_NESTED', name, what, 'the definition needs another file of this data set');
  }
  await dropRelation(session, view);
  const selected = ['file_row_number + 1 as _line', 'null::varchar as _raw', ...columns.map(identifier)];
  await session.run(`create view ${identifier(view)} as select ${selected.join(', ')} from ${file}`);
  const [counted] = await session.rows<{ n: number }>(`select count(*) as n from ${file}`).catch((error: unknown) => {
    throw broken(name, error);
  });
  return { rows: counted?.n ?? 0 };
}

function broken(name: string, error: unknown): Fault {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const what = `the Parquet file cannot be read: ${message.replace(/^Error: /, '').slice(0, 200)}`;
  return parquetFault(
    'FORMAT_PARQUET_BROKEN',
    name,
    what,
    'the file is cut off or damaged, so ask the publisher again later',
    error,
  );
}

function parquetFault(code: string, name: string, what: string, next: string, cause?: unknown): Fault {
  return new Fault({
    code,
    kind: 'format',
    what,
    where: name,
    consequence: 'nothing of this file was loaded',
    next,
    ...(cause === undefined ? {} : { cause }),
  });
}
