/** Calgary, the automatic station beside the airport's own, until the OGC API takes over. */
import { ALBERTA_CSV_ENDS, ALBERTA_QUIRK } from './alberta.ts';
import { csvStation } from './station.ts';

export default csvStation({
  id: 'eccc-weather-calgary-cs',
  name: "CALGARY INT'L CS",
  place: 'Calgary International',
  climateId: '3031094',
  stationId: 27211,
  from: '2008-12-22',
  until: ALBERTA_CSV_ENDS,
  standardTime: 'Etc/GMT+7',
  quirks: [
    ALBERTA_QUIRK,
    'An automatic station beside 3031092: it observes neither visibility nor weather, and is not part of weather_by_place.',
  ],
});
