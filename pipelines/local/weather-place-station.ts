/** Which station stands for a place in which time; view weather_by_place follows it. */
import { instant, table, text } from '../../core/contract.ts';
import { sql } from '../../core/check.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-weather-place-station',
  title: 'Weather stations of a place, in time',
  ...referenceFile('weather_place_station', ['place', 'valid_from', 'valid_until', 'station_id']),
  transform: 'transforms/local/weather_place_station.sql',
  table: table(
    'public.weather_place_station',
    {
      place: text({ key: true, doc: 'Airport: Toronto Pearson, Calgary International, Edmonton International.' }),
      station_id: text({ required: true, pattern: '[0-9A-Z]{7}', doc: 'Climate ID, as in weather_data.' }),
      valid_from: instant({
        key: true,
        doc: 'First instant, included; -infinity (blank in the file) from the beginning. The periods of a place do not overlap.',
      }),
      valid_until: instant({
        required: true,
        doc: 'Last instant, excluded; infinity (blank in the file) while it goes on.',
      }),
    },
    { edits: 'kept' },
  ),
  after: ['local-weather-stations'],
  checks: [
    sql('transforms/local/check_place_periods.sql', {
      severity: 'reject',
      doc: 'a period ends after it begins, and the periods of a place do not overlap',
    }),
  ],
});
