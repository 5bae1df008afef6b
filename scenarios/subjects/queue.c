// A queue in one file that many processes share, as a subject for Holdfast: copy it to begin your own.
//
// Requests come on stdin and answers go to stdout, one JSON object per line. The queue's file has a line for each
// message: the request that brought it, as it is. Each message rewrites the file: under a lock, into a temporary file
// of its own, flushed, and moved over the old one, with retries while somebody else has the file open. Errors are
// answered with their errno.
#define _GNU_SOURCE  // asprintf, getline, O_CLOEXEC
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { retries = 5, first_wait_ms = 100 };  // then twice as long each time: 3.1 s in all

struct queue {
  long agent;
  char *path, *temp, *directory;
  int lock;  // beside the queue and never deleted: a lock on the queue itself would go with the next rename
};

enum outcome { done, not_done, maybe_done };

// After a value of a JSON object or list: what ends it, or the end of the text.
static const char* end_of_value(const char* at) {
  int depth = 0;
  bool quoted = false;
  for (; *at != '\0'; ++at) {
    if (quoted && *at == '\\' && at[1] != '\0') {
      ++at;
    } else if (*at == '"') {
      quoted = !quoted;
    } else if (!quoted && (*at == '{' || *at == '[')) {
      ++depth;
    } else if (!quoted && (*at == '}' || *at == ']' || *at == ',')) {
      if (depth == 0) return at;
      if (*at != ',') --depth;
    }
  }
  return at;
}

// The value of a key of the object in this line, where it stands; NULL: there is none. Holdfast writes no spaces.
static const char* value_of(const char* line, const char* key) {
  const size_t length = strlen(key);
  const char* at = *line == '{' ? line + 1 : line;
  while (*at == '"') {
    if (strncmp(at + 1, key, length) == 0 && strncmp(at + 1 + length, "\":", 2) == 0) return at + length + 3;
    at = end_of_value(at);
    if (*at == ',') ++at;
  }
  return NULL;
}

static bool is_text(const char* value, const char* text) {
  const size_t length = strlen(text);
  return value != NULL && *value == '"' && strncmp(value + 1, text, length) == 0 && value[1 + length] == '"';
}

// The text that stands here, which holds no escapes but those of '"' and '\'; NULL: no text, or no memory.
static char* copy_of_text(const char* value) {
  if (value == NULL || *value != '"') return NULL;
  char *copy = malloc(strlen(value)), *to = copy;
  for (const char* at = value + 1; copy != NULL && *at != '"' && *at != '\0'; ++at) {
    if (*at == '\\' && at[1] != '\0') ++at;
    *to++ = *at;
  }
  if (copy != NULL) *to = '\0';
  return copy;
}

static bool lists(const char* value, long number) {
  while (value != NULL && (*value == '[' || *value == ',')) {
    char* end;
    const long listed = strtol(value + 1, &end, 10);
    if (end == value + 1) return false;
    if (listed == number) return true;
    value = end;
  }
  return false;
}

// Refused because somebody has the file open: Windows' codes 5 and 32 are EACCES in C. What it
// gave, or -1 and errno.
static int retried(int (*action)(const struct queue*), const struct queue* queue) {
  long wait_ms = first_wait_ms;
  for (int retry = 0; retry < retries; ++retry, wait_ms *= 2) {
    const int got = action(queue);
    if (got >= 0) return got;
    if (errno != EACCES && errno != EPERM && errno != EBUSY) return -1;
    const struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    nanosleep(&wait, NULL);
  }
  return action(queue);
}

// Who may not read the queue now has to wait like one who may not replace it.
static int open_to_read(const struct queue* queue) {
  return open(queue->path, O_RDONLY | O_CLOEXEC);
}

static int replace(const struct queue* queue) {
  return rename(queue->temp, queue->path);
}

static int remove_temp(const struct queue* queue) {
  return unlink(queue->temp);
}

// What was there, if anything, and the new message after it, safe on the disk. 0, or -1 and errno.
static int write_temp(const struct queue* queue, const char* message) {
  FILE* to = fopen(queue->temp, "wxe");
  if (to == NULL) return -1;
  bool good = true;
  const int descriptor = retried(open_to_read, queue);
  FILE* from = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
  if (from == NULL && errno != ENOENT) good = false;
  char bytes[65536];
  for (size_t got; good && from != NULL && (got = fread(bytes, 1, sizeof bytes, from)) > 0;)
    good = fwrite(bytes, 1, got, to) == got;
  if (from != NULL) good = !ferror(from) && good;
  good = good && fputs(message, to) >= 0 && fflush(to) == 0 && fsync(fileno(to)) == 0;
  const int problem = errno;
  if (from != NULL) fclose(from);
  if (fclose(to) != 0 && good) return -1;
  errno = problem;
  return good ? 0 : -1;
}

// The outcome, with errno if it is not done; the lock is held.
static enum outcome save(const struct queue* queue, const char* message) {
  if (write_temp(queue, message) != 0 || retried(replace, queue) != 0) {
    const int problem = errno;
    retried(remove_temp, queue);
    errno = problem;
    return not_done;
  }
  // The rename itself: until the directory is on the disk, a power cut may bring the old queue back.
  const int directory = open(queue->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = directory >= 0 && fsync(directory) == 0;
  const int problem = errno;
  if (directory >= 0) close(directory);
  errno = problem;
  return flushed ? done : maybe_done;
}

static void answer_problem(const char* result) {
  printf("{\"result\":\"%s\",\"code\":%d,\"error\":\"%s\"}\n", result, errno, strerror(errno));
}

static bool locked(const struct queue* queue) {
  int got;
  while ((got = flock(queue->lock, LOCK_EX)) != 0 && errno == EINTR) {
  }
  return got == 0;
}

static void broadcast(const struct queue* queue, const char* request) {
  if (!locked(queue)) {
    answer_problem("fail");
    return;
  }
  const enum outcome outcome = save(queue, request);
  const int problem = errno;
  flock(queue->lock, LOCK_UN);
  errno = problem;
  if (outcome == done) printf("{\"result\":\"ok\"}\n");
  if (outcome == not_done) answer_problem("fail");
  if (outcome == maybe_done) answer_problem("info");
}

// Answers with the ids and bodies as they stand in the file, which are JSON already.
static void read_all(const struct queue* queue) {
  FILE* file = NULL;
  int descriptor;
  if (!locked(queue) || ((descriptor = retried(open_to_read, queue)) < 0 && errno != ENOENT) ||
      (descriptor >= 0 && (file = fdopen(descriptor, "r")) == NULL)) {
    answer_problem("fail");
  } else {
    printf("{\"result\":\"ok\",\"entries\":[");
    const char* between = "";
    char* line = NULL;
    size_t room = 0;
    while (file != NULL && getline(&line, &room, file) > 0) {
      if (!lists(value_of(line, "to"), queue->agent)) continue;
      const char *id = value_of(line, "id"), *body = value_of(line, "body");
      if (id == NULL || body == NULL) continue;
      printf("%s{\"id\":%.*s,\"body\":%.*s}", between, (int)(end_of_value(id) - id), id,
             (int)(end_of_value(body) - body), body);
      between = ",";
    }
    printf("]}\n");
    free(line);
    if (file != NULL) fclose(file);
  }
  flock(queue->lock, LOCK_UN);
}

static bool begin(struct queue* queue, const char* request) {
  const char* agent = value_of(request, "agent");
  queue->agent = agent != NULL ? strtol(agent, NULL, 10) : -1;
  queue->directory = copy_of_text(value_of(request, "dir"));
  char* lock_path = NULL;
  if (queue->directory == NULL || asprintf(&queue->path, "%s/queue.jsonl", queue->directory) < 0 ||
      asprintf(&queue->temp, "%s.%ld.tmp", queue->path, (long)getpid()) < 0 ||
      asprintf(&lock_path, "%s.lock", queue->path) < 0) {
    return false;
  }
  queue->lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  free(lock_path);
  return queue->lock >= 0;
}

int main(void) {
  struct queue queue = {.lock = -1};
  char* line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    const char* op = value_of(line, "op");
    if (is_text(op, "quit")) break;
    if (is_text(op, "init")) {
      if (begin(&queue, line)) {
        printf("{\"result\":\"ok\"}\n");
      } else {
        answer_problem("fail");
      }
    } else if (is_text(op, "broadcast")) {
      broadcast(&queue, line);
    } else {
      read_all(&queue);
    }
    fflush(stdout);
  }
  free(line);
  free(queue.path);
  free(queue.temp);
  free(queue.directory);
  if (queue.lock >= 0) close(queue.lock);
  return 0;
}
