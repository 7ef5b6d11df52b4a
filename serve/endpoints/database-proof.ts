/** With which database this server works, as an answer that only that database can give: `verify` writes its rows where the server reads. */
import { z } from 'zod';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { ownProvenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { databaseProof } from '../verify/identity.ts';

export function databaseProofEndpoints({ service, clock }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'database-proof',
      method: 'get',
      paths: ['/api/database-proof'],
      tag: 'Operations',
      summary: 'Proof that this server works on a certain database',
      description:
        'HMAC-SHA256 of the identity of the database and the nonce, with a key that only the database holds. It says nothing to anybody else.',
      limit: 'read',
      query: z.object({
        nonce: z
          .string()
          .regex(/^[A-Za-z0-9_-]{16,100}$/, 'is 16 to 100 letters, digits, _ or -')
          .openapi({ example: 'an-example-nonce-of-verify' }),
      }),
      answer: z.object({ proof: z.string(), provenance: provenanceSchema }),
      handle: async ({ query: { nonce } }) => ({
        body: { proof: await databaseProof(service, nonce), provenance: ownProvenance('penstock', clock.now()) },
      }),
    }),
  ];
}
