// The files of reports/page/assets, as assets/embed.cmake put them into the program.
#pragma once

#include <string_view>

namespace holdfast::assets {

struct Script {
  std::string_view text;
  std::string_view hash;  // "sha256-…": a page's policy lets this script run, and no other
};

extern const std::string_view report_html, plain_page_html, style_css, uplot_css, uplot_licence;
extern const Script uplot_js, page_js;

}  // namespace holdfast::assets
