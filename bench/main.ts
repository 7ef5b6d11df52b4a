/** Entry of `npm run bench -- <which> [options]`; see bench/README.md. */
import { parseArgs } from 'node:util';
import { benchAudit } from './audit.ts';
import { benchCopy } from './copy.ts';
import { copyChild } from './copy-child.ts';
import { benchNodal } from './nodal.ts';
import { nodalChild } from './nodal-child.ts';
import { benchPath } from './path.ts';
import { pathChild } from './path-child.ts';
import { benchPeers } from './peers.ts';
import { benchReport } from './report.ts';
import { benchServe } from './serve.ts';
import { serveBareChild } from './serve-bare-child.ts';
import { serveListenChild } from './serve-listen-child.ts';
import { serveLoadChild } from './serve-load-child.ts';

const [first = '', ...others] = process.argv.slice(2);
// `npm run bench` alone runs both comparisons.
const which = first === '' || first.startsWith('-') ? 'all' : first;
const rest = which === first ? others : process.argv.slice(2);

switch (which) {
  case 'all':
    await benchCopy(optionsFor('copy'));
    await benchPath(optionsFor('path'));
    break;
  case 'copy':
    await benchCopy(optionsFor('copy'));
    break;
  case 'path':
    await benchPath(optionsFor('path'));
    break;
  case 'peers': {
    const { rows, pairs, name } = optionsFor('peers');
    await benchPeers({ rows, rounds: pairs, name });
    break;
  }
  case 'nodal':
    await benchNodal(optionsFor('nodal'));
    break;
  case 'audit': {
    const { tables, pairs, waitSeconds, name } = optionsFor('audit');
    await benchAudit({ tables, rounds: pairs, waitSeconds, name });
    break;
  }
  case 'report': {
    const { pairs, name } = optionsFor('report');
    await benchReport({ rounds: pairs, name });
    break;
  }
  case 'serve': {
    const { rows, pairs, clients, name } = optionsFor('serve');
    await benchServe({ rows, rounds: pairs, clients, name });
    break;
  }
  case 'serve-bare-child':
    await serveBareChild(rest);
    break;
  case 'serve-listen-child':
    await serveListenChild(rest);
    break;
  case 'serve-load-child':
    await serveLoadChild();
    break;
  case 'nodal-child':
    await nodalChild(rest);
    break;
  case 'copy-child':
    await copyChild(rest);
    break;
  case 'path-child':
    await pathChild(rest);
    break;
  default:
    console.error(`no bench is called ${which}; there are: copy, path, peers, nodal, audit, report, serve`);
    process.exitCode = 1;
}

function optionsFor(bench: string): {
  rows: number;
  pairs: number;
  csvRounds: number;
  waitSeconds: number;
  repeats: number;
  hours: number;
  tables: number;
  clients: number;
  name: string;
} {
  const { values } = parseArgs({
    args: rest,
    options: {
      rows: { type: 'string', default: bench === 'serve' ? '87600' : '5000000' },
      pairs: { type: 'string', default: '5' },
      csv: { type: 'string', default: '2' },
      wait: { type: 'string', default: '0' },
      repeats: { type: 'string', default: '0' },
      hours: { type: 'string', default: '8760' },
      tables: { type: 'string', default: '500' },
      clients: { type: 'string', default: '2000' },
      name: { type: 'string', default: bench },
    },
  });
  return {
    rows: Number(values.rows),
    pairs: Number(values.pairs),
    csvRounds: Number(values.csv),
    waitSeconds: Number(values.wait),
    repeats: Number(values.repeats),
    hours: Number(values.hours),
    tables: Number(values.tables),
    clients: Number(values.clients),
    name: values.name,
  };
}
