/** Personal data never survive redaction; instants and measured numbers always do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactPersonal } from '../../serve/llm/redact.ts';

const digits = (n: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).map((all) => all.join(''));
const nxx = fc.tuple(fc.integer({ min: 2, max: 9 }), digits(2)).map(([first, rest]) => `${first}${rest}`);
const words = fc.constantFrom('demand of ', 'why is it ', '', 'see (', 'a,', 'Ontario: ', 'from ');
const after = fc.constantFrom('', ' please', ')', '.', ', and more', '\n');

describe('what goes', () => {
  test('no e-mail address survives, wherever it stands', () => {
    fc.assert(
      fc.property(words, fc.emailAddress(), after, (before, address, rest) => {
        const { text, found } = redactPersonal(`${before}${address}${rest}`);
        expect(text).not.toContain('@');
        expect(text).not.toContain(address.split('@')[1]);
        expect(found).toMatchObject({ email: 1 });
      }),
      { numRuns: 2_000 },
    );
  });

  test('no telephone number survives, however it is written', () => {
    const number = fc
      .tuple(
        nxx,
        nxx,
        digits(4),
        fc.constantFrom('A-B-C', '(A) B-C', '+1 A B C', '+1ABC', 'A.B.C', 'A B C', 'ABC', '1-A-B-C'),
      )
      .map(([a, b, c, form]) => [form.replace('A', a).replace('B', b).replace('C', c), c] as const);
    fc.assert(
      fc.property(words, number, after, (before, [written, last], rest) => {
        const { text, found } = redactPersonal(`${before}${written}${rest}`);
        expect(text).not.toContain(last);
        expect(found).toEqual({ telephone: 1 });
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['mail ada [at] example [dot] ca now', 'email'],
    ['"ada b"@example.ca', 'email'],
    ['a\u200bda@exam\u200bple.ca', 'email'],
    ['ring +44 20 7946 0958', 'telephone'],
    ['phone: 555-0123', 'telephone'],
    ['card 4111 1111 1111 1111', 'card'],
    ['card 4111111111111111', 'card'],
    ['card 3782-822463-10005', 'card'],
    ['my SIN is 046-454-286', 'sin'],
    ['my SIN is 046 454 286', 'sin'],
    ['046454286', 'sin'],
    ['account 00123456', 'account'],
    ['meter no: 123456', 'account'],
    ['id 123456789012', 'account'],
    ['from 192.168.10.254:80', 'ip'],
    ['from 2001:db8::8a2e:370:7334', 'ip'],
    ['from ::ffff:192.0.2.1', 'ip'],
    ['from 2001:0db8:85a3:0000:0000:8a2e:0370:7334', 'ip'],
    ['I live at 24 Sussex Drive.', 'address'],
    ['au 1200, rue Sainte-Catherine', 'address'],
    ['P.O. Box 1234', 'address'],
    ['K1A 0B1', 'postal_code'],
    ['m5v2t6', 'postal_code'],
    [`key ${'sk-'}${'abcdefghij'.repeat(3)}`, 'secret'],
  ])('%s', (text, kind) => {
    const clean = redactPersonal(text);
    expect(clean.found).toEqual({ [kind]: 1 });
    expect(clean.text).toContain(`[redacted:${kind}]`);
    expect(clean.text).not.toMatch(/\d{3}/);
  });
});

describe('what stays', () => {
  test('every instant, in every form that data use', () => {
    const instant = fc.date({
      min: new Date('1950-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    const form = fc.constantFrom<(at: Date) => string>(
      (at) => at.toISOString(),
      (at) => at.toISOString().slice(0, 10),
      (at) => at.toISOString().slice(0, 7),
      (at) => at.toISOString().replace(/\.\d+Z/, '-05:00'),
      (at) =>
        at
          .toISOString()
          .replace('T', ' ')
          .replace(/\.\d+Z/, '+00'),
      (at) => at.toISOString().slice(0, 19).replaceAll(/[-:]/g, ''),
      (at) => at.toISOString().slice(0, 10).replaceAll('-', ''),
      (at) => at.toISOString().slice(11, 19),
    );
    fc.assert(
      fc.property(words, instant, form, after, (before, at, write, rest) => {
        const text = `${before}${write(at)}${rest}`;
        expect(redactPersonal(text)).toEqual({ text, found: {} });
      }),
      { numRuns: 2_000 },
    );
  });

  test('every measured number', () => {
    const number = fc.oneof(
      fc.integer({ min: -99_999_999, max: 99_999_999 }).map(String),
      fc
        .tuple(
          fc.integer({ min: 0, max: 999_999_999 }),
          fc.constantFrom('MW', ' MW', ' MWh', ' GWh', ' kWh', ' %', ' CAD', '°C'),
        )
        .map((all) => all.join('')),
      fc.integer({ min: 0, max: 2_000_000_000 }).map((n) => n.toLocaleString('en-CA')),
      fc.integer({ min: 0, max: 2_000_000_000 }).map((n) => `${n.toLocaleString('en-CA').replaceAll(',', ' ')} MWh`),
      fc.double({ min: -1e7, max: 1e7, noNaN: true }).map((n) => n.toFixed(3)),
      fc.integer({ min: 0, max: 999_999 }).map((n) => `$${n}`),
    );
    fc.assert(
      fc.property(words, number, after, (before, written, rest) => {
        const text = `${before}${written}${rest}`;
        expect(redactPersonal(text)).toEqual({ text, found: {} });
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    'kaggle/ontario-demand',
    'ieso-generation-by-fuel, table 25-10-0015-01',
    'the years 2019 2020 2021 2022 and 2019-2023',
    'between 350-1200 MW, or 10,000 to 12,000',
    'id 5a0f3c1e-7c1b-4c43-9d3b-0c6c9c0f8a11',
    'sha 8463ec46b7ff7963ccc482607b550bf50cc56437e261cbf8f3420ca187b239c8',
    'at 1767225600 or 1767225600000 since the epoch',
    'demand rose 500 MW way above St. Lawrence',
    'hour 24, at 12:30',
  ])('%s', (text) => {
    expect(redactPersonal(text)).toEqual({ text, found: {} });
  });

  test('what was taken out once changes nothing the second time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, fc.emailAddress(), digits(10), digits(9), fc.string()), { maxLength: 6 }),
        (parts) => {
          const once = redactPersonal(parts.join(' ')).text;
          expect(redactPersonal(once)).toEqual({ text: once, found: {} });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('long texts without an end are read in one go', () => {
    for (const piece of ['a', '1', '1 ', '(', '0:', '.', '-', 'a@', '1.', 'A ', '12 A ', '1,000'])
      expect(redactPersonal(piece.repeat(20_000)).text.length).toBeGreaterThan(0);
  });
});
