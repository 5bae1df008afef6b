// consumer DIRECTORY: sends a message through a store in that directory and receives it.
#include <holdfast/core/core.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const auto policy = holdfast::parse_retry_policy("max_retries = 3\nbase_delay = \"1ms\"", "consumer.toml");
  if (!policy) {
    std::fprintf(stderr, "%s\n", policy.error().message.c_str());
    return 1;
  }
  holdfast::SnapshotStore store(argv[1], {.retry = *policy,
                                          .durability = holdfast::Durability::power,
                                          .lock_timeout = std::chrono::seconds(10),
                                          .seed = 1});
  const auto sent = store.broadcast({.id = "0-1", .sender = "0", .body = "hello"}, {"1"});
  if (!sent) {
    std::fprintf(stderr, "%s\n", sent.error().message.c_str());
    return 1;
  }
  const auto received = store.receive("1");
  if (!received || received->size() != 1 || received->front().body != "hello") return 2;
  std::printf("received %s\n", received->front().body.c_str());
  return 0;
}
