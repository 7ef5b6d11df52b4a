/** Fuels that AESO has named so far. */

/**
 * Until 2024-11-18 gas was one fuel, or in the API one with DUAL FUEL and COAL beside it; since then it is four. The set is open: a name
 * that is not here is loaded all the same, and reported.
 */
export const AESO_FUELS = [
  'COAL',
  'COGENERATION',
  'COMBINED CYCLE',
  'DUAL FUEL',
  'ENERGY STORAGE',
  'GAS',
  'GAS FIRED STEAM',
  'HYDRO',
  'OTHER',
  'SIMPLE CYCLE',
  'SOLAR',
  'WIND',
] as const;

/** Neighbours that Alberta's grid is tied to, as AESO names the paths. */
export const AESO_PATHS = ['British Columbia', 'Montana', 'Saskatchewan'] as const;
