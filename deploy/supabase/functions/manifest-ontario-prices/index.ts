/** The edge function `manifest-ontario-prices`. Made by `npm run functions`; do not edit. */
import { answerer } from '../_shared/app.ts';

Deno.serve(answerer({ listens: false }));
