/** The weather stations whose observations are carried, as ECCC names and numbers them. */
import { date, integer, measure, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-weather-stations',
  title: 'Weather stations',
  ...referenceFile('stations', [
    'station_id',
    'name',
    'province_code',
    'eccc_station_id',
    'latitude',
    'longitude',
    'standard_time',
    'first_day',
    'last_day',
    'notes',
  ]),
  transform: 'transforms/local/stations.sql',
  table: table(
    'public.weather_stations',
    {
      station_id: text({ key: true, pattern: '[0-9A-Z]{7}', doc: 'Climate ID of the station, as in weather_data.' }),
      name: text({ required: true, doc: 'Name as ECCC writes it.' }),
      province_code: text({ required: true, pattern: '[A-Z]{2}', doc: 'Two letters of the province.' }),
      eccc_station_id: integer({
        doc: "ECCC's internal number, which its bulk download asks for; it is not the Climate ID.",
      }),
      latitude: measure('°', {
        range: [-90, 90],
        doc: 'North, as ECCC writes it into the file of observations; NULL where no such file was seen.',
      }),
      longitude: measure('°', {
        range: [-180, 180],
        doc: 'East, as ECCC writes it into the file of observations; NULL where no such file was seen.',
      }),
      standard_time: text({
        required: true,
        oneOf: ['Etc/GMT+5', 'Etc/GMT+7'],
        doc: 'Zone of the local standard time that its observations are stamped with, all year; the sign is inverted, as POSIX has it.',
      }),
      first_day: date({ doc: 'First day with hourly observations; NULL: not known.' }),
      last_day: date({ doc: 'Last day with hourly observations; NULL: not known, or it goes on.' }),
      notes: text({ doc: 'What is not sure or unusual about it.' }),
    },
    { edits: 'kept' },
  ),
  quirks: ['weather_place_station says which station stands for a place when.'],
});
