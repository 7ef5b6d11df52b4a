/** Compiled, never run: a check that looks at tables and names a column its table does not have must not compile. `npx tsc` is the test. */
import { notAbove, solarAtNight } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline, type PipelineSpec } from '../../core/pipeline.ts';
import { loadSeries, priceSeries } from '../../core/series-checks.ts';
import {
  beyondHistory,
  clockShift,
  distributionDrift,
  hourOfWeekAnomaly,
  ramp,
  repeated,
  revisions,
  volume,
} from '../../core/table-check.ts';

const zone = 'America/Toronto';
const columns = {
  hour: instant({ key: true, doc: 'x' }),
  area: text({ key: true, doc: 'x' }),
  load_mw: mw({ doc: 'x' }),
  limit_mw: mw({ doc: 'x' }),
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
const sun = { places: [], elevation: -1, tolerance: 1, step: 'PT1H' } as const;

definePipeline({
  ...common,
  checks: [
    ...loadSeries('load_mw', { zone, holidays: 'ON', by: ['area'], revises: 'P1D' }),
    ...priceSeries('limit_mw', { zone, revises: 'P1D' }),
    hourOfWeekAnomaly('load_mw', { zone, by: ['area'], severity: 'info' }),
    ramp('load_mw', { zone }),
    clockShift('load_mw', { zone }),
    distributionDrift('load_mw', { zone, of: 'median' }),
    repeated('load_mw', { by: ['area'] }),
    beyondHistory('load_mw', { by: ['area'] }),
    volume('hour', { zone }),
    revisions('load_mw', { after: 'P1D' }),
    solarAtNight('load_mw', sun),
    notAbove('load_mw', 'limit_mw'),
  ],
});

// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [hourOfWeekAnomaly('laod_mw', { zone })] });
// @ts-expect-error misspelt column in `by`
definePipeline({ ...common, checks: [hourOfWeekAnomaly('load_mw', { zone, by: ['aera'] })] });
// @ts-expect-error misspelt column of a series
definePipeline({ ...common, checks: [...loadSeries('laod_mw', { zone, revises: 'P1D' })] });
// @ts-expect-error misspelt column in `by` of a series
definePipeline({ ...common, checks: loadSeries('load_mw', { zone, revises: 'P1D', by: ['aera'] }) });
// @ts-expect-error misspelt column of a series
definePipeline({ ...common, checks: priceSeries('laod_mw', { zone, revises: 'P1D' }) });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [ramp('laod_mw', { zone })] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [clockShift('laod_mw', { zone })] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [distributionDrift('laod_mw', { zone })] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [repeated('laod_mw')] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [beyondHistory('laod_mw')] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [volume('huor', { zone })] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [revisions('laod_mw', { after: 'P1D' })] });
// @ts-expect-error misspelt column
definePipeline({ ...common, checks: [solarAtNight('laod_mw', sun)] });
// @ts-expect-error misspelt limit
definePipeline({ ...common, checks: [notAbove('load_mw', 'limti_mw')] });

// @ts-expect-error a check that looks at tables cannot reject
hourOfWeekAnomaly('load_mw', { zone, severity: 'reject' });
// @ts-expect-error nor block
repeated('load_mw', { severity: 'block' });
// @ts-expect-error the clock must be named
hourOfWeekAnomaly('load_mw', {});
// @ts-expect-error a province whose holidays nobody knows
ramp('load_mw', { zone, holidays: 'QC' });
// @ts-expect-error how late the publisher revises must be named
loadSeries('load_mw', { zone });
