import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { MODEL_VERSION, type RunReport } from '../../reports/model.ts';
import { parseReport, type reportSchema, reportSchemaText } from '../../reports/schema.ts';
import { EXAMPLE, SMALL } from './example.ts';
import { FULL } from './full-example.ts';

type Schema = z.infer<typeof reportSchema>;
/** Compiles only where each can stand for the other. */
const asModel = (report: Schema): RunReport => report;
const asSchema = (report: RunReport): Schema => report;

describe('the published schema of a report', () => {
  it('is the file that the repository holds; if not: npm run docs', async () => {
    const file = new URL('../../reports/report.schema.json', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(reportSchemaText());
  });

  it('is JSON Schema 2020-12 with the version in its name', () => {
    expect(JSON.parse(reportSchemaText())).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:penstock:report:${MODEL_VERSION}`,
      type: 'object',
      properties: { version: { const: MODEL_VERSION }, datasets: { type: 'array' } },
    });
  });

  it.each([
    ['the example', EXAMPLE],
    ['the small one', SMALL],
    ['one with everything', FULL],
  ])('holds for %s, as it is in memory and as it is on disk', (_, report) => {
    expect(parseReport(report)).toEqual(report);
    expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(asModel(asSchema(report))).toBe(report);
  });

  it('refuses another version, a field that nobody knows, and a state that there is not', () => {
    expect(() => parseReport({ ...SMALL, version: 1 })).toThrow(/version/);
    expect(() => parseReport({ ...SMALL, extra: 1 })).toThrow(/extra/);
    const [dataset] = SMALL.datasets;
    expect(() => parseReport({ ...SMALL, datasets: [{ ...dataset, state: 'green' }] })).toThrow(/state/);
  });
});
