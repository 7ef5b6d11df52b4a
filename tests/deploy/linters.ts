/** What linters say about the files of the container: nothing where all is well. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';

export const ROOT: string = join(import.meta.dirname, '../..');

export function dockerfileFaults(text: string): string[] {
  return validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
}

/** By the JSON schema of the compose specification, which dclint brings. */
export function composeSchemaFaults(text: string): string[] {
  const schema = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'),
  ) as Record<string, unknown>;
  // The name of its draft is misspelt there.
  delete schema['$schema'];
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  if (ajv.validate(schema, parse(text, { merge: true }))) return [];
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** The order of keys is the order in which the file is read by people. */
const RULES = {
  rules: {
    'service-keys-order': 0,
    'top-level-properties-order': 0,
  },
};

export function composeLintFaults(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-compose-'));
  try {
    writeFileSync(join(folder, 'compose.yaml'), text);
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(RULES));
    const done = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/dclint/bin/dclint.cjs'),
        '--config',
        'rules.json',
        '--formatter',
        'json',
        'compose.yaml',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    const files = JSON.parse(done.stdout) as { messages: { line: number; message: string; rule: string }[] }[];
    return files.flatMap(({ messages }) =>
      messages.map(({ line, message, rule }) => `line ${line}: ${message} ${rule}`),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
