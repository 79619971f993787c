#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace recast::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

/// One member of a log line. Numbers are written by fmt; strings are escaped.
struct Field {
  template <class T>
  Field(std::string_view key, const T& v) : name(key), value(fmt::format("{}", v)) {}
  std::string_view name;
  std::string value;
};

/// Lines below `level` are not written. The default is text from `info` on. Call once, before threads start; not in a
/// process that forks children without exec: from here on a thread of its own writes, so that nobody waits for a reader
/// of standard error that stalls. Up to 4 MiB wait for it; more lines are dropped, and a line tells how many. What
/// waits at the end of the process is still written, if it can be within two seconds.
void configure(Level level, Format format);

/// One line to standard error, whole and unmixed with others: time, level, message, fields.
/// Never pass a secret or a client's file content. Safe from every thread; not async-signal-safe.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::error, message, fields);
}

}  // namespace recast::log
