#include "harness/scenario/figures.h"

#include "harness/scenario/check_names.h"

namespace holdfast {
namespace {

std::vector<Figure> all_figures() {
  std::vector<Figure> all = {
#define HOLDFAST_FIGURE(name, unit, meaning, value) {name, unit, meaning},
#include "harness/scenario/figures.def"
#undef HOLDFAST_FIGURE
  };
  for (const CheckRow& check : check_rows) {
    if (!check.figure.empty()) all.push_back({check.name, "count", check.figure});
  }
  return all;
}

}  // namespace

const std::vector<Figure>& figures() {
  static const std::vector<Figure> table = all_figures();
  return table;
}

const std::vector<std::string_view>& figure_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Figure& figure : figures()) all.push_back(figure.name);
    return all;
  }();
  return names;
}

const Figure* find_figure(std::string_view name) {
  for (const Figure& figure : figures()) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

}  // namespace holdfast
