#include "engines/archivetool/worker/transfer.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>

namespace recast::engines::archivetool {

namespace {

class Transfer {
 public:
  Transfer(Reader& reader, Sink& sink) : reader_(reader), sink_(sink) {}

  Result<> take(const Entry& entry) {
    switch (entry.kind) {
      case Entry::Kind::folder:
        return sink_.folder(entry);
      case Entry::Kind::link:
        return sink_.link(entry);
      case Entry::Kind::hard_link:
        return hard_link(entry);
      case Entry::Kind::file:
        break;
      default:
        return sink_.other(entry);
    }
    if (!entry.shared) return sink_.file(entry, content());
    waiting_.emplace(entry.path, entry);
    return {};
  }

  /// Files whose content never came are empty ones.
  Result<> finish() {
    for (const auto& [path, entry] : waiting_) RECAST_CHECK(sink_.file(entry, [](const Take&) { return Result<>(); }));
    return {};
  }

 private:
  Content content() {
    return [this](const Take& take) { return reader_.content(take); };
  }

  Result<> hard_link(const Entry& entry) {
    const auto first = waiting_.find(entry.target);
    if (entry.size.value_or(0) == 0 && first == waiting_.end()) return sink_.hard_link(entry);
    if (entry.size.value_or(0) == 0) {  // one more name that waits
      auto further = entry;
      further.kind = Entry::Kind::file;
      waiting_.emplace(further.path, further);
      names_.emplace(entry.target, entry.path);
      return {};
    }
    auto file = entry;
    file.kind = Entry::Kind::file;
    RECAST_CHECK(sink_.file(file, content()));
    if (first == waiting_.end()) return {};
    RECAST_CHECK(link_waiting(std::string(first->first), file.path));
    const auto [begin, end] = names_.equal_range(entry.target);
    for (auto name = begin; name != end; ++name) RECAST_CHECK(link_waiting(name->second, file.path));
    names_.erase(entry.target);
    return {};
  }

  Result<> link_waiting(const std::string& path, const std::string& target) {
    const auto found = waiting_.find(path);
    if (found == waiting_.end()) return {};
    auto link = std::move(found->second);
    waiting_.erase(found);
    link.kind = Entry::Kind::hard_link;
    link.target = target;
    return sink_.hard_link(link);
  }

  Reader& reader_;
  Sink& sink_;
  std::map<std::string, Entry> waiting_;           // by path
  std::multimap<std::string, std::string> names_;  // further names by the first one
};

}  // namespace

std::uint64_t size_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)) : 0;
}

Result<> transfer(Reader& reader, Sink& sink, const std::function<void(int)>& percent) {
  Transfer transfer(reader, sink);
  for (;;) {
    RECAST_TRY(const auto entry, reader.next());
    if (!entry) return transfer.finish();
    RECAST_CHECK(transfer.take(*entry));
    if (percent) percent(reader.percent());
  }
}

}  // namespace recast::engines::archivetool
