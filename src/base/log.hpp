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

/// Lines below `level` are dropped. Call once, before threads start. The default is text from `info` on.
void configure(Level level, Format format);

/// Writes one line to standard error, whole and unmixed with others: time, level, message, fields.
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
