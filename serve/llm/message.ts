/** The two messages of a call: the approved text, word for word, and what is data: rows and the caller's words, as JSON between marks. */
import type { DataContext } from './context.ts';
import type { Question } from './request.ts';

export interface Messages {
  readonly system: string;
  readonly user: string;
}

/** @param approved text of the prompt; nothing that a caller wrote gets into this message */
export function messagesOf(approved: string, { title, dataset, sources }: DataContext, question: Question): Messages {
  const { userPrompt, queryType, focus, timeframe, logs } = question;
  const asked = { dataset, title, timeframe, query_type: queryType, focus, question: userPrompt, log_lines: logs };
  return {
    system: approved,
    user: [
      ...sources.map(({ id, title: name, rows, provenance }) =>
        block('data', {
          id,
          title: name,
          last_updated: provenance.last_updated,
          is_fallback: provenance.is_fallback,
          rows,
        }),
      ),
      block('question', asked),
    ].join('\n'),
  };
}

/** No text within can look like a mark: `<` and `>` stand there as escapes of JSON, and so do the line ends of Unicode. */
function block(mark: 'data' | 'question', content: object): string {
  const json = JSON.stringify(content).replaceAll(
    /[<>\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `<${mark}>\n${json}\n</${mark}>`;
}
