/** The publishers' real files of every kind of layout: rows, cells and blanks equal a recount that knows nothing of the decoders. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, type Decode, json, rawColumns, sections, xml, zip } from '../../core/decode.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { type Gathered, gather } from './support.ts';

type Cells = (string | null)[];
const ready = hasShared('recordings') && hasShared('fixtures');

function recording(...path: string[]): string {
  return join(sharedFolder('recordings'), ...path);
}
function ieso(report: string): string {
  const folder = recording('reports-public.ieso.ca', 'public', report);
  return join(folder, readdirSync(folder)[0] ?? '');
}
function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

async function decoded(file: string, spec: Decode): Promise<Gathered> {
  const found = await gather(decode(file, spec));
  expect(found.undecodable).toEqual([]);
  for (const cells of found.cells.slice(0, 1)) expect(cells.length).toBe(rawColumns(spec).length);
  return found;
}

/** Deep equality of thousands of rows is slow; the text is as strict. */
function same(found: readonly unknown[], recount: readonly unknown[]): boolean {
  return recount.length > 0 && JSON.stringify(found) === JSON.stringify(recount);
}

/** A line without quoted commas or quotes in quotes. */
const plainCells = (line: string): string[] =>
  line
    .replace(/\r$/, '')
    .split(',')
    .map((cell) => cell.replaceAll('"', ''));
/** Lines of quoted cells only. */
const quotedCells = (line: string): string[] => line.replace(/\r$/, '').slice(1, -1).split('","');
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n');
const sum = (cells: readonly (string | null | undefined)[]): number =>
  cells.reduce((all, cell) => all + Number(cell), 0);

describe.skipIf(!ready)('XML', () => {
  test('with outputs, capabilities and available capacities of each generator', async () => {
    const file = ieso('GenOutputCapability');
    const at = 'IMODocument/IMODocBody/Generators/Generator';
    const found = await decoded(
      file,
      xml({
        rows: [`${at}/Outputs/Output`, `${at}/Capabilities/Capability`, `${at}/Capacities/AvailCapacity`],
        columns: {
          date: '../../../../Date',
          name: '../../GeneratorName',
          fuel: '../../FuelType',
          hour: 'Hour',
          mw: 'EnergyMW',
        },
        element: 'kind',
      }),
    );
    // One element a line.
    const recount: Cells[] = [];
    const lines: number[] = [];
    let [date, name, fuel] = ['', '', ''];
    linesOf(file).forEach((line, i) => {
      const [, element = '', text = ''] = /<(\w+)>([^<]*)/.exec(line) ?? [];
      if (element === 'Date') date = text;
      if (element === 'GeneratorName') name = text;
      if (element === 'FuelType') fuel = text;
      if (['Output', 'Capability', 'AvailCapacity'].includes(element)) {
        recount.push([date, name, fuel, null, null, element]);
        lines.push(i + 1);
      }
      if (element === 'Hour') (recount.at(-1) ?? [])[3] = text;
      if (element === 'EnergyMW') (recount.at(-1) ?? [])[4] = text;
    });
    expect(same(found.cells, recount)).toBe(true);
    expect(same(found.lines, lines)).toBe(true);
    expect(new Set(recount.map((cells) => cells[5])).size).toBe(3);
  });

  test.each([
    ['real-time totals', () => ieso('RealtimeTotals')],
    ['their predecessor', () => join(sharedFolder('fixtures'), 'ieso_RealtimeConstTotals_2017070101.xml')],
  ])('with intervals of quantities: %s', async (_, path) => {
    const file = path();
    const found = await decoded(
      file,
      xml({
        rows: 'Document/DocBody/Energies/IntervalEnergy/MQ',
        columns: {
          hour: '../../../DeliveryHour',
          interval: '../Interval',
          what: 'MarketQuantity',
          mw: 'EnergyMW',
          flag: '../Flag',
        },
      }),
    );
    const text = readFileSync(file, 'utf8');
    const hour = /<DeliveryHour>(\d+)</.exec(text)?.[1] ?? '';
    const recount = [...text.matchAll(/<IntervalEnergy>.*?<\/IntervalEnergy>/gs)].flatMap(([part]) =>
      [...part.matchAll(/<MQ>\s*<MarketQuantity>([^<]*)<\/MarketQuantity>\s*<EnergyMW>([^<]*)<\/EnergyMW>/g)].map(
        ([, what, mw]) => [hour, /<Interval>(\d+)/.exec(part)?.[1], what, mw],
      ),
    );
    // The flag stands behind the quantities, so it is not there yet when they are read.
    expect(
      same(
        found.cells.map((cells) => cells.slice(0, 4)),
        recount,
      ),
    ).toBe(true);
    expect(found.cells.map((cells) => cells[4])).toEqual(found.cells.map(() => null));
  });
});

describe.skipIf(!ready)('CSV', () => {
  test('with a preamble: every year of pool prices', async () => {
    const spec = csv({ preamble: true, header: ['Date (HE)', 'Price ($)', '30Ravg ($)', 'AIL Demand (MW)'] });
    const files = filesIn(recording('ets.aeso.ca', 'HistoricalPoolPriceReportServlet'));
    expect(files.length).toBeGreaterThanOrEqual(9);
    for (const file of files) {
      const found = await decoded(file, spec);
      const recount = linesOf(file).flatMap((line, i) => (/^"\d\d\//.test(line) ? [[i + 1, quotedCells(line)]] : []));
      expect([
        file,
        same(
          found.cells.map((cells, i) => [found.lines[i], cells]),
          recount,
        ),
      ]).toEqual([file, true]);
    }
  });

  test('with a preamble from which the station is captured', async () => {
    const file = join(sharedFolder('fixtures'), 'eccc_old_layout_eng-hourly-07012018-07312018.csv');
    const lines = linesOf(file).filter((line) => line.trim() !== '');
    const at = lines.findIndex((line) => line.startsWith('"Date/Time"'));
    const found = await decoded(
      file,
      csv({
        preamble: true,
        short: 'pad',
        header: quotedCells(lines[at] ?? ''),
        capture: { Climate: '"Climate Identifier","(\\d+)"' },
      }),
    );
    const recount = lines.slice(at + 1).map((line) => {
      const cells = quotedCells(line);
      return [...Array.from({ length: 24 }, (_, i) => cells[i] ?? null), '7086719'];
    });
    expect(found.cells.length).toBe(744);
    expect(recount.some((cells) => cells[23] === null)).toBe(true);
    expect(same(found.cells, recount)).toBe(true);
  });

  test('whose rows end early: every month of weather', async () => {
    const files = filesIn(recording('climate.weather.gc.ca'));
    expect(files.length).toBeGreaterThanOrEqual(40);
    let short = 0;
    for (const file of files) {
      const [head = '', ...rest] = linesOf(file).filter((line) => line.trim() !== '');
      const header = quotedCells(head.replace('\uFEFF', ''));
      const found = await decoded(file, csv({ header, short: 'pad' }));
      const recount = rest.map((line) => {
        const cells = quotedCells(line);
        if (cells.length < header.length) short += 1;
        return header.map((_, i) => cells[i] ?? null);
      });
      expect([file, same(found.cells, recount)]).toEqual([file, true]);
    }
    expect(short).toBeGreaterThan(1_700);
  });

  test('with a header of two lines: a year of interties', async () => {
    const file = ieso('IntertieScheduleFlowYear');
    const lines = linesOf(file);
    const [top = [], bottom = []] = lines.slice(3, 5).map(plainCells);
    const header = top.map((name, i) => (name === '' ? (bottom[i] ?? '') : `${name} ${bottom[i]}`));
    expect(header.slice(0, 3)).toEqual(['Date', 'Hour', 'MANITOBA Imp']);
    const spec = csv({ comment: '\\\\', headerRows: 2, header, capture: { year: 'For (\\d{4})' } });
    const found = await decoded(file, spec);
    const recount = lines
      .slice(5)
      .filter((line) => line !== '')
      .map((line) => [...plainCells(line), '2025']);
    expect(header.length).toBe(47);
    expect(same(found.cells, recount)).toBe(true);
    const flow = rawColumns(spec).indexOf('Total Flow');
    expect(sum(found.cells.map((cells) => cells[flow]))).toBe(sum(recount.map((cells) => cells[46])));
  });

  test('whose date stands in its first line: day-ahead nodal prices', async () => {
    const file = ieso('DAHourlyEnergyLMP');
    const [first = '', head = '', ...rest] = linesOf(file);
    const found = await decoded(
      file,
      csv({ preamble: true, header: plainCells(head), capture: { Date: 'FOR (\\d{4}/\\d{2}/\\d{2})' } }),
    );
    const date = first.trimEnd().slice(-10);
    expect(
      same(
        found.cells,
        rest.filter((line) => line !== '').map((line) => [...plainCells(line), date]),
      ),
    ).toBe(true);
  });

  test('in an archive, with quotes and a byte order mark, beside its metadata', async () => {
    const file = join(sharedFolder('fixtures'), 'statcan_18100204-eng.zip');
    const text = execFileSync('unzip', ['-p', file, '18100204.csv'], { maxBuffer: 2 ** 25 }).toString('utf8');
    const [head = '', ...rest] = text
      .replace('\uFEFF', '')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const header = quotedCells(head);
    const found = await decoded(file, zip({ member: '^\\d+\\.csv$', then: csv({ header }) }));
    expect(found.cells.length).toBe(11_804);
    expect(same(found.cells, rest.map(quotedCells))).toBe(true);
  });

  test('in an archive of the hub that the platform read', async () => {
    const file = recording('storage.googleapis.com', 'provincial-energy-production-canada.zip');
    const text = execFileSync('unzip', ['-p', file], { maxBuffer: 2 ** 25 }).toString('utf8');
    const [head = '', ...rest] = text
      .replace('\uFEFF', '')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const spec = zip({ member: '\\.csv$', then: csv({ header: plainCells(head) }), orBare: true });
    expect(same((await decoded(file, spec)).cells, rest.map(plainCells))).toBe(true);
  });
});

test.skipIf(!ready)('sections: the current supply and demand report', async () => {
  const file = recording('ets.aeso.ca', 'CSDReportServlet', '2023-09-22T1210.csv');
  const found = await decoded(file, sections({ width: 4 }));
  let heading: string | null = null;
  const recount = readFileSync(file, 'utf8')
    .trim()
    .split(/(?:\r\n){2,}/)
    .flatMap((block, i) =>
      block
        .trim()
        .split('\n')
        .map((line) => {
          const cells = line.startsWith('"') ? quotedCells(line) : [line.trim()];
          if (cells.length === 1) heading = (cells[0] ?? '').replaceAll(/<\/?\w+>/g, '');
          return [String(i + 1), heading, ...Array.from({ length: 4 }, (_, c) => cells[c] ?? null)];
        }),
    );
  expect(same(found.cells, recount)).toBe(true);
  // The fuels add up to the publisher's own total.
  const fuels = found.cells.filter(([section]) => section === '4');
  expect(fuels.at(-1)?.[2]).toBe('TOTAL');
  expect(sum(fuels.slice(0, -1).map((cells) => cells[4]))).toBe(Number(fuels.at(-1)?.[4]));
});

describe.skipIf(!ready)('JSON of the gateway', () => {
  interface Reply {
    readonly timestamp: string;
    readonly return: unknown;
  }
  const read = (name: string): { file: string; reply: Reply } => {
    const file = recording('apimgw.aeso.ca', name);
    return { file, reply: JSON.parse(readFileSync(file, 'utf8')) as Reply };
  };
  const text = (value: unknown): string | null =>
    value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const rowsOf = (items: readonly Record<string, unknown>[], names: readonly string[]): Cells[] =>
    items.map((item) => names.map((name) => text(item[name])));

  test.each([
    ['price_poolPrice_2024-04-14.json', 'Pool Price Report'],
    ['price_systemMarginalPrice_2024-04-16.json', 'System Marginal Price Report'],
    ['load_albertaInternalLoad_2024-04-14.json', 'Actual Forecast Report'],
    ['csd_generation_assets_current_2024-04-19.json', 'asset_list'],
    ['csd_summary_current_2024-04-19.json', 'generation_data_list'],
    ['csd_summary_current_2024-04-19.json', 'interchange_list'],
  ])('%s at %s', async (name, member) => {
    const { file, reply } = read(name);
    const items = (reply.return as Record<string, Record<string, unknown>[]>)[member] ?? [];
    const names = Object.keys(items[0] ?? {});
    const found = await decoded(
      file,
      json({
        rows: `return/${member}`,
        columns: { ...Object.fromEntries(names.map((one) => [one, one])), asked: '../../timestamp' },
      }),
    );
    expect(
      same(
        found.cells,
        rowsOf(items, names).map((cells) => [...cells, reply.timestamp]),
      ),
    ).toBe(true);
  });

  test('a summary is one row, its lists as JSON text', async () => {
    const { file, reply } = read('csd_summary_current_2024-04-19.json');
    const names = Object.keys(reply.return as object);
    const spec = json({ rows: 'return', columns: Object.fromEntries(names.map((one) => [one, one])) });
    expect(same((await decoded(file, spec)).cells, rowsOf([reply.return as Record<string, unknown>], names))).toBe(
      true,
    );
  });

  test('metered volumes lie two lists deep', async () => {
    const { file, reply } = read('meteredvolume_details_2024-10-10.json');
    const pools = reply.return as {
      pool_participant_ID: string;
      asset_list: { asset_ID: string; metered_volume_list: Record<string, string>[] }[];
    }[];
    const recount = pools.flatMap((pool) =>
      pool.asset_list.flatMap((asset) =>
        asset.metered_volume_list.map((one) => [
          pool.pool_participant_ID,
          asset.asset_ID,
          one['begin_date_utc'],
          one['metered_volume'],
        ]),
      ),
    );
    const found = await decoded(
      file,
      json({
        rows: 'return/asset_list/metered_volume_list',
        columns: {
          pool: '../../pool_participant_ID',
          asset: '../asset_ID',
          at: 'begin_date_utc',
          mwh: 'metered_volume',
        },
      }),
    );
    expect(same(found.cells, recount)).toBe(true);
    expect(sum(found.cells.map((cells) => cells[3]))).toBeCloseTo(sum(recount.map((cells) => cells[3])), 9);
  });
});
