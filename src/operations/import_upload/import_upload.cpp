#include "net/url.hpp"
#include "operation/registry.hpp"

namespace recast::operations {

namespace {

struct Options {
  std::string redirect;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::redirect, "redirect", "Web address the browser is sent to after the upload."),
  };
};

Result<> check(const Options& options, const engine::Catalogue&) {
  if (!options.redirect.empty()) RECAST_CHECK(net::Url::parse(options.redirect, "redirect"));
  return {};
}

}  // namespace

Result<> register_import_upload(operation::Registry& registry) {
  return registry.add(operation::define<Options>({.name = "import/upload",
                                                  .summary = "Waits for a file that a client uploads.",
                                                  .load = operation::Load::none,
                                                  .needs_input = false},
                                                 nullptr, &check));
}

}  // namespace recast::operations
