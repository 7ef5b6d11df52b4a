/** Alberta gave up changing its clocks by a law in force since 2026-06-18; whether ECCC's "LST" there is still UTC−7 is unknown. */

/**
 * The bulk CSV says local standard time only, so from this day on the OGC API is asked, which gives UTC as well. Each instant of a
 * station belongs to one of the two datasets.
 */
export const ALBERTA_CSV_ENDS = '2026-06-01';

export const ALBERTA_CLOCK =
  "Alberta stopped changing its clocks on 2026-06-18; whether ECCC's local standard time there stays UTC−7 is unknown.";

export const ALBERTA_QUIRK: string = `${ALBERTA_CLOCK} Months before ${ALBERTA_CSV_ENDS} come from the bulk CSV, later ones from the API, which gives UTC.`;
