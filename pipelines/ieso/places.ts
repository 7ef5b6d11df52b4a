/** Corners of Ontario: where it is night at all of them, it is night in the province. */

/** Rounded outwards from the province's bounds (41.7 to 56.9 N, 95.2 to 74.3 W). */
export const ONTARIO_PLACES: readonly { readonly latitude: number; readonly longitude: number }[] = [
  { latitude: 41.6, longitude: -95.2 },
  { latitude: 41.6, longitude: -74.3 },
  { latitude: 57, longitude: -95.2 },
  { latitude: 57, longitude: -74.3 },
];
