/** Toronto Pearson, the station of today. */
import { csvStation } from './station.ts';

export default csvStation({
  id: 'eccc-weather-toronto',
  name: 'TORONTO INTL A',
  place: 'Toronto Pearson',
  climateId: '6158731',
  stationId: 51459,
  from: '2013-06-11',
  standardTime: 'Etc/GMT+5',
  quirks: [
    'November and December 2019 list every hour and have no observation at all.',
    'It follows 6158733; weather_by_place puts the two together and shows which is which.',
  ],
});
