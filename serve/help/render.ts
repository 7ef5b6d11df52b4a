/**
 * Markdown of a help text as HTML that a page may put into itself. The table refuses HTML and links that are no https addresses; here nothing
 * relies on it: HTML is shown as the text that it is, and what is left passes a list of what may be there.
 */
import { Marked, type Tokens } from 'marked';
import sanitize from 'sanitize-html';
import { isHttps } from '../../data/help/markdown-faults.ts';

const LAST_HEADING = 6;

const marked = new Marked({ gfm: true, async: false });
marked.use({
  renderer: {
    html: ({ text, block }: Tokens.HTML | Tokens.Tag) => (block ? `<p>${escaped(text.trim())}</p>\n` : escaped(text)),
    // A picture of somebody else's server would tell it who reads: its words are shown.
    image: ({ text }: Tokens.Image) => escaped(text),
    // The page has its own heading of the first level.
    heading({ tokens, depth }: Tokens.Heading) {
      const level = Math.min(depth + 1, LAST_HEADING);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '[x] ' : '[ ] '),
  },
});

const HEADINGS = ['h2', 'h3', 'h4', 'h5', 'h6'];
const INLINE = ['a', 'br', 'code', 'del', 'em', 'strong'];
const BLOCKS = ['blockquote', 'hr', 'li', 'ol', 'p', 'pre', 'ul'];
const TABLE = ['table', 'tbody', 'td', 'th', 'thead', 'tr'];
export const ALLOWED_TAGS: readonly string[] = [...HEADINGS, ...INLINE, ...BLOCKS, ...TABLE];
const ALIGNED = [{ name: 'align', multiple: false, values: ['left', 'center', 'right'] }];

const RULES: sanitize.IOptions = {
  allowedTags: [...ALLOWED_TAGS],
  allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'], td: ALIGNED, th: ALIGNED },
  allowedSchemes: ['https'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  transformTags: {
    // A link that leads elsewhere keeps its words only.
    a: (tagName, { href = '' }) => ({
      tagName,
      attribs: isHttps(href) ? { href, rel: 'noopener noreferrer nofollow', target: '_blank' } : {},
    }),
    ol: (tagName, { start = '' }) => ({ tagName, attribs: /^\d{1,9}$/.test(start) ? { start } : {} }),
  },
};

/** Never throws: what cannot be read as Markdown is shown as it is written. */
export function renderMarkdown(markdown: string): string {
  let html: string;
  try {
    html = marked.parse(markdown, { async: false });
  } catch {
    // Nested deeper than the stack is.
    html = `<pre>${escaped(markdown)}</pre>`;
  }
  return sanitize(html, RULES).trim();
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
