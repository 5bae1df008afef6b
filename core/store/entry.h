// One message in the queue.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace holdfast {

struct Entry {
  std::string id{};  // "<sender>-<number>" if written by the harness; otherwise any string
  std::string sender{};
  std::string recipient{};
  std::string priority = "normal";
  std::string body{};
  std::string created_at{};  // ISO 8601, as the application wrote it; never interpreted
  std::string status = "pending";

  // Fields unknown to this version, in file order: name and raw JSON text. Written back unchanged.
  std::vector<std::pair<std::string, std::string>> unknown_fields{};

  bool operator==(const Entry&) const = default;
};

}  // namespace holdfast
