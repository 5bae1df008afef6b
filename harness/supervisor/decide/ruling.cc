#include "harness/supervisor/decide/ruling.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast {
namespace {

Ruling refused(std::uint16_t code, Obstacle obstacle, std::vector<NamedHolder> holders) {
  HOLDFAST_CHECK(code != 0);
  return {Ruling::Kind::refused, code, obstacle, std::move(holders)};
}

// By those who hold it: nobody replaces or removes a program that runs.
Ruling refused_by(std::uint16_t code, std::vector<NamedHolder> holders) {
  const Obstacle obstacle = some_run(holders) ? Obstacle::running_program : Obstacle::held;
  return refused(code, obstacle, std::move(holders));
}

// A mapping outlives its handle, and has no share mode.
bool is_mapping(const NamedHolder& holder) {
  return holder.found.descriptor < 0 && !holder.found.running && holder.kind != HolderKind::unseen;
}

std::vector<Handle> open_handles_of(std::vector<NamedHolder> holders) {
  std::erase_if(holders, is_mapping);
  return handles_of(holders);
}

}  // namespace

Ruling rule_on_rename(SeenFile source, SeenFile target, const Profile& profile, const Look& look) {
  for (SeenFile* file : {&source, &target}) {
    if (file->use.known) continue;
    if (!look.is_last()) return {.kind = Ruling::Kind::look_again};
    if (file->use.holders.empty()) file->use.holders.push_back(look.unseen);
  }
  if (const auto code = rename_of(handles_of(source.use.holders)); code != 0)
    return refused(code, Obstacle::held, std::move(source.use.holders));
  if (const auto code = remove_read_only(target.read_only); code != 0)
    return refused(code, Obstacle::read_only, std::move(target.use.holders));
  if (const auto code = replace_onto(profile, handles_of(target.use.holders)); code != 0)
    return refused_by(code, std::move(target.use.holders));
  if (source.use.only_passing || target.use.only_passing) return {.kind = Ruling::Kind::probe_again};
  if (source.unbroken && target.unbroken) return {};
  // Somebody who began to open a file since waits for our lease, and will hold it.
  if (!look.is_last()) return {.kind = Ruling::Kind::look_again};
  return refused(target.unbroken ? error_sharing_violation : error_access_denied, Obstacle::held,
                 {look.unseen});
}

Ruling rule_on_removal(SeenFile file, const Look& look) {
  if (!file.use.known && !look.is_last()) return {.kind = Ruling::Kind::look_again};
  if (!file.use.known && file.use.holders.empty()) file.use.holders.push_back(look.unseen);
  if (const auto code = remove_read_only(file.read_only); code != 0)
    return refused(code, Obstacle::read_only, std::move(file.use.holders));
  if (const auto code = delete_of(handles_of(file.use.holders)); code != 0)
    return refused_by(code, std::move(file.use.holders));
  if (file.use.only_passing) return {.kind = Ruling::Kind::probe_again};
  if (file.unbroken) return {};
  if (!look.is_last()) return {.kind = Ruling::Kind::look_again};
  return refused(error_sharing_violation, Obstacle::held, {look.unseen});
}

Ruling rule_on_directory(std::vector<NamedHolder> users, bool removes) {
  const auto beneath = [](const NamedHolder& user) { return user.found.beneath; };
  const bool open_child = std::any_of(users.begin(), users.end(), beneath);
  const bool current = !std::all_of(users.begin(), users.end(), beneath);
  const auto code = removes ? remove_directory(current) : rename_directory(open_child || current);
  if (code == 0) return {};
  const bool by_child = open_child && !removes;
  return refused(code, by_child ? Obstacle::open_child : Obstacle::current_directory, std::move(users));
}

std::optional<Ruling> spared(Ruling with_bystanders) {
  if (with_bystanders.kind != Ruling::Kind::refused) return std::nullopt;
  return with_bystanders;
}

SeenFile with_bystanders(SeenFile file) {
  auto& holders = file.use.holders;
  holders.insert(holders.end(), file.use.bystanders.begin(), file.use.bystanders.end());
  return file;
}

Ruling rule_on_open(SeenOpen seen, const Look& look) {
  FileUse& use = seen.use;
  if (!use.known && !look.is_last()) return {.kind = Ruling::Kind::look_again};
  if (!use.known && use.holders.empty() && seen.expects_holder) use.holders.push_back(look.unseen);
  if (const auto code = open_beside(seen.opener, open_handles_of(use.holders)); code != 0)
    return refused_by(code, std::move(use.holders));
  const bool mapped = std::any_of(use.holders.begin(), use.holders.end(), is_mapping);
  if (const auto code = truncate_mapped(seen.cuts && mapped); code != 0)
    return refused(code, Obstacle::mapped, std::move(use.holders));
  return {.kind = use.only_passing ? Ruling::Kind::probe_again : Ruling::Kind::allowed};
}

}  // namespace holdfast
