/**
 * Draws the pictures of `docs/data-quality.md` from recorded data, with the charts of the reports. By hand:
 * `npm run pipeline -- run ieso-demand ieso-generation-by-fuel --recordings ../shared/recordings --data-dir /tmp/measure`, then
 * `npx tsx docs/data-quality-pictures.ts /tmp/measure`.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import * as Plot from '@observablehq/plot';
import { timeColumn } from '../core/contract.ts';
import type { Database, Log } from '../core/effects.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { connect } from '../loaders/postgres/connect.ts';
import { type Drawn, values } from '../loaders/postgres/series.ts';
import { readBand } from '../loaders/postgres/table-checks.ts';
import { loadCatalog } from '../pipelines/index.ts';
import { closeUpChart } from '../reports/charts/close-up.ts';
import { draw } from '../reports/charts/drawing.ts';
import { type Html, renderMarkup } from '../reports/html/template.ts';
import type { CloseUp } from '../reports/model.ts';
import { tableCheckSql } from '../sql/checks/compile.ts';

const FOLDER = join(import.meta.dirname, 'data-quality');
const WIDTH = 560;
const HEIGHT = 190;
const HOUR_MS = 3_600_000;

/** A page of its own, light on any ground: GitHub shows pictures on white and on black. */
const STYLE = `text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:#57606a}.chart{text-anchor:middle}
.title{font-size:13px;font-weight:600;fill:#1f2328}
.rules line{stroke:#d8dee4}.ticks path{stroke:#57606a;fill:none}
.band path{fill:#8a949c;fill-opacity:.3;stroke:none}.median path{fill:none;stroke:#0b5cad;stroke-width:1.4;stroke-linejoin:round}
.anomalous path,.anomalous circle{fill:#b3261e;stroke:#fff;stroke-width:1}
.others path{fill:none;stroke:#8a949c;stroke-width:1}.late path{fill:none;stroke:#b3261e;stroke-width:1.6;stroke-dasharray:5 3}
.blue{fill:#0b5cad;font-weight:600}.grey{fill:#6e7781;font-weight:600}.red{fill:#b3261e;font-weight:600}`;

interface Picture {
  readonly title: string;
  /** Markup of the line below the title. */
  readonly key: string;
  readonly chart: Html;
}

async function write(file: string, { title, key, chart }: Picture): Promise<void> {
  const inner = renderMarkup(chart).replace('<svg ', `<svg x="0" y="44" width="${WIDTH}" height="${HEIGHT}" `);
  const height = HEIGHT + 48;
  await writeFile(
    join(FOLDER, file),
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>${STYLE}</style>
<rect width="${WIDTH}" height="${height}" rx="6" fill="#fff" stroke="#d8dee4"/>
<text class="title" x="14" y="22">${title}</text>
<text x="14" y="38">${key}</text>
${inner}
</svg>
`,
  );
}

async function blackout(db: Database, demand: Pipeline): Promise<void> {
  const column = 'ontario_demand_mw';
  const span = { start: Date.parse('2003-08-12T00:00Z'), end: Date.parse('2003-08-20T00:00Z') };
  const check = demand.checks.find((one) => one.kind === 'hourOfWeekAnomaly');
  if (check?.kind !== 'hourOfWeekAnomaly') throw new Error('the demand has no check with a band');
  const { id: dataset, table } = demand;
  const sql = tableCheckSql({ dataset, table, scope: 'time', shared: false }, check);
  const bands = new Map((await readBand(db, sql, span)).map((band) => [band.at, band]));
  const points = (await hours(db, { table, column, where: {} }, span)).map(({ at, value }) => {
    const { lower = null, upper = null } = bands.get(at) ?? {};
    const outside = value !== null && lower !== null && upper !== null && (value < lower || value > upper);
    return point(at, value, { lower, upper, outside });
  });
  await write('blackout.svg', {
    title: 'Ontario demand, August 2003, MW',
    key: '<tspan class="blue">demand</tspan>, <tspan class="grey">expected band of the hour of the week</tspan>, <tspan class="red">outside of it</tspan>; times are UTC',
    chart: closeUpChart({ fingerprint: '', title: '', points }, 'Demand falls out of the band on 14 August'),
  });
}

async function solarAtNight(db: Database, { table }: Pipeline): Promise<void> {
  const span = { start: Date.parse('2026-07-15T04:00Z'), end: Date.parse('2026-07-19T04:00Z') };
  const found = ['2026-07-17T05:00Z', '2026-07-17T06:00Z'].map((text) => Date.parse(text));
  const rows = await hours(db, { table, column: 'output_mw', where: { fuel: 'SOLAR' } }, span);
  // Days reach hundreds of megawatts; the night is what matters.
  const points = rows.map(({ at, value }) =>
    point(at, value === null ? null : Math.min(value, 40), { lower: null, upper: null, outside: found.includes(at) }),
  );
  await write('solar-at-night.svg', {
    title: 'Ontario solar output, July 2026, MW (cut off at 40)',
    key: '<tspan class="blue">output</tspan>, <tspan class="red">above 1 MW while the sun is 6° below the horizon everywhere</tspan>; times are UTC',
    chart: closeUpChart({ fingerprint: '', title: '', points }, 'Output stays at 11 MW from one dusk to the next dawn'),
  });
}

interface Shape {
  readonly year: number;
  readonly hour: number;
  readonly shape: number;
}

async function clockShift(db: Database, { table }: Pipeline): Promise<void> {
  const shapes = await db.query<Shape>(
    `with hours as (
       select extract(year from local_time)::int as year, extract(hour from local_time)::int as hour, avg(ontario_demand_mw) as mean_value
       from (select hour at time zone 'America/Toronto' as local_time, ontario_demand_mw from ${table.name}) t
       where extract(month from local_time) = 1 and extract(isodow from local_time) < 6 group by 1, 2
     )
     select year, hour, ((mean_value - avg(mean_value) over of_year) / stddev_pop(mean_value) over of_year)::float8 as shape
     from hours window of_year as (partition by year) order by year, hour`,
  );
  const of = (year: number, late: number): { at: Date; shape: number; year: number }[] =>
    shapes
      .filter((row) => row.year === year)
      .map(({ hour, shape }) => ({ at: hourOfDay((hour + late) % 24), shape, year }))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const others = [...new Set(shapes.map(({ year }) => year))].filter((year) => year !== 2024);
  const place = { x: 'at', y: 'shape' } as const;
  await write('clock-shift.svg', {
    title: 'Mean weekday of Ontario demand in January 2024, scaled',
    key: '<tspan class="blue">as published</tspan>, <tspan class="red">an hour late</tspan>, <tspan class="grey">January of other years</tspan>; hours on the clock of Toronto',
    chart: draw({
      width: WIDTH,
      height: HEIGHT,
      name: 'As published the day lies on those of other years; an hour late it lies beside them',
      marks: [
        Plot.lineY(
          others.flatMap((year) => of(year, 0)),
          { ...place, z: 'year', className: 'others' },
        ),
        Plot.lineY(of(2024, 0), { ...place, className: 'median' }),
        Plot.lineY(of(2024, 1), { ...place, className: 'late' }),
      ],
    }),
  });
}

/** An hour of no particular day: the chart's axis is one of time. */
function hourOfDay(hour: number): Date {
  return new Date(Date.UTC(2024, 0, 1, hour));
}

async function hours(
  db: Database,
  drawn: Drawn,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<{ at: number; value: number | null }[]> {
  if (timeColumn(drawn.table) === null) throw new Error(`${drawn.table.name} has no instant`);
  const rows = await values(db, drawn, { from: start, to: end }, (end - start) / HOUR_MS);
  if (rows.length === 0) throw new Error(`${drawn.table.name} holds nothing of that time: load the recordings first`);
  return rows;
}

function point(
  instant: number,
  value: number | null,
  {
    lower,
    upper,
    outside,
  }: { readonly lower: number | null; readonly upper: number | null; readonly outside: boolean },
): CloseUp['points'][number] {
  return { at: new Date(instant).toISOString(), value, lower, upper, mark: outside ? 'anomalous' : null };
}

async function main(dataDir: string): Promise<void> {
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: console.warn, error: console.error };
  const database = await connect({ dataDir, log });
  try {
    const { pipelines } = await loadCatalog();
    const of = (id: string): Pipeline => {
      const pipeline = pipelines.find((one) => one.id === id);
      if (pipeline === undefined) throw new Error(`there is no dataset ${id}`);
      return pipeline;
    };
    await blackout(database.pool, of('ieso-demand'));
    await solarAtNight(database.pool, of('ieso-generation-by-fuel'));
    await clockShift(database.pool, of('ieso-demand'));
  } finally {
    await database.close();
  }
}

const [, , dataDir] = argv;
if (dataDir === undefined) throw new Error('usage: npx tsx docs/data-quality-pictures.ts <data-dir>');
await main(dataDir);
