/** What the page of a run needs besides the common style sheet: findings, charts, history strips, the controls that the script makes. */
import type { Html } from './template.ts';
import { markup } from './template.ts';

export const REPORT_STYLE: Html = markup`<style>
:root{--series:#0b5cad;--band:#8a949c;--mark-bad:#b3261e;--mark-warn:#8a5300;--mark-rev:#6b2fa0}
@media (prefers-color-scheme:dark){:root{--series:#7db7f2;--band:#8f9aa3;--mark-bad:#ff9d92;--mark-warn:#f3c566;--mark-rev:#cfa6f5}}
main.index h2{margin:1.3rem 0 .3rem}
[hidden]{display:none!important}
.unmeasured{color:var(--none);font-style:italic}
.fresh.stale{color:var(--warn);font-weight:600}dd.fresh.stale{font-weight:400}.fresh.unknown{color:var(--none);font-style:italic}
dl.run dd{max-width:60rem}
table.verdicts th.n,table.verdicts td.n{width:6rem}table.verdicts tbody th{min-width:17rem;overflow-wrap:anywhere}table.verdicts td.n,table.verdicts td.n~td{white-space:nowrap}table.verdicts td:first-child{width:7.5rem}table.verdicts td{width:auto}
#tools{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:center;margin:.6rem 0}#tools:empty{display:none}
#tools label{color:var(--soft)}
button,input,select{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--soft);border-radius:5px;padding:.2rem .5rem;min-height:1.9rem}
button{cursor:pointer}#tools output{color:var(--soft)}
th button{border:0;background:none;padding:0;min-height:0;font-weight:inherit;text-align:inherit;text-transform:inherit;letter-spacing:inherit}
th button{position:relative}th button::after{position:absolute;left:100%;margin-left:.1em;content:"";color:var(--link)}
th button:hover,th button:focus-visible{text-decoration:underline dotted;text-underline-offset:.2em}th button:hover::after,th button:focus-visible::after{content:"↕"}
th[aria-sort=ascending] button::after{content:"↑"}th[aria-sort=descending] button::after{content:"↓"}
.tag{display:inline-block;min-width:6.6rem;text-align:center;border-radius:4px;padding:.02rem .45rem;font-size:.84em;font-weight:600;color:var(--none);background:var(--none-bg)}
.tag.open{color:var(--warn);background:var(--warn-bg)}.block .tag.open,.failure .tag.open{color:var(--bad);background:var(--bad-bg)}.info .tag.open{color:var(--none);background:var(--none-bg)}
.tag.fixed{color:var(--good);background:var(--good-bg)}
.found summary{font-weight:400}.found .what{font-weight:600}.found.info .what{font-weight:400}.found.accepted .what,.found.fixed .what{font-weight:400;color:var(--soft)}
.found dl.run{margin:.4rem 0 .4rem 1.1rem}
details.finding{border-top:0;border-left:3px solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.8rem 0}details.finding.block,details.finding.reject{border-left-color:var(--bad)}details.finding.warn{border-left-color:var(--warn)}
details.finding details{border-top:0}
summary .note{font-weight:400}
.cmd{display:block;margin:.1rem 0 .3rem}.cmd code{background:var(--head);border:1px solid var(--line);border-radius:4px;padding:.05rem .35rem;color:var(--text);-webkit-box-decoration-break:clone;box-decoration-break:clone}
.strip{display:inline-block;vertical-align:middle}.strip .passed{fill:var(--good)}.strip .found{fill:var(--warn)}.strip .not-checked{fill:var(--none)}
svg.chart{display:block;width:100%;height:auto;min-width:44rem;font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;text-anchor:middle}
svg.chart text{fill:var(--soft)}.chart .rules line{stroke:var(--line)}.chart .ticks path{stroke:var(--soft);fill:none}
.chart .range path,.chart .range{fill:var(--series);fill-opacity:.22;stroke:none}.chart .band path{fill:var(--band);fill-opacity:.3;stroke:none}
.chart .median path{fill:none;stroke:var(--series);stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}
.chart .mark path,.chart .mark circle{fill:none;stroke-width:2}
.chart .anomalous path,.chart .anomalous circle{fill:var(--mark-bad);stroke:var(--card);stroke-width:1}.chart .rejected path{stroke:var(--mark-warn)}.chart .revised path{fill:var(--mark-rev);stroke:var(--card);stroke-width:1}
.sign{margin-left:.6em}.sign.anomalous{color:var(--mark-bad)}.sign.rejected{color:var(--mark-warn)}.sign.revised{color:var(--mark-rev)}
.key.range{background:var(--series);opacity:.4;margin-left:0}.key.median{height:.2em;border:0;border-radius:0;background:var(--series);vertical-align:.25em}.key.band{background:var(--band);opacity:.5;margin-left:0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem 1.5rem;margin-top:.8rem}.charts figure{min-width:0;max-width:44rem}.charts svg.chart{min-width:30rem}
figure details{border-top:0}figure h4{font-size:.9rem;font-weight:600}details details summary,figure summary{font-weight:400}
ol.chain{padding-left:1.3rem;margin:.4rem 0}ol.chain li{margin:.25rem 0}
@media (max-width:56rem){table.verdicts,.verdicts caption,.verdicts thead,.verdicts tbody,.verdicts tr{display:block}.verdicts thead tr{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:.2rem .75rem}.verdicts thead th{padding:0;border:0;width:auto!important}
.verdicts tbody tr{border-top:1px solid var(--line);padding:.5rem .75rem}table.verdicts tbody th,table.verdicts td{display:block;border:0;padding:.1rem 0;width:auto;min-width:0;max-width:none;text-align:left;white-space:normal!important}.verdicts td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}.verdicts td div,.verdicts td br{display:inline}.verdicts td div+div::before{content:", "}.verdicts td br+span::before{content:", "}}
@media (max-width:40rem){dl.run{gap:.3rem 1.2rem}#tools input{width:11rem}.tag{min-width:0}}
@media print{#tools,th button::after{display:none}svg.chart{min-width:0}.chart,.strip,.key,.tag{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
</style>`;
