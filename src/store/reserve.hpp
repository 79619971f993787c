#pragma once

#include <cstdint>
#include <filesystem>

namespace recast::store {

/// A file that only holds room beside the database. When the disk is full it is given up, so that what ends and deletes
/// things can still be written and room comes back; new jobs wait until the reserve is whole again. One thread.
class Reserve {
 public:
  /// `bytes` 0: none. Whatever an earlier server left at `file` is taken over.
  Reserve(std::filesystem::path file, std::int64_t bytes);

  /// Gives the room away; false if there is none to give.
  bool lend();
  /// Takes the room back where the disk has at least twice as much.
  void restore();
  /// Whether it was lent and is not back yet.
  bool is_lent() const { return state_ == State::lent; }

 private:
  enum class State { none, whole, lent };
  bool is_there() const;

  const std::filesystem::path file_;
  const std::int64_t bytes_;
  State state_ = State::none;
};

}  // namespace recast::store
