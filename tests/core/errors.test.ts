/** Faults: one sentence with what, where, consequence and next step; never a secret. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asFault, exitCodeOf, Fault, redact } from '../../core/errors.ts';

describe('secrets are taken out', () => {
  test.each([
    ['postgresql://user:hunter2@db.example.org:5432/x', 'postgresql://user:***@db.example.org:5432/x'],
    ['postgres://user:p@ss@db/x', 'postgres://user:***@db/x'],
    ['postgres://user:p/w@db/x', 'postgres://user:***@db/x'],
    ['postgres://:hunter2@db/x', 'postgres://:***@db/x'],
    ['https://a.org/x?api_key=hunter2&day=1', 'https://a.org/x?api_key=***&day=1'],
    ['https://a.org/x?day=1&token=hunter2', 'https://a.org/x?day=1&token=***'],
    [
      'https://a.org/x?X-Amz-Signature=hunter2&sig=hunter2&pwd=hunter2',
      'https://a.org/x?X-Amz-Signature=***&sig=***&pwd=***',
    ],
    ['a postgres://u:hunter2@db and b https://v:hunter2@c.org/', 'a postgres://u:***@db and b https://v:***@c.org/'],
    ['https://a.org/x?day=1&hour=2', 'https://a.org/x?day=1&hour=2'],
    ['https://a.org:8080/x', 'https://a.org:8080/x'],
  ])('%s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  test('no password of a connection string survives', () => {
    const password = fc.string({ minLength: 6, unit: fc.constantFrom(...'abcXYZ019!$%^&*()-_=+@:/?#;,~') });
    fc.assert(
      fc.property(password, (secret) => {
        expect(redact(`cannot reach postgres://user:${secret}@host/base today`)).toBe(
          'cannot reach postgres://user:***@host/base today',
        );
      }),
    );
  });

  test('from every part of a fault, also as JSON', () => {
    const secret = 'postgres://u:hunter2@db/x';
    const fault = new Fault({
      code: 'X',
      kind: 'database',
      what: secret,
      where: secret,
      consequence: secret,
      next: secret,
    });
    expect(fault.message).not.toContain('hunter2');
    expect(JSON.stringify(fault)).not.toContain('hunter2');
  });
});

describe('a fault', () => {
  test('reads as what, where, consequence, next', () => {
    const fault = new Fault({
      code: 'HTTP_NOT_FOUND',
      kind: 'request',
      what: 'the answer is 404',
      where: 'https://a.org/',
      consequence: 'nothing was loaded',
      next: 'look',
    });
    expect(fault.message).toBe('HTTP_NOT_FOUND: the answer is 404 (https://a.org/); nothing was loaded. Next: look');
    expect(fault.toJSON()).toEqual({
      code: 'HTTP_NOT_FOUND',
      kind: 'request',
      what: 'the answer is 404',
      where: 'https://a.org/',
      consequence: 'nothing was loaded',
      next: 'look',
    });
  });

  test('anything else that is thrown becomes one, first line only', () => {
    const fault = asFault(new TypeError('x is undefined\n    at secret (file.ts:1)'), 'format');
    expect([fault.code, fault.kind, fault.what]).toEqual(['UNEXPECTED', 'format', 'x is undefined']);
    expect(asFault(fault)).toBe(fault);
    expect(asFault('text').what).toBe('text');
  });

  test.each([
    ['usage', 1],
    ['configuration', 1],
    ['definition', 1],
    ['request', 2],
    ['file', 2],
    ['format', 2],
    ['database', 2],
    ['check', 3],
  ] as const)('of kind %s exits with %d', (kind, code) => {
    expect(exitCodeOf(kind)).toBe(code);
  });
});
