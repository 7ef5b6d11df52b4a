/** Calgary, the automatic station, from June 2026 on. */
import { ALBERTA_CSV_ENDS, ALBERTA_QUIRK } from './alberta.ts';
import { apiStation } from './station.ts';

export default apiStation({
  id: 'eccc-weather-calgary-cs-api',
  name: "CALGARY INT'L CS",
  place: 'Calgary International',
  climateId: '3031094',
  from: ALBERTA_CSV_ENDS,
  standardTime: 'Etc/GMT+7',
  quirks: [ALBERTA_QUIRK],
});
