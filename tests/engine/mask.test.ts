import { describe, expect, test } from 'vitest';
import { complete, range } from '../../core/check.ts';
import { instant, measure, table, text } from '../../core/contract.ts';
import { readDefinitions } from '../../engine/definition.ts';
import { MASK, masked } from '../../engine/mask.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import type { Finding } from '../../reports/model.ts';
import { check } from '../reports/example.ts';
import { smallPipeline } from '../support/small-dataset.ts';

const METERS = smallPipeline({
  table: table('public.meters', {
    household_id: text({ key: true, sensitive: true, doc: 'The meter.' }),
    hour: instant({ key: true, doc: 'Hour.' }),
    use: measure('kWh', { doc: 'Energy.' }),
    owner: text({ sensitive: true, doc: 'Who lives there.' }),
  }),
  checks: [range('use', 0, 9, { severity: 'warn' }), complete('hour', 'PT1H', { by: ['household_id'] })],
});
const FINDING: Finding = {
  fingerprint: '00ff00ff00ff00ff',
  check: 'range(use, 0, 9)',
  severity: 'warn',
  subject: '2025: Meter 7, 2025-05-01T05:00:00Z',
  sentence: 'use of Meter 7, 2025-05-01T05:00:00Z is not between 0 and 9',
  interval: '2025',
  firstKey: 'Meter 7, 2025-05-01T05:00:00Z',
  lastKey: 'Meter 7, 2025-05-01T05:00:00Z',
  rows: 1,
  state: 'open',
  acknowledgedUntil: null,
  owner: null,
  note: null,
  firstSeenAt: '2025-05-02T00:00:00Z',
  lastSeenAt: '2025-05-02T00:00:00Z',
  change: 'new',
};
const row = (key: string, value: string | null = '12') => ({ interval: '2025', key, value, expectation: 'use < 9' });

const PARTS = {
  checks: [
    check('range(use, 0, 9)', 'Use lies between 0 and 9.', {
      severity: 'warn',
      samples: [row('Meter 7, 2025-05-01T05:00:00Z'), row('Meter, 7, 2025-05-01T05:00:00Z')],
    }),
    check('complete(hour, PT1H, household_id)', 'Every hour.', {
      severity: 'warn',
      samples: [row('2025-05-01T05:00:00Z, Meter 7', null)],
    }),
    check('matches(owner)', 'The owner is a name.', { severity: 'warn', samples: [row('Meter 7, x', 'Ada')] }),
    check('sql(a.sql)', 'A rule.', { severity: 'warn', samples: [row('Meter 7, 2025-05-01T05:00:00Z', 'Ada')] }),
  ],
  revisions: [
    {
      key: 'Meter 7, 2025-05-01T05:00:00Z',
      column: 'owner',
      old: null,
      new: 'Ada',
      knownSince: '2025-05-02T00:00:00Z',
    },
    {
      key: 'Meter 7, 2025-05-01T05:00:00Z',
      column: 'use',
      old: '1',
      new: '2',
      knownSince: '2025-05-02T00:00:00Z',
    },
  ],
  rejected: [
    {
      quarantineId: '1',
      interval: '2025',
      line: 2,
      reason: 'matches(owner): Ada, expected owner to match x',
      raw: 'Meter 7,2025-05-01,12,Ada',
      sha256: 'ab',
    },
  ],
  findings: [FINDING, { ...FINDING, check: 'matches(owner)', sentence: 'the owner is a name does not hold: Ada' }],
  series: null,
};

describe('sensitive values', () => {
  const hidden = masked(METERS, PARTS);

  test('are in no text of the report', () => {
    expect(JSON.stringify(hidden)).not.toMatch(/Meter 7|Ada/);
  });

  test('leave the instant and what is not about them', () => {
    expect(hidden.checks.map(({ samples }) => samples.map(({ key, value }) => [key, value]))).toEqual([
      [
        [`${MASK}, 2025-05-01T05:00:00Z`, '12'],
        [MASK, '12'],
      ],
      [[`2025-05-01T05:00:00Z, ${MASK}`, null]],
      [[MASK, MASK]],
      [[`${MASK}, 2025-05-01T05:00:00Z`, MASK]],
    ]);
    expect(hidden.revisions.map((revision) => [revision.old, revision.new])).toEqual([
      [null, MASK],
      ['1', '2'],
    ]);
    expect(hidden.rejected[0]).toMatchObject({ reason: 'matches(owner)', raw: MASK, line: 2 });
    expect(hidden.findings[0]).toMatchObject({ subject: `2025: ${MASK}, 2025-05-01T05:00:00Z`, rows: 1 });
    expect(hidden.findings[0]?.sentence).toBe(`use of ${MASK}, 2025-05-01T05:00:00Z is not between 0 and 9`);
    expect(hidden.findings[1]?.sentence).toBe('matches(owner) does not hold; the values are masked');
  });

  test('are the only ones that are masked', () => {
    expect(masked(smallPipeline(), PARTS)).toBe(PARTS);
  });

  test('are the meters of the Hugging Face data set, whose rows are not loaded again because of it', async () => {
    const catalog = await loadCatalog();
    const pipeline = catalog.pipelines.find(({ id }) => id === 'hf-electricity-demand');
    expect(pipeline?.table.columns['household_id']).toMatchObject({ sensitive: true });
    const { sensitive: _, ...open } = pipeline!.table.columns['household_id']!;
    const columns = { ...pipeline!.table.columns, household_id: open };
    const unmasked = { ...pipeline!, table: { ...pipeline!.table, columns } };
    const [before, after] = await readDefinitions(catalog, [unmasked, pipeline!], '');
    expect(before?.hash).toBe(after?.hash);
  });
});
