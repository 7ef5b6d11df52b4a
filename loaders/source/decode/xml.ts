/** XML to raw rows: strict, streaming, by local name; a document type is refused, so no entity is ever expanded. */
import { SaxesParser } from 'saxes';
import { type Decoded, rawColumns, type XmlDecode } from '../../../core/decode.ts';
import { Batches } from './batches.ts';
import { type ByteSource, type DecodeLimits, formatFault } from './limits.ts';
import { decodeUtf8 } from './utf8.ts';
import { tooMuch, XmlRows } from './xml-rows.ts';

/**
 * One raw row per element at any of `spec.rows`; its line is where the element starts. Text is trimmed; an absent element is null, an
 * empty one is the empty text. A leaf outside the row counts where it stands before the row.
 * @throws Fault `FORMAT_XML_BROKEN`, `FORMAT_XML_DOCTYPE`, `FORMAT_XML_LIMIT`, `FORMAT_OTHER_REPORT`, `FORMAT_INVALID_UTF8`
 */
export async function* decodeXml(source: ByteSource, spec: XmlDecode, limits: DecodeLimits): AsyncGenerator<Decoded> {
  const batches = new Batches(rawColumns(spec).length, limits.batchRows);
  const rows = new XmlRows(spec, batches, limits);
  const parser = new SaxesParser();
  // Bytes since the parser last reported anything: it holds an unfinished token in memory.
  let quietBytes = 0;
  parser.on('opentagstart', ({ name }) => {
    quietBytes = 0;
    // The parser has read one character past the name; if that was a line end, its line is one too far.
    rows.openElement(localName(name), parser.columnIndex === 0 ? parser.line - 1 : parser.line);
  });
  parser.on('closetag', ({ name }) => {
    quietBytes = 0;
    rows.closeElement(localName(name));
  });
  for (const event of ['text', 'cdata'] as const) {
    parser.on(event, (text) => {
      quietBytes = 0;
      rows.addText(text, parser.line);
    });
  }
  parser.on('doctype', () => {
    throw formatFault('FORMAT_XML_DOCTYPE', limits, parser.line, {
      what: 'the document has a DOCTYPE, which reports never have and which can make a small file huge',
      next: 'look at the file: it may be a web page or an attack',
    });
  });
  parser.on('error', (error) => {
    throw formatFault('FORMAT_XML_BROKEN', limits, parser.line, {
      what: `the document is not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '').slice(0, 200)}`,
      next: 'look at the line; the file is cut off or damaged, so ask the publisher again later',
      cause: error,
    });
  });
  for await (const text of decodeUtf8(source, limits)) {
    quietBytes += text.length;
    parser.write(text);
    if (quietBytes > limits.maxLineBytes) throw tooMuch(limits, parser.line, 'a text, a tag or a comment is too long');
    if (batches.isFull) yield* batches.take();
  }
  parser.close();
  rows.finish();
  yield* batches.take();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
