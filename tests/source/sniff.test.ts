/** The first bytes of an answer decide whether it is what was asked for. */
import { expect, test } from 'vitest';
import { arrow, csv, type Decode, json, parquet, sections, xml, zip } from '../../core/decode.ts';
import { sniffFault } from '../../loaders/source/sniff.ts';

const table = csv({ header: ['Date'] });
const items = json({ rows: '', columns: { a: 'a' } });
const EXPECTED = {
  csv: table,
  xml: xml({ rows: 'r/x', columns: { a: 'a' } }),
  json: items,
  sections: sections({ width: 4 }),
  parquet: parquet({ columns: ['a'] }),
  arrow: arrow({ columns: ['a'] }),
  zip: zip({ member: 'csv$', then: table }),
  'zip or CSV': zip({ member: 'csv$', then: table, orBare: true }),
  'zip or JSON': zip({ member: 'json$', then: items, orBare: true }),
} satisfies Record<string, Decode>;
type Format = keyof typeof EXPECTED;
const BOM = '\ufeff';

const refused: readonly [string, Format, string, string | null, string][] = [
  ['an empty body', 'csv', '', null, 'FORMAT_EMPTY_BODY'],
  ['a body of white space', 'xml', '\r\n  ', null, 'FORMAT_EMPTY_BODY'],
  ['a mark and nothing else', 'csv', BOM, null, 'FORMAT_EMPTY_BODY'],
  ['an empty archive', 'zip', '', null, 'FORMAT_EMPTY_BODY'],
  ['a web page', 'csv', '<!DOCTYPE html><p>Down for maintenance', 'text/html', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['a web page after a mark and blank lines', 'csv', `${BOM}\n\n <HTML>`, 'text/csv', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['a web page instead of XML', 'xml', '<!doctype HTML>', 'text/html', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  [
    'a web page that says it is XML',
    'xml',
    '<?xml version="1.0"?>\n<html xmlns="x">',
    'text/xml',
    'FORMAT_HTML_INSTEAD_OF_DATA',
  ],
  ['a web page instead of an archive', 'zip', '<html>', 'application/zip', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['a web page instead of Parquet', 'parquet', '<html>', null, 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['an archive with wrong magic', 'zip', 'PK\x07\x08....', 'application/zip', 'FORMAT_NOT_A_ZIP'],
  ['an archive without members', 'zip', 'PK\x05\x06....', 'application/zip', 'FORMAT_NOT_A_ZIP'],
  ['text instead of an archive', 'zip', 'Date,Hour', 'text/csv', 'FORMAT_NOT_A_ZIP'],
  ['text instead of Parquet', 'parquet', 'Date,Hour', null, 'FORMAT_WRONG_TYPE'],
  ['text instead of Arrow', 'arrow', 'Date,Hour', null, 'FORMAT_WRONG_TYPE'],
  ['text instead of XML', 'xml', 'Date,Hour', null, 'FORMAT_WRONG_TYPE'],
  ['JSON instead of CSV', 'csv', '{"error":"no"}', 'application/json', 'FORMAT_WRONG_TYPE'],
  ['JSON that says it is CSV', 'csv', ' {"error":"no"}', 'text/csv', 'FORMAT_WRONG_TYPE'],
  ['a list in JSON', 'csv', '[{"a":1}]', 'application/json; charset=utf-8', 'FORMAT_WRONG_TYPE'],
  ['XML instead of CSV', 'csv', '<?xml version="1.0"?><Error/>', null, 'FORMAT_WRONG_TYPE'],
  ['an archive instead of CSV', 'csv', 'PK\x03\x04', null, 'FORMAT_WRONG_TYPE'],
  ['a web page instead of JSON', 'json', '<!doctype html>', 'application/json', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['text instead of JSON', 'json', 'Date,Hour', 'application/json', 'FORMAT_WRONG_TYPE'],
  ['a text in JSON', 'json', '"Rate limit"', 'application/json', 'FORMAT_WRONG_TYPE'],
  ['XML instead of JSON', 'json', '<?xml version="1.0"?><Error/>', null, 'FORMAT_WRONG_TYPE'],
  ['an archive instead of JSON', 'json', 'PK\x03\x04', null, 'FORMAT_WRONG_TYPE'],
  ['a web page instead of sections', 'sections', '<html><body>', 'text/csv', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['JSON instead of sections', 'sections', '{"error":1}', null, 'FORMAT_WRONG_TYPE'],
  ['a web page instead of either', 'zip or CSV', '<html>', 'application/zip', 'FORMAT_HTML_INSTEAD_OF_DATA'],
  ['an archive without members or CSV', 'zip or CSV', 'PK\x05\x06', null, 'FORMAT_NOT_A_ZIP'],
  ['JSON instead of an archive or CSV', 'zip or CSV', '{"error":1}', null, 'FORMAT_NOT_A_ZIP'],
  ['text instead of an archive or JSON', 'zip or JSON', 'Date,Hour', null, 'FORMAT_NOT_A_ZIP'],
  ['a PDF instead of CSV', 'csv', '%PDF-1.7', 'application/pdf', 'FORMAT_WRONG_TYPE'],
];
test.each(refused)('%s for %s is refused', (_, format, body, contentType, code) => {
  const fault = sniffFault(new TextEncoder().encode(body), EXPECTED[format], contentType, 'https://a.example/x');
  expect(fault).toMatchObject({ code, kind: 'format', where: 'https://a.example/x' });
  expect(fault?.message).toMatch(/nothing of this interval was loaded.*Next: /);
});

const accepted: readonly [string, Format, string, string | null][] = [
  ['CSV', 'csv', 'Date,Hour\n', 'text/csv'],
  ['CSV with a preamble', 'csv', '\\\\ Hourly Demand\n', null],
  ['CSV sent as a web page', 'csv', 'Date,Hour\n', 'text/html; charset=utf-8'],
  ['CSV sent as JSON', 'csv', 'Date,Hour\n', 'application/json'],
  ['CSV sent as a stream of bytes', 'csv', 'Date,Hour\n', 'application/octet-stream'],
  ['CSV that begins with PK', 'csv', 'PKEY,Hour\n', 'text/csv'],
  ['CSV that begins with a bracket', 'csv', '[MW],Hour\n', 'text/csv'],
  ['CSV with a mark', 'csv', `${BOM}Date\n`, null],
  ['XML', 'xml', '<?xml version="1.0"?><Document/>', 'text/xml'],
  ['XML with a mark and without a declaration', 'xml', `${BOM}\n<Document/>`, 'text/plain'],
  ['an archive sent as text', 'zip', 'PK\x03\x04....', 'text/plain'],
  ['JSON', 'json', '{"a":1}', 'application/json'],
  ['a list in JSON with a mark, sent as text', 'json', `${BOM}\r\n [{}]`, 'text/plain'],
  ['sections', 'sections', 'Current Supply Demand Report\r\n', 'text/csv'],
  ['sections sent as a web page', 'sections', '"<center><b>Wind</b></center>"', 'text/html'],
  ['an archive where text may come', 'zip or CSV', 'PK\x03\x04....', 'application/zip'],
  ['text where an archive may come', 'zip or CSV', 'Date,Hour\n', 'application/zip'],
  ['JSON where an archive may come', 'zip or JSON', '[{"a":1}]', null],
  ['Parquet', 'parquet', 'PAR1....', null],
  ['an Arrow file', 'arrow', 'ARROW1\0\0', null],
];
test.each(accepted)('%s passes', (_, format, body, contentType) => {
  expect(sniffFault(new TextEncoder().encode(body), EXPECTED[format], contentType)).toBeNull();
});

test('an Arrow stream and UTF-16 XML pass by their bytes', () => {
  expect(sniffFault(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 1), EXPECTED.arrow, null)).toBeNull();
  expect(sniffFault(Uint8Array.of(0xff, 0xfe, 0x3c, 0), EXPECTED.xml, null)).toBeNull();
});

test.each([
  '<html><form><input type="password">',
  '<!doctype html><title>Sign in</title>',
  '<html><form name="SAMLRequest">',
])('a login page is called one: %s', (page) => {
  expect(sniffFault(new TextEncoder().encode(page), EXPECTED.csv, 'text/html')?.what).toContain('login page');
});

test('a fault names what was expected', () => {
  const what = (format: Format) => sniffFault(new TextEncoder().encode('%PDF'), EXPECTED[format], null)?.what;
  expect(what('zip or JSON')).toBe('the answer is a PDF, not a zip archive or JSON');
  expect(what('json')).toBe('the answer is a PDF, not JSON');
});
