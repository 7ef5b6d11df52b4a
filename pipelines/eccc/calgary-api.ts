/** Calgary International from June 2026 on: the API gives UTC, which the bulk CSV does not. */
import { ALBERTA_CSV_ENDS, ALBERTA_QUIRK } from './alberta.ts';
import { apiStation } from './station.ts';

export default apiStation({
  id: 'eccc-weather-calgary-api',
  name: 'CALGARY INTL A',
  place: 'Calgary International',
  climateId: '3031092',
  from: ALBERTA_CSV_ENDS,
  standardTime: 'Etc/GMT+7',
  quirks: [ALBERTA_QUIRK],
});
