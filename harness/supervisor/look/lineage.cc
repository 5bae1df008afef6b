#include "harness/supervisor/look/lineage.h"

#include "harness/linux/descriptor.h"
#include "harness/linux/proc.h"

namespace holdfast {

pid_t parent_of(pid_t process) {
  const Descriptor proc = open_process(process);
  return proc ? read_process_stat(proc.get()).parent : 0;
}

bool descends_from(pid_t process, pid_t ancestor) {
  constexpr int most_generations = 1000;
  for (int generation = 0; process > 1 && generation < most_generations; ++generation) {
    process = parent_of(process);
    if (process == ancestor) return true;
  }
  return false;
}

}  // namespace holdfast
