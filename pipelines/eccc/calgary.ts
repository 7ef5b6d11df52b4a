/** Calgary International, the station of today, until the OGC API takes over. */
import { ALBERTA_CSV_ENDS, ALBERTA_QUIRK } from './alberta.ts';
import { csvStation } from './station.ts';

export default csvStation({
  id: 'eccc-weather-calgary',
  name: 'CALGARY INTL A',
  place: 'Calgary International',
  climateId: '3031092',
  stationId: 50430,
  from: '2012-07-09',
  until: ALBERTA_CSV_ENDS,
  standardTime: 'Etc/GMT+7',
  quirks: [ALBERTA_QUIRK, 'It follows 3031093; weather_by_place puts the two together and shows which is which.'],
});
