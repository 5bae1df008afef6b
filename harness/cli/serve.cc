// Past runs in a browser: a list with verdicts and trends, and their reports. On the loopback interface alone.
//
// It answers GET and HEAD of "/" and of the files that reports consist of. A path is resolved by the kernel beneath the
// served directory and through no symbolic link (openat2(2)). A request that names another host than the loopback is
// refused: a page from elsewhere could otherwise have its own name point here and read what is served (DNS rebinding).
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/base/clock.h"
#include "harness/cli/runs/judge.h"
#include "harness/cli/runs/past_runs.h"
#include "harness/cli/subcommand.h"
#include "harness/linux/descriptor.h"
#include "harness/linux/held_signals.h"

namespace holdfast {

struct ServeCommand {
  std::string directory = "holdfast-runs";
  std::uint16_t port = 8480;  // 0: a free one
};

namespace {

namespace http = boost::beast::http;

constexpr std::size_t most_connections = 32;
constexpr std::uint32_t most_header_bytes = 16 * 1024;
constexpr timeval patience{10, 0};  // with a client that says or takes nothing
constexpr std::int64_t most_request_ns = 10'000'000'000,
                       most_reply_ns = 300'000'000'000;  // with one that dawdles
constexpr off_t most_report_bytes = off_t{256} << 20;

// A directory that is served, and the names under which a browser may ask for it.
struct Served {
  Descriptor directory;
  std::string path;
  std::string hosts[2];          // "127.0.0.1:8480", "localhost:8480"
  mutable std::mutex listing{};  // one list at a time: it reads every result there is
  std::atomic<bool> ends{false};
};

struct Reply {
  int status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body;
};

Reply refusal(int status, std::string_view sentence) {
  return {status, "text/plain; charset=utf-8", fmt::format("{}\n", sentence)};
}

// Undoes percent-encoding; none: there is something else behind a percent sign, or a NUL.
std::optional<std::string> decoded(std::string_view address) {
  std::string path;
  for (std::size_t at = 0; at < address.size(); ++at) {
    char c = address[at];
    if (c == '%') {
      const auto digit = [&](std::size_t of) {
        const char* const digits = "0123456789abcdef";
        const char* const found =
            of < address.size() ? std::strchr(digits, std::tolower(static_cast<unsigned char>(address[of])))
                                : nullptr;
        return found != nullptr && *found != '\0' ? static_cast<int>(found - digits) : -1;
      };
      const int high = digit(at + 1), low = digit(at + 2);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      at += 2;
    }
    if (c == '\0') return std::nullopt;
    path += c;
  }
  return path;
}

const char* type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".json")) return "application/json";
  if (name.ends_with(".xml")) return "application/xml";
  return "text/plain; charset=utf-8";
}

Reply file_reply(const Served& served, const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (!is_report_file(name)) return refusal(404, "there is no such report");
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const Descriptor file(
      static_cast<int>(::syscall(SYS_openat2, served.directory.get(), path.c_str(), &how, sizeof how)));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return refusal(404, "there is no such report");
  if (status.st_size > most_report_bytes) return refusal(413, "this file is larger than any report");
  Reply reply{200, type_of(name), std::string(static_cast<std::size_t>(status.st_size), '\0')};
  std::size_t got = 0;
  while (got < reply.body.size()) {
    const ssize_t more = ::read(file.get(), reply.body.data() + got, reply.body.size() - got);
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  reply.body.resize(got);
  return reply;
}

Reply reply_to(const Served& served, const http::request<http::empty_body>& request) {
  const auto host = request.find(http::field::host);
  const std::string_view asked_host(host == request.end() ? "" : std::string_view(host->value()));
  if (asked_host != served.hosts[0] && asked_host != served.hosts[1])
    return refusal(421, fmt::format("this is {} and nothing else", served.hosts[0]));
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return refusal(405, "reports are read, and nothing else");
  std::string_view target(request.target());
  target = target.substr(0, target.find_first_of("?#"));
  if (target == "/") {
    const std::lock_guard alone(served.listing);
    const auto runs = past_runs(served.path, [&] { return served.ends.load(); });
    return {200, type_of(".html"), render_run_list_html(runs, served.path)};
  }
  constexpr std::string_view runs = "/runs/";
  const auto path = target.starts_with(runs) ? decoded(target.substr(runs.size())) : std::nullopt;
  return path ? file_reply(served, *path) : refusal(404, "there is no such page: / lists all runs");
}

void send_all(int socket, std::string_view bytes) {
  const std::int64_t until_ns = monotonic_ns() + most_reply_ns;
  while (!bytes.empty() && monotonic_ns() < until_ns) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void answer_request(const Served& served, int socket) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(most_header_bytes);
  std::string received;
  boost::beast::error_code error;
  const std::int64_t until_ns = monotonic_ns() + most_request_ns;
  while (!parser.is_header_done() && monotonic_ns() < until_ns) {
    char bytes[4096];
    const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
    if (got <= 0) return;
    received.append(bytes, static_cast<std::size_t>(got));
    const std::size_t used = parser.put(boost::asio::buffer(received), error);
    received.erase(0, used);
    if (error && error != http::error::need_more) break;
    if (received.size() > most_header_bytes) break;
  }
  const bool understood = parser.is_header_done();
  const Reply reply = understood ? reply_to(served, parser.get()) : refusal(400, "that is no request");
  const bool head_only = understood && parser.get().method() == http::verb::head;
  send_all(socket,
           fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
                       "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                       "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src "
                       "'unsafe-inline'; img-src data:; frame-ancestors 'none'\r\n\r\n",
                       reply.status,
                       std::string_view(http::obsolete_reason(static_cast<http::status>(reply.status))),
                       reply.type, reply.body.size()));
  if (!head_only) send_all(socket, reply.body);
  ::shutdown(socket, SHUT_WR);
}

// A client, and the thread that answers it.
struct Connection {
  Descriptor socket;
  std::atomic<bool> over{false};
  std::thread thread;
};

class Server {
 public:
  explicit Server(Served& served) : served_(served) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    served_.ends = true;
    for (Connection& connection : connections_) ::shutdown(connection.socket.get(), SHUT_RDWR);
    for (Connection& connection : connections_) connection.thread.join();
  }

  void accept_from(int listener) {
    Descriptor socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) return;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    // Of a machine that has no thread left the client hears by being hung up on.
    try {
      connection.thread = std::thread([this, &connection] {
        // Whatever lies in that directory, the others are answered.
        try {
          answer_request(served_, connection.socket.get());
        } catch (const std::exception& error) {
          std::fputs(fmt::format("holdfast: a request was not answered: {}\n", error.what()).c_str(), stderr);
        }
        connection.over = true;
      });
    } catch (const std::system_error&) {
      connections_.pop_back();
    }
  }

  // Closes what was answered. False: there are as many as may be at once.
  bool has_room() {
    connections_.remove_if([](Connection& connection) {
      if (!connection.over) return false;
      connection.thread.join();
      return true;
    });
    return connections_.size() < most_connections;
  }
  [[nodiscard]] bool idle() const { return connections_.empty(); }

 private:
  Served& served_;
  std::list<Connection> connections_;
};

Result<Descriptor> listen_on(std::uint16_t port, std::uint16_t& bound) {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  if (!listener || ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), bytes) != 0 ||
      ::listen(listener.get(), SOMAXCONN) != 0 ||
      ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    return fail(Code::failed,
                fmt::format("cannot listen on 127.0.0.1:{}: {}; --port 0 takes a free one", port,
                            std::strerror(errno)),
                errno);
  }
  bound = ntohs(address.sin_port);
  return listener;
}

}  // namespace

static int carry_out(const ServeCommand& command) {
  Served served;
  served.directory = Descriptor(::open(command.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!served.directory) {
    return complain({Code::invalid, fmt::format("{}: {}; name the directory that runs are kept in",
                                                command.directory, std::strerror(errno))});
  }
  std::error_code ignored;
  served.path = std::filesystem::canonical(command.directory, ignored).string();
  std::uint16_t port = 0;
  const auto listener = listen_on(command.port, port);
  if (!listener) return complain(listener.error());
  constexpr std::uint16_t usual_port = 80;  // browsers do not name it
  const std::string behind = port == usual_port ? "" : fmt::format(":{}", port);
  served.hosts[0] = "127.0.0.1" + behind;
  served.hosts[1] = "localhost" + behind;

  const HeldSignals held;
  sigset_t ends;
  sigemptyset(&ends);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // One that is ignored would come all the same, once it is blocked: nohup means that it must not.
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&ends, signal);
  }
  const Descriptor signals(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
  fmt::print("Runs in {}: http://{}/  (Ctrl-C ends it)\n", served.path, served.hosts[0]);
  std::fflush(stdout);

  Server server(served);
  for (;;) {
    const bool room = server.has_room();
    pollfd polled[] = {{signals.get(), POLLIN, 0}, {room ? listener->get() : -1, POLLIN, 0}};
    constexpr int look_again_ms = 200;  // at connections that are over
    if (::poll(polled, 2, server.idle() ? -1 : look_again_ms) < 0) continue;
    if (polled[0].revents != 0) break;
    if (polled[1].revents != 0) server.accept_from(listener->get());
  }
  held.forget();
  return 0;
}

static void add_options(CLI::App& app, ServeCommand& command) {
  app.add_option("directory", command.directory, "Where runs are kept")->capture_default_str();
  app.add_option("--port", command.port, "Port on 127.0.0.1 (0: any free port)")->capture_default_str();
}

extern const Subcommand serve_subcommand{
    "serve", "Past runs in a browser, on this machine alone: verdicts, trends, reports",
    add_command<ServeCommand>};

}  // namespace holdfast
