/** Capabilities of the server that `verify` proves and that flags open, one each; `feature_flags.capability` and `etl.verification.capability` hold these words. */

export interface FlagSpec {
  /** Key in `feature_flags`, the same word as the capability. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** The stream whose push it opens; null where it only tells the front end what it may use. */
  readonly stream: string | null;
}

export const STREAM_KEYS = [
  'ontario-demand',
  'provincial-generation',
  'ontario-prices',
  'hf-electricity-demand',
  'aeso-grid-data',
] as const;

export type StreamKey = (typeof STREAM_KEYS)[number];

const push = (stream: StreamKey, title: string): FlagSpec => ({
  key: `stream.${stream}`,
  title,
  description: `Rows of ${stream} are pushed as they are loaded; pages of it answer whether it is on or off.`,
  stream,
});

/** Off until somebody enables them after a verification that passed. */
export const FLAGS: readonly FlagSpec[] = [
  push('ontario-demand', 'Live Ontario demand'),
  push('provincial-generation', 'Live provincial generation'),
  push('ontario-prices', 'Live Ontario prices'),
  push('hf-electricity-demand', 'Live demand of single buildings'),
  push('aeso-grid-data', 'Live Alberta supply and demand'),
  {
    key: 'help',
    title: 'Help from the server',
    description: 'The front end shows help texts of the server instead of its own.',
    stream: null,
  },
  {
    key: 'grid-and-security',
    title: 'Grid and security panels',
    description: 'The front end fills its grid and security panels from the server.',
    stream: null,
  },
  {
    key: 'analytics',
    title: 'Analytics',
    description: 'The front end shows overview, provincial metrics and trends of the server.',
    stream: null,
  },
  {
    key: 'historical',
    title: 'Historical data',
    description: 'The front end reads history and downloads of the server.',
    stream: null,
  },
  {
    key: 'llm',
    title: 'Answers of language models',
    description: 'The front end offers explanations by language models.',
    stream: null,
  },
];
