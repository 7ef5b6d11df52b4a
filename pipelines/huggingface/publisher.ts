/**
 * The Hugging Face Hub: data sets as Git repositories. A file is answered by a redirect to a CDN, which must not see the token. Anonymous
 * callers may resolve 3,000 files in five minutes.
 */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'huggingface',
  title: 'Hugging Face Hub',
  hosts: [
    'huggingface.co',
    'cdn-lfs.hf.co',
    'cdn-lfs-us-1.hf.co',
    'cdn-lfs-eu-1.hf.co',
    'us.aws.cdn.hf.co',
    'us.gcp.cdn.hf.co',
    'cas-bridge.xethub.hf.co',
    'cas-server.xethub.hf.co',
    'transfer.xethub.hf.co',
  ],
  pace: { perSecond: 2, concurrent: 2 },
  credentials: {
    hosts: ['huggingface.co'],
    from: [{ kind: 'bearer', env: 'HF_TOKEN' }],
    required: false,
    getOneAt: 'https://huggingface.co/settings/tokens',
  },
});
