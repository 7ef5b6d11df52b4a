/** Table 25-10-0015, electric power generation: one archive for everything, read by two datasets. */
import { csv, zip } from '../../core/decode.ts';
import type { Licence, PipelineSpec } from '../../core/pipeline.ts';

export const LICENCE: Licence = {
  name: 'Statistics Canada Open Licence',
  attribution:
    'Source: Statistics Canada, Table 25-10-0015-01. Reproduced and distributed on an "as is" basis with the permission of Statistics Canada.',
  url: 'https://www.statcan.gc.ca/en/reference/licence',
};

/** The English table. Its metadata member is several tables in one file and is not read. */
export const EXTRACT: PipelineSpec['extract'] = {
  url: 'https://www150.statcan.gc.ca/n1/tbl/csv/25100015-eng.zip',
  decode: zip({
    member: '^25100015\\.csv$',
    then: csv({
      header: [
        'REF_DATE',
        'GEO',
        'DGUID',
        'Class of electricity producer',
        'Type of electricity generation',
        'UOM',
        'UOM_ID',
        'SCALAR_FACTOR',
        'SCALAR_ID',
        'VECTOR',
        'COORDINATE',
        'VALUE',
        'STATUS',
        'SYMBOL',
        'TERMINATED',
        'DECIMALS',
      ],
    }),
  }),
};

/** Releases come at 08:30 Eastern on working days; while one is made, the table answers 409. */
export const PUBLISHES: PipelineSpec['publishes'] = {
  every: 'P1D',
  delay: 'P92D',
  staleAfter: 'P155D',
  schedule: '15 10 * * 1-5',
  zone: 'America/Toronto',
};

export const QUIRKS: readonly string[] = [
  'Recent months are revised; there is no file of changes, so the whole table is asked for again.',
  'Cells without a value have a symbol in STATUS; about 27 % of the cells of Nova Scotia are not available.',
  'From January 2016 on the survey covers about 1,200 companies instead of 400, so the series has a step there.',
  'Turbine kinds of combustible fuels, their total and its split overlap and belong to different years: pick one level before summing.',
];
