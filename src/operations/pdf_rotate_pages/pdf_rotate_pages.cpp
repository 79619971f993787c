#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/rotate-pages", std::move(from)); }
};

}  // namespace

Result<> register_pdf_rotate_pages(operation::Registry& registry) {
  return registry.add(
      operation::define_with_engine<Options>({.name = "pdf/rotate-pages", .summary = "Turns pages of a PDF."}));
}

}  // namespace recast::operations
