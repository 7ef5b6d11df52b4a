/**
 * Kaggle: public data sets come without an account, more of them with one. A download is answered by a redirect to a signed, expiring
 * address of Google's storage, which must not see the credentials.
 */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'kaggle',
  title: 'Kaggle',
  hosts: ['www.kaggle.com', 'storage.googleapis.com'],
  pace: { perSecond: 1, concurrent: 1 },
  credentials: {
    hosts: ['www.kaggle.com'],
    // The order of Kaggle's own client.
    from: [
      { kind: 'bearer', env: 'KAGGLE_API_TOKEN' },
      { kind: 'basic', user: 'KAGGLE_USERNAME', password: 'KAGGLE_KEY' },
    ],
    required: false,
    getOneAt: 'https://www.kaggle.com/settings',
  },
});
