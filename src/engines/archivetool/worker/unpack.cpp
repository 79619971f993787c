#include <fmt/format.h>

#include <map>

#include "engines/archivetool/worker/tasks.hpp"
#include "engines/archivetool/worker/transfer.hpp"
#include "worker/named_sequence.hpp"

namespace recast::engines::archivetool {

namespace {

class Unpacker final : public Sink {
 public:
  Unpacker(int fd, const Order& order, Guard& guard, std::uint64_t most_files)
      : sequence_(fd), order_(order), guard_(guard), most_files_(most_files) {}

  Result<> folder(const Entry&) override { return {}; }
  Result<> link(const Entry& entry) override { return other(entry); }
  Result<> other(const Entry& entry) override {
    if (wanted(entry)) ++left_out_;
    return {};
  }

  Result<> file(const Entry& entry, const Content& content) override {
    if (!wanted(entry)) return {};
    RECAST_CHECK(count());
    RECAST_CHECK(sequence_.begin(entry.path));
    RECAST_CHECK(content([this](std::span<const char> bytes) { return sequence_.write(bytes); }));
    RECAST_TRY(places_[entry.path], sequence_.end());
    return {};
  }

  Result<> hard_link(const Entry& entry) override {
    const auto target = places_.find(entry.target);
    if (!wanted(entry)) return {};
    if (target == places_.end()) return other(entry);
    RECAST_CHECK(count());
    RECAST_CHECK(guard_.bytes(target->second.length));
    RECAST_TRY(places_[entry.path], sequence_.repeat(entry.path, target->second));
    return {};
  }

  std::uint64_t left_out() const { return left_out_; }

 private:
  bool wanted(const Entry& entry) const {
    return order_.pattern.empty() || matches_pattern(order_.pattern, entry.path);
  }
  Result<> count() {
    if (++files_ <= most_files_) return {};
    return fail(ErrorCode::output_limit, fmt::format("The archive has more than {} files.", most_files_));
  }

  worker::NamedSequence sequence_;
  const Order& order_;
  Guard& guard_;
  std::uint64_t most_files_;
  std::uint64_t files_ = 0;
  std::uint64_t left_out_ = 0;
  std::map<std::string, worker::NamedSequence::Place> places_;
};

}  // namespace

Result<boost::json::object> unpack(const worker::Job& job, const Order& order) {
  if (job.inputs.size() != 1 || job.outputs.size() != 1)
    return fail(ErrorCode::internal, "Unpacking takes one input and one output.");
  Guard guard(order.most_entries, job.limits.output, size_of(job.inputs.front()));
  RECAST_TRY(auto reader, Reader::open(job.inputs.front(), order, guard));
  Unpacker unpacker(job.outputs.front(), order, guard, job.limits.files);
  RECAST_CHECK(transfer(reader, unpacker, job.percent));
  return boost::json::object{{"left_out", unpacker.left_out()}};
}

}  // namespace recast::engines::archivetool
