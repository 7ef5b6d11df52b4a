/** The recorded files as they were published: what the checks find in them is known, with few false alarms. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadCatalog } from '../../pipelines/index.ts';
import { alarmsPage, falseAlarms, type Judged } from '../planted/alarms.ts';
import { type Found, KNOWN, knownOf } from '../planted/known.ts';
import { NOW } from '../planted/trial.ts';
import { temporaryFolder, testEngine, testRun } from '../support/engine.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

const PAGE = new URL('../../docs/data-quality/false-alarms.md', import.meta.url);
const GOLDEN = new URL('../planted/golden/recorded-findings.json', import.meta.url);
const updating = process.env['PENSTOCK_UPDATE_DOCS'] === '1';

/** Recorded after {@link NOW}: five minutes and a day of autumn 2026. */
const LATER = {
  now: '2026-09-29T12:00:00Z',
  ids: ['ieso-realtime-totals', 'ieso-grid-status', 'ieso-day-ahead-nodal-price'],
};

describe.skipIf(!hasShared('recordings'))('the recorded files as they were published', () => {
  let found: Found[];
  let judged: Judged[];

  beforeAll(async () => {
    const database = await freshDatabase();
    await using data = await temporaryFolder();
    const catalog = await loadCatalog();
    const published = catalog.pipelines.filter(({ publisher }) => publisher !== 'local');
    const options = { pool: database.pool, recordings: sharedFolder('recordings'), dataDir: data.path, catalog };
    const addresses = await recordedAddresses();
    const ids = published
      .filter(
        ({ id, extract }) => !LATER.ids.includes(id) && addresses.some((url) => url.startsWith(fixedPart(extract.url))),
      )
      .map(({ id }) => id);
    await testRun(await testEngine({ ...options, now: NOW }), { ids });
    await testRun(await testEngine({ ...options, now: LATER.now }), {
      ids: LATER.ids,
      from: '2026-09-28',
      to: '2026-09-29',
    });
    found = await findingsIn(database);
    const calendar = published.filter(({ partitions }) => partitions.kind === 'calendar').map(({ id }) => id);
    judged = await judgedIn(database, calendar);
  }, 10 * 60_000);

  test('the blackout of 2003 is found', () => {
    const blackout = found.filter(
      ({ dataset, subject }) => dataset === 'ieso-demand' && subject.startsWith('2003: 2003-08-14'),
    );
    expect(blackout.map(({ check }) => check.split('(')[0]).sort()).toEqual(['hourOfWeekAnomaly', 'ramp']);
  });

  test('the hour that was never published is found', () => {
    expect(found).toContainEqual({
      dataset: 'ieso-demand',
      interval: '2025',
      check: 'complete(hour, PT1H)',
      subject: '2025: 2025-05-01T05:00:00Z',
      severity: 'warn',
      rows: 1,
    });
  });

  test('no year of a dataset has more than one false alarm', () => {
    const wrong = [...falseAlarms(found)].filter(([, alarms]) => alarms.length > 1);
    expect(wrong).toEqual([]);
  });

  test('every oddity that is listed as known is found', () => {
    const explained = new Set(found.map(knownOf));
    expect(KNOWN.filter((known) => !explained.has(known))).toEqual([]);
  });

  test('the findings are those of the golden file', async () => {
    const text = `${JSON.stringify(found, null, 2)}\n`;
    if (updating) {
      await mkdir(new URL('.', GOLDEN), { recursive: true });
      await writeFile(GOLDEN, text);
    }
    expect(JSON.parse(await readFile(GOLDEN, 'utf8'))).toEqual(found);
  });

  test('the page in docs says what is true and what is false', async () => {
    const page = alarmsPage(judged, found);
    if (updating) await writeFile(PAGE, page);
    expect(await readFile(PAGE, 'utf8')).toBe(page);
  });
});

async function recordedAddresses(): Promise<string[]> {
  const index = await readFile(join(sharedFolder('recordings'), 'index.json'), 'utf8');
  const { recordings }: { recordings: { url: string }[] } = JSON.parse(index);
  return recordings.map(({ url }) => url);
}

/** Of an address, what comes before the first placeholder: a dataset without any recorded file need not be asked for. */
function fixedPart(url: string): string {
  return url.split('{')[0] ?? url;
}

/** What a person would be told of, without the rows themselves. */
async function findingsIn({ pool }: FreshDatabase): Promise<Found[]> {
  return pool.query<Found>(
    `select dataset, split_part(subject, ': ', 1) as interval, check_name as "check", subject, severity, failing_rows::int as rows
     from etl.review where state = 'open' and severity <> 'info'
     order by dataset collate "C", subject collate "C", check_name collate "C"`,
  );
}

/** @param calendar datasets whose files belong to years */
async function judgedIn({ pool }: FreshDatabase, calendar: readonly string[]): Promise<Judged[]> {
  return pool.query<Judged>(
    `select c.dataset, case when c.dataset = any ($1::text[]) then extract(year from c.interval_start at time zone 'UTC')::text else 'all' end as year,
       split_part(c.check_name, '(', 1) as kind, sum(l.rows_read - l.rows_rejected)::int as rows
     from etl.interval i
     join etl.check_result c on c.dataset = i.dataset and c.interval_start = i.interval_start and c.load_id = i.load_id
     join etl.load l on l.load_id = i.load_id
     where c.result <> 'not checked' and c.severity <> 'info'
     group by 1, 2, 3 order by c.dataset collate "C", 2, 3`,
    [calendar],
  );
}
