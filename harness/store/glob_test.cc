#include "harness/store/glob.h"

#include <fnmatch.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace holdfast {
namespace {

struct GlobRow {
  const char* pattern;
  const char* path;
  bool fits;
};

TEST(StoreGlob, Table) {
  const std::vector<GlobRow> rows = {
      // A name, wherever it is.
      {"queue.json", "queue.json", true},
      {"queue.json", "a/b/queue.json", true},
      {"queue.json", "queue.json/x", false},
      {"*.json", "a/x.json", true},
      {"*", ".hidden", true},
      {"new", "new", true},
      {"new", "new/1", false},
      {"[0-9]*", "cur/7:2,S", true},
      // A whole path, where no star crosses a '/'.
      {"new/*", "new/1", true},
      {"new/*", "new/a/1", false},
      {"new/*", "old/new/1", false},
      {"new/*", "new", false},
      {"*/1", "new/1", true},
      {"*/1", "a/new/1", false},
      {"n?w/1", "new/1", true},
      {"n?w", "n/w", false},
      // Any directories, or none.
      {"**/1", "1", true},
      {"**/1", "a/b/1", true},
      {"a/**/1", "a/1", true},
      {"a/**/1", "a/b/c/1", true},
      {"a/**/1", "b/a/1", false},
      {"a/**", "a/b/c", true},
      {"a/**", "b/a", false},
      {"**/a/**/b", "x/a/y/z/b", true},
      {"**/a/**/b", "x/y/b", false},
      // As part of a name it is a star like any other.
      {"a/x**", "a/xyz", true},
      {"a/x**", "a/x/y", false},
      {"", "x", false},
      {"x", "", false},
      {"**/x", "", false},
  };
  for (const GlobRow& row : rows)
    EXPECT_EQ(glob_fits(row.pattern, row.path), row.fits) << row.pattern << " and " << row.path;
}

TEST(StoreGlob, LeadsThroughTheDirectoriesOnTheWay) {
  const std::vector<GlobRow> rows = {
      {"new/*", "new", true},       {"new/*", "cur", false},   {"new/*", "new/deep", false},
      {"a/b/c", "a", true},         {"a/b/c", "a/b", true},    {"a/b/c", "a/b/c", false},
      {"**/x", "any/where", true},  {"a/**/x", "a/b/c", true}, {"a/**/x", "b", false},
      {"queue.json", "any", false}, {"*/x", "any", true},
  };
  for (const GlobRow& row : rows)
    EXPECT_EQ(glob_leads_through(row.pattern, row.path), row.fits) << row.pattern << " and " << row.path;
}

std::string draw_path(const std::vector<std::string>& names, int most) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(*rc::gen::inRange(1, most + 1),
                                                                   rc::gen::elementOf(names));
  std::string path;
  for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
  return path;
}

// By the definition: every way to give each "**" a number of directories.
bool fits_by_trying(const std::vector<std::string>& pattern, std::size_t at,
                    const std::vector<std::string>& path, std::size_t from) {
  if (at == pattern.size()) return from == path.size();
  if (pattern[at] == "**") {
    for (std::size_t next = from; next <= path.size(); ++next) {
      if (fits_by_trying(pattern, at + 1, path, next)) return true;
    }
    return false;
  }
  return from < path.size() && ::fnmatch(pattern[at].c_str(), path[from].c_str(), 0) == 0 &&
         fits_by_trying(pattern, at + 1, path, from + 1);
}

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

RC_GTEST_PROP(StoreGlobProperty, IsWhatTryingEveryWayFinds, ()) {
  const std::string path = draw_path({"a", "b", "ab", "x.tmp"}, 6);
  const std::string pattern = draw_path({"a", "b", "a*", "?", "*", "**", "*.tmp"}, 5);
  if (pattern.find('/') == std::string::npos) {
    RC_ASSERT(glob_fits(pattern, path) == (::fnmatch(pattern.c_str(), split(path).back().c_str(), 0) == 0));
  } else {
    RC_ASSERT(glob_fits(pattern, path) == fits_by_trying(split(pattern), 0, split(path), 0));
  }
}

// What fits lies only in directories that the pattern leads through.
RC_GTEST_PROP(StoreGlobProperty, WhatFitsIsLedTo, ()) {
  const std::string path = draw_path({"a", "b", "ab"}, 6);
  const std::string pattern = draw_path({"a", "b", "a*", "*", "**"}, 5);
  if (pattern.find('/') == std::string::npos || !glob_fits(pattern, path)) return;
  for (auto slash = path.rfind('/'); slash != std::string::npos && slash != 0;
       slash = path.rfind('/', slash - 1))
    RC_ASSERT(glob_leads_through(pattern, path.substr(0, slash)));
}

TEST(StoreGlob, ManyStarsTakeNoTime) {
  std::string pattern, path;
  for (int i = 0; i < 200; ++i) pattern += "**/a/";
  for (int i = 0; i < 400; ++i) path += "a/";
  EXPECT_FALSE(glob_fits(pattern + "b", path + "c"));
}

}  // namespace
}  // namespace holdfast
