/** What the page of an audit needs beyond the style of every page. */
import type { Html } from '../html/template.ts';
import { markup } from '../html/template.ts';

export const AUDIT_STYLE: Html = markup`<style>
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.3rem .9rem;margin:.4rem 0}.sides div{min-width:0}.sides .label{margin:0}
.sides pre{max-height:26rem}.nothing{font-style:italic;color:var(--none);margin:.2rem 0}
.own{font-weight:400;background:var(--warn-bg);color:var(--warn)}
.copy{white-space:pre-wrap;user-select:all;-webkit-user-select:all}
.finding.fail{border-left-color:var(--bad)}.finding.warn{border-left-color:var(--warn)}.finding h4 .label{font-weight:400;white-space:nowrap}
table.verdicts th{overflow-wrap:anywhere}
.objects,.checklist{margin:.3rem 0;padding-left:1.2rem}.checklist{list-style:none;padding-left:0}.checklist li{padding:.12rem 0}
.state.note{color:var(--link);background:var(--head)}
@media (max-width:40rem){table.verdicts td{width:4.6rem}.sides{grid-template-columns:1fr}}
@media print{.sides pre{max-height:none}.own{text-decoration:underline}}
</style>`;
