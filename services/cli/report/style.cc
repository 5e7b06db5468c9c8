#include "services/cli/report/style.h"

namespace linchpin::cli {
namespace {

// Colours of Okabe and Ito, darkened where text needs it: people who do not tell red from green tell them
// apart.
constexpr char kStyle[] = R"css(
:root{--ink:#1b1b1b;--soft:#595959;--line:#c9c9c9;--paper:#fff;--band:#f4f5f7;--proven:#0072b2;--likely:#e69f00;--open:#767676;--stop:#b34700;--part:#e69f00;--back:#007a5a}
@media (prefers-color-scheme:dark){:root{--ink:#eee;--soft:#b5b5b5;--line:#555;--paper:#16181c;--band:#22252b;--proven:#56b4e9;--likely:#e69f00;--open:#a0a0a0;--stop:#ff8a4c;--part:#e69f00;--back:#2fc59b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:54rem;padding:1.5rem;color:var(--ink);background:var(--paper);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.2rem;margin:2rem 0 .6rem;padding-top:.6rem;border-top:2px solid var(--line)}
p{margin:.4rem 0}.lead{font-size:1.2rem;line-height:1.4;margin:1rem 0}.soft{color:var(--soft)}.small{font-size:.88rem}
.defs{position:absolute}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:1rem 0;padding:0;list-style:none}
.tiles li{background:var(--band);padding:.6rem .8rem;border-left:4px solid var(--proven)}
.tiles b{display:block;font-size:1.35rem;line-height:1.25;white-space:nowrap}.tiles span{color:var(--soft);font-size:.88rem}
figure{margin:0 0 1.6rem}figcaption{font-weight:600;margin-bottom:.5rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:0 0 .5rem;padding:0;font-size:.88rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.35rem}.sample{flex:none}
.bars{display:grid;grid-template-columns:minmax(6rem,15rem) 1fr minmax(3.5rem,max-content);gap:.35rem .7rem;align-items:center;margin:0}
.bars .l{text-align:right}.bars svg,.lanes svg,.plot svg{display:block;width:100%;overflow:visible}
.p{fill:var(--proven)}.k{fill:url(#hatch);stroke:var(--likely);stroke-width:1}.o{fill:none;stroke:var(--open);stroke-dasharray:4 3}.base{stroke:var(--line)}
.h{stroke:var(--likely);stroke-width:3}.hi{stroke:var(--part);stroke-width:2.5}
.s{fill:var(--stop)}.i{fill:url(#partly);stroke:var(--part);stroke-width:1}.r{fill:var(--back)}.n{fill:var(--soft)}
.line{fill:none;stroke-width:2.2;vector-effect:non-scaling-stroke}.lp{stroke:var(--proven)}.lk{stroke:var(--likely);stroke-dasharray:8 4}.lo{stroke:var(--open);stroke-dasharray:2 4}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}.axis{stroke:var(--soft);stroke-width:1;vector-effect:non-scaling-stroke}
.plot{display:grid;grid-template-columns:max-content 1fr;gap:.2rem .5rem}.plot svg{height:13rem}
.plot .y{position:relative;min-width:3.4rem;font-size:.82rem;color:var(--soft)}.plot .y span{position:absolute;right:0;transform:translateY(-50%);white-space:nowrap}
.plot .x{grid-column:2;position:relative;height:1.4rem;font-size:.82rem;color:var(--soft)}.plot .x span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.plot .x span:first-child{transform:none}.plot .x span:last-child{transform:translateX(-100%)}
.lanes{display:grid;grid-template-columns:minmax(6rem,15rem) 1fr;gap:.35rem .7rem;align-items:center}.lanes .l{text-align:right}
.lanes .x{grid-column:2;position:relative;height:1.3rem;font-size:.82rem;color:var(--soft)}.lanes .x span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.lanes .x span:first-child{transform:none}.lanes .x span:last-child{transform:translateX(-100%)}
.wide{overflow-x:auto;outline-offset:2px}.wide svg{display:block;width:100%;min-width:41rem;height:auto}
.wide text{font:12px system-ui,sans-serif;fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}.wide .head{fill:var(--soft);font-weight:600}
.flow{opacity:.4}
.heat{border-collapse:separate;border-spacing:2px;width:100%;table-layout:fixed;font-size:.82rem}.heat th{font-weight:400;text-align:left;padding:.15rem .3rem .15rem 0}
.heat th:first-child{width:30%}.heat thead th{text-align:center;color:var(--soft);font-weight:600;padding:.15rem 0}.heat thead th:first-child{text-align:left}
.heat td{white-space:nowrap;text-align:center;padding:.3rem 0;line-height:1.15;color:#1b1b1b;border:2px solid transparent}.heat small{display:block;font-size:.78rem}
.h0{background:#f4f4f4}.h1{background:#fde3cb}.h2{background:#f9b98a}.h3{background:#ee8a50}.heat td.h4{background:#8a2f00;color:#fff}.heat td.beyond{border-color:#1b1b1b;font-weight:700}
@media (prefers-color-scheme:dark){.heat td.beyond{border-color:#fff}}
.keys{columns:2 17rem;column-gap:2rem;font-size:.88rem;padding-left:1.4rem;margin:.5rem 0}.keys li{break-inside:avoid;margin:.1rem 0}.keys{list-style:upper-alpha}
details{margin-top:.4rem}summary{cursor:pointer;color:var(--soft)}
.data{border-collapse:collapse;width:100%;font-size:.9rem;margin:.3rem 0}
.data td{overflow-wrap:break-word}.data tbody th,.data td:last-child{overflow-wrap:anywhere}
.data th,.data td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.data thead th{color:var(--soft);font-weight:600;overflow-wrap:normal}.data tbody th{min-width:6.5rem}.data tbody th{font-weight:400}
ol.do{padding-left:1.4rem}ol.do li{margin:.5rem 0}
@media (max-width:40rem){body{padding:1rem}h1{font-size:1.35rem}.lead{font-size:1.08rem}
.bars{grid-template-columns:1fr max-content}.bars .l{text-align:left;grid-column:1/-1;margin-top:.3rem}.lanes{grid-template-columns:1fr}.lanes .l{text-align:left;margin-top:.3rem}.lanes .x{grid-column:1}
.heat,.heat thead,.heat tbody{display:block;width:auto}.heat tr{display:grid;grid-template-columns:repeat(8,1fr);gap:2px;margin-bottom:.4rem}.heat th:first-child{grid-column:1/-1;width:auto}
.plot .x span:nth-child(even):not(:last-child),.plot .x span:nth-last-child(2){display:none}.wide::before{content:"Scroll sideways \2192";font-size:.82rem;color:var(--soft)}
.data,.data tbody,.data tr,.data td,.data tbody th{display:block}.data thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.data tr{padding:.4rem 0;border-bottom:1px solid var(--line)}.data td,.data tbody th{border:0;padding:.05rem 0}.data tbody th{font-weight:600}.data td::before{content:attr(data-head) ": ";color:var(--soft)}}
@media print{@page{size:A4;margin:14mm}body{max-width:none;padding:0;font-size:10.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.wide{overflow:visible}.wide svg{min-width:0}figure,.tiles,.heat,ol.do li{break-inside:avoid}h2{break-after:avoid}tr{break-inside:avoid}
summary{list-style:none}details::details-content{content-visibility:visible;display:block}}
)css";

}  // namespace

std::string_view StyleSheet() { return kStyle; }

}  // namespace linchpin::cli
