/** The pages for whoever operates it: every command, dataset, error code, figure and link that they name exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../pipelines/index.ts';
import { callsIn, unknownWords } from './command-line.ts';
import { ROOT } from './linters.ts';

const PAGES = ['deployment', 'runbook', 'enabling-flags'].map((name) => `docs/operations/${name}.md`);
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const sources = ['core', 'engine', 'loaders', 'sql', 'serve', 'cli', 'reports', 'transforms'].flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|sql)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
);
const program = sources.join('\n');

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  it('names commands and options that exist', () => {
    const calls = callsIn(text.replaceAll(/`|, and when it has passed:/g, '\n'));
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.flatMap((words) => unknownWords(words).map((fault) => `${words.join(' ')}: ${fault}`))).toEqual([]);
  });

  it('names datasets that exist', async () => {
    const { pipelines } = await loadCatalog();
    const ids = new Set(pipelines.map(({ id }) => id));
    const publishers = [...new Set(pipelines.map(({ publisher }) => publisher))].join('|');
    const named = [...text.matchAll(new RegExp(`(?<![\\w/.-])(?:${publishers})-[a-z0-9-]+(?![\\w*])`, 'g'))];
    expect(named.map(([id]) => id).filter((id) => !ids.has(id) && !text.includes(`${id}-*`))).toEqual([]);
  });

  it('names error codes that exist', () => {
    const codes = [...text.matchAll(/(?:^|`)([A-Z]+(?:_[A-Z]+)+)(?=: |`)/gm)].map(([, code = '']) => code);
    expect(codes.filter((code) => !program.includes(code) && !/^(KAGGLE|AESO|HF|SUPABASE|FRONT)_/.test(code))).toEqual(
      [],
    );
  });

  it('names figures of /metrics that exist', () => {
    const named = [...text.matchAll(/\bpenstock_[a-z_]+(?:_total|_seconds|_up|_connected|_stale|_clients)\b/g)];
    expect(named.map(([name]) => name).filter((name) => !program.includes(`'${name}'`))).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#][^)]*|#[^)]*)\)/g)) {
      if (target.startsWith('https:')) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, file)), target).toBe(true);
      if (heading === undefined) continue;
      const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
        words
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, target).toContain(heading);
    }
  });
});

it('the runbook has every publisher', async () => {
  const runbook = read('docs/operations/runbook.md');
  const titles: Readonly<Record<string, string>> = {
    ieso: '| IESO |',
    aeso: '| AESO, API',
    statcan: '| Statistics Canada |',
    eccc: '| ECCC |',
    kaggle: '| Kaggle |',
    huggingface: '| Hugging Face |',
    local: '| this repository',
  };
  const { publishers } = await loadCatalog();
  for (const id of publishers.keys()) expect(runbook, id).toContain(titles[id] ?? `no title of ${id}`);
});

it('a command, an option and a code that do not exist would be found', () => {
  expect(callsIn('$ npm run pipeline -- heal ieso').flatMap(unknownWords)).toEqual(['command heal']);
  expect(
    callsIn('`npm run pipeline -- replay ieso-demand --since 2025`'.replaceAll('`', '\n')).flatMap(unknownWords),
  ).toEqual(['option --since of replay']);
});
