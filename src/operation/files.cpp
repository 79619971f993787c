#include "operation/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <map>

#include "base/io.hpp"
#include "base/unique_handle.hpp"
#include "format/format.hpp"
#include "format/full_name.hpp"

namespace recast::operation {

Result<File> write_file(TaskContext& context, std::string_view name, std::string_view content) {
  constexpr std::string_view what = "The file cannot be written";
  auto path = (context.work() / "file-XXXXXX").string();
  const UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) return std::unexpected(from_errno(errno, what));
  if (const int error = write_all(fd.get(), content); error != 0) return std::unexpected(from_errno(error, what));
  return File{format::full_file_name(name, content), {}, content.size(), path};
}

void make_unique(Files& files) {
  std::map<std::string, std::vector<File*>> folders;
  for (auto& file : files) folders[file.dir].push_back(&file);
  for (auto& [dir, members] : folders) {
    std::vector<std::string> names;
    for (const auto* const file : members) names.push_back(file->name);
    format::make_unique(names);
    for (std::size_t at = 0; at < members.size(); ++at) members[at]->name = std::move(names[at]);
  }
}

}  // namespace recast::operation
