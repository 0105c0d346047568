// SPDX-License-Identifier: Apache-2.0
#include "chart/page.h"

#include <fmt/format.h>

namespace matchcue::chart {
namespace {

// Colours of series: Okabe & Ito 2008, told apart by colour-blind readers too.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--page:#f3f5f2;--box:#fff;--edge:#d7ded8;--ink:#14201a;--soft:#536159;--grid:#e4e9e5;
--c0:#0072b2;--c1:#d55e00;--c2:#00785a;--c3:#a8467f;--c4:#a87400;--c5:#3f8fc4}
@media (prefers-color-scheme:dark){:root{--page:#101513;--box:#18201c;--edge:#2c3833;--ink:#e7efe9;--soft:#9cada3;
--grid:#29342f;--c0:#56b4e9;--c1:#ff8a3d;--c2:#2fc497;--c3:#e08fc0;--c4:#f0c04a;--c5:#8fb8ff}}
body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:32px auto;padding:0 20px;color:var(--ink);
background:var(--page)}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:0 0 4px}p{margin:4px 0 10px;color:var(--soft)}
section{background:var(--box);border:1px solid var(--edge);border-radius:11px;padding:14px 18px;margin-top:16px}
svg{width:100%;height:auto;display:block}svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
svg .label{fill:var(--ink);font-size:13px}svg .small{font-size:11px}svg .head{fill:var(--ink);font-weight:600}
svg .number{font-variant-numeric:tabular-nums}
.end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:var(--grid)}.axis{stroke:var(--soft)}
.reference{stroke:var(--soft);stroke-dasharray:5 4;fill:none}
.s0{--c:var(--c0)}.s1{--c:var(--c1)}.s2{--c:var(--c2)}.s3{--c:var(--c3)}.s4{--c:var(--c4)}.s5{--c:var(--c5)}
.curve{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}.bar{stroke:var(--c);stroke-width:2}
.dot{fill:var(--c)}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0 0 8px}.legend span{display:inline-flex;align-items:center}
.legend i{width:18px;height:4px;border-radius:2px;margin-right:7px;background:var(--c)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{text-align:right;padding:4px 0 4px 26px;border-bottom:1px solid var(--grid);white-space:nowrap}
td:first-child,th:first-child{text-align:left;padding-left:0}th{color:var(--soft);font-weight:400}
td.words{text-align:left;color:var(--soft)}tr:last-child td,tr:last-child th[scope=row]{border-bottom:0}.note{font-size:13px;margin:8px 0 0}
@media print{body{margin:0;max-width:none}section{break-inside:avoid}}
)";

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string section(std::string_view title, std::string_view lead, std::string_view body) {
  const std::string paragraph = lead.empty() ? "" : fmt::format("<p>{}</p>", escape(lead));
  return fmt::format("<section><h2>{}</h2>{}{}</section>\n", escape(title), paragraph, body);
}

std::string draw(const Table& table) {
  std::string html = "<div class=\"scroll\"><table>";
  if (!table.header.empty()) html += "<tr>";
  for (const std::string& cell : table.header) html += fmt::format("<th>{}</th>", escape(cell));
  if (!table.header.empty()) html += "</tr>";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool words = table.last_in_words && i + 1 == row.size();
      const std::string_view cell = i == 0  ? "<th scope=\"row\">{}</th>"
                                    : words ? "<td class=\"words\">{}</td>"
                                            : "<td>{}</td>";
      html += fmt::format(fmt::runtime(cell), escape(row[i]));
    }
    html += "</tr>";
  }
  return html + "</table></div>";
}

std::string note(std::string_view text) { return fmt::format("<p class=\"note\">{}</p>", escape(text)); }

std::string page(std::string_view title, std::string_view lead, std::string_view body) {
  return fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{0}</title><style>{1}</style>"
      "<h1>{0}</h1><p>{2}</p>\n{3}</html>\n",
      escape(title), kStyle, escape(lead), body);
}

}  // namespace matchcue::chart
