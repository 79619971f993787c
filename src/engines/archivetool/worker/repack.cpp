#include <map>
#include <set>

#include "engines/archivetool/worker/spool.hpp"
#include "engines/archivetool/worker/tasks.hpp"
#include "engines/archivetool/worker/transfer.hpp"
#include "engines/archivetool/worker/unique_paths.hpp"
#include "engines/archivetool/worker/writer.hpp"
#include "format/format.hpp"

namespace recast::engines::archivetool {

namespace {

/// A comic is its pages, and a note on it that some readers know.
bool belongs_to_comic(std::string_view path) {
  const auto* const format = format::find(format::of_file_name(path));
  return path.ends_with("ComicInfo.xml") || (format != nullptr && format->group == "image");
}

/// Entries of one archive that become entries of another.
class Repacker final : public Sink {
 public:
  Repacker(Writer& writer, Spool& spool) : writer_(writer), spool_(spool) {}

  Result<> folder(const Entry& entry) override {
    if (writer_.holds_files_only()) return {};
    if (!folders_.insert(entry.path).second) return {};
    RECAST_CHECK(writer_.begin_entry(entry));
    return writer_.end_entry();
  }

  Result<> file(const Entry& entry, const Content& content) override {
    if (writer_.is_comic() && !belongs_to_comic(entry.path)) return other(entry);
    const auto written = renamed(entry);
    files_[entry.path] = written.path;
    if (!entry.size && writer_.needs_sizes()) return through_spool(written, content);
    RECAST_CHECK(writer_.begin_entry(written));
    RECAST_CHECK(content([this](std::span<const char> bytes) { return writer_.write(bytes); }));
    return writer_.end_entry();
  }

  Result<> link(const Entry& entry) override {
    if (writer_.holds_files_only() || !stays_inside(entry.path, entry.target)) return other(entry);
    RECAST_CHECK(writer_.begin_entry(renamed(entry)));
    return writer_.end_entry();
  }

  Result<> hard_link(const Entry& entry) override {
    if (writer_.is_single()) return other(entry);
    const auto target = files_.find(entry.target);
    if (target == files_.end() || entry.path == entry.target) return other(entry);
    auto written = renamed(entry);
    written.target = target->second;
    files_[entry.path] = written.path;
    if (!writer_.has_hard_links()) {
      copies_[entry.target].push_back(written);
      return {};
    }
    RECAST_CHECK(writer_.begin_entry(written));
    return writer_.end_entry();
  }

  Result<> other(const Entry&) override {
    ++left_out_;
    return {};
  }

  /// Files that are there under further names, by their first name, for formats that cannot say so.
  using Copies = std::map<std::string, std::vector<Entry>>;
  Copies& copies() { return copies_; }
  std::uint64_t left_out() const { return left_out_; }
  bool has_files() const { return !files_.empty(); }

  Result<> through_spool(Entry entry, const Content& content) {
    RECAST_TRY(entry.size, spool_.fill(content));
    return write_spool(entry);
  }
  Result<> write_spool(const Entry& entry) {
    RECAST_CHECK(writer_.begin_entry(entry));
    RECAST_CHECK(spool_.read([this](std::span<const char> bytes) { return writer_.write(bytes); }));
    return writer_.end_entry();
  }

 private:
  Entry renamed(const Entry& entry) {
    auto result = entry;
    result.path = paths_.take(entry.path);
    return result;
  }

  Writer& writer_;
  Spool& spool_;
  UniquePaths paths_;
  std::set<std::string> folders_;
  std::map<std::string, std::string> files_;  // path in the source -> path written
  Copies copies_;
  std::uint64_t left_out_ = 0;
};

/// The second time through the source, for the content of files with several names.
class Copier final : public Sink {
 public:
  Copier(Repacker& repacker, Spool& spool, Guard& guard) : repacker_(repacker), spool_(spool), guard_(guard) {}

  Result<> folder(const Entry&) override { return {}; }
  Result<> link(const Entry&) override { return {}; }
  Result<> hard_link(const Entry&) override { return {}; }
  Result<> other(const Entry&) override { return {}; }
  Result<> file(const Entry& entry, const Content& content) override {
    const auto found = repacker_.copies().find(entry.path);
    if (found == repacker_.copies().end()) return {};
    RECAST_TRY(const auto size, spool_.fill(content));
    for (auto copy : found->second) {
      copy.kind = Entry::Kind::file;
      copy.size = size;
      RECAST_CHECK(guard_.bytes(size));
      RECAST_CHECK(repacker_.write_spool(copy));
    }
    repacker_.copies().erase(found);
    return {};
  }

 private:
  Repacker& repacker_;
  Spool& spool_;
  Guard& guard_;
};

}  // namespace

Result<boost::json::object> repack(const worker::Job& job, const Order& order) {
  if (job.inputs.size() != 1 || job.outputs.size() != 3)
    return fail(ErrorCode::internal, "Repacking takes one input and three outputs.");
  const int input = job.inputs.front();
  Guard guard(order.most_entries, job.limits.output, size_of(input));
  RECAST_TRY(auto writer, Writer::open(job.outputs[0], order.to, order.level));
  Spool spool(job.outputs[1]);
  Repacker repacker(writer, spool);
  {
    RECAST_TRY(auto reader, Reader::open(input, order, guard));
    RECAST_CHECK(transfer(reader, repacker, job.percent));
  }
  if (!repacker.copies().empty()) {
    Guard again(order.most_entries, job.limits.output, size_of(input));
    RECAST_TRY(auto reader, Reader::open(input, order, again));
    Copier copier(repacker, spool, again);
    RECAST_CHECK(transfer(reader, copier, {}));
  }
  if (writer.is_comic() && !repacker.has_files())
    return fail(ErrorCode::conversion_failed, "There is no picture in the archive, so it is no comic.");
  RECAST_CHECK(writer.close());
  return boost::json::object{{"left_out", repacker.left_out()}};
}

}  // namespace recast::engines::archivetool
