/** An independent reading of IESO's physical reports: lines and tags cut by hand, sums in whole thousandths so that no digit is lost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '../support/shared.ts';

/** Key of a row (`2025-01-01T05:00:00.000Z NEW-YORK`) → its numbers as published; the empty text is a blank. */
export type Cells = Map<string, string[]>;

/** Text of the recorded response to this address. */
export function recorded(path: string): string {
  const folder = sharedFolder('recordings');
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    recordings: { url: string; file: string }[];
  };
  const found = index.recordings.find(({ url }) => url === `https://reports-public.ieso.ca/public/${path}`);
  if (found === undefined) throw new Error(`${path} is not recorded`);
  return readFileSync(join(folder, found.file), 'utf8');
}

/** Day D, hour ending h, interval k: D 00:00Z + 5 h + (h − 1) h + (k − 1) · 5 min. */
export function startOf(day: string, hourEnding: string | number, interval: string | number = 1): string {
  return new Date(
    Date.parse(`${day}T05:00Z`) + (Number(hourEnding) - 1) * 3_600_000 + (Number(interval) - 1) * 300_000,
  ).toISOString();
}

/** Rows of a CSV report by hour: everything after day and hour. No recorded cell has a comma in it. */
export function csvCells(text: string): Cells {
  const lines = text.split(/\r?\n/).filter((line) => /^\d{4}-\d\d-\d\d,/.test(line));
  return new Map(
    lines.map((line) => {
      const [day = '', hour = '', ...rest] = line.split(',');
      return [startOf(day, hour), rest];
    }),
  );
}

/** Yearly interties: three cells of each, the totals apart under the name Total. */
export function intertieYearCells(text: string): Cells {
  const names = (text.split(/\r?\n/).find((line) => line.startsWith(',,')) ?? '').split(',').slice(2);
  const cells: Cells = new Map();
  for (const [hour, row] of csvCells(text))
    for (let i = 0; i < row.length; i += 3) cells.set(`${hour} ${names[i]}`, row.slice(i, i + 3));
  return cells;
}

export interface Leaf {
  readonly [name: string]: string | undefined;
}

/** Every element of this name, as its leaves. */
export function elements(xml: string, name: string): Leaf[] {
  return xml
    .split(`<${name}>`)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf(`</${name}>`)))
    .map((part) =>
      Object.fromEntries([...part.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, leaf = '', text = '']) => [leaf, text])),
    );
}

export const leafOf = (xml: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

/** Generators: output, capability, available capacity. */
export function generatorCells(xml: string): Cells {
  const day = leafOf(xml, 'Date');
  const cells: Cells = new Map();
  for (const block of xml.split('<Generator>').slice(1)) {
    for (const [i, kind] of ['Output', 'Capability', 'AvailCapacity'].entries()) {
      for (const { Hour = '', EnergyMW = '' } of elements(block, kind)) {
        const key = `${startOf(day, Hour)} ${leafOf(block, 'GeneratorName')}`;
        const row = cells.get(key) ?? ['', '', ''];
        row[i] = EnergyMW;
        cells.set(key, row);
      }
    }
  }
  return cells;
}

/** Daily interties: import and export by hour, or flow by interval. */
export function intertieDayCells(xml: string, element: 'Schedule' | 'Actual'): Cells {
  const day = leafOf(xml, 'Date');
  const cells: Cells = new Map();
  for (const block of xml.split('<IntertieZone>').slice(1)) {
    const zone = block.split('</IntertieZone>', 1)[0] ?? '';
    for (const { Hour = '', Interval = '1', Import = '', Export = '', Flow = '' } of elements(zone, element))
      cells.set(
        `${startOf(day, Hour, Interval)} ${leafOf(zone, 'IntertieZoneName')}`,
        element === 'Schedule' ? [Import, Export] : [Flow],
      );
  }
  return cells;
}

/** Generation by fuel: output and quality. */
export function fuelCells(xml: string): Cells {
  const cells: Cells = new Map();
  for (const daily of xml.split('<DailyData>').slice(1))
    for (const hourly of daily.split('<HourlyData>').slice(1))
      for (const total of hourly.split('<FuelTotal>').slice(1))
        cells.set(`${startOf(leafOf(daily, 'Day'), leafOf(hourly, 'Hour'))} ${leafOf(total, 'Fuel')}`, [
          leafOf(total, 'Output'),
          leafOf(total, 'OutputQuality'),
        ]);
  return cells;
}

/** `1,054` or `-86.3` in thousandths. */
export function thousandths(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?0*$/.exec(text.replaceAll(',', ''));
  if (match === null) throw new Error(`${text} is no number with at most three decimals`);
  const [, sign = '', whole = '', part = ''] = match;
  return BigInt(`${sign}${whole}${part.padEnd(3, '0')}`);
}

export interface Tally {
  readonly rows: number;
  /** Of each column: blanks, and the sum of the rest in thousandths. */
  readonly columns: readonly { readonly nulls: number; readonly sum: bigint }[];
}

export function tally(cells: Cells): Tally {
  const rows = [...cells.values()];
  const width = rows[0]?.length ?? 0;
  return {
    rows: rows.length,
    columns: Array.from({ length: width }, (_, i) => {
      const filled = rows.map((row) => row[i] ?? '').filter((cell) => cell !== '');
      return { nulls: rows.length - filled.length, sum: filled.reduce((sum, cell) => sum + thousandths(cell), 0n) };
    }),
  };
}

/** Only the rows whose key ends so: one fuel, one intertie. */
export function only(cells: Cells, ending: string): Cells {
  return new Map([...cells].filter(([key]) => key.slice(25) === ending));
}
