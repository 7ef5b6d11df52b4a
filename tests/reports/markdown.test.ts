import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKDOWN_LIMIT, renderMarkdown } from '../../reports/markdown.ts';
import { EXAMPLE, run, SMALL } from './example.ts';
import { FULL, FULL_DATASET } from './full-example.ts';
import { withHostileTexts } from './hostile.ts';

/** Cells per table row: pipes that are not escaped. */
const cells = (line: string): number => line.replaceAll(/\\\\/g, '').replaceAll(/\\\|/g, '').split('|').length;

describe('the report as Markdown', () => {
  it('is the golden text for a small report', async () => {
    await expect(renderMarkdown(SMALL)).toMatchFileSnapshot('golden/small.md');
  });

  it('keeps tables whole whatever a publisher writes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('a|b', '\\|', '`|`', '``` | \n| x |', '\\', '<script>', '\u001b[31m', '| \r\n | `'),
        fc.string({ maxLength: 10 }),
        (nasty, text) => {
          const page = renderMarkdown(withHostileTexts(FULL, nasty + text));
          const outside = page.replaceAll(/\n(`{3,})sql\n[\s\S]*?\n\1\n/g, '\n');
          const tables = outside
            .split(/\n\n+/)
            .flatMap((block) =>
              block.startsWith('|') ? [block.split('\n').filter((line) => line.startsWith('|'))] : [],
            );
          expect(tables.length).toBeGreaterThan(3);
          for (const table of tables) expect(new Set(table.map(cells)).size).toBe(1);
          expect(page).not.toContain('\u001b');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not let text become markup', () => {
    const page = renderMarkdown(withHostileTexts(FULL, '<img src=x> **bold** [link](javascript:x)'));
    const prose = page.replaceAll(/\n```sql\n[\s\S]*?\n```\n/g, '').replaceAll(/`[^`\n]*`/g, '');
    expect(prose).not.toMatch(/(?<!\\)<img/);
    expect(prose).not.toMatch(/(?<!\\)\[link/);
  });

  it('fits into an issue and says what is left out', () => {
    const page = renderMarkdown(
      run(Array.from({ length: 40 }, () => EXAMPLE.datasets[0] ?? SMALL.datasets[0]).filter((d) => d !== undefined)),
    );
    expect(page.length).toBeLessThanOrEqual(MARKDOWN_LIMIT);
    expect(page).toMatch(/\d+ more datasets without a section here/);
  });

  it('says score, freshness and findings, and how to settle one', () => {
    const page = renderMarkdown(FULL);
    expect(page).toContain(
      '- Score: 97.3 = 100 × loaded 100 % × complete 99.8 % × valid 99.9 % × clean not measured\n- Freshness: stale since',
    );
    expect(page).toContain('| ieso | ieso-demand | 97.3 | 1 | 3 |');
    expect(page).toContain('| open, reopened | warn | Market demand is below Ontario demand (1).; Asked the IESO');
    expect(page).toContain('`npm run pipeline -- review show 0000000000000000`');
    const many = { ...FULL_DATASET, findingCounts: { ...FULL_DATASET.findingCounts, open: 80 } };
    expect(renderMarkdown(run([many]))).toContain('78 more findings not shown here.');
  });

  it('carries the banner', () => {
    expect(renderMarkdown(run(EXAMPLE.datasets, { source: 'samples' }))).toContain(
      '> **Generated samples: not measurements.**',
    );
    expect(renderMarkdown(SMALL)).not.toContain('> **');
  });
});
