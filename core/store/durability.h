// What an acknowledged save survives.
#pragma once

namespace holdfast {

enum class Durability {
  process,  // the death of every process, but not of the machine
  power,    // a power cut: file and directory are flushed before the save returns
};

}  // namespace holdfast
