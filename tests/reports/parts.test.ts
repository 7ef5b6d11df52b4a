import { describe, expect, it } from 'vitest';
import { overviewChart } from '../../reports/charts/overview.ts';
import { PAGE_LIMIT } from '../../reports/html/detail.ts';
import { renderHtml } from '../../reports/html/page.ts';
import { renderMarkup, shape } from '../../reports/html/template.ts';
import type { CheckReport, DatasetReport } from '../../reports/model.ts';
import { freshnessText, qualityByPublisher, scoreText, shareText } from '../../reports/quality.ts';
import { check, run } from './example.ts';
import { finding, FULL, FULL_DATASET, history, series } from './full-example.ts';
import { foreignMarkup } from './hostile.ts';

const pageOf = (more: Partial<DatasetReport>): string => renderHtml(run([{ ...FULL_DATASET, ...more }]));

describe('the score', () => {
  it('stands with its formula, and what was not measured says so', () => {
    const page = renderHtml(FULL);
    expect(page).toContain('<b>97.3</b>');
    expect(page).toMatch(/= 100 × <span title="[^"]*">loaded 100 %<\/span> × <span[^>]*>complete 99\.8 %/);
    expect(page).toContain('clean <span class="unmeasured">not measured</span>');
    expect(page).toContain('Score = 100 × loaded × complete × valid × clean, rounded down to a tenth.');
  });

  it('of a publisher is the lowest of its datasets, null where none is measured', () => {
    const quality = (score: number | null): DatasetReport['quality'] => ({ ...FULL_DATASET.quality!, score });
    expect(
      qualityByPublisher([
        { id: 'a', publisher: 'p', quality: quality(99) },
        { id: 'b', publisher: 'p', quality: quality(12.5) },
        { id: 'c', publisher: 'p', quality: null },
        { id: 'd', publisher: 'o', quality: quality(null) },
      ]),
    ).toEqual([
      { publisher: 'o', score: null, lowest: [], measured: 0, datasets: 1 },
      { publisher: 'p', score: 12.5, lowest: ['b'], measured: 2, datasets: 3 },
    ]);
  });

  it('and its shares are rounded down, so that only what is whole looks whole', () => {
    expect([1, 0.9999999, 0.29, 0, null].map(shareText)).toEqual(['100 %', '99.9 %', '29 %', '0 %', 'not measured']);
    expect([100, 0, null].map(scoreText)).toEqual(['100.0', '0.0', 'not measured']);
  });
});

it('Freshness says the newest row, what is due, and since when it is late', () => {
  const { freshness } = FULL_DATASET;
  expect(freshnessText(freshness)).toBe(
    "stale since 2026-03-02T04:00Z: the newest row is of 2026-02-28T04:00Z, by the publisher's calendar 2026-03-02T04:00Z is due",
  );
  expect(freshnessText({ ...freshness, state: 'ended', staleSince: null })).toBe(
    'ended: the newest row is of 2026-02-28T04:00Z, and the publisher adds no more',
  );
  expect(freshnessText({ state: 'unknown', coveredUntil: null, expectedUntil: null, staleSince: null })).toBe(
    'unknown: nothing is loaded, or its rows have no instant',
  );
});

describe('findings', () => {
  it('are listed open ones first, each with owner, note, change and the command that shows it', () => {
    const page = renderHtml(FULL);
    const states = [...page.matchAll(/<details class="found (\w+) \w+" data-state="(\w+)">/g)].map((match) => match[1]);
    expect(states).toEqual(['open', 'open', 'acknowledged', 'accepted', 'fixed']);
    expect(page).toContain('<code>npm run pipeline -- review show 0000000000000001</code>');
    expect(page).toContain('<dd>Asked the IESO on 2026-02-11.</dd>');
    expect(page).toContain('<b>reopened</b>');
    expect(page).toContain('<dt>Acknowledged until</dt><dd>2026-04-01T00:00Z</dd>');
  });

  it('lead to the check that found them', () => {
    const page = renderHtml(FULL);
    const [, target] = /<a href="#(check-\d+-\d+)"><code>notBelow/.exec(page) ?? [];
    expect(page).toMatch(new RegExp(`id="${target}" open><summary>Market demand is not below`));
  });

  it('are cut, and all of them are counted', () => {
    const page = pageOf({
      findings: Array.from({ length: 50 }, (_, i) => finding(i)),
      findingCounts: { open: 1_234, acknowledged: 0, fixed: 0, accepted: 0 },
    });
    expect(page.match(/<details class="found/g)).toHaveLength(50);
    expect(page).toContain('1,184 more findings not shown here.');
  });
});

describe('a chart', () => {
  it('has a role, a name and its numbers beside it', () => {
    const page = renderHtml(FULL);
    const charts = page.match(/<svg class="chart" role="img" aria-label="[^"]{30,}" viewBox="0 0 \d+ \d+">/g);
    expect(charts).toHaveLength(3);
    expect(page).toContain('2 revised (1 without a value)');
    expect(page).toContain('between 10,000 and 22,500 MW; 9 of 300 parts without a row.');
    expect(page).toContain('<td class="f">12,000 to 18,000</td>');
    expect(page).toContain('No expected band: too little history');
  });

  it('holds shapes and classes only: no style, no colour, no id', () => {
    const page = renderHtml(FULL);
    for (const [svg] of page.matchAll(/<svg class="chart".*?<\/svg>/gs))
      expect(svg).not.toMatch(/<style|style=|fill=|stroke=|font|id=|href|\d\.\d{2}/);
  });

  it('is the same for the same numbers, however often it is drawn', () => {
    expect(renderHtml(FULL)).toBe(renderHtml(structuredClone(FULL)));
  });

  it('keeps the extremes when its parts are put together', () => {
    const peak = { at: '2023-06-01T00:00:00Z', min: -5, median: 7, max: 99_000 };
    const chart = overviewChart({ ...series(), buckets: [...series().buckets.slice(0, 99), peak] }, 10, 'x');
    expect(renderMarkup(chart!)).toContain('>100,000</text>');
  });

  it('refuses elements and attributes that are not in its lists', () => {
    expect(() => shape('script', [], null)).toThrow(RangeError);
    expect(() => shape('path', [['onload', 'alert(1)']], null)).toThrow(RangeError);
    expect(renderMarkup(shape('text', [['class', '"><b>']], '<script>'))).toBe(
      '<text class="&quot;&gt;&lt;b&gt;">&lt;script&gt;</text>',
    );
  });
});

describe('the history of a check', () => {
  it('is a strip with words, and a table that leads to the reports', () => {
    const page = pageOf({ checks: [check('x', 'X.', { result: 'found', failingRows: 3, history: history(12, 5) })] });
    expect(page).toContain(
      'role="img" aria-label="12 earlier runs: 9 passed, 2 found, last on 2026-02-11T12:20:03Z, 1 not checked"',
    );
    expect(page).toContain('<a href="../20260211T122003Z-aa/report.html">');
    expect(pageOf({ checks: [check('x', 'X.')] })).toContain('first run');
  });
});

it('Schema and lineage stand with what changed and where the rows come from', () => {
  const page = renderHtml(FULL);
  expect(page).toContain('3 columns of <code>public.ontario_hourly_demand</code>, 2 changes');
  expect(page).toContain('<td class="f">empty now</td>');
  expect(page).toContain('The meter. Sensitive: masked in reports.');
  expect(page).toMatch(/<b>Address<\/b>.*<b>File<\/b> SHA-256.*<b>SQL<\/b> <code>transforms.*<b>Table<\/b>/s);
});

describe('many', () => {
  const bytes = (text: string): number => Buffer.byteLength(text);
  const checks = (length: number, every: number): CheckReport[] =>
    Array.from({ length }, (_, i) =>
      check(`range(column_${i}, 0, 1)`, `Column ${i} lies between 0 and 1.`, {
        history: history(12, 4),
        ...(i % every === 0
          ? {
              result: 'found' as const,
              failingRows: 5,
              sql: `select * from typed where column_${i} > 1`,
              samples: [{ interval: '2025', key: '2025-01-01T05:00:00Z', value: '2', expectation: 'at most 1' }],
            }
          : {}),
      }),
    );

  it.each([
    ['3,000 checks that passed', checks(3_000, 10_000)],
    ['3,000 checks that all found something', checks(3_000, 1)],
  ])('%s fit, the worst are shown, the rest is counted', (_, many) => {
    const page = pageOf({ checks: many });
    expect(bytes(page)).toBeLessThan(PAGE_LIMIT);
    expect(page).toMatch(/2,\d{3} more checks not shown here/);
    expect(foreignMarkup(page)).toBeNull();
  });

  it('datasets with charts fit; the good ones give way first', () => {
    const good = { ...FULL_DATASET, state: 'good' as const };
    const page = renderHtml(run([FULL_DATASET, ...Array.from({ length: 53 }, () => good)]));
    expect(bytes(page)).toBeLessThan(PAGE_LIMIT);
    expect(page.match(/<section class="dataset"/g)).toHaveLength(54);
    expect(page.match(/<svg class="chart"/g)?.length).toBeGreaterThanOrEqual(3);
  });
});
