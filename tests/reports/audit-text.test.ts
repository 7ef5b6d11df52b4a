import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairText } from '../../reports/audit/repair.ts';
import { auditText } from '../../reports/audit/text.ts';
import { CLEAN, finding, FOUND } from './audit-example.ts';

describe('the audit on a terminal', () => {
  it('is the golden text', async () => {
    await expect(auditText(FOUND, { width: 80 })).toMatchFileSnapshot('golden/audit.txt');
  });

  it('begins with the verdict and one line per finding, worst first', () => {
    const [verdict, , ...lines] = auditText(FOUND, { width: 100 }).split('\n');
    expect(verdict).toContain('5 fail, 2 warn, 1 info');
    const findings = lines.filter((text) => /^(FAIL|WARN|info) /.test(text));
    expect(findings).toHaveLength(FOUND.findings.length);
    expect(findings.map((text) => text.slice(0, 4))).toEqual([
      'FAIL',
      'FAIL',
      'FAIL',
      'FAIL',
      'FAIL',
      'WARN',
      'WARN',
      'info',
    ]);
  });

  it('shows an edited file line by line', () => {
    expect(auditText(FOUND, { width: 80 })).toContain(
      '\n    - create table public.a (x int)\n    + create table public.a (x bigint)\n',
    );
  });

  it('says little where nothing differs, and does not claim it where nothing was compared', () => {
    expect(auditText(CLEAN, { width: 80 })).toContain('no difference');
    expect(auditText(CLEAN, { width: 80 }).split('\n').length).toBeLessThan(12);
    const unseen = auditText({ ...CLEAN, looked: {} }, { width: 80 });
    expect(unseen).not.toContain('no difference');
    expect(unseen).toContain('Looked at nothing.');
  });

  it('keeps every line within the width, but for words that are longer and for DDL', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 120 }), (width) => {
        const text = auditText(
          { ...FOUND, findings: FOUND.findings.map((item) => ({ ...item, repair: null })) },
          { width },
        );
        for (const line of text.split('\n').filter((long) => long.length > width)) {
          // It could not be broken: what stands before its last word is the indentation or the lead.
          const words = line.trim().split(/ +/);
          expect(words.length).toBeLessThanOrEqual(3);
          expect(line.length - (words.at(-1)?.length ?? 0)).toBeLessThanOrEqual(14);
        }
      }),
    );
  });

  it('begins long texts near the first difference', () => {
    const expected = Array.from({ length: 60 }, (_, i) => `line ${i}`).join('\n');
    const text = auditText(
      {
        ...FOUND,
        findings: [
          finding({
            kind: 'function',
            name: 'public.f()',
            difference: 'body',
            expected,
            actual: expected.replace('line 41', 'LINE 41'),
          }),
        ],
      },
      { width: 80 },
    );
    expect(text).toContain('… line 40 LINE 41');
    expect(text).not.toContain('line 39');
  });

  it('sends no control characters to the terminal', () => {
    const nasty = '\u001b[2J\u0007\u202e\r';
    const text = auditText(
      {
        ...FOUND,
        database: nasty,
        findings: FOUND.findings.map((item) => ({
          ...item,
          name: `public.${nasty}.x`,
          actual: nasty,
          repair: nasty,
          next: nasty,
          consequence: nasty,
          objects: [nasty],
        })),
      },
      { width: 80 },
    );
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    expect(text).toContain('\\u{1b}[2J');
  });

  it('counts the findings that it does not tell in full', () => {
    const text = auditText(
      { ...FOUND, findings: Array.from({ length: 45 }, (_, i) => finding({ name: `public.t${i}.c` })) },
      { width: 80 },
    );
    expect(text.match(/^FAIL drifted /gm)).toHaveLength(45);
    expect(text).toContain('15 more findings (15 fail)');
  });
});

describe('the DDL in one piece', () => {
  it('is what the audit wrote, and keeps names with line ends inside the comments', () => {
    const text = repairText({
      ...FOUND,
      database: 'x\ndrop table a; --',
      repair: 'select 1;\n',
      findings: [finding({ name: 'public.x\ndrop table y; --.z', repair: null, next: 'a\nb' })],
    });
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('--'))).toEqual(['select 1;']);
  });

  it('warns where a statement holds what nobody can see', () => {
    const text = repairText({ ...FOUND, repair: `comment on table x is 'a\u200bb';` });
    expect(text).toContain('-- This holds invisible characters');
    expect(text).toContain(String.raw`'a\u{200b}b'`);
  });

  it('names the findings that have none, and is empty where there is nothing to mend', () => {
    expect(repairText(FOUND)).toContain(
      '-- 3 findings without DDL:\n-- migration 20261122000100_ontario_series.sql: edited after it was applied. Next: put the file back as it was,',
    );
    expect(repairText(FOUND)).toContain(
      '-- migration 20261122140000_stream_views.sql is not applied. Next: npm run pipeline -- db migrate\n',
    );
    expect(repairText(CLEAN)).toBe('');
  });
});
