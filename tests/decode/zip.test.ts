/** Zip: one member is read as a stream; archives that lie or attack are refused. */
// The definition language calls the decoder of the member `then`; it is data and nobody awaits it.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { csv, json, xml, zip } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';
import { zipOf } from './zip-writer.ts';

const spec = zip({ member: '^data/.*\\.csv$', then: csv({ header: ['a', 'b'] }) });
const member = { name: 'data/report.csv', content: 'a,b\n1,2\n' };

describe('a zip archive', () => {
  test('is decoded through the one member that matches', async () => {
    const found = await decodeBytes(
      zipOf([{ name: 'readme.txt', content: 'x' }, { name: 'data/', content: '' }, member]),
      spec,
    );
    expect(found.cells).toEqual([['1', '2']]);
    expect(found.lines).toEqual([2]);
  });

  test('may hold XML', async () => {
    const then = xml({ rows: 'r/x', columns: { a: 'a' } });
    const found = await decodeBytes(
      zipOf([{ name: 'f.xml', content: '<r><x><a>1</a></x></r>' }]),
      zip({ member: 'xml$', then }),
    );
    expect(found.cells).toEqual([['1']]);
  });

  test('may hold a large member that packs well', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${(i * 7919) % 10_007}`);
    const found = await decodeBytes(zipOf([{ name: 'data/big.csv', content: `a,b\n${rows.join('\n')}\n` }]), spec);
    expect(found.cells.length).toBe(200_000);
  });

  test('names the member in the faults of its content', async () => {
    const fault = await faultOf(zipOf([{ name: 'data/report.csv', content: 'a,c\n' }]), spec);
    expect([fault.code, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'report data/report.csv line 1']);
  });
});

/** The packed bytes of the first member are overwritten. */
function damaged(archive: Buffer): Buffer {
  const start = 30 + archive.readUInt16LE(26);
  return Buffer.concat([archive.subarray(0, start), Buffer.alloc(6, 0xff), archive.subarray(start + 6)]);
}

describe('what sometimes comes without an archive around it', () => {
  const then = csv({ header: ['a', 'b'] });
  const either = zip({ member: 'csv$', then, orBare: true });

  test('is decoded with and without', async () => {
    expect((await decodeBytes('\uFEFFa,b\n1,2\n', either)).cells).toEqual([['1', '2']]);
    expect((await decodeBytes(zipOf([member]), either)).cells).toEqual([['1', '2']]);
    const items = zip({ member: 'json$', then: json({ rows: '', columns: { a: 'a' } }), orBare: true });
    expect((await decodeBytes('[{"a":1.0}]', items)).cells).toEqual([['1.0']]);
  });

  test('is text that begins with PK, too', async () => {
    const pk = zip({ member: 'csv$', then: csv({ header: ['PK', 'b'] }), orBare: true });
    expect((await decodeBytes('PK,b\n1,2\n', pk)).cells).toEqual([['1', '2']]);
  });

  test.each<[string, string | Buffer, string]>([
    ['a cut archive', zipOf([member]).subarray(0, 60), 'FORMAT_ZIP_BROKEN'],
    ['an archive without members', zipOf([]), 'FORMAT_ZIP_MEMBER'],
    ['text of another report', 'x,y\n', 'FORMAT_HEADER_CHANGED'],
    ['nothing', '', 'FORMAT_HEADER_CHANGED'],
  ])('is refused when it is %s', async (_, bytes, code) => {
    expect((await faultOf(bytes, either)).code).toBe(code);
  });
});

describe('a zip archive is refused', () => {
  test.each<[string, Buffer, string, RegExp]>([
    [
      'that leads out of its folder',
      zipOf([member, { name: '../../etc/cron.d/x', content: 'x' }]),
      'FORMAT_ZIP_UNSAFE_NAME',
      /\.\.\/\.\.\/etc/,
    ],
    [
      'with an absolute name',
      zipOf([{ name: '/data/report.csv', content: 'a,b\n' }]),
      'FORMAT_ZIP_UNSAFE_NAME',
      /\/data\/report/,
    ],
    [
      'with a backslash in a name',
      zipOf([{ name: '..\\data\\x.csv', content: 'a,b\n' }]),
      'FORMAT_ZIP_UNSAFE_NAME',
      /data/,
    ],
    [
      'without the member',
      zipOf([{ name: 'other.csv', content: 'a,b\n' }]),
      'FORMAT_ZIP_MEMBER',
      /none of the 1 members of the archive is called like \^data\/.*: \["other\.csv"\]/,
    ],
    [
      'with two such members',
      zipOf([member, { ...member, name: 'data/b.csv' }]),
      'FORMAT_ZIP_MEMBER',
      /2 members .* one was expected: \["data\/report\.csv", "data\/b\.csv"\]/,
    ],
    ['with no member at all', zipOf([]), 'FORMAT_ZIP_MEMBER', /none of the 0 members/],
    [
      'with so many others that not all are named',
      zipOf(Array.from({ length: 20 }, (_, i) => ({ name: `${'n'.repeat(200)}${i}`, content: '' }))),
      'FORMAT_ZIP_MEMBER',
      /none of the 20 members .*…"(?:, "n+…"){7}, …\]/,
    ],
    ['whose packed bytes are damaged', damaged(zipOf([member])), 'FORMAT_ZIP_BROKEN', /cannot be read/],
    [
      'that is a bomb and says so',
      zipOf([{ name: 'data/b.csv', content: Buffer.alloc(20_000_000) }]),
      'FORMAT_ZIP_BOMB',
      /250 times/,
    ],
    [
      'that is a bomb and lies',
      zipOf([{ name: 'data/b.csv', content: Buffer.alloc(20_000_000), claims: { unpacked: 1_000 } }]),
      'FORMAT_ZIP_BROKEN',
      /too many bytes/,
    ],
    ['whose checksum is wrong', zipOf([{ ...member, claims: { crc: 1 } }]), 'FORMAT_ZIP_BROKEN', /checksum/],
    [
      'whose member is shorter than said',
      zipOf([{ ...member, claims: { unpacked: 100 } }]),
      'FORMAT_ZIP_BROKEN',
      /not enough bytes/,
    ],
    [
      'that is cut off',
      zipOf([member]).subarray(0, 60),
      'FORMAT_ZIP_BROKEN',
      /End of central directory|end of central directory/i,
    ],
    ['that is no archive', Buffer.from('a,b\n1,2\n'), 'FORMAT_ZIP_BROKEN', /central directory/i],
  ])('%s', async (_, bytes, code, what) => {
    const fault = await faultOf(bytes, spec);
    expect(fault.code).toBe(code);
    expect(fault.what).toMatch(what);
    expect(fault.kind).toBe('format');
  });

  test('that unpacks to more than the cap', async () => {
    const noise = Array.from({ length: 10_000 }, (_, i) => `${i},${Math.imul(i, 2_654_435_761)}`).join('\n');
    const fault = await faultOf(zipOf([{ name: 'data/b.csv', content: `a,b\n${noise}\n` }]), spec, {
      maxUnpackedBytes: 50_000,
    });
    expect(fault.code).toBe('FORMAT_ZIP_BOMB');
  });

  test('and nothing of it was written anywhere', () => {
    expect(readdirSync(tmpdir()).filter((name) => name.includes('cron.d'))).toEqual([]);
  });
});
