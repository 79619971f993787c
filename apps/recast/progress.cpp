#include "progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace recast::cli {

namespace {
std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}
}  // namespace

Progress::Style Progress::fitting() { return ::isatty(STDERR_FILENO) != 0 ? Style::bar : Style::lines; }

Progress::~Progress() { erase(); }

void Progress::update(const std::string& file, int percent, std::string_view what) {
  std::lock_guard lock(mutex_);
  auto& entry = running_[file];
  const bool new_step = entry.second != what;
  entry = {percent, std::string(what)};
  if (style_ == Style::bar) draw();
  if (style_ == Style::lines && new_step) fmt::print(stderr, "{}: {}\n", file, what);
}

void Progress::done(const std::string& file, bool ok, std::string_view text) {
  std::lock_guard lock(mutex_);
  running_.erase(file);
  ++ended_;
  if (style_ == Style::none && ok) return;
  erase();
  fmt::print(stderr, "{}{}: {}\n", ok ? "" : "error: ", file, text);
  if (style_ == Style::bar && ended_ < files_) draw();
}

void Progress::draw() {
  std::size_t sum = ended_ * 100;
  std::string names;
  for (const auto& [file, state] : running_) {
    sum += static_cast<std::size_t>(std::clamp(state.first, 0, 100));
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", file, state.second);
  }
  const auto percent = sum / std::max<std::size_t>(files_, 1);
  constexpr std::size_t length = 24;
  const auto filled = percent * length / 100;
  auto line =
      fmt::format("[{:#<{}}{:-<{}}] {:3}% {}/{} {}", "", filled, "", length - filled, percent, ended_, files_, names);
  line.resize(std::min(line.size(), terminal_width() - 1));
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::erase() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace recast::cli
