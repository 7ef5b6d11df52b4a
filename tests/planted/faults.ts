/** Faults that publishers' files have had or could have, planted in recorded real years; the test and `docs/data-quality.md` list what finds each. */
import { at, between, editCell, editIeso, inMonth, numberOf, onDay, parseIeso, slip } from './edits.ts';

export interface Planted {
  readonly id: string;
  /** What is wrong with the file, in words. */
  readonly fault: string;
  readonly dataset: string;
  /** The interval, by its year. */
  readonly year: number;
  /** The year is loaded as it was first, and comes again with the fault. */
  readonly again?: true;
  /** The file with the fault in it; `other` gives recorded files of other years. */
  readonly plant: (file: string, other: (year: number) => string) => string;
}

const demand = (id: string, fault: string, plant: Planted['plant'], more: Partial<Planted> = {}): Planted => ({
  id,
  fault,
  dataset: 'ieso-demand',
  year: 2024,
  plant,
  ...more,
});
const zonal = (id: string, fault: string, plant: Planted['plant']): Planted => ({
  id,
  fault,
  dataset: 'ieso-demand-zonal',
  year: 2024,
  plant,
});
const aeso = (id: string, fault: string, plant: Planted['plant']): Planted => ({
  id,
  fault,
  dataset: 'aeso-ets-pool-price',
  year: 2022,
  plant,
});

/** Columns of the demand file: market, Ontario. */
const ONTARIO = 1;
/** Columns of the zonal file. */
const TORONTO = 5;
const ZONE_TOTAL = 11;

/** Days from the first of January. */
const dayOfYear = (date: string): number =>
  (Date.parse(`${date}T00:00Z`) - Date.parse(`${date.slice(0, 4)}-01-01T00:00Z`)) / 86_400_000;
/** A repeatable number between −1 and 1 for each row. */
const noise = (date: string, hour: number): number => Math.sin(dayOfYear(date) * 12.9898 + hour * 78.233) * 0.999;

/** Rows of the ETS report: `"06/01/2022 05","54.11","107.25","9705.0"`. */
function editEts(
  text: string,
  edit: (cells: readonly [date: string, price: string, average: string, load: string]) => readonly string[] | undefined,
): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const cells = /^"(\d\d\/\d\d\/\d{4} \d\d\*?)","([^"]*)","([^"]*)","([^"]*)"(\r?)$/.exec(line);
      if (cells === null) return [line];
      const [, date = '', price = '', average = '', load = '', end = ''] = cells;
      const edited = edit([date, price, average, load]);
      return edited === undefined ? [] : [`${edited.map((cell) => `"${cell}"`).join(',')}${end}`];
    })
    .join('\n');
}

export const PLANTED: readonly Planted[] = [
  demand('dropped-day', 'a day is missing', (file) =>
    editIeso(file, (row) => (onDay('2024-03-05')(row) ? undefined : row)),
  ),
  demand('dropped-hour', 'an hour is missing', (file) =>
    editIeso(file, (row) => (at('2024-07-09', 14)(row) ? undefined : row)),
  ),
  demand('doubled-day', 'a day stands there twice', (file) =>
    editIeso(file, (row) => (onDay('2024-03-05')(row) ? [row, row] : row)),
  ),
  demand('conflicting-day', 'a day stands there twice, with other values', (file) =>
    editIeso(file, (row) =>
      onDay('2024-03-05')(row) ? [row, { ...row, cells: row.cells.map((cell) => String(numberOf(cell) + 40)) }] : row,
    ),
  ),
  demand('year-one-hour-late', 'the year is shifted by one hour', (file) => slip(file, 1)),
  demand('year-one-hour-early', 'the year is shifted by one hour, the other way', (file) => slip(file, -1)),
  demand(
    'summer-one-hour-late',
    'the summer is shifted by one hour, as if somebody had added daylight saving',
    (file) => slip(file, 1, between('2024-03-10', '2024-11-02')),
  ),
  demand('frozen', 'one value stays for two days', (file) =>
    editCell(file, ONTARIO, between('2024-05-14', '2024-05-15'), () => 14_000),
  ),
  demand('sign-flipped-day', 'the sign of a day is flipped', (file) =>
    editCell(file, ONTARIO, onDay('2024-02-06'), (mw) => -mw),
  ),
  demand('kilowatts', 'a day is in kW instead of MW (×1,000)', (file) =>
    editCell(file, ONTARIO, onDay('2024-02-06'), (mw) => mw * 1_000),
  ),
  demand('gigawatts', 'the year is in GW instead of MW (÷1,000)', (file) =>
    editIeso(file, (row) => ({ ...row, cells: row.cells.map((cell) => String(numberOf(cell) / 1_000)) })),
  ),
  demand('last-years-file', "last year's file is given out under this year's address", (_, other) => other(2023)),
  demand('last-years-values', "last year's values under this year's dates", (file, other) => {
    const before = new Map(parseIeso(other(2023)).rows.map((row) => [`${row.date.slice(5)} ${row.hour}`, row.cells]));
    return editIeso(file, (row) => ({ ...row, cells: before.get(`${row.date.slice(5)} ${row.hour}`) ?? row.cells }));
  }),
  demand('spike', 'one hour is half as high again', (file) =>
    editCell(file, ONTARIO, at('2024-10-16', 4), (mw) => mw * 1.5),
  ),
  demand('dip', 'one hour is two thirds of what it was', (file) =>
    editCell(file, ONTARIO, at('2024-10-16', 12), (mw) => Math.round(mw * 0.67)),
  ),
  demand('low-day', 'a day lost half of its meters', (file) =>
    editCell(file, ONTARIO, onDay('2024-06-11'), (mw) => Math.round(mw * 0.5)),
  ),
  demand('slow-drift', 'a meter drifts upwards, by 30 % until the end of the year', (file) =>
    editCell(
      file,
      ONTARIO,
      () => true,
      (mw, { date }) => Math.round(mw * (1 + (0.3 * dayOfYear(date)) / 366)),
    ),
  ),
  demand('slow-drift-15', 'a meter drifts upwards, by 15 % until the end of the year', (file) =>
    editCell(
      file,
      ONTARIO,
      () => true,
      (mw, { date }) => Math.round(mw * (1 + (0.15 * dayOfYear(date)) / 366)),
    ),
  ),
  demand('noisy', 'a month is blurred by up to 15 %', (file) =>
    editCell(file, ONTARIO, inMonth('2024-04'), (mw, { date, hour }) =>
      Math.round(mw * (1 + 0.15 * noise(date, hour))),
    ),
  ),
  demand('swapped-columns', 'the two columns are swapped', (file) =>
    editIeso(file, (row) => ({ ...row, cells: row.cells.toReversed() })),
  ),
  demand('yesterday-again', 'the day before is given out again', (file) => slip(file, 24, onDay('2024-09-18'))),
  demand('last-week-again', 'the week before is given out again', (file) =>
    slip(file, 168, between('2024-09-16', '2024-09-22')),
  ),
  demand('zeros', 'a day is zero', (file) => editCell(file, ONTARIO, onDay('2024-02-06'), () => 0)),
  demand('blanks', 'a day is blank', (file) => editCell(file, ONTARIO, onDay('2024-02-06'), () => '')),
  demand('garbage', 'cells hold words', (file) => editCell(file, ONTARIO, onDay('2024-02-06'), () => 'n/a')),
  demand('cut-off', 'the file is cut off in October', (file) => file.slice(0, Math.floor(file.length * 0.8))),
  demand('renamed-column', 'a column has another name', (file) => file.replace('Ontario Demand', 'Ontario Load')),
  demand(
    'maintenance-page',
    'a page in HTML instead of the file',
    () => '<!DOCTYPE html><html><body>Maintenance</body></html>',
  ),
  demand(
    'reissued-year',
    'the closed year is reissued, every value changed by 2 %',
    (file) =>
      editCell(
        file,
        ONTARIO,
        () => true,
        (mw) => Math.round(mw * 1.02),
      ),
    { again: true },
  ),
  demand(
    'rewritten-hour',
    'an hour of a closed year is changed by 60 %',
    (file) => editCell(file, ONTARIO, at('2024-10-16', 4), (mw) => Math.round(mw * 1.6)),
    {
      again: true,
    },
  ),
  zonal('frozen-zone', 'the meter of a zone stands still for a day and a half', (file) => {
    const frozen = (row: { date: string; hour: number }): boolean =>
      row.date === '2024-05-14' || (row.date === '2024-05-15' && row.hour <= 12);
    return editIeso(file, (row) => {
      if (!frozen(row)) return row;
      // The total follows, so that the sums still agree.
      const total = numberOf(row.cells[ZONE_TOTAL] ?? '') - numberOf(row.cells[TORONTO] ?? '') + 5_500;
      return {
        ...row,
        cells: row.cells.map((cell, i) =>
          i === TORONTO
            ? '5500'
            : i === ZONE_TOTAL
              ? String(total)
              : i === ZONE_TOTAL + 1
                ? String(total - numberOf(row.cells[0] ?? ''))
                : cell,
        ),
      };
    });
  }),
  zonal('zones-do-not-add-up', 'a zone is counted twice in a day', (file) =>
    editCell(file, TORONTO, onDay('2024-05-14'), (mw) => mw * 2),
  ),
  zonal('other-reports-demand', "the report's Ontario demand is another one than in the demand report", (file) =>
    editIeso(file, (row) => ({
      ...row,
      cells: row.cells.map((cell, i) =>
        i === 0 ? String(numberOf(cell) + 90) : i === ZONE_TOTAL + 1 ? String(numberOf(cell) - 90) : cell,
      ),
    })),
  ),
  aeso('price-in-cents', 'the price is in cents (×100)', (file) =>
    editEts(file, ([date, price, average, load]) => [date, String(Number(price) * 100), average, load]),
  ),
  aeso('frozen-price', 'the price stays for two days', (file) =>
    editEts(file, ([date, price, average, load]) => [
      date,
      /^06\/0[78]\/2022/.test(date) ? '61.07' : price,
      average,
      load,
    ]),
  ),
  aeso('no-second-autumn-hour', 'the repeated hour of the autumn day is left out', (file) =>
    editEts(file, (cells) => (cells[0].endsWith('*') ? undefined : cells)),
  ),
  aeso('load-and-price-swapped', 'price and load are swapped', (file) =>
    editEts(file, ([date, price, average, load]) => [date, load, average, price]),
  ),
  aeso('load-one-hour-late', 'the load is shifted by one hour', (file) => {
    let before = '';
    return editEts(file, ([date, price, average, load]) => {
      const late = before === '' ? load : before;
      before = load;
      return [date, price, average, late];
    });
  }),
  {
    id: 'solar-at-night',
    fault: 'the hours of a month of solar output are shifted by twelve hours',
    dataset: 'ieso-generation-by-fuel',
    year: 2026,
    plant: (file) => shiftFuel(file, '2026-02', 'SOLAR', 12),
  },
  {
    id: 'dropped-fuel',
    fault: 'hydro is missing on a day',
    dataset: 'ieso-generation-by-fuel',
    year: 2026,
    plant: (file) => dropFuel(file, '2026-03-05', 'HYDRO'),
  },
  {
    id: 'flow-times-ten',
    fault: 'the flow of a tie is ten times as large for a day, and so is the total',
    dataset: 'ieso-intertie-year',
    year: 2025,
    plant: (file) =>
      editIeso(file, (row) => {
        if (!onDay('2025-04-08')(row)) return row;
        // MICHIGAN is the third tie; its flow the third of its three cells; the total's flow is the last cell.
        const flow = numberOf(row.cells[8] ?? '0');
        return {
          ...row,
          cells: row.cells.map((cell, i) =>
            i === 8 ? String(flow * 10) : i === 44 ? String(numberOf(cell) + 9 * flow) : cell,
          ),
        };
      }),
  },
];

/** The blocks of a day in the XML of generation by fuel. */
function editDays(xml: string, fits: (day: string) => boolean, edit: (block: string) => string): string {
  return xml.replaceAll(/<DailyData>[\s\S]*?<\/DailyData>/g, (block) =>
    fits(/<Day>([^<]+)</.exec(block)?.[1] ?? '') ? edit(block) : block,
  );
}

function shiftFuel(xml: string, month: string, fuel: string, hours: number): string {
  return editDays(
    xml,
    (day) => day.startsWith(month),
    (block) => {
      const output = new RegExp(`(<Fuel>${fuel}</Fuel>[\\s\\S]*?<Output>)([^<]*)(</Output>)`, 'g');
      const values = [...block.matchAll(output)].map((match) => match[2] ?? '');
      let i = 0;
      return block.replaceAll(output, (_, before: string, __: string, after: string) => {
        const value = values[(i + values.length - (hours % values.length)) % values.length] ?? '';
        i += 1;
        return `${before}${value}${after}`;
      });
    },
  );
}

function dropFuel(xml: string, day: string, fuel: string): string {
  return editDays(
    xml,
    (one) => one === day,
    (block) => block.replaceAll(new RegExp(`<FuelTotal>\\s*<Fuel>${fuel}</Fuel>[\\s\\S]*?</FuelTotal>`, 'g'), ''),
  );
}
