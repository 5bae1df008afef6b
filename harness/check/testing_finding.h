#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/check/check.h"

namespace holdfast {

inline void expect_finding(const Finding& finding, Verdict verdict, std::uint64_t checked,
                           std::uint64_t count, const std::string& witness, const char* where) {
  EXPECT_EQ(to_string(finding.verdict), to_string(verdict)) << where << ": " << finding.witness.value_or("");
  EXPECT_EQ(finding.checked, checked) << where;
  EXPECT_EQ(finding.count, count) << where;
  EXPECT_THAT(finding.witness.value_or(""), testing::HasSubstr(witness)) << where;
}

}  // namespace holdfast
