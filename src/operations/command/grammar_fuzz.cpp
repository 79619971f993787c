#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "operations/command/grammar.hpp"
#include "operations/command/words.hpp"

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

// The first byte chooses the program. Whatever passes names no file but those of the task.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace command = recast::operations::command;
  if (size == 0) return 0;
  const auto words = command::split_words({reinterpret_cast<const char*>(data + 1), size - 1});
  if (!words) return 0;
  command::Paths paths(
      {{.name = "a.png", .path = "/data/1", .task = "t"}, {.name = "b.srt", .path = "/data/2", .task = "t"}});
  const auto read = [&]() -> recast::Result<std::vector<std::string>> {
    switch (data[0] % 5) {
      case 0:
        return command::ffmpeg_arguments(*words, paths);
      case 1:
        return command::ffprobe_arguments(*words, paths);
      case 2:
        return command::magick_arguments(command::Magick::convert, *words, paths);
      case 3:
        return command::magick_arguments(command::Magick::identify, *words, paths);
      default:
        return command::magick_arguments(command::Magick::gm, *words, paths);
    }
  };
  const auto arguments = read();
  if (!arguments) {
    require(arguments.error().field == "arguments");
    return 0;
  }
  for (const auto& argument : *arguments) {
    require(!argument.starts_with('@'));
    require(!argument.starts_with('/') || argument.find("..") == std::string::npos);
    require(!argument.starts_with("http:") && !argument.starts_with("file:") && !argument.starts_with("msl:"));
  }
  return 0;
}
