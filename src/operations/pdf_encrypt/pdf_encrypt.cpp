#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return pdf_wish("pdf/encrypt", std::move(from)); }
};

}  // namespace

Result<> register_pdf_encrypt(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "pdf/encrypt", .summary = "Protects a PDF with passwords and restrictions, by AES-256."}));
}

}  // namespace recast::operations
