/** Every recorded file of AESO and every fixture decodes: cells equal those of a recount that only splits lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, type Decode } from '../../core/decode.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import report from '../../pipelines/aeso/ets-asset.ts';
import poolPrice from '../../pipelines/aeso/ets-pool-price.ts';
import { gather } from '../decode/support.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

/** Cells of lines whose cells are all quoted or all bare. */
const cellsOf = (line: string): string[] => {
  const text = line.trimEnd();
  return text.startsWith('"') ? text.slice(1, -1).split('","') : text.split(',');
};

async function expectCells(file: string, spec: Decode, wanted: readonly (readonly (string | null)[])[]): Promise<void> {
  const found = await gather(decode(file, spec));
  expect(found.undecodable).toEqual([]);
  expect(JSON.stringify(found.cells)).toBe(JSON.stringify(wanted));
}

describe.skipIf(!hasShared('recordings'))('the recorded', () => {
  test('years of pool prices', async () => {
    const folder = join(sharedFolder('recordings'), 'ets.aeso.ca/HistoricalPoolPriceReportServlet');
    const files = readdirSync(folder);
    expect(files.length).toBe(9);
    for (const file of files) {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      await expectCells(
        join(folder, file),
        poolPrice.extract.decode,
        lines.filter((line) => /^"\d/.test(line)).map(cellsOf),
      );
    }
  });

  test('report of supply and demand, with its blocks and headings', async () => {
    const file = join(sharedFolder('recordings'), 'ets.aeso.ca/CSDReportServlet/2023-09-22T1210.csv');
    let section = 0;
    let blank = true;
    let heading: string | null = null;
    const wanted = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        if (line.trim() === '') {
          blank = true;
          return [];
        }
        if (blank) section += 1;
        blank = false;
        const cells = cellsOf(line);
        if (cells.length === 1) heading = (cells[0] ?? '').replaceAll(/<[^>]*>/g, '');
        return [[String(section), heading, ...Array.from({ length: 4 }, (_, c) => cells[c] ?? null)]];
      });
    expect(section).toBe(13);
    await expectCells(file, report.extract.decode, wanted);
  });
});

describe.skipIf(!hasShared('fixtures'))('the fixture of', () => {
  const lines = (name: string): string[] => readFileSync(join(sharedFolder('fixtures'), name), 'utf8').split('\n');

  test('fast frequency response, whose header holds a space', async () => {
    const name = 'aeso_FFR.csv';
    const rows = lines(name)
      .filter((line) => /^\d/.test(line))
      .map(cellsOf);
    expect(rows.length).toBeGreaterThan(5_000);
    await expectCells(
      join(sharedFolder('fixtures'), name),
      csv({
        header: [
          'Date',
          '(HE)',
          'FFR Net Schedule (MW)',
          'BC Intertie (MW)',
          'MATL Intertie (MW)',
          ' SASK Intertie (MW)',
        ],
      }),
      rows,
    );
  });

  test('cumulative net revenue, with padded cells and negatives in brackets', async () => {
    const name = 'aeso_mcsinr_current_excerpt.csv';
    const rows = lines(name)
      .filter((line) => /^"\d/.test(line))
      .map(cellsOf);
    expect(rows.flat().some((cell) => /^\s+\(46931\.24\)\s+$/.test(cell))).toBe(true);
    await expectCells(
      join(sharedFolder('fixtures'), name),
      csv({
        preamble: true,
        header: [
          'Date (HE)',
          'Monthly Cumulative Settlement Interval Net Revenue ($)',
          '1/6 Annualized Unavoidable Costs ($)',
          'Secondary Offer Price Limit Triggered',
        ],
      }),
      rows,
    );
  });

  test('the long-term wind forecast', async () => {
    const name = 'aeso_wind_rpt_longterm.csv';
    const rows = lines(name)
      .filter((line) => /^\d/.test(line))
      .map(cellsOf);
    expect(rows.length).toBeGreaterThan(100);
    await expectCells(
      join(sharedFolder('fixtures'), name),
      csv({
        header: [
          'Forecast Transaction Date',
          'Min',
          'Most Likely',
          'Max',
          'Actual',
          'MCR',
          'Pct Min',
          'Pct Most Likely',
          'Pct Max',
        ],
      }),
      rows,
    );
  });
});
