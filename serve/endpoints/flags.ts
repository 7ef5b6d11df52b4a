/** Feature flags: what somebody enabled, what is on in earnest, and why not. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { ownProvenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { flagRegistrar, readFlagStates } from '../flag-states.ts';

const flag = z.object({
  key: z.string(),
  title: z.string(),
  description: z.string(),
  capability: z.string().openapi({ description: 'What verify must have proven before it can be enabled.' }),
  enabled: z.boolean().openapi({ description: 'Somebody enabled it.' }),
  effective: z.boolean().openapi({
    description:
      'Enabled, and the data behind it are neither stale nor samples nor unknown. This is what a front end asks.',
  }),
  reason: z.string().nullable().openapi({ description: 'Why it is not effective; null where it is.' }),
  enabled_by: z.string().nullable(),
  enabled_at: z.string().nullable(),
  verification: z
    .object({ run_id: z.string(), finished_at: z.string(), passed: z.boolean() })
    .nullable()
    .openapi({ description: 'The newest of its capability in this database.' }),
  stale_since: z.string().nullable(),
});

export function flagEndpoints({ reads, service, clock }: ApiDependencies): Endpoint[] {
  const register = flagRegistrar(service);
  return [
    endpoint({
      name: 'flags',
      method: 'get',
      paths: everyPath('flags', '/api/flags'),
      tag: 'Flags',
      summary: 'What a front end may use, and why not',
      description:
        'A flag closes the push of a stream and the use that the front end makes of it; JSON, manifests and downloads always answer.',
      limit: 'read',
      answer: z.object({ flags: z.array(flag), provenance: provenanceSchema }),
      handle: async () => {
        await register();
        const flags = await readFlagStates(reads);
        return { body: { flags, provenance: ownProvenance('penstock', clock.now()) } };
      },
    }),
  ];
}
