/** Every path under which the front end asks for a stream or its manifest; the first is the one that documents name. */
import type { StreamKey } from '../../core/flags.ts';

/** Libraries that the front end puts before the name of a stream, and the name behind them. */
const ALIASES: Readonly<Record<StreamKey, readonly string[]>> = {
  'ontario-demand': ['kaggle/ontario_demand'],
  'provincial-generation': ['kaggle/provincial_generation'],
  'ontario-prices': ['kaggle/ontario_prices'],
  'hf-electricity-demand': ['hf/electricity_demand', 'huggingface/electricity_demand', 'kaggle/hf_electricity_demand'],
  // Asked by its own name only.
  'aeso-grid-data': [],
};

export function streamPaths(kind: 'stream' | 'manifest', stream: StreamKey): string[] {
  const names = [`${kind}-${stream}`, ...ALIASES[stream].map((alias) => `${kind}/${alias}`)];
  return [
    ...names.flatMap((name) => [`/${name}`, `/functions/v1/${name}`]),
    `/api/${kind}/${stream}`,
    ...ALIASES[stream].map((alias) => `/api/${kind}/${alias}`),
  ];
}
