#include "options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <string_view>

namespace recast::jail_program {

const char* const kHelp =
    R"(Usage: recast-jail [OPTIONS] --executable=PATH --work=FOLDER -- [ARGUMENTS]
       recast-jail --probe | --help

Puts itself in a jail and runs one program in it. The work folder holds in/ (the program may read it), out/ and tmp/ (it
may write them). In a full jail it appears as /job, and tmp/ also as /tmp; paths relative to the working folder are the
same at every level. The program gets this program's environment, standard input, output and error, and no other descriptor.

  --level=LEVEL          full: namespaces, private root, Landlock, seccomp, limits (default)
                         landlock: without namespaces and private root
                         none: limits only
  --uid=N                run as this uid and gid (as root only)
  --readable=PATH        another file or folder the program may read and run; repeatable
  --input=FILE           standard input, seen from the working folder (default: nothing to read)
  --output=FILE          standard output, seen from the working folder; made anew
  --local-sockets        the program may use AF_UNIX and netlink sockets
  --limit-cpu=SECONDS    --limit-memory=BYTES   --limit-output=BYTES
  --limit-descriptors=N  --limit-processes=N
  --report=FD            write how it went to this descriptor, as lines of words:
                           ready MICROSECONDS        the jail is finished and the program runs
                           exit CODE SIGNAL CPU_MICROSECONDS MAX_RSS_BYTES
                           error TEXT                the program could not be started
  --parent=PID           end at once if this is not the parent any more
  --probe                print the strictest level this machine can give, and why no stricter one; ends with 0
  --help                 print this

Everything it started ends with it, and it ends with the process that started it. SIGTERM ends it in an orderly way.
Exit status: that of the program, 128+N if signal N ended it, 125 if it could not be started, 2 for wrong arguments.
)";

namespace {
template <std::integral Number>
Result<> read_number(std::string_view name, std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || std::cmp_less(out, 0)) {
    return fail(ErrorCode::invalid_data, fmt::format("{} needs a number, not \"{}\"", name, text));
  }
  return {};
}

Result<> read_path(std::string_view name, std::string_view text, fs::path& out) {
  out = fs::path(text);
  if (!out.is_absolute()) return fail(ErrorCode::invalid_data, fmt::format("{} needs an absolute path", name));
  return {};
}

Result<> read_limit(Options& options, std::string_view name, std::string_view value) {
  auto& limits = options.limits;
  if (name == "--limit-cpu") {
    std::int64_t seconds = 0;
    RECAST_CHECK(read_number(name, value, seconds));
    limits.cpu = std::chrono::seconds(seconds);
    return {};
  }
  if (name == "--limit-memory") return read_number(name, value, limits.memory);
  if (name == "--limit-output") return read_number(name, value, limits.output);
  if (name == "--limit-descriptors") return read_number(name, value, limits.descriptors);
  if (name == "--limit-processes") return read_number(name, value, limits.processes);
  return fail(ErrorCode::invalid_data, fmt::format("unknown option {}", name));
}

Result<> read_option(Options& options, std::string_view name, std::string_view value) {
  if (name == "--help") {
    options.action = Options::Action::help;
  } else if (name == "--probe") {
    options.action = Options::Action::probe;
  } else if (name == "--local-sockets") {
    options.local_sockets = true;
  } else if (name == "--input") {
    options.input = value;
  } else if (name == "--output") {
    options.output = value;
  } else if (name == "--level") {
    const auto level = jail::parse_level(value);
    if (!level) return fail(ErrorCode::invalid_data, fmt::format("unknown level \"{}\"", value));
    options.level = *level;
  } else if (name == "--executable") {
    return read_path(name, value, options.executable);
  } else if (name == "--work") {
    return read_path(name, value, options.work);
  } else if (name == "--readable") {
    return read_path(name, value, options.readable.emplace_back());
  } else if (name == "--uid") {
    return read_number(name, value, options.uid.emplace());
  } else if (name == "--report") {
    return read_number(name, value, options.report);
  } else if (name == "--parent") {
    return read_number(name, value, options.parent);
  } else {
    return read_limit(options, name, value);
  }
  return {};
}
}  // namespace

Result<Options> parse(int argc, char** argv) {
  Options options;
  int i = 1;
  for (; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view() : argument.substr(equals + 1);
    RECAST_CHECK(read_option(options, name, value));
  }
  for (++i; i < argc; ++i) options.arguments.emplace_back(argv[i]);
  if (options.action == Options::Action::run && (options.executable.empty() || options.work.empty())) {
    return fail(ErrorCode::invalid_data, "--executable and --work are needed; see --help");
  }
  return options;
}

}  // namespace recast::jail_program
