/** Calgary International, the station before July 2012. */
import { csvStation } from './station.ts';

export default csvStation({
  id: 'eccc-weather-calgary-1953',
  name: "CALGARY INT'L A",
  place: 'Calgary International',
  climateId: '3031093',
  stationId: 2205,
  from: '1953-01-01',
  until: '2012-08-01',
  standardTime: 'Etc/GMT+7',
  quirks: ['3031092 follows it from 2012-07-09 on; weather_by_place puts the two together and shows which is which.'],
});
