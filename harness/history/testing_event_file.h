#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/history/codec.h"

namespace holdfast {

// A whole event file, as its writer would leave it.
inline std::string encode_file(const FileHeader& header, const std::vector<Event>& events) {
  std::string bytes(record_bytes, '\0');
  encode_header(header, bytes.data());
  for (const Event& event : events) {
    std::size_t at = bytes.size();
    bytes.resize(at + records_of(event) * record_bytes);
    encode_event(event, bytes.data() + at);
    const auto text = std::string_view(event.text).substr(0, text_bytes_max);
    for (std::size_t from = 0; from < text.size(); from += text_piece_bytes) {
      at += record_bytes;
      encode_text(text.substr(from, text_piece_bytes), bytes.data() + at);
    }
  }
  return bytes;
}

}  // namespace holdfast
