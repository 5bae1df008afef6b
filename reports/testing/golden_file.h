// Golden files: a renderer's output when a person last reviewed it. To accept new output, run the test once with
// HOLDFAST_UPDATE_GOLDEN=1 and read the diff before committing.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace holdfast {

inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(HOLDFAST_GOLDEN_DIRECTORY) + "/" + name;
  if (const char* update = std::getenv("HOLDFAST_UPDATE_GOLDEN");
      update != nullptr && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " cannot be read; HOLDFAST_UPDATE_GOLDEN=1 writes it";
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(golden.str(), actual) << name
                                  << " differs; HOLDFAST_UPDATE_GOLDEN=1 accepts what is rendered now";
}

}  // namespace holdfast
