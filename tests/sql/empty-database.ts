/** Databases without any migration, and folders of migrations, for tests of the migrator. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { testServers, urlOf, type TestServer } from '../support/postgres.ts';

export interface EmptyDatabase {
  readonly url: string;
  readonly pool: Pool;
  drop(): Promise<void>;
}

export async function emptyDatabase(server: TestServer | undefined = testServers()[0]): Promise<EmptyDatabase> {
  if (server === undefined) throw new Error('no test server');
  const name = `t_sql_${randomUUID().slice(0, 8)}`;
  const admin = openPool(server.url, { max: 1 });
  await admin.query(`create database ${name} template template0`);
  const url = urlOf(server, name);
  const pool = openPool(url, { applicationName: 'migrator' });
  return {
    url,
    pool,
    drop: async () => {
      await pool.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}

/** A folder with these files, gone at the end of the work. */
export async function withFolder<T>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-migrations-'));
  try {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
