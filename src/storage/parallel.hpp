#pragma once

#include <cstddef>
#include <functional>

#include "base/result.hpp"

namespace recast::storage {

/// Does `work(0)` … `work(count - 1)`, at most `threads` at once and in order of their beginning. After the first error
/// no more are begun; that error is the result, and `on_error` is called at once, so that the others can be stopped.
/// `on_tick` is called by the calling thread about five times a second.
Result<> in_parallel(std::size_t count, std::size_t threads, const std::function<Result<>(std::size_t)>& work,
                     const std::function<void()>& on_tick = {}, const std::function<void()>& on_error = {});

}  // namespace recast::storage
