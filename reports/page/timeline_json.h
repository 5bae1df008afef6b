// The Timeline as the page's script reads it.
#pragma once

#include <string>

#include "reports/page/timeline.h"

namespace holdfast {

// One JSON object in columns (assets/timeline.js has their names), without any '<', so that no text in it can end its
// element.
std::string timeline_json(const Timeline& timeline);

}  // namespace holdfast
