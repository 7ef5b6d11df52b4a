/** The key that signs cursors lies in the database: a cursor that one server signed is good at another, and after a restart. */
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';

/** @throws Fault `CURSOR_KEY_MISSING` */
export async function readCursorKey(service: Database): Promise<string> {
  const [row] = await service.query<{ value: string }>(`select value from etl.setting where name = 'cursor_key'`);
  // With an empty key anybody could sign a cursor.
  if (row !== undefined && row.value !== '') return row.value;
  throw new Fault({
    code: 'CURSOR_KEY_MISSING',
    kind: 'configuration',
    what: 'etl.setting has no cursor_key, which signs the cursors of pages',
    consequence: 'nothing was served',
    next: `insert into etl.setting (name, value) values ('cursor_key', '<64 random hexadecimal digits>')`,
  });
}
