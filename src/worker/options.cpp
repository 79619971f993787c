#include "worker/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <string_view>

namespace recast::worker {

namespace {
template <std::integral Number>
Result<> read(std::string_view name, std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size() && std::cmp_greater_equal(out, 0)) return {};
  return fail(ErrorCode::invalid_data, fmt::format("--{} needs a number, not \"{}\"", name, text));
}

Result<> read_option(Options& options, std::string_view name, std::string_view value) {
  if (name == "control") return read(name, value, options.control);
  if (name == "spares") return read(name, value, options.spares);
  if (name == "first-uid") return read(name, value, options.first_uid);
  if (name == "server") return read(name, value, options.server);
  if (name == "scratch") {
    options.scratch = std::filesystem::path(value);
  } else if (name == "jail") {
    const auto level = jail::parse_level(value);
    if (!level) return fail(ErrorCode::invalid_data, fmt::format("unknown level \"{}\"", value));
    options.level = *level;
  } else {
    options.own[std::string(name)] = std::string(value);
  }
  return {};
}
}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (!argument.starts_with("--")) {
      return fail(ErrorCode::invalid_data, fmt::format("unknown argument \"{}\"", argument));
    }
    argument.remove_prefix(2);
    const auto equals = argument.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : argument.substr(equals + 1);
    RECAST_CHECK(read_option(options, argument.substr(0, equals), value));
  }
  if (options.control < 0 || !options.scratch.is_absolute()) {
    return fail(ErrorCode::invalid_data,
                "a resident worker is started by recastd, with --control=DESCRIPTOR and --scratch=FOLDER");
  }
  return options;
}

}  // namespace recast::worker
