/** Compiled, never run: a definition that names a column its table does not have must not compile. `npx tsc` is the test. */
import { complete, matches, notBelow, notNull, oneOf, range, sql, sumsTo, unique } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline, type PipelineSpec } from '../../core/pipeline.ts';

const columns = {
  hour: instant({ key: true, doc: 'x' }),
  load_mw: mw({ doc: 'x' }),
  wind_mw: mw({ doc: 'x' }),
  fuel: text({ doc: 'x' }),
};
const common = {
  id: 'x',
  title: 'x',
  publisher: 'x',
  licence: { name: 'x', attribution: 'x' },
  partitions: yearly({ from: 2020, zone: 'UTC' }),
  extract: { url: 'https://example.org/{yyyy}', decode: csv({ header: ['a'] }) },
  publishes: { every: 'PT1H', delay: 'PT1H', staleAfter: 'P2D', schedule: '* * * * *', zone: 'UTC' },
  transform: 'x.sql',
  table: table('public.x', columns),
} satisfies Omit<PipelineSpec<typeof columns>, 'checks'>;

definePipeline({
  ...common,
  checks: [
    notNull('load_mw'),
    notNull(['load_mw', 'fuel']),
    unique(['hour', 'fuel']),
    range('load_mw', 0, 1),
    oneOf('fuel', ['GAS']),
    matches('fuel', '[A-Z]+'),
    complete('hour', 'PT1H', { by: ['fuel'] }),
    notBelow('load_mw', 'wind_mw', { severity: 'block' }),
    sumsTo('load_mw', ['wind_mw'], { tolerance: 1 }),
    sql('transforms/checks/x.sql', { doc: 'x' }),
  ],
});

// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [notNull('laod_mw')] });
// @ts-expect-error misspelt column in a list
definePipeline({ ...common, checks: [notNull(['load_mw', 'feul'])] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [unique(['huor'])] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [range('laod_mw', 0, 1)] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [oneOf('feul', ['GAS'])] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [matches('feul', '.')] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [complete('huor', 'PT1H')] });
// @ts-expect-error misspelt column in `by`
definePipeline({ ...common, checks: [complete('hour', 'PT1H', { by: ['feul'] })] });
// @ts-expect-error misspelt second column
definePipeline({ ...common, checks: [notBelow('load_mw', 'wnid_mw')] });
// @ts-expect-error misspelt part
definePipeline({ ...common, checks: [sumsTo('load_mw', ['wnid_mw'])] });
// @ts-expect-error no such severity
definePipeline({ ...common, checks: [notNull('load_mw', { severity: 'fatal' })] });
// @ts-expect-error a check of a file says what it says
definePipeline({ ...common, checks: [sql('transforms/checks/x.sql')] });
// @ts-expect-error no checks may widen the contract's columns
definePipeline({ ...common, checks: [notNull('load_mw'), notNull('laod_mw')] });
// @ts-expect-error a column needs a meaning
instant({ key: true });
// @ts-expect-error no such partition
definePipeline({ ...common, partitions: { kind: 'weekly', zone: 'UTC' } });
