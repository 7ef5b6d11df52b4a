/** `db audit` on the command line: exit codes, the report as text, JSON and page, the repair alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AuditReport } from '../../core/audit.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
const [server] = testServers();
let database: FreshDatabase;
beforeAll(async () => void (database = await freshDatabase()));

const auditWith = (...words: string[]): Promise<Answer> =>
  runProgram(program, ['db', 'audit', '--shadow-url', server?.url ?? '', ...words], {
    cwd: folder,
    env: { DATABASE_URL: database.url },
  });

test('an untouched database exits 0, a comment that differs exits 4 and is in text, JSON, page and repair', async () => {
  const clean = await auditWith('--json');
  expect(clean.json<AuditReport>().findings).toEqual([]);
  expect(clean.code).toBe(0);

  await database.pool.query(`comment on table public.source_health is 'by hand'`);
  const page = join(folder, 'audit.html');
  const answer = await auditWith('--json', '--html', page);
  expect(answer.code).toBe(4);
  const { findings, repair } = answer.json<AuditReport>();
  expect(findings).toMatchObject([
    {
      verdict: 'drifted',
      severity: 'info',
      kind: 'table',
      name: 'public.source_health',
      difference: 'comment',
      actual: 'by hand',
    },
  ]);
  expect(repair).toContain(findings[0]?.repair);
  expect(readFileSync(page, 'utf8')).toContain('public.source_health');

  const text = await auditWith();
  expect(text.code).toBe(4);
  expect(text.stdout).toContain('public.source_health');
  const ddl = await auditWith('--repair');
  expect(ddl.code).toBe(4);
  expect(ddl.stdout).toContain(findings[0]?.repair);
  // Printed, never run.
  expect((await auditWith()).code).toBe(4);
});

test('what cannot be judged exits 1', async () => {
  const unreachable = await auditWith('--database-url', 'postgresql://nobody:hunter2@127.0.0.1:1/none');
  expect(unreachable.code).toBe(1);
  const noShadow = await auditWith('--shadow-url', 'postgresql://nobody:hunter2@127.0.0.1:1/none');
  expect(noShadow.code).toBe(1);
  expect(noShadow.stderr).not.toContain('hunter2@');
});
