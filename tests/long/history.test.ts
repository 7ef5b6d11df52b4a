/** The history campaign: many random sequences of files against the model. */
import { describe, test } from 'vitest';
import { checkHistory } from '../support/history-model.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  test("sixty random sequences leave the model's table and the model's past", async () => {
    const { pool } = await freshDatabase(server);
    await checkHistory(pool, 60);
  });
});
