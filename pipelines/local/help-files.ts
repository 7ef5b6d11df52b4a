/** What the two datasets of data/help share: the folder with its front matter, and the form of an id. */
import { documents } from '../../core/decode.ts';
import type { PipelineSpec } from '../../core/pipeline.ts';

/** Lower-case words joined by dots, at least two: page.trends, metric.stakeholder.upcoming_meetings. */
export const HELP_ID = '[a-z][a-z0-9_-]*([.][a-z0-9_-]+)+';

export const HELP_FILES: PipelineSpec['extract'] = {
  url: 'local://help/',
  decode: documents({
    fields: ['id', 'title', 'short_text', 'tags', 'sources', 'last_updated', 'author', 'curation', 'aliases'],
    lists: ['tags', 'sources', 'aliases'],
  }),
};
