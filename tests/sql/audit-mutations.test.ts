/** Mutation test of the audit on the embedded server; tests/long runs it on every server. */
import { testServers } from '../support/postgres.ts';
import { auditFindsDrift } from './audit/mutations.ts';

for (const server of testServers().slice(0, 1)) auditFindsDrift(server);
