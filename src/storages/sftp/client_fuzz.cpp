#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/unique_handle.hpp"
#include "storages/sftp/client.hpp"

using namespace recast;

namespace {

/// Says the same bytes to whatever is asked, then hangs up.
class Babble final : public storages::sftp::Channel {
 public:
  explicit Babble(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> write(std::string_view bytes) override { return bytes.size(); }
  Result<> read(std::string& bytes) override {
    const auto count = std::min<std::size_t>(bytes_.size(), 100);
    bytes += bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return {};
  }
  Result<> wait() override { return bytes_.empty() ? fail(ErrorCode::unavailable, "over") : Result<>(); }

 private:
  std::string_view bytes_;
};

}  // namespace

/// What a server says to a client that logs in, lists a folder, reads a file and writes one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  Babble channel({reinterpret_cast<const char*>(bytes), size});
  storages::sftp::Client client(channel);
  storage::Meter meter;
  std::uint64_t done = 0;
  if (!client.start()) return 0;
  (void)client.list("x", [](const storages::sftp::Entry&) -> Result<bool> { return true; });
  (void)client.stat("x");
  (void)client.open("x", storages::sftp::kRead);
  (void)client.read("h", done, std::nullopt, 1 << 20, nowhere.get(), meter);
  const std::vector<storages::sftp::SmallFile> files{{"a", 3}, {"b", 0}, {"c", 20'000}};
  (void)client.gather(files, [&](std::size_t file, std::string_view content) -> Result<> {
    if (content.size() != files[file].size) std::abort();
    return {};
  });
  (void)client.remove("x");
  return 0;
}
