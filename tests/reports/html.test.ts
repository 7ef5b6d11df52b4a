import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_LIMIT } from '../../reports/html/detail.ts';
import { renderHtml } from '../../reports/html/page.ts';
import { markup, renderMarkup } from '../../reports/html/template.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { judgeDataset } from '../../reports/verdict.ts';
import { count } from '../../reports/words.ts';
import { check, coverageDays, EXAMPLE, numbers, run, SMALL, yearInterval } from './example.ts';
import { FULL } from './full-example.ts';
import { attributeNames, foreignMarkup, withHostileTexts } from './hostile.ts';

describe('the page of a run', () => {
  it('is the golden page for a small report', async () => {
    await expect(renderHtml(SMALL)).toMatchFileSnapshot('golden/small.html.txt');
  });

  it('needs no network, and runs no script but the one that its policy names', () => {
    const page = renderHtml(FULL);
    expect(page).not.toMatch(/<iframe|<object|<img|@import|url\((?!#grid)/i);
    const [script, ...others] = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map((match) => match[1] ?? '');
    expect(others).toEqual([]);
    const hash = createHash('sha256')
      .update(script ?? '')
      .digest('base64');
    expect(
      [...page.matchAll(/(?:src|href)="([^"]*)"/g)]
        .map((m) => m[1])
        .filter(
          (address) =>
            !/^(https:\/\/reports-public\.ieso\.ca|#|data:,$|report\.(json|md)$|\.\.\/index\.html$|\.\.\/[\w-]+\/report\.html$)/.test(
              address ?? '',
            ),
        ),
    ).toEqual([]);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:;`,
    );
  });

  it('shows the worst dataset first and every state as a word', () => {
    const page = renderHtml(EXAMPLE);
    const titles = [...page.matchAll(/<h2 [^>]*>([^<]*) <span class="state[^>]*><span[^>]*>.<\/span> ([a-z ]+)</g)].map(
      (m) => m[2],
    );
    expect(titles).toEqual(['failed', 'warning', 'not checked', 'good']);
    expect(page).not.toMatch(/class="state good"><span aria-hidden="true">.<\/span> not checked/);
  });

  it.each([
    ['recordings', 'Recorded responses'],
    ['samples', 'Generated samples: not measurements'],
  ] as const)('says loudly that the source is %s', (source, words) => {
    expect(renderHtml(run(EXAMPLE.datasets, { source }))).toContain(`<strong>${words}</strong>`);
    expect(renderHtml(run(EXAMPLE.datasets, { source: 'live' }))).not.toContain('class="banner"');
  });

  it('gives every table a caption and scopes', () => {
    const page = renderHtml(FULL);
    const tables = page.match(/<table/g)?.length ?? 0;
    expect(tables).toBeGreaterThan(15);
    expect(page.match(/<caption/g)).toHaveLength(tables);
    expect(page.match(/<th /g)?.length).toBe(page.match(/<th scope="(col|row)"/g)?.length);
  });

  it('tells how to see the rejected rows and what was revised', () => {
    const page = renderHtml(SMALL);
    expect(page).toContain('<code>npm run pipeline -- quarantine list ieso-demand</code>');
    expect(page).toContain('<td class="t">13244</td><td class="t">→ 13251</td>');
    expect(page).toContain('where ontario_demand_mw not between 1500 and 30000');
  });
});

describe('escaping', () => {
  const NASTY = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&lt;\u202e\u0000javascript:alert(3)`;

  it('keeps hostile text in every field out of the markup', () => {
    const page = renderHtml(withHostileTexts(FULL, NASTY));
    expect(foreignMarkup(page)).toBeNull();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;');
    expect(page).toContain('&amp;lt;\\u{202e}\\u{0}javascript');
    const known = attributeNames(renderHtml(FULL));
    expect([...attributeNames(page)].filter((name) => !known.has(name))).toEqual([]);
    expect(page).not.toMatch(/href="javascript/i);
  });

  it('holds for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(foreignMarkup(renderHtml(withHostileTexts(FULL, text)))).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it('links http addresses only', () => {
    const page = renderHtml(withHostileTexts(SMALL, 'javascript:alert(1)//https://example.org'));
    expect(page).not.toContain('href="javascript');
  });

  it('fills texts, numbers, lists and own markup', () => {
    expect(renderMarkup(markup`<p title="${`"'`}">${['a<', markup`<b>${1}</b>`, null]}&amp;</p>`)).toBe(
      '<p title="&quot;&#39;">a&lt;<b>1</b>&amp;</p>',
    );
  });
});

/** Spread over all levels, so that hardly any neighbours are equal: the worst case for the calendar. */
function raggedCoverage(): DatasetReport['coverage'] {
  return coverageDays('2002-01-01', '2026-08-23').map((day, i) => ({
    ...day,
    present: [24, 0, 7][(i * 7 + (i >> 3)) % 3] ?? 0,
  }));
}

function largeDataset(number: number, coverage: DatasetReport['coverage'], text: string): DatasetReport {
  return judgeDataset(
    numbers({
      id: `dataset-${number}`,
      title: `Dataset ${number}`,
      table: `public.table_${number}`,
      intervals: Array.from({ length: 300 }, (_, i) =>
        yearInterval(
          1900 + i,
          i % 50 === 0 ? 'failed' : 'loaded',
          { read: 100_000, inserted: 96_000, rejected: 4_000 },
          {
            error:
              i % 50 === 0
                ? { code: 'FORMAT', kind: 'format', what: text, where: text, consequence: text, next: text }
                : null,
          },
        ),
      ),
      checks: Array.from({ length: 12 }, (_, i) =>
        check(`range(c${i}, 0, 1)`, `Column ${i} lies between 0 and 1. ${text}`, {
          result: 'found',
          failingRows: 100_000,
          sql: `select * from typed -- ${text}`,
          samples: Array.from({ length: 20 }, (_sample, row) => ({
            interval: '1900',
            key: `${row} ${text}`,
            value: text,
            expectation: text,
          })),
        }),
      ),
      rejected: Array.from({ length: 1_000 }, (_, i) => ({
        quarantineId: String(i),
        interval: '1900',
        line: i,
        reason: text,
        raw: text,
        sha256: 'ab'.repeat(32),
      })),
      rejectedBy: Array.from({ length: 5_000 }, (_, i) => ({ reason: `${i} ${text}`, rows: 240 })),
      revisions: Array.from({ length: 1_000 }, (_, i) => ({
        key: String(i),
        column: text,
        old: text,
        new: null,
        knownSince: '2025-01-01T05:00:00.000Z',
      })),
      coverage,
    }),
  );
}

describe('size', () => {
  const bytes = (text: string): number => Buffer.byteLength(text);
  const long = '<&"'.repeat(700);

  it.each([
    ['whole days', coverageDays('2002-01-01', '2026-08-23'), 'short'],
    ['ragged days and long texts', raggedCoverage(), long],
  ])(
    'stays below 1 MB for 25 datasets of 300 intervals, 9,000 days and a million rejected rows with %s',
    (_, coverage, text) => {
      const page = renderHtml(run(Array.from({ length: 25 }, (_unused, i) => largeDataset(i, coverage, text))));
      expect(coverage).toHaveLength(9_000);
      expect(bytes(page)).toBeLessThan(PAGE_LIMIT);
      expect(page.split('<td class="n">1,200,000</td>').length - 1).toBeGreaterThanOrEqual(25);
      expect(page).toMatch(/[\d,]+ more intervals not shown here: [^.<]*[\d,]+ loaded/);
      expect(page.match(/<figure>/g)).toHaveLength(25 * 25);
      expect(foreignMarkup(page)).toBeNull();
    },
  );

  it('draws 24 years of days of one dataset by day', () => {
    const page = renderHtml(run([largeDataset(1, coverageDays('2002-01-01', '2026-08-23'), 'short')]));
    expect(page).not.toContain('to keep this page small');
    expect(page.match(/<figure>/g)).toHaveLength(25);
  });

  it('stays below 1 MB for 2,000 datasets, and says how many have no section', () => {
    const one = largeDataset(1, raggedCoverage(), long);
    const page = renderHtml(run(Array.from({ length: 2_000 }, () => one)));
    expect(bytes(page)).toBeLessThan(PAGE_LIMIT);
    const left = 2_000 - (page.match(/<section class="dataset"/g)?.length ?? 0);
    expect(left).toBeLessThan(1_980);
    expect(page).toContain(`${count(left)} more datasets without a section here`);
  });
});

describe('every number of the model', () => {
  it('is on the page, or in a sum on the page', () => {
    const n = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(
        fc.record({ read: n, rejected: n, inserted: n, revised: n, withdrawn: n, unchanged: n }),
        fc.array(n, { minLength: 6, maxLength: 6 }),
        (rows, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) => {
          const dataset = judgeDataset(
            numbers({
              id: 'x',
              title: 'X',
              table: 'public.x',
              intervals: [yearInterval(2025, 'loaded', rows)],
              checks: [check('unique(k)', 'Unique.', { intervals: a + 1, failingRows: b, result: 'found' })],
              rejectedBy: [{ reason: 'r', rows: c }],
              rejected: [{ quarantineId: '7', interval: '2025', line: d, reason: 'r', raw: 'raw', sha256: 'ab' }],
              coverage: [{ day: '2025-01-01', expected: e + 1, present: f }],
            }),
          );
          const page = renderHtml(run([dataset]));
          for (const number of [...Object.values(rows), a + 1, b, c, d, e + 1, f])
            expect(page).toMatch(new RegExp(`[> ]${count(number)}[< ]`));
        },
      ),
      { numRuns: 30 },
    );
  });
});
