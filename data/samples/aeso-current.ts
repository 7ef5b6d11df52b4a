/** A made-up moment of Alberta's grid, and the report of it: sections between CRLF lines, lines inside them ended by LF. */
import { SAYS_SO } from './sample.ts';

export const SNAPSHOT_UTC = '2026-01-31 16:55';
export const SNAPSHOT_MPT = '2026-01-31 09:55';

/** Maximum capability, net generation, dispatched contingency reserve, MW. */
type Values = readonly [number, number, number];

export const SNAPSHOT: {
  readonly fuels: readonly { readonly fuel: string; readonly values: Values }[];
  readonly paths: readonly { readonly path: string; readonly flow: number }[];
  readonly assets: readonly {
    readonly id: string;
    readonly name: string;
    readonly fuel: string;
    readonly values: Values;
    readonly marks: string;
  }[];
  readonly reserve: { readonly required: number; readonly other: number; readonly netToGrid: number };
} = {
  fuels: [
    { fuel: 'COGENERATION', values: [600, 410, 12] },
    { fuel: 'COMBINED CYCLE', values: [1_200, 890, 0] },
    { fuel: 'HYDRO', values: [300, 60, 90] },
    { fuel: 'ENERGY STORAGE', values: [40, -8, 20] },
    { fuel: 'WIND', values: [700, 355, 0] },
  ],
  paths: [
    { path: 'British Columbia', flow: 40 },
    { path: 'Montana', flow: -85 },
    { path: 'Saskatchewan', flow: -12 },
  ],
  assets: [
    { id: 'SPC1', name: 'Sample Cogen', fuel: 'COGENERATION', values: [600, 410, 12], marks: '*' },
    { id: 'SPG1', name: 'Sample Creek #1', fuel: 'COMBINED CYCLE', values: [1_200, 890, 0], marks: '' },
    { id: 'SPH1', name: 'Sample Hydro', fuel: 'HYDRO', values: [300, 60, 90], marks: '' },
    { id: 'SPB1', name: 'Sample Battery', fuel: 'ENERGY STORAGE', values: [40, -8, 20], marks: '^' },
    { id: 'SPW1', name: 'Sample Wind', fuel: 'WIND', values: [700, 355, 0], marks: '*' },
  ],
  reserve: { required: 130, other: 25, netToGrid: 1_420 },
};

const line = (...cells: readonly (string | number)[]): string => cells.map((cell) => `"${cell}"`).join(',');

export function currentReport(): string {
  const { fuels, paths, assets, reserve } = SNAPSHOT;
  const sum = (c: 0 | 1 | 2): number => fuels.reduce((total, { values }) => total + values[c], 0);
  const net = paths.reduce((total, { flow }) => total + flow, 0);
  return [
    'Current Supply Demand Report',
    line(SAYS_SO),
    line('Last Update : Jan 31, 2026 09:55'),
    [
      line('Alberta Total Net Generation', sum(1)),
      line('Net Actual Interchange', net),
      line('Alberta Internal Load (AIL)', sum(1) - net),
      line('Net-To-Grid Generation', reserve.netToGrid),
      line('Contingency Reserve Required', reserve.required),
      line('Dispatched Contingency Reserve (DCR)', sum(2) + reserve.other),
      line('Dispatched Contingency Reserve -Gen', sum(2)),
      line('Dispatched Contingency Reserve -Other', reserve.other),
      line('FFR Armed Dispatch', 0),
      line('FFR Offered Volume', 180),
      line('Long Lead Time Volume', 0),
    ].join('\n'),
    [...fuels.map(({ fuel, values }) => line(fuel, ...values)), line('TOTAL', sum(0), sum(1), sum(2))].join('\n'),
    [...paths.map(({ path, flow }) => line(path, flow)), line('TOTAL', net)].join('\n'),
    ...assets.map(({ id, name, fuel, values, marks }) =>
      [
        ...(fuel.startsWith('CO')
          ? [
              line(`<center><b>${fuel === 'COGENERATION' ? 'Cogeneration' : 'Combined Cycle'}</b></center>`),
              line('ASSET', 'MC', 'TNG', 'DCR'),
            ]
          : []),
        line(`${name} (${id})${marks}`, ...values),
      ].join('\n'),
    ),
    '',
  ].join('\r\n\r\n');
}
