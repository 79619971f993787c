#include "storage/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "format/format.hpp"

namespace recast::storage {

namespace {

/// A path of the client's as one below ours: cleaned part by part.
std::string clean_dir(std::string_view dir) {
  return dir.find_first_not_of('/') == std::string_view::npos ? std::string() : format::clean_path(dir);
}

std::unexpected<Error> not_one_name(const Choice& choice) {
  return fail(ErrorCode::upload_failed,
              fmt::format("several files need a placeholder such as %d in {}", choice.single_option));
}

}  // namespace

Placed split_name(std::string_view object) {
  const auto slash = object.rfind('/');
  if (slash == std::string_view::npos) return {{}, std::string(object)};
  return {std::string(object.substr(0, slash)), std::string(object.substr(slash + 1))};
}

Placed placed(std::string_view prefix, std::string_view object, bool single) {
  const auto last = object.rfind('/');
  const auto name = format::clean_file_name(last == std::string_view::npos ? object : object.substr(last + 1));
  if (single || last == std::string_view::npos) return {{}, name};
  // The part between the last slash of the prefix and the last slash of the name.
  const auto begin = prefix.rfind('/') == std::string_view::npos ? 0 : prefix.rfind('/') + 1;
  if (begin >= last) return {{}, name};
  return {clean_dir(object.substr(begin, last - begin)), name};
}

Result<std::vector<std::string>> destinations(const Choice& choice, const std::vector<Outgoing>& files) {
  std::vector<std::string> names;
  const bool as_prefix = choice.single.empty() || choice.single.ends_with('/');
  if (!as_prefix) {
    for (std::size_t at = 0; at < files.size(); ++at) {
      auto name = format::numbered(choice.single, at + 1);
      if (name.empty() && files.size() > 1) return not_one_name(choice);
      names.push_back(name.empty() ? choice.single : std::move(name));
    }
    return names;
  }
  auto prefix = choice.single.empty() ? choice.many : choice.single;
  if (choice.single.empty() && choice.many_is_folder && !prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  std::set<std::string> taken;
  for (const auto& file : files) {
    const auto folder = file.dir.empty() ? std::string() : file.dir + "/";
    auto name = prefix + folder + file.name;
    for (int number = 1; !taken.insert(name).second; ++number) {  // nothing is overwritten by its own task
      name = fmt::format("{}{}{}-{}{}", prefix, folder, format::stem(file.name), number, format::extension(file.name));
    }
    names.push_back(std::move(name));
  }
  return names;
}

Result<> require_one(std::string_view first, std::string_view first_option, std::string_view second,
                     std::string_view second_option) {
  if (!first.empty() || !second.empty()) return {};
  std::string words(second_option);
  std::ranges::replace(words, '_', ' ');
  std::string own(first_option);
  std::ranges::replace(own, '_', ' ');
  return fail(ErrorCode::invalid_data, fmt::format("The {} field is required when {} is not present.", own, words),
              std::string(first_option));
}

}  // namespace recast::storage
