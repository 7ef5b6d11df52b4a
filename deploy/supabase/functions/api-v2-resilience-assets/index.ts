/** The edge function `api-v2-resilience-assets`. Made by `npm run functions`; do not edit. */
import { answerer } from '../_shared/app.ts';

Deno.serve(answerer({ listens: false }));
