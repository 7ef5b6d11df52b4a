/** Sample of Statistics Canada's table 25-10-0015: the full table's archive, with totals, a split and withheld cells. */
import { CLASSES, COMBUSTIBLE, generation } from './generation.ts';
import { SAYS_SO, type Sample } from './sample.ts';
import { storedZip } from './zip.ts';

const HEADER =
  'REF_DATE,GEO,DGUID,Class of electricity producer,Type of electricity generation,UOM,UOM_ID,SCALAR_FACTOR,SCALAR_ID,VECTOR,COORDINATE,VALUE,STATUS,SYMBOL,TERMINATED,DECIMALS';
const DGUID: Readonly<Record<string, string>> = {
  Canada: '2016A000011124',
  'Nova Scotia': '2016A000212',
  Ontario: '2016A000235',
  Alberta: '2016A000248',
};
const TOTAL_CLASS = 'Total all classes of electricity producer';
const TOTAL_TYPE = 'Total all types of electricity generation';
const BIOMASS = 'Total electricity production from biomass';
const NON_RENEWABLE = 'Total electricity production from non-renewable combustible fuels';
/** In the order of their member ids. */
const TYPES = [
  TOTAL_TYPE,
  'Hydraulic turbine',
  'Nuclear steam turbine',
  'Wind power turbine',
  'Tidal power turbine',
  'Solar',
  'Other types of electricity generation',
  COMBUSTIBLE,
  BIOMASS,
  NON_RENEWABLE,
];

export async function statcanSamples(): Promise<Sample[]> {
  return [
    {
      url: 'https://www150.statcan.gc.ca/n1/tbl/csv/25100015-eng.zip',
      file: 'www150.statcan.gc.ca/n1/tbl/csv/25100015-eng.zip',
      contentType: 'application/zip',
      body: await storedZip({
        '25100015.csv': generationTable(['2022-10', '2022-11']),
        '25100015_MetaData.csv': `\uFEFF"Cube Title","Product Id"\n"${SAYS_SO}",25100015\n\nSymbol Legend\nDescription,Symbol\n"not available for a specific reference period",..\n`,
      }),
      covers: 'Canada as three provinces, October and November 2022',
      recordedAt: '2026-01-31T17:00:00Z',
      saysSo: false,
    },
  ];
}

/** Every member of these months as the publisher lists them; Canada is the sum of the provinces that are there. */
export function generationTable(months: readonly string[]): string {
  const cells = generation(months);
  const geos = Object.keys(DGUID);
  const lines: string[] = [];
  for (const month of months) {
    for (const geo of geos) {
      for (const producer of [TOTAL_CLASS, ...CLASSES]) {
        for (const type of TYPES) {
          const found = cells.filter(
            (cell) =>
              cell.month === month &&
              (geo === 'Canada' || cell.province === geo) &&
              (producer === TOTAL_CLASS || cell.producer === producer) &&
              (type === TOTAL_TYPE || cell.type === (type === BIOMASS || type === NON_RENEWABLE ? COMBUSTIBLE : type)),
          );
          if (found.length === 0) continue;
          const sum = found.reduce((total, { megawattHours }) => total + megawattHours, 0);
          const biomass = Math.round(sum / 10);
          const value = type === BIOMASS ? biomass : type === NON_RENEWABLE ? sum - biomass : sum;
          // Withheld where few producers could be told apart.
          const withheld = geo === 'Nova Scotia' && producer !== TOTAL_CLASS && type === 'Wind power turbine';
          const [g, c, t] = [geos.indexOf(geo), [TOTAL_CLASS, ...CLASSES].indexOf(producer), TYPES.indexOf(type)];
          lines.push(
            row([
              month,
              geo,
              DGUID[geo] ?? '',
              producer,
              type,
              'Megawatt hours',
              '243',
              'units ',
              '0',
              `v9${String(g * 100 + c * 30 + t).padStart(4, '0')}`,
              `${g + 1}.${c + 1}.${t + 1}`,
              withheld ? '' : String(value),
              withheld ? (producer === 'Industries' ? 'x' : '..') : '',
              '',
              '',
              '0',
            ]),
          );
        }
      }
    }
  }
  return `\uFEFF${[row(HEADER.split(',')), ...lines].join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell}"`).join(',');
}
