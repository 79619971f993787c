#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "operations/command/paths.hpp"

/// What a client may say to a program: only options of a list, each with the kind of value it takes. Everything that
/// could name a file goes through Paths; what is not on a list is refused by name. Lists of what is forbidden have
/// failed everyone who kept one (Frigate, Gotenberg); these say what is allowed.
namespace recast::operations::command {

enum class Value {
  none,    ///< a switch
  word,    ///< a number, a name, a size, an expression: no path, no @file
  text,    ///< free text for a title or a label: no @file
  input,   ///< a file below /input/
  output,  ///< a file below /output/
  special  ///< the program's own reader looks at it
};

/// Whether a word is one of those in `list`, which blanks part.
bool is_listed(std::string_view list, std::string_view word);

/// What an option of `list` takes, in which "-y" is a switch and "-r=w", "-metadata=t", "-i=i", "-passlogfile=o",
/// "-vf=s" take a word, a text, an input, an output, something special. nullopt if it is not listed.
std::optional<Value> find_option(std::string_view list, std::string_view name);

/// A value as the program gets it.
Result<std::string> read_value(Value kind, std::string_view option, std::string_view value, Paths& paths);

std::unexpected<Error> not_allowed(std::string_view program, std::string_view word);

/// The words of a client as the arguments of the program; files as Paths lays them out.
Result<std::vector<std::string>> ffmpeg_arguments(std::span<const std::string> words, Paths& paths);
Result<std::vector<std::string>> ffprobe_arguments(std::span<const std::string> words, Paths& paths);
/// convert and identify of ImageMagick, and gm of GraphicsMagick, whose first word is its own command.
enum class Magick { convert, identify, gm };
Result<std::vector<std::string>> magick_arguments(Magick program, std::span<const std::string> words, Paths& paths);

/// A filter graph of ffmpeg (filters, their options and the files these name). Exposed for its tests.
Result<std::string> filter_graph(std::string_view graph, Paths& paths);

}  // namespace recast::operations::command
