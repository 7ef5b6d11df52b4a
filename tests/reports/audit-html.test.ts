import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditReport, Finding } from '../../core/audit.ts';
import { auditPage } from '../../reports/audit/html.ts';
import { PAGE_LIMIT } from '../../reports/html/detail.ts';
import { CLEAN, finding, FOUND } from './audit-example.ts';
import { attributeNames, foreignMarkup } from './hostile.ts';

const NASTY = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&lt;\u202e\u0000\n\`\`\``;

/** The report with `text` wherever a database's owner chooses what stands there. */
function poisoned(report: AuditReport, text: string): AuditReport {
  const poison = (item: Finding): Finding => ({
    ...item,
    name: `public.${text}.${text}`,
    difference: item.difference === 'missing' || item.difference === 'extra' ? item.difference : text,
    expected: item.expected === null ? null : text,
    actual: item.actual === null ? null : text + item.actual,
    consequence: text,
    repair: item.repair === null ? null : text,
    next: text,
    objects: item.objects.map(() => text),
  });
  return {
    ...report,
    database: text,
    server: text,
    expectedFrom: text,
    migrations: report.migrations.map((migration) => ({ ...migration, version: text, file: text })),
    notes: [text],
    findings: report.findings.map(poison),
  };
}

describe('the page of an audit', () => {
  it('is the golden page', async () => {
    await expect(auditPage(FOUND)).toMatchFileSnapshot('golden/audit.html.txt');
  });

  it('needs no network and no script, and each link leads somewhere', () => {
    const page = auditPage(FOUND);
    expect(page).not.toMatch(/<script|<iframe|<object|<img|@import|url\((?!#grid)/i);
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(4);
    for (const target of targets) expect(page.split(`id="${target}"`)).toHaveLength(2);
    expect([...page.matchAll(/(?:src|href)="(?!#)([^"]*)"/g)].map((match) => match[1])).toEqual(['data:,']);
  });

  it('puts the findings of a table and its parts together, the worst object first', () => {
    const page = auditPage(FOUND);
    const titles = [...page.matchAll(/<h2 id="object-\d+">(.*?) <span class="state[^>]*>.*?<\/span> (\w+)</g)];
    expect(titles.map(([, title, severity]) => `${title} ${severity}`)).toEqual([
      'public.weather_data fail',
      'migration 20261122000100_ontario_series.sql fail',
      'function public.latest(text) fail',
      'migration 20261122140000_stream_views.sql fail',
      'index public.weather_data_station_idx warn',
      'unreadable operator public.&lt;&lt;&lt;(text,text) warn',
    ]);
    const section = page.slice(page.indexOf('id="object-1"'), page.indexOf('id="object-2"'));
    expect(section.match(/<h4>/g)).toHaveLength(3);
    expect(section).toContain('policy weather_data_write should not be there');
  });

  it('shows both sides, marks the lines that differ, and says where a side is not there', () => {
    const page = auditPage(FOUND);
    expect(page).toContain('<b class="own">  return query select * from public.x limit 1000;</b>');
    expect(page).not.toContain('<b class="own">begin</b>');
    expect(page).toContain('<p class="label">Actual</p><p class="nothing">not there</p>');
  });

  it('lists what is not applied yet, what was changed, and what nobody here knows', () => {
    const page = auditPage(FOUND);
    expect(
      [...page.matchAll(/<li><span aria-hidden="true">☐<\/span> <code>(.*?)<\/code>: (.*?)<\/li>/g)].map((m) =>
        m.slice(1),
      ),
    ).toEqual([
      ['20261122000100_ontario_series.sql', 'changed after it was applied'],
      ['20261122140000_stream_views.sql', 'not applied yet'],
      ['20250101000000', 'in the database, no such file here'],
    ]);
    expect(page).toContain('<li>makes view public.stream_ontario_demand</li>');
    expect(auditPage(CLEAN)).not.toContain('☐');
  });

  it('is calm about a database without findings, but not about one of which nothing was compared', () => {
    expect(auditPage(CLEAN)).toMatch(
      /class="state good"><span[^>]*>✓<\/span> no difference<\/span> The database is what the migrations make: 1,906 objects/,
    );
    const empty = auditPage({ ...CLEAN, looked: {} });
    expect(empty).not.toContain('class="state good"');
    expect(empty).toContain('Nothing was compared, so nothing is known about this database.');
  });

  it('gives every table a caption and scopes', () => {
    const page = auditPage(FOUND);
    const tables = page.match(/<table/g)?.length ?? 0;
    expect(tables).toBe(4);
    expect(page.match(/<caption/g)).toHaveLength(tables);
    expect(page.match(/<th /g)?.length).toBe(page.match(/<th scope="(col|row)"/g)?.length);
  });

  it('keeps hostile names and texts out of the markup', () => {
    const page = auditPage(poisoned(FOUND, NASTY));
    expect(foreignMarkup(page)).toBeNull();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;');
    expect(page).toContain('\\u{202e}\\u{0}');
    const known = attributeNames(auditPage(FOUND));
    expect([...attributeNames(page)].filter((name) => !known.has(name))).toEqual([]);
  });

  it('does so for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom('<', '"', "'", '&#', ']]>', '<!--'),
        (text, sign) => {
          expect(foreignMarkup(auditPage(poisoned(FOUND, text + sign)))).toBeNull();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('stays below the limit and says how many objects it leaves out', () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      finding({ name: `public.t${i}.c`, actual: 'x'.repeat(500), severity: i % 2 === 0 ? 'warn' : 'fail' }),
    );
    const page = auditPage({ ...FOUND, findings: many });
    expect(new TextEncoder().encode(page).length).toBeLessThanOrEqual(PAGE_LIMIT);
    const shown = page.match(/<h2 id="object-/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(100);
    expect(page).toContain(`${(3_000 - shown).toLocaleString('en')} more objects with`);
    expect(page).toContain('1,500 fail, 1,500 warn');
  });
});
