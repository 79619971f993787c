#include "base/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <iterator>

#include "base/clock.hpp"
#include "base/line_queue.hpp"

namespace recast::log {

namespace {
std::atomic<Level> g_level = Level::info;
std::atomic<Format> g_format = Format::text;
std::atomic<LineQueue*> g_queue = nullptr;
constexpr std::size_t kMostWaiting = 4 << 20;

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of(" =\"\\\n\r\t") == std::string_view::npos;
}

std::string format_line(Level level, std::string_view message, std::initializer_list<Field> fields) {
  static constexpr std::array names{"debug", "info", "warning", "error"};
  const auto* const name = names.at(static_cast<std::size_t>(level));
  const auto time = format_time(SystemClock().now());
  std::string line;
  if (g_format.load(std::memory_order_relaxed) == Format::json) {
    line = fmt::format(R"({{"time":"{}","level":"{}","message":)", time, name);
    append_quoted(line, message);
    for (const auto& field : fields) {
      line += ',';
      append_quoted(line, field.name);
      line += ':';
      append_quoted(line, field.value);
    }
    line += "}\n";
  } else {
    line = fmt::format("{} {:<7} {}", time, name, message);
    for (const auto& field : fields) {
      fmt::format_to(std::back_inserter(line), " {}=", field.name);
      if (is_plain(field.value)) {
        line += field.value;
      } else {
        append_quoted(line, field.value);
      }
    }
    line += '\n';
  }
  return line;
}
}  // namespace

void configure(Level level, Format format) {
  g_level = level;
  g_format = format;
  if (g_queue.load() != nullptr) return;
  const auto about_dropped = [](std::size_t count) {
    return format_line(Level::warning, "log lines were dropped: they came faster than they could be written",
                       {{"count", count}});
  };
  // Never destroyed: threads may log until the very end.
  g_queue = new LineQueue(STDERR_FILENO, kMostWaiting, about_dropped);
  std::atexit([] { g_queue.load()->finish(Deadline::in(std::chrono::seconds(2))); });
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  auto line = format_line(level, message, fields);
  if (auto* const queue = g_queue.load(std::memory_order_acquire)) return queue->push(std::move(line));
  // One write call keeps lines whole; a log that cannot be written has nowhere to say so.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace recast::log
