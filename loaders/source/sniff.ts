/** Looks at the first bytes of an answer: a status of 200 does not mean that they are the file that was asked for. */
import type { Decode } from '../../core/decode.ts';
import { Fault } from '../../core/errors.ts';

/** Bytes that are enough to tell. */
export const SNIFF_BYTES = 4_096;

const LOGIN = /\bSAML|type=["']?password|\bsign[ -]?in\b|\blog[ -]?in\b|\bsingle sign-on/i;
const HTML = /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i;

/** Formats by their first bytes, as latin1 text; CSV begins with none of them. */
const OTHERS: readonly (readonly [name: string, ...magic: string[]])[] = [
  ['a zip archive', 'PK\x03\x04', 'PK\x05\x06'],
  ['a Parquet file', 'PAR1'],
  ['an Arrow file', 'ARROW1'],
  ['a gzip file', '\x1f\x8b'],
  ['a PDF', '%PDF'],
  ['an XML document', '<?xml'],
  ['JSON', '{'],
];

const WANTED: Readonly<Record<Decode['format'], string>> = {
  csv: 'CSV',
  xml: 'XML',
  json: 'JSON',
  sections: 'CSV',
  zip: 'a zip archive',
  parquet: 'Parquet',
  arrow: 'Arrow',
  documents: 'a folder of documents',
};

/**
 * Why these bytes cannot be the format that the definition expects; null when they may be. The bytes decide: a content type
 * alone, which publishers often get wrong, is no fault.
 * @param head the first {@link SNIFF_BYTES} of the body, or all of a shorter one
 * @param expect the decoder of the file
 * @param where the address, for the message
 */
export function sniffFault(head: Uint8Array, expect: Decode, contentType: string | null, where?: string): Fault | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES)).toString('latin1');
  const text = bytes.replace(/^\xef\xbb\xbf/, '').trimStart();
  const saidToBe = contentType === null ? '' : `, sent as ${contentType.slice(0, 80)}`;
  const wanted =
    expect.format === 'zip' && expect.orBare === true
      ? `${WANTED.zip} or ${WANTED[expect.then.format]}`
      : WANTED[expect.format];
  const fault = (code: string, what: string, next: string): Fault =>
    new Fault({
      code,
      kind: 'format',
      what: `${what}${saidToBe}`,
      ...(where !== undefined && { where }),
      consequence: 'nothing of this interval was loaded, what was there stays',
      next,
    });

  if (text === '')
    return fault('FORMAT_EMPTY_BODY', 'the body is empty', 'run again later; the publisher may be writing the file');
  if (HTML.test(text)) {
    return LOGIN.test(text)
      ? fault(
          'FORMAT_HTML_INSTEAD_OF_DATA',
          'the answer is a web page that looks like a login page',
          'check whether the publisher now asks for a key or an account',
        )
      : fault(
          'FORMAT_HTML_INSTEAD_OF_DATA',
          `the answer is a web page, not ${wanted}`,
          'open the address in a browser; the publisher may be down or the URL may have changed',
        );
  }
  if (matches(expect, bytes, text, contentType)) return null;
  const other = otherFormat(text) ?? `something that begins with ${quote(text)}`;
  const code = expect.format === 'zip' ? 'FORMAT_NOT_A_ZIP' : 'FORMAT_WRONG_TYPE';
  return fault(
    code,
    `the answer is ${other}, not ${wanted}`,
    'look at the answer, then mend extract.url or extract.decode of the definition',
  );
}

function matches(expect: Decode, bytes: string, text: string, contentType: string | null): boolean {
  switch (expect.format) {
    case 'zip':
      if (bytes.startsWith('PK\x03\x04')) return true;
      // An archive without members is no text.
      return expect.orBare === true && !bytes.startsWith('PK\x05') && matches(expect.then, bytes, text, contentType);
    case 'parquet':
      return bytes.startsWith('PAR1');
    case 'arrow':
      return bytes.startsWith('ARROW1') || bytes.startsWith('\xff\xff\xff\xff');
    case 'xml':
      // UTF-16 begins with its byte order mark, which the decoder understands.
      return /^(?:<|\xff\xfe|\xfe\xff)/.test(text);
    case 'json':
      return /^[{[]/.test(text);
    case 'documents':
      return text.startsWith('{"file":');
    case 'csv':
    case 'sections':
      return otherFormat(text) === null && !(isJson(contentType) && text.startsWith('['));
  }
}

function otherFormat(text: string): string | null {
  return OTHERS.find(([, ...magic]) => magic.some((begin) => text.startsWith(begin)))?.[0] ?? null;
}

/** A bracket may begin a CSV file, so it needs the content type beside it to be JSON. */
function isJson(contentType: string | null): boolean {
  return /^application\/(?:[\w.]+\+)?json\b/i.test(contentType ?? '');
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '.'));
}
