/** Each earlier database alone, migrated: the catalog of a new one, and every row accounted for. On one server; `tests/sql/adopt.test.ts` has all at once on each. */
import { beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { accounted, build, catalogLines, EARLIER, isTheirs } from '../sql/earlier-support.ts';
import { emptyDatabase } from '../sql/empty-database.ts';
import { testServers } from '../support/postgres.ts';

describe.each(testServers().slice(0, 1))('on $name', (server) => {
  let clean: string[];
  beforeAll(async () => {
    const database = await emptyDatabase(server);
    await migrate(database.pool);
    clean = await catalogLines(database.pool);
    await database.drop();
  });

  test.each(EARLIER)('%s', async (name) => {
    const database = await emptyDatabase(server);
    await build(database.pool, [name]);
    await migrate(database.pool);
    expect((await catalogLines(database.pool)).filter((line) => !isTheirs(line))).toEqual(clean);
    await accounted(database.pool);
    await database.drop();
  });
});
