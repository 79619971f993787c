#include "completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace recast::cli {

namespace {

/// "convert" -> its flags and subcommands, "jobs list" -> its flags; "" for the program itself.
void collect(const CLI::App& app, const std::string& path, std::vector<std::pair<std::string, std::string>>& rows) {
  std::string words;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words += "--" + name + " ";
  }
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words += command->get_name() + " ";
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), rows);
  }
  rows.emplace_back(path, words);
}

std::string bash(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string script =
      "_recast() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} path= i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n";
  for (const auto& [path, words] : rows) {
    if (!path.empty()) script += fmt::format("      ' {}') path=' {}' ;;\n", path, path);
  }
  script += "    esac\n  done\n  case \"$path\" in\n";
  for (const auto& [path, words] : rows) {
    script += fmt::format("    '{}') COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n", path.empty() ? "" : " " + path,
                          words);
  }
  script +=
      "  esac\n  [[ $word == -* || $path == '' ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames "
      "-F _recast recast\n";
  return script;
}

}  // namespace

int print_completion(const CLI::App& app, const std::string& shell) {
  std::vector<std::pair<std::string, std::string>> rows;
  collect(app, "", rows);
  if (shell == "bash") {
    fmt::print("{}", bash(rows));
  } else if (shell == "zsh") {
    fmt::print("autoload -U +X bashcompinit && bashcompinit\n{}", bash(rows));
  } else {
    for (const auto& [path, words] : rows) {
      std::string condition =
          path.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + path.substr(path.rfind(' ') + 1);
      fmt::print("complete -c recast -n '{}' -a '{}'\n", condition, words);
    }
  }
  return 0;
}

}  // namespace recast::cli
