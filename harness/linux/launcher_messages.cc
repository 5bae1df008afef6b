#include "harness/linux/launcher_messages.h"

#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace holdfast {
namespace {

struct WireHead {
  std::uint32_t kind, token;
  std::int32_t process, status, error;
};

constexpr std::size_t most_bytes = 64 * 1024;

}  // namespace

Result<> send_message(int socket, const LauncherMessage& message) {
  const WireHead head{static_cast<std::uint32_t>(message.kind), message.token, message.process,
                      message.status, message.error};
  std::string packet(reinterpret_cast<const char*>(&head), sizeof head);
  for (const std::string& argument : message.arguments) packet.append(argument).append(1, '\0');
  if (packet.size() > most_bytes)
    return fail(Code::invalid, "the arguments of a process take more than 60 KiB");

  iovec piece{packet.data(), packet.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  if (message.descriptor) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = message.descriptor.get();
    std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  }
  while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return fail(Code::failed, fmt::format("sendmsg: {}", std::strerror(errno)), errno);
  }
  return {};
}

Result<std::optional<LauncherMessage>> receive_message(int socket) {
  std::array<char, most_bytes> buffer;  // not cleared: most messages are short
  iovec piece{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = -1;
  while ((got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC)) < 0) {
    if (errno == ECONNRESET) return std::nullopt;
    if (errno != EINTR) return fail(Code::failed, fmt::format("recvmsg: {}", std::strerror(errno)), errno);
  }
  if (got == 0) return std::nullopt;
  LauncherMessage message;
  if (const cmsghdr* rights = CMSG_FIRSTHDR(&header); rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    message.descriptor = Descriptor(fd);
  }
  WireHead head{};
  if (static_cast<std::size_t>(got) < sizeof head)
    return fail(Code::failed, "a message of the launcher is too short");
  std::memcpy(&head, buffer.data(), sizeof head);
  message.kind = static_cast<LauncherMessageKind>(head.kind);
  message.token = head.token;
  message.process = head.process;
  message.status = head.status;
  message.error = head.error;
  const std::string_view packet(buffer.data(), static_cast<std::size_t>(got));
  for (std::size_t at = sizeof head; at < packet.size();) {
    const std::size_t end = std::min(packet.find('\0', at), packet.size());  // a last NUL may lack
    message.arguments.emplace_back(packet.substr(at, end - at));
    at = end + 1;
  }
  return message;
}

}  // namespace holdfast
