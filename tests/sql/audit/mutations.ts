/** Plants drift, one kind at a time and several at once, and asks the audit; each is undone before the next. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../../core/audit.ts';
import type { Database } from '../../../core/effects.ts';
import { compare } from '../../../sql/audit/compare.ts';
import { readCatalog } from '../../../sql/audit/snapshot.ts';
import { freshDatabase, type TestServer } from '../../support/postgres.ts';
import { PROBE } from './drift.ts';
import { CODE_DRIFTS } from './drift-code.ts';
import { NO_OPENINGS, OPENING_DRIFTS } from './drift-openings.ts';
import { NO_DRIFTS as NO_OTHERS, OTHER_DRIFTS } from './drift-others.ts';
import { TABLE_DRIFTS } from './drift-tables.ts';

const DRIFTS = [...TABLE_DRIFTS, ...CODE_DRIFTS, ...OTHER_DRIFTS, ...OPENING_DRIFTS];
const NO_DRIFTS = [...NO_OTHERS, ...NO_OPENINGS];

/** Drifts that are planted together, and how often. */
const TOGETHER = 5;
const RUNS = 10;
/** Each look takes a sixth of a second on a quiet machine, and one and a half on a busy one. */
const HOOK_TIMEOUT_MS = 400_000;

const SAVED = 'savepoint before_drift';
const UNDONE = 'rollback to savepoint before_drift';

export function auditFindsDrift(server: TestServer): void {
  describe(`the audit on ${server.name}`, async () => {
    const database = await freshDatabase(server);
    const found = new Map<string, readonly string[]>();
    let untouched: readonly string[] | undefined;
    let undone: readonly string[] | undefined;

    beforeAll(async () => {
      await withProbe(database.pool, async (tx, before) => {
        untouched = findings(before, await readCatalog(tx));
        for (const { name, sql } of [...DRIFTS, ...NO_DRIFTS])
          found.set(name, await planted(tx, sql, async () => findings(before, await readCatalog(tx))));
        undone = findings(before, await readCatalog(tx));
      });
      const reported = DRIFTS.filter(
        ({ name }) => found.get(name)?.some((line) => !line.startsWith('not planted')) === true,
      );
      const exact = DRIFTS.filter(({ name, findings: wanted }) => same(found.get(name), wanted));
      console.info(
        `audit on ${server.name}: ${reported.length} of ${DRIFTS.length} kinds of drift reported, ${exact.length} with the right object, verdict and severity and nothing else`,
      );
    }, HOOK_TIMEOUT_MS);

    test('an untouched database has no finding, before and after', () => {
      expect([untouched, undone]).toEqual([[], []]);
    });

    test('at least 45 kinds of drift, each with a name of its own and something to report', () => {
      expect(new Set(DRIFTS.map(({ name }) => name)).size).toBe(DRIFTS.length);
      expect(DRIFTS.filter((drift) => drift.findings.length > 0).length).toBeGreaterThanOrEqual(45);
    });

    test.each(DRIFTS)('drift: $name', ({ name, findings: wanted }) => {
      expect(found.get(name)).toEqual(wanted.toSorted());
    });

    test.each(NO_DRIFTS)('no drift: $name', ({ name }) => {
      expect(found.get(name)).toEqual([]);
    });

    test('several at once are all reported', async () => {
      await withProbe(database.pool, async (tx, before) => {
        await fc.assert(
          fc.asyncProperty(fc.shuffledSubarray(MIXABLE, { minLength: 3 * TOGETHER }), async (shuffled) => {
            await tx.query(SAVED);
            const wanted: string[] = [];
            const names: string[] = [];
            for (const drift of shuffled) {
              if (names.length === TOGETHER) break;
              if (!(await canJoin(tx, drift, wanted))) continue;
              names.push(drift.name);
              wanted.push(...drift.findings);
            }
            const told = findings(before, await readCatalog(tx));
            await tx.query(UNDONE);
            expect(names).toHaveLength(TOGETHER);
            // With others around, one may be worse than alone: it is the object, the verdict and the difference that count.
            expect(told.map(withoutSeverity).toSorted(), names.join(', ')).toEqual(
              wanted.map(withoutSeverity).toSorted(),
            );
          }),
          { numRuns: RUNS },
        );
      });
    });
  });
}

// What drops a table, view, column or function takes the findings about its parts along.
const MIXABLE = DRIFTS.filter(
  ({ findings: wanted }) => !wanted.some((line) => /(table|view|column|function) \S+: missing$/.test(line)),
);

type Mixable = (typeof MIXABLE)[number];

/** Whether it was planted: nothing yet planted is about the same object, and the server did not refuse it because of the others. */
async function canJoin(tx: Database, { sql, findings: wanted }: Mixable, present: readonly string[]): Promise<boolean> {
  const objects = new Set(present.map(objectOf));
  if (wanted.some((line) => objects.has(objectOf(line)))) return false;
  await tx.query('savepoint join_drift');
  try {
    await tx.query(sql);
    return true;
  } catch {
    await tx.query('rollback to savepoint join_drift');
    return false;
  }
}

/** The expected catalog is the migrated one with the probe; everything is rolled back. */
async function withProbe(db: Database, work: (tx: Database, before: Catalog) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  await db
    .transaction(async (tx) => {
      await tx.query(PROBE);
      await work(tx, await readCatalog(tx));
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

/** What is seen while it is there; a statement that the server refuses is told in its place. */
async function planted(tx: Database, sql: string, look: () => Promise<string[]>): Promise<string[]> {
  await tx.query(SAVED);
  const seen = await tx.query(sql).then(look, (error: unknown) => [`not planted: ${String(error)}`]);
  await tx.query(UNDONE);
  return seen;
}

/** Sorted, each `severity verdict kind name: difference`. */
function findings(expected: Catalog, actual: Catalog): string[] {
  return compare({ expected, expectedAll: expected, actual })
    .map(({ severity, verdict, kind, name, difference }) => `${severity} ${verdict} ${kind} ${name}: ${difference}`)
    .toSorted();
}

function same(found: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return found?.join('\n') === wanted.toSorted().join('\n');
}

function withoutSeverity(line: string): string {
  return line.slice(line.indexOf(' ') + 1);
}

/** `kind name` */
function objectOf(line: string): string {
  return line
    .split(' ')
    .slice(2)
    .join(' ')
    .replace(/: [^:]*$/, '');
}
