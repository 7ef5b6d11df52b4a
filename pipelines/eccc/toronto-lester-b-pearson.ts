/** Toronto Pearson, the station before June 2013. */
import { csvStation } from './station.ts';

export default csvStation({
  id: 'eccc-weather-toronto-lester-b-pearson',
  name: "TORONTO LESTER B. PEARSON INT'L A",
  place: 'Toronto Pearson',
  climateId: '6158733',
  stationId: 5097,
  from: '1953-01-01',
  until: '2013-07-01',
  standardTime: 'Etc/GMT+5',
  quirks: [
    'First and last day and the internal station number are from secondary sources, never asked live: months outside of its life come without observations.',
    '6158731 follows it from 2013-06-11 on; weather_by_place puts the two together and shows which is which.',
  ],
});
