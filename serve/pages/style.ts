/** What the pages of the server need beyond the style of the reports: the way between them, findings as cards, forms. */
import type { Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';

export const SERVE_STYLE: Html = markup`<style>
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;border-bottom:1px solid var(--line);padding-bottom:.5rem;margin-bottom:1rem}
nav a{padding:.15rem 0;text-decoration:none}nav a:hover{text-decoration:underline}nav a[aria-current]{color:var(--text);font-weight:600}
.tag{display:inline-block;border-radius:4px;padding:.02rem .45rem;font-size:.86em;font-weight:600;white-space:nowrap;color:var(--none);background:var(--none-bg)}
.tag.open{color:var(--warn);background:var(--warn-bg)}.tag.open.failure,.tag.open.block{color:var(--bad);background:var(--bad-bg)}.tag.open.info{color:var(--none);background:var(--none-bg)}
.tag.fixed{color:var(--good);background:var(--good-bg)}
form.filter{display:flex;flex-wrap:wrap;gap:.6rem .9rem;align-items:end;margin:.8rem 0 1rem}
label{display:block;font-size:.86em;color:var(--soft)}
input,select,textarea,button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--none);border-radius:5px;padding:.35rem .55rem;min-height:2.3rem;max-width:100%}
textarea{width:100%;min-height:5rem;resize:vertical}
button{cursor:pointer;background:var(--head);font-weight:600}button.main{background:var(--link);border-color:var(--link);color:var(--bg)}
button:hover{border-color:var(--link)}
ol.cards{list-style:none;margin:0;padding:0}
ol.cards li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.65rem .85rem;margin:.5rem 0;display:grid;grid-template-columns:8.2rem 1fr;gap:.1rem .8rem}
ol.cards .what{font-weight:600}.facts span{display:inline-block}.facts span+span::before{content:"· "}ol.cards li p{margin:0;grid-column:2}ol.cards .tag{justify-self:start;align-self:start}
section.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;margin-top:1rem}
section.card h2{margin-bottom:.4rem}
h1 .tag{font-size:.62em;vertical-align:.25em;margin-right:.4rem}
dl.run dd{max-width:36rem;white-space:pre-line}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.7rem 1rem;margin:.5rem 0}.fields input{width:100%}.fields .all{grid-column:1/-1}
.buttons{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:.8rem}
fieldset{border:1px solid var(--line);border-radius:6px;padding:.5rem .8rem .8rem;margin:.9rem 0 0}legend{padding:0 .35rem;color:var(--text);font-weight:600;font-size:1em}
.fault{background:var(--bad-bg);color:var(--bad);border:1px solid currentColor;border-radius:6px;padding:.55rem .8rem;margin:.6rem 0}
.empty{background:var(--good-bg);color:var(--good);border-radius:6px;padding:.8rem 1rem}
@media (max-width:40rem){h1{font-size:1.15rem}ol.cards li{grid-template-columns:1fr}ol.cards li p{grid-column:1}section.card{padding:.75rem .7rem}form.filter>*{flex:1 1 9rem}form.filter input,form.filter select{width:100%}.buttons button{flex:1 1 100%}}
</style>`;
