#include "store/key_cache.hpp"

namespace recast::store {

namespace {
constexpr std::chrono::seconds kLife{10};
constexpr std::size_t kMost = 10'000;
}  // namespace

std::optional<account::Principal> KeyCache::find(const std::string& hash) const {
  return state_.with([&](const State& state) -> std::optional<account::Principal> {
    const auto found = state.entries.find(hash);
    if (found == state.entries.end() || found->second.until < clock_.steady()) return std::nullopt;
    return found->second.principal;
  });
}

void KeyCache::put(const std::string& hash, const account::Principal& principal, std::uint64_t generation) {
  state_.with([&](State& state) {
    if (state.generation != generation) return;
    if (state.entries.size() >= kMost) state.entries.clear();
    state.entries[hash] = {principal, clock_.steady() + kLife};
  });
}

void KeyCache::clear() {
  state_.with([](State& state) {
    state.entries.clear();
    ++state.generation;
  });
}

std::uint64_t KeyCache::generation() const {
  return state_.with([](const State& state) { return state.generation; });
}

}  // namespace recast::store
