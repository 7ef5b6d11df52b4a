/** Made-up monthly generation of a few provinces, for the samples of Statistics Canada and of its Kaggle copy. */
import { noise } from './shapes.ts';

export const CLASSES = ['Electric utilities', 'Industries'] as const;
export const COMBUSTIBLE = 'Total electricity production from combustible fuels';
/** Kinds that do not overlap, with mean MWh of a month by province: utilities, industries. */
const MEANS: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  Alberta: {
    'Hydraulic turbine': [150_000, 0],
    'Wind power turbine': [420_000, 160_000],
    Solar: [30_000, 90_000],
    'Other types of electricity generation': [900, 24_000],
    [COMBUSTIBLE]: [3_600_000, 1_900_000],
  },
  'Nova Scotia': {
    'Hydraulic turbine': [85_000, 0],
    'Wind power turbine': [70_000, 40_000],
    // Kept running on power from the grid: below zero.
    'Tidal power turbine': [-34, 0],
    [COMBUSTIBLE]: [560_000, 21_000],
  },
  Ontario: {
    'Hydraulic turbine': [3_100_000, 70_000],
    'Nuclear steam turbine': [6_700_000, 0],
    'Wind power turbine': [240_000, 910_000],
    Solar: [15_000, 60_000],
    [COMBUSTIBLE]: [820_000, 310_000],
  },
};

export interface Generation {
  readonly month: string;
  readonly province: string;
  readonly producer: (typeof CLASSES)[number];
  readonly type: string;
  readonly megawattHours: number;
}

export function generation(months: readonly string[]): Generation[] {
  return months.flatMap((month) =>
    Object.entries(MEANS).flatMap(([province, types], p) =>
      Object.entries(types).flatMap(([type, means], t) =>
        CLASSES.map((producer, c) => ({
          month,
          province,
          producer,
          type,
          megawattHours: Math.round((means[c] ?? 0) * (0.8 + 0.4 * noise(61 + t * 2 + c, ordinal(month) * 31 + p))),
        })),
      ),
    ),
  );
}

/** Months since year 0: a month has the same numbers in every sample. */
function ordinal(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
}
