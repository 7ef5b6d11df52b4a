/** The sample reports: the publisher's formats to the letter, filled with made-up numbers, and saying so in their preamble. */
import { drift, type Hour, hoursOf, marketDemand, noise, ontarioDemand, price, sun } from './shapes.ts';
import { SAYS_SO } from './sample.ts';

const BACKSLASHES = '\\\\';

/** `PUB_Demand_YYYY.csv` for the days from `first` to `last`. */
export function demandReport(year: number, createdAt: string, first: string, last: string): string {
  const rows = hoursOf(first, last).map(
    (hour) => `${hour.day},${hour.hourEnding},${marketDemand(hour)},${ontarioDemand(hour)}`,
  );
  return csvReport('Hourly Demand Report', year, createdAt, 'Date,Hour,Market Demand,Ontario Demand', rows);
}

/**
 * `PUB_PriceHOEPPredispOR_YYYY.csv`. One hour is dear enough for the quoted thousands of the real files, and the operating reserve
 * of one day is blank, as it is in the years before 2018.
 */
export function hoepReport(year: number, createdAt: string, first: string, last: string): string {
  const hours = hoursOf(first, last);
  const dearest = hours.reduce((most, hour) => (price(hour) > price(most) ? hour : most));
  const header =
    'Date,Hour,HOEP,Hour 1 Predispatch,Hour 2 Predispatch,Hour 3 Predispatch,OR 10 Min Sync,OR 10 Min non-sync,OR 30 Min';
  const rows = hours.map((hour) => {
    const hoep = hour === dearest ? price(hour) + 1_000 : price(hour);
    const foreseen = [21, 22, 23].map(
      (seed) => price(hour) * (0.95 + 0.1 * noise(seed, hour.ordinal)) + 4 * drift(seed, hour.ordinal, 6),
    );
    const reserve = [0.9, 0.5, 0.4].map((share, i) => share * (0.2 + 3 * noise(24 + i, hour.ordinal)));
    const reserveCells = hour.day === last ? ['', '', ''] : reserve.map(money);
    return [hour.day, String(hour.hourEnding), ...[hoep, ...foreseen].map(money), ...reserveCells].join(',');
  });
  return csvReport('Yearly HOEP OR Predispatch Report', year, createdAt, header, rows);
}

/** `PUB_GenOutputbyFuelHourly_YYYY.xml`. One output is absent, as where the publisher has none. */
export function generationReport(year: number, createdAt: string, first: string, last: string): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${SAYS_SO} -->`,
    '<?xml-stylesheet type="text/xsl" href="https://reports-public.ieso.ca/docrefs/stylesheet/GenOutputbyFuelHourly_HTML_t1-1.xsl" ?>',
    '<Document docID="GenOutputbyFuelHourly" xmlns="http://www.ieso.ca/schema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.ieso.ca/schema https://reports-public.ieso.ca/docrefs/schema/GenOutputbyFuelHourly_r1.xsd">',
    '<DocHeader>',
    '<DocTitle>Generator Output by Fuel Type Hourly Report</DocTitle>',
    '<DocRevision>1</DocRevision>',
    '<DocConfidentiality>',
    '<DocConfClass>PUB</DocConfClass>',
    '</DocConfidentiality>',
    `<CreatedAt>${createdAt.replace(' ', 'T')}</CreatedAt>`,
    '</DocHeader>',
    '<DocBody>',
    `<DeliveryYear>${year}</DeliveryYear>`,
  ];
  for (const hour of hoursOf(first, last)) {
    if (hour.hourEnding === 1) lines.push('<DailyData>', `<Day>${hour.day}</Day>`);
    lines.push('<HourlyData>', `<Hour>${hour.hourEnding}</Hour>`);
    for (const [fuel, output] of Object.entries(generation(hour))) {
      const absent = fuel === 'OTHER' && hour.day === first && hour.hourEnding === 3;
      lines.push(
        '<FuelTotal>',
        `<Fuel>${fuel}</Fuel>`,
        '<EnergyValue>',
        `<OutputQuality>${absent ? -1 : 0}</OutputQuality>`,
      );
      if (!absent) lines.push(`<Output>${output}</Output>`);
      lines.push('</EnergyValue>', '</FuelTotal>');
    }
    lines.push('</HourlyData>');
    if (hour.hourEnding === 24) lines.push('</DailyData>');
  }
  return `${[...lines, '</DocBody>', '</Document>'].join('\n')}\n`;
}

/** MW by fuel; gas closes the balance. */
function generation(hour: Hour): Record<string, number> {
  const nuclear = Math.round(9_300 + 250 * drift(31, hour.ordinal, 90));
  const hydro = Math.round(3_900 + 0.09 * (ontarioDemand(hour) - 15_000) + 400 * drift(32, hour.ordinal, 20));
  const wind = Math.round(1_700 + 1_400 * drift(33, hour.ordinal, 16));
  const solar = Math.round(430 * sun(hour));
  const biofuel = Math.round(60 + 45 * drift(34, hour.ordinal, 30));
  const other = Math.round(40 + 38 * drift(35, hour.ordinal, 4));
  const gas = Math.max(250, ontarioDemand(hour) + 900 - nuclear - hydro - wind - solar - biofuel - other);
  return { NUCLEAR: nuclear, GAS: gas, HYDRO: hydro, WIND: wind, SOLAR: solar, BIOFUEL: biofuel, OTHER: other };
}

function csvReport(title: string, year: number, createdAt: string, header: string, rows: readonly string[]): string {
  const padding = ','.repeat(header.split(',').length - 1);
  const preamble = [title, `Created at ${createdAt}`, `For ${year}`, SAYS_SO].map(
    (line) => `${BACKSLASHES}${line}${padding}`,
  );
  return `${[...preamble, header, ...rows].join('\n')}\n`;
}

/** Two decimals; from a thousand on quoted, with a separator. */
function money(amount: number): string {
  const cents = Math.round(Math.abs(amount) * 100);
  const sign = amount < 0 && cents > 0 ? '-' : '';
  const dollars = String(Math.floor(cents / 100));
  const shown = `${sign}${dollars.replace(/\B(?=(\d{3})+$)/g, ',')}.${String(cents % 100).padStart(2, '0')}`;
  return shown.includes(',') ? `"${shown}"` : shown;
}
