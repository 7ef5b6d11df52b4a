import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { INDEX_LIMIT } from '../../reports/index-page.ts';
import type { DatasetReport, RunReport } from '../../reports/model.ts';
import { writeReport } from '../../reports/write.ts';
import type { DatasetEntry } from '../../reports/index-datasets.ts';
import { SMALL } from './example.ts';
import { FULL, FULL_DATASET } from './full-example.ts';
import { foreignMarkup } from './hostile.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-reports-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const BARE: RunReport = { ...SMALL, datasets: [] };
const runCalled = (runId: string): RunReport => ({ ...BARE, runId });
const rowsOf = async (): Promise<string[]> =>
  [...(await readFile(join(folder, 'index.html'), 'utf8')).matchAll(/href="([^"/]+)\/report\.html"/g)].map((m) =>
    decodeURIComponent(m[1] ?? ''),
  );
/** A run of these datasets, each in this state, at this minute. */
const runOf = (minute: number, states: Readonly<Record<string, DatasetReport['state']>>): RunReport => ({
  ...FULL,
  runId: `run-${minute}`,
  startedAt: `2026-03-02T12:${String(minute).padStart(2, '0')}:00.000Z`,
  datasets: Object.entries(states).map(([id, state]) => ({ ...FULL_DATASET, id, title: `Title of ${id}`, state })),
});
const datasetsOf = async (): Promise<DatasetEntry[]> =>
  JSON.parse(await readFile(join(folder, 'datasets.json'), 'utf8')) as DatasetEntry[];

describe('a written report', () => {
  it('is three files and a row of the index, with nothing temporary left', async () => {
    const written = await writeReport(SMALL, folder);
    expect(written).toEqual({
      html: join(folder, SMALL.runId, 'report.html'),
      json: join(folder, SMALL.runId, 'report.json'),
      markdown: join(folder, SMALL.runId, 'report.md'),
      index: join(folder, 'index.html'),
    });
    expect(JSON.parse(await readFile(written.json, 'utf8'))).toEqual(JSON.parse(JSON.stringify(SMALL)));
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(
      [
        SMALL.runId,
        ...['html', 'json', 'md'].map((ext) => join(SMALL.runId, `report.${ext}`)),
        'datasets.json',
        'datasets.jsonl',
        'index.html',
        'index.jsonl',
        'report.schema.json',
      ].sort(),
    );
    const index = await readFile(written.index, 'utf8');
    expect(index).toContain(`href="${SMALL.runId}/report.html"`);
    expect(index).toContain('</span> warning</span>');
    expect(foreignMarkup(index)).toBeNull();
  });

  it('replaces itself when a run is written again', async () => {
    await writeReport(runCalled('a'), folder);
    await writeReport({ ...runCalled('a'), verdict: 'second' }, folder);
    expect(await rowsOf()).toEqual(['a']);
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('second');
  });

  it.each(['../escape', '', '.hidden', 'a/b', 'x'.repeat(101)])('is refused for the run id %j', async (runId) => {
    await expect(writeReport(runCalled(runId), folder)).rejects.toMatchObject({ code: 'REPORT_RUN_ID' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what is missing when the disk refuses', async () => {
    await writeFile(join(folder, 'a'), 'a file where the folder should be');
    const error: unknown = await writeReport(runCalled('a'), folder).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({ code: 'REPORT_NOT_WRITTEN', where: join(folder, 'a') });
  });
});

describe('the index', () => {
  it('lists the newest run first', async () => {
    for (const runId of ['a', 'b', 'c']) await writeReport(runCalled(runId), folder);
    expect(await rowsOf()).toEqual(['c', 'b', 'a']);
  });

  it('keeps the newest runs only, and its page does not grow', async () => {
    await writeReport(runCalled('first'), folder);
    const line = (await readFile(join(folder, 'index.jsonl'), 'utf8')).trim();
    const history = Array.from({ length: 20_000 }, (_, i) => line.replace('"first"', `"old-${i}"`)).join('\n');
    await appendFile(join(folder, 'index.jsonl'), `\n${history}\n`);
    await writeReport(runCalled('last'), folder);
    const rows = await rowsOf();
    expect(rows).toHaveLength(INDEX_LIMIT);
    expect(rows.slice(0, 2)).toEqual(['last', 'old-19999']);
    expect((await stat(join(folder, 'index.html'))).size).toBeLessThan(1_000_000);
  });

  it('survives a lost page, a torn line and rubbish', async () => {
    await writeReport(runCalled('a'), folder);
    await writeFile(join(folder, 'index.html'), 'half a pa');
    await appendFile(
      join(folder, 'index.jsonl'),
      '\u0000\u0000{"runId": 7}\nnot json\n{"runId":"torn","startedAt":"20',
    );
    await writeReport(runCalled('b'), folder);
    expect(await rowsOf()).toEqual(['b', 'a']);
    await rm(join(folder, 'index.html'));
    await rm(join(folder, 'index.jsonl'));
    await writeReport(runCalled('c'), folder);
    expect(await rowsOf()).toEqual(['c']);
  });

  it('escapes what a run brings', async () => {
    await writeReport({ ...runCalled('a'), command: '<script>x</script>', verdict: '"><img onerror=x>' }, folder);
    expect(foreignMarkup(await readFile(join(folder, 'index.html'), 'utf8'))).toBeNull();
  });

  it('loses no row when many runs of one process end at once', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `run-${i}`);
    await Promise.all(ids.map((id) => writeReport(runCalled(id), folder)));
    expect((await rowsOf()).sort()).toEqual(ids.sort());
  });

  it('loses no row when several processes end at once', async () => {
    const program = `
      const { writeReport } = await import(${JSON.stringify(new URL('../../reports/write.ts', import.meta.url).href)});
      const report = JSON.parse(process.argv[1]);
      for (let i = 0; i < 25; i += 1) await writeReport({ ...report, runId: report.runId + '-' + i }, process.argv[2]);`;
    const codes = await Promise.all(
      ['p', 'q', 'r'].map(async (name) => {
        const child = spawn(
          process.execPath,
          ['--import', 'tsx', '--input-type=module', '-e', program, '--', JSON.stringify(runCalled(name)), folder],
          { stdio: 'inherit' },
        );
        const [code]: unknown[] = await once(child, 'exit');
        return code;
      }),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect((await rowsOf()).sort()).toEqual(
      ['p', 'q', 'r'].flatMap((name) => Array.from({ length: 25 }, (_, i) => `${name}-${i}`)).sort(),
    );
  }, 60_000);
});

describe('the datasets of the index', () => {
  it('are each as the newest run left them, with a link to the section that shows it', async () => {
    await writeReport(runOf(1, { a: 'good', b: 'failed' }), folder);
    await writeReport(runOf(2, { a: 'warning' }), folder);
    expect((await datasetsOf()).map(({ id, state, runId }) => [id, state, runId])).toEqual([
      ['a', 'warning', 'run-2'],
      ['b', 'failed', 'run-1'],
    ]);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('<a href="run-1/report.html#dataset-1">Title of b</a>');
    expect(page).toContain('<a href="run-2/report.html#dataset-1">Title of a</a>');
    expect(page).toMatch(/Title of b.*Title of a/s);
    expect(page).toContain('href="report.schema.json"');
    expect(foreignMarkup(page)).toBeNull();
  });

  it('keep what an older run or one without anything due does not know better', async () => {
    await writeReport(runOf(5, { a: 'good' }), folder);
    await writeReport(runOf(4, { a: 'failed' }), folder);
    const idle = runOf(6, { a: 'not checked' });
    await writeReport({ ...idle, datasets: idle.datasets.map((d) => ({ ...d, outcomes: {} })) }, folder);
    expect((await datasetsOf()).map(({ state }) => state)).toEqual(['good']);
  });

  it('are as many as there are datasets, whatever the number of runs', async () => {
    await writeReport(runOf(1, { a: 'good', old: 'good' }), folder);
    const line = (await readFile(join(folder, 'datasets.jsonl'), 'utf8')).trim();
    const history = Array.from({ length: 20_000 }, () => line.replace('"old"', '"a"')).join('\n');
    await appendFile(join(folder, 'datasets.jsonl'), `\n${history}\nrubbish`);
    await writeReport(runOf(2, { a: 'warning' }), folder);
    expect((await datasetsOf()).map(({ id, state }) => [id, state])).toEqual([
      ['a', 'warning'],
      ['old', 'good'],
    ]);
  });

  it('lose nothing when many runs end at once', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `d-${i}`);
    await Promise.all(ids.map((id, i) => writeReport(runOf(i, { [id]: 'good' }), folder)));
    expect((await datasetsOf()).map(({ id }) => id).sort()).toEqual(ids.sort());
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    for (const id of ids) expect(page).toContain(`>Title of ${id}<`);
  });
});
