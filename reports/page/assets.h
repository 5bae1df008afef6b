// The files of reports/page/assets, embedded by assets/embed.cmake.
#pragma once

#include <string_view>

namespace holdfast::assets {

struct Script {
  std::string_view text;
  std::string_view hash;  // "sha256-…": the page's policy allows only these scripts
};

extern const std::string_view report_html, plain_page_html, style_css, uplot_css, uplot_licence;
extern const Script uplot_js, page_js;

}  // namespace holdfast::assets
