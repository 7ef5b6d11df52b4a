/** Edmonton International, through the OGC API. */
import { ALBERTA_CLOCK } from './alberta.ts';
import { apiStation } from './station.ts';

export default apiStation({
  id: 'eccc-weather-edmonton',
  name: 'EDMONTON INTL A',
  place: 'Edmonton International',
  climateId: '3012216',
  from: '2012-01-01',
  standardTime: 'Etc/GMT+7',
  quirks: [
    `${ALBERTA_CLOCK} The API gives UTC, which places the rows.`,
    'The station began during 2012; earlier months come without rows.',
  ],
});
