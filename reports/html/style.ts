/** The style sheet of every page: light and dark, narrow and wide, screen and paper. */
import type { Html } from './template.ts';
import { markup } from './template.ts';

export const STYLE: Html = markup`<style>
:root{--bg:#f7f8f8;--card:#fff;--text:#1b2126;--soft:#55606a;--line:#dde2e5;--head:#f0f3f4;--link:#0b5cad;
--good:#17663f;--good-bg:#e2f3e9;--warn:#7a4b00;--warn-bg:#fff0cf;--bad:#a1221a;--bad-bg:#fde6e3;--stop:#6b2fa0;--stop-bg:#f1e6fb;--none:#4b5661;--none-bg:#e8ecef;
--day:#a9d5bb;--day-part:#e08a00;--day-empty:#a1221a;--board:#edf0f1}
@media (prefers-color-scheme:dark){:root{--bg:#12161a;--card:#191e23;--text:#e3e7ea;--soft:#a2adb6;--line:#2f373e;--head:#20262c;--link:#7db7f2;
--good:#7fd6a5;--good-bg:#15352a;--warn:#f3c566;--warn-bg:#3b2d0d;--bad:#ff9d92;--bad-bg:#451d1a;--stop:#cfa6f5;--stop-bg:#33204a;--none:#b6c0c8;--none-bg:#2a3239;
--day:#2c6a4a;--day-part:#f0a63a;--day-empty:#ff7b6e;--board:#20262c}}
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:78rem;background:var(--bg);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1,h2,h3,h4{line-height:1.25;margin:0}
h1{font-size:1.35rem}h2{font-size:1.15rem;display:flex;flex-wrap:wrap;gap:.3rem .6rem;align-items:center}
h3{font-size:.78rem;margin:1.1rem 0 .3rem;text-transform:uppercase;letter-spacing:.05em;color:var(--soft)}h4{font-size:.95rem}
p{margin:.35rem 0}a{color:var(--link)}
code,pre{font:.92em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .7rem;z-index:1}
.banner{background:var(--warn-bg);color:var(--warn);border:2px solid currentColor;border-radius:6px;padding:.6rem .9rem;margin-bottom:1rem;font-size:1rem}
.banner strong{display:block;font-size:1.15rem}
.verdict{font-size:1rem;max-width:65rem}
.note,.facts,.attribution,.label,.legend{color:var(--soft)}.note,.label,.legend,.attribution{font-size:.92em}
.attribution{border-top:1px solid var(--line);padding-top:.5rem;margin:1rem 0 0}
dl.run{display:flex;flex-wrap:wrap;gap:.4rem 1.75rem;margin:.7rem 0 1.1rem}
dl.run dt{font-size:.78rem;color:var(--soft)}dl.run dd{margin:0}
section.dataset{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.15rem;margin-top:1.1rem}
.scroll{position:relative;overflow-x:auto;margin:.25rem 0 .5rem;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.92em;padding:.15rem 0}
th,td{padding:.24rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400;overflow-wrap:normal}
thead th{font-size:.88em;font-weight:600;background:var(--head);white-space:nowrap;vertical-align:bottom}
tfoot th,tfoot td{font-weight:600;border-bottom:0}
.n{text-align:right;white-space:nowrap}.f{white-space:nowrap}.t,.w,.k{max-width:34rem;overflow-wrap:break-word}.k{min-width:11.5rem}.w{min-width:15rem;overflow-wrap:anywhere}.index .w{min-width:26rem}
th.w code{color:var(--soft)}caption.quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.next{display:block;margin-top:.15rem}.next code{background:var(--head);border:1px solid var(--line);border-radius:4px;padding:.05rem .35rem;-webkit-box-decoration-break:clone;box-decoration-break:clone}
table.verdicts{width:100%;background:var(--card);border:1px solid var(--line)}
table.verdicts caption{font-size:1rem;color:var(--text);font-weight:600}
table.verdicts th,table.verdicts td{padding:.5rem .75rem}
table.verdicts td{width:8.5rem}table.verdicts tbody th a{font-weight:600}table.verdicts p{margin:.1rem 0 0}
.state,.result,.outcome{white-space:nowrap}
.state{display:inline-block;border-radius:4px;padding:.05rem .5rem;font-size:.86rem;font-weight:600;color:var(--none);background:var(--none-bg)}
.state.good{color:var(--good);background:var(--good-bg)}.state.warning{color:var(--warn);background:var(--warn-bg)}
.state.failed{color:var(--bad);background:var(--bad-bg)}.state.blocked{color:var(--stop);background:var(--stop-bg)}
.result.passed{color:var(--good)}.result.found{color:var(--warn);font-weight:600}.result.found.block,.outcome.failed{color:var(--bad);font-weight:600}
.result.found.info{color:var(--soft)}.result.not-checked{color:var(--none);font-style:italic}.outcome.blocked{color:var(--stop);font-weight:600}
.finding{border-left:3px solid var(--line);padding-left:.8rem;margin:.8rem 0}
pre{background:var(--head);border:1px solid var(--line);border-radius:5px;padding:.55rem .7rem;margin:.2rem 0;overflow:auto;max-height:22rem;overflow-wrap:normal;tab-size:2}
.raw{white-space:pre-wrap}.hash{font-size:.82em}
.errors{margin:.2rem 0;padding-left:1.1rem}.errors li{margin:.35rem 0}
details{border-top:1px solid var(--line);padding:.4rem 0}
summary{cursor:pointer;font-weight:600;padding:.1rem 0}
.years{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.5rem 1.1rem;margin:.4rem 0 .7rem}
figure{margin:0}figcaption{font-size:.86em;color:var(--soft)}figcaption b{color:var(--text)}
.years svg{display:block;width:100%;background:var(--board);border-radius:2px}
path.complete{fill:var(--day)}path.incomplete{fill:var(--day-part)}path.empty{fill:var(--day-empty)}path.grid{fill:url(#grid)}
#grid path{fill:none;stroke:var(--card);stroke-width:.22}
.key{display:inline-block;background:var(--board);border:1px solid var(--line);width:.8em;height:.8em;border-radius:2px;margin-left:.6em;vertical-align:-.05em}
.key.complete{background:var(--day);margin-left:0}.key.incomplete{background:var(--day-part)}.key.empty{background:var(--day-empty)}
.defs{position:absolute}
footer{color:var(--soft);margin-top:1.5rem}
@media (max-width:40rem){body{padding:.75rem .7rem 2rem}section.dataset{padding:.75rem .7rem}table.verdicts th,table.verdicts td{padding:.45rem .5rem}table.verdicts td{width:6.6rem}th,td{padding:.22rem .45rem}dl.run{gap:.4rem 1.2rem}}
@media print{:root{--bg:#fff;--card:#fff}body{font-size:10pt;max-width:none;padding:0}.scroll,pre{overflow:visible;max-height:none}pre{white-space:pre-wrap}
section.dataset{border:0;border-top:2px solid #000;border-radius:0;padding:.5rem 0}section.dataset,.finding,tr,figure{break-inside:avoid-page}section.dataset{break-inside:auto}
details::details-content{content-visibility:visible!important;display:block!important;height:auto!important}
.state,.banner,path,.key,thead th{print-color-adjust:exact;-webkit-print-color-adjust:exact}.skip{display:none}}
</style>`;
