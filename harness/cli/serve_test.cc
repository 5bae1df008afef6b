// Runs in a browser, asked for as one does, and as one who wants more than there is to be had.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "harness/cli/testing_run.h"
#include "harness/linux/descriptor.h"

namespace holdfast {
namespace {

class Serve : public RunTest {
 protected:
  // What comes back for these bytes, until the other side closes.
  [[nodiscard]] std::string said_to(const std::string& bytes) const {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    std::string reply;
    char part[4096];
    for (ssize_t got = 0; (got = ::recv(socket.get(), part, sizeof part, 0)) > 0;)
      reply.append(part, static_cast<std::size_t>(got));
    return reply;
  }
  [[nodiscard]] std::string got(const std::string& target, const std::string& method = "GET",
                                std::string host = "") const {
    if (host.empty()) host = "127.0.0.1:" + std::to_string(port_);
    return said_to(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }
  TestProcess serving(const std::string& directory, const std::function<bool()>& prepare = {}) {
    ProcessOptions options;
    options.prepare = prepare;
    auto server = start({"serve", directory, "--port", "0"}, options);
    EXPECT_TRUE(eventually([&] { return (port_ = told_port()) != 0; }));
    return server;
  }

 private:
  // As it says where it is; 0: it has not yet.
  std::uint16_t told_port() {
    constexpr std::string_view before = "http://127.0.0.1:";
    for (const auto& entry : std::filesystem::directory_iterator(scratch())) {
      if (!entry.path().filename().string().starts_with("capture-")) continue;
      const std::string said = file_bytes(entry.path());
      const auto at = said.find(before);
      if (at != std::string::npos && holds(said, "/  (Ctrl-C"))
        return static_cast<std::uint16_t>(std::stoi(said.substr(at + before.size())));
    }
    return 0;
  }

  std::uint16_t port_ = 0;
};

TEST_F(Serve, ListsRunsAndOpensTheirReports) {
  put_file(scratch() / "small.toml", small_scenario("count = 2\nbroadcasts = 3"));
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "runs/a b<i>"}).exit_code, 0);
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--trials", "2", "--out", "runs/several"}).exit_code,
            0);
  auto server = serving("runs");
  const std::string list = got("/");
  EXPECT_TRUE(list.starts_with("HTTP/1.1 200 OK\r\n")) << list;
  EXPECT_TRUE(holds(list, "Content-Security-Policy: default-src 'none'"));
  EXPECT_TRUE(holds(list, "href=\"/runs/a%20b%3Ci%3E/report.html\"")) << list;
  EXPECT_FALSE(holds(list, "<i>"));
  EXPECT_TRUE(holds(list, "href=\"/runs/several/report.html\"")) << list;
  EXPECT_TRUE(holds(list, "2 of 2")) << list;  // both passed
  const std::string report = got("/runs/a%20b%3Ci%3E/report.html");
  EXPECT_TRUE(report.ends_with(file_bytes(scratch() / "runs" / "a b<i>" / "report.html")));
  EXPECT_TRUE(holds(got("/runs/several/seed-1/result.json"), "Content-Type: application/json\r\n"));

  const std::string head = got("/", "HEAD");
  EXPECT_TRUE(holds(head, "200 OK") && head.ends_with("\r\n\r\n")) << head;
  server.send(SIGINT);
  EXPECT_EQ(server.wait().exit_code, 0);
}

TEST_F(Serve, GivesNothingButReports) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 1"));
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "runs/one"}).exit_code, 0);
  put_file(scratch() / "report.md", "above what is served");
  put_file(scratch() / "runs" / "one" / "notes.txt", "no report");
  std::filesystem::create_directories(scratch() / "runs" / "links");
  std::filesystem::create_symlink(scratch() / "report.md", scratch() / "runs" / "links" / "report.md");
  std::filesystem::create_directory_symlink(scratch(), scratch() / "runs" / "up");
  ASSERT_EQ(::mkfifo((scratch() / "runs" / "links" / "junit.xml").c_str(), 0600), 0);
  auto server = serving("runs");
  for (const char* const target :
       {"/runs/../report.md", "/runs/one/../../report.md", "/runs/%2e%2e/report.md", "/runs/..%2freport.md",
        "/runs//etc/../report.md", "/runs/links/report.md", "/runs/up/report.md", "/runs/links/junit.xml",
        "/runs/one/notes.txt", "/runs/one/events/conductor.hfe", "/runs/one", "/runs/",
        "/runs/one/report%00.html", "/runs/one/report.html%", "/etc/passwd",
        "/runs//proc/self/root/etc/report.md", "*"}) {
    SCOPED_TRACE(target);
    const std::string reply = got(target);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 404 Not Found\r\n")) << reply;
    EXPECT_FALSE(holds(reply, "above"));
  }
  EXPECT_FALSE(holds(got("/"), "links"));  // nothing that was judged lies there
  EXPECT_TRUE(got("/", "POST").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(got("/", "GET", "evil.example").starts_with("HTTP/1.1 421 "));
  EXPECT_TRUE(said_to("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 421 "));
  EXPECT_TRUE(said_to("\x16\x03\x01 rubbish\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(
      said_to("GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(got("/runs/one/report.md").starts_with("HTTP/1.1 200 OK\r\n"));
  server.send(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
}

// Whatever lies in the directory, the server answers and goes on.
TEST_F(Serve, OutlivesHostileFiles) {
  put_file(scratch() / "small.toml", small_scenario("count = 1\nbroadcasts = 1"));
  ASSERT_EQ(holdfast({"run", "small.toml", "--quiet", "--out", "runs/one"}).exit_code, 0);
  std::string without_reasons = file_bytes(scratch() / "runs" / "one" / "result.json");
  const auto from = without_reasons.find('[', without_reasons.find("\"reasons\""));
  without_reasons.erase(from + 1, without_reasons.find(']', from) - from - 1);
  for (const char* const name : {"silent", "deep", "linked", "huge"})
    std::filesystem::create_directories(scratch() / "runs" / name);
  put_file(scratch() / "runs" / "silent" / "result.json", without_reasons);
  put_file(scratch() / "runs" / "deep" / "trials.json", std::string(1 << 20, '['));
  std::filesystem::create_symlink(scratch() / "runs" / "one" / "result.json",
                                  scratch() / "runs" / "linked" / "result.json");
  put_file(scratch() / "runs" / "huge" / "report.html", "");
  put_file(scratch() / "runs" / "huge" / "result.json", "");
  constexpr std::uintmax_t terabyte = std::uintmax_t{1} << 40;
  std::filesystem::resize_file(scratch() / "runs" / "huge" / "report.html", terabyte);
  std::filesystem::resize_file(scratch() / "runs" / "huge" / "result.json", terabyte);
  auto server = serving("runs");
  const std::string list = got("/");
  EXPECT_TRUE(list.starts_with("HTTP/1.1 200 OK\r\n")) << list;
  EXPECT_TRUE(holds(list, "/runs/one/report.html") && holds(list, ">silent<")) << list;
  EXPECT_FALSE(holds(list, "deep") || holds(list, "linked") || holds(list, "huge")) << list;
  EXPECT_TRUE(got("/runs/huge/report.html").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(got("/").starts_with("HTTP/1.1 200 OK\r\n"));
  server.send(SIGINT);
  EXPECT_EQ(server.wait().exit_code, 0);
}

TEST_F(Serve, AnIgnoredSignalDoesNotEndIt) {
  std::filesystem::create_directory(scratch() / "runs");
  auto server = serving("runs", [] { return ::signal(SIGHUP, SIG_IGN) != SIG_ERR; });
  server.send(SIGHUP);
  EXPECT_TRUE(got("/").starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(server.runs());
  server.send(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
}

TEST_F(Serve, WhatCannotBeServedIsOneSentence) {
  expect_one_sentence(holdfast({"serve", "none"}), 64, "none: No such file or directory");
  put_file(scratch() / "file", "");
  expect_one_sentence(holdfast({"serve", "file"}), 64, "file: Not a directory");
}

}  // namespace
}  // namespace holdfast
