// The adapter between Holdfast and a store: Holdfast starts one for each agent, and asks it to save and to read.
//
// Replace the class Store by calls of your own code. The rest is the protocol: a request on stdin, an answer on stdout, one
// JSON object per line. Build it with: c++ -std=c++17 -O2 -o adapter adapter.cpp
// Try it with: holdfast adapter check -- ./adapter
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

static const std::string file = "queue.jsonl";  // scenario.toml names it, too: in subject.files and inject.path

// Repeats an action that returns -1 and errno while somebody has the file open: on Windows, codes 5 and 32 are EACCES.
template <typename Action>
static int patient(Action action) {
  const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    const int got = action();
    if (got >= 0 || (errno != EACCES && errno != EBUSY) || std::chrono::steady_clock::now() > give_up_at) return got;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// A line of text for each message, in one file that all agents share. Take out the lock, or patient(), and run it again.
class Store {
 public:
  explicit Store(const std::string& directory)
      : path_(directory + "/" + file),
        // Beside the file, because a lock on the file itself would go with the next replace.
        lock_(::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {}

  // 0, or -1 and errno.
  int add(const std::string& line) {
    ::flock(lock_, LOCK_EX);
    const int done = save(load() + line + "\n");
    const int problem = errno;
    ::flock(lock_, LOCK_UN);
    errno = problem;
    return done;
  }

  std::vector<std::string> lines() {
    ::flock(lock_, LOCK_EX);
    const std::string text = load();
    ::flock(lock_, LOCK_UN);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      lines.push_back(text.substr(at, text.find('\n', at) - at));
    return lines;
  }

 private:
  std::string load() {
    const int descriptor = patient([&] { return ::open(path_.c_str(), O_RDONLY | O_CLOEXEC); });
    std::string text;
    char bytes[65536];
    for (ssize_t got = 0; descriptor >= 0 && (got = ::read(descriptor, bytes, sizeof bytes)) > 0;)
      text.append(bytes, static_cast<std::size_t>(got));
    if (descriptor >= 0) ::close(descriptor);
    return text;
  }

  int save(const std::string& text) {
    const std::string temp = path_ + "." + std::to_string(::getpid()) + ".tmp";
    const int descriptor = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) return -1;
    bool good = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    good = good && ::fsync(descriptor) == 0;
    good = ::close(descriptor) == 0 && good;
    if (good && patient([&] { return std::rename(temp.c_str(), path_.c_str()); }) == 0) return 0;
    const int problem = errno;
    patient([&] { return ::unlink(temp.c_str()); });
    errno = problem;
    return -1;
  }

  std::string path_;
  int lock_;
};

// The value of a key in a request, as it stands there. Use your own JSON library instead, if you have one.
static std::string value_of(const std::string& line, const std::string& key) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0, begin = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      if (++depth == 1) begin = at + 1;
    } else if (!quoted && (c == '}' || c == ']' || c == ',')) {
      if (depth == 1) {
        const std::string name = "\"" + key + "\":";
        if (line.compare(begin, name.size(), name) == 0)
          return line.substr(begin + name.size(), at - begin - name.size());
        begin = at + 1;
      }
      if (c != ',') --depth;
    }
  }
  return "";
}

static std::string without_quotes(const std::string& text) {
  return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

static bool is_in(int agent, const std::string& list) {
  const std::string numbers = "," + without_quotes(list) + ",";  // of [0,1,2]
  return numbers.find("," + std::to_string(agent) + ",") != std::string::npos;
}

int main() {
  Store* store = nullptr;
  int agent = 0;  // our number
  for (std::string request; std::getline(std::cin, request);) {
    const std::string op = without_quotes(value_of(request, "op"));
    std::string reply = R"({"result":"ok"})";
    if (op == "quit") break;
    if (op == "init") {
      agent = std::stoi(value_of(request, "agent"));
      store = new Store(without_quotes(value_of(request, "dir")));
    } else if (op == "broadcast") {
      // "ok" is a promise: from now on the message must not be lost. "fail" is one, too: it was not done, and will not be.
      // If you cannot tell, answer "info".
      if (store->add(request) != 0)
        reply = R"({"result":"fail","code":)" + std::to_string(errno) + R"(,"error":")" + std::strerror(errno) + "\"}";
    } else {
      // read: what is addressed to this agent, in order
      std::string entries;
      for (const std::string& line : store->lines()) {
        if (!is_in(agent, value_of(line, "to"))) continue;
        entries += (entries.empty() ? "" : ",");
        entries += R"({"id":)" + value_of(line, "id") + R"(,"body":)" + value_of(line, "body") + "}";
      }
      reply = R"({"result":"ok","entries":[)" + entries + "]}";
    }
    std::cout << reply << std::endl;  // flushed
  }
  delete store;
  return 0;
}
