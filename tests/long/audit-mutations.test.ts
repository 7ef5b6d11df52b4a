/** Mutation test of the audit on every server. */
import { testServers } from '../support/postgres.ts';
import { auditFindsDrift } from '../sql/audit/mutations.ts';

for (const server of testServers()) auditFindsDrift(server);
