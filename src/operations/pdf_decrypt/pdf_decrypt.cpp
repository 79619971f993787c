#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/decrypt", std::move(from)); }
};

}  // namespace

Result<> register_pdf_decrypt(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "pdf/decrypt", .summary = "Removes password and restrictions from a PDF."}));
}

}  // namespace recast::operations
