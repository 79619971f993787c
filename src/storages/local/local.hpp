#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "schema/field.hpp"
#include "storage/storage.hpp"

namespace recast::storages {

namespace fs = std::filesystem;

/// Files in a folder of this machine: root/files/<key>, read-only; root/incoming holds what is being put. Takes and
/// gives files by hard link where they lie on the same file system.
class Local final : public storage::Storage {
 public:
  struct Settings {
    std::string root;

    static constexpr auto fields = std::tuple{
        schema::field(&Settings::root, "root", "Folder that holds the files; made if it is missing.",
                      {.required = true}),
    };
  };

  static Result<std::unique_ptr<storage::Storage>> open(const Settings& settings);

  Result<> put(const storage::Key& key, const fs::path& file) override;
  Result<> put_all(std::span<const storage::Deposit> deposits) override;
  Result<storage::Stat> get(const storage::Key& key, const fs::path& to) override;
  Result<UniqueFd> open(const storage::Key& key) override;
  Result<> list(std::string_view prefix, const std::function<Result<>(const storage::Key&)>& each) override;
  Result<> remove(const storage::Key& key) override;

 private:
  explicit Local(const fs::path& root);
  fs::path path(const storage::Key& key) const;
  fs::path new_name() const;
  struct Part;
  Result<Part> take_in(const fs::path& file, std::optional<dev_t>& linked) const;
  Result<> move_in(const Part& part, const storage::Deposit& deposit) const;
  Result<bool> make_folders(const fs::path& folder) const;

  fs::path files_;
  fs::path incoming_;
};

}  // namespace recast::storages
